"""Accounts altered behind the audit log's back are invalid."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, update

from ringback.alerting.staff import sessions
from ringback.alerting.staff.accounts import (
    disable_member,
    init_staff,
)
from ringback.alerting.staff.credentials import token_hash
from ringback.alerting.staff.sessions import acting, log_out
from ringback.records.alert_tables import staff, staff_sessions
from ringback.records.tables import audit
from staff_members import (
    ADMINISTRATORS,
    altering,
    attempt,
    entries,
    refused,
    staff_lines,
)

FIRST, SECOND = ADMINISTRATORS
DRAMA = "07700 900123"


@pytest.mark.parametrize(
    ("name", "right", "change"),
    [
        ("alice", "approve", {"role": "approver"}),
        ("vera", "staff", {"role": "administrator"}),
        ("bob", "approve", {"number_digest": "k1:other"}),
        ("bob", "approve", {"password_hash": "other"}),
        ("bob", "approve", {"confirmed_by": "alice"}),
    ],
)
def test_an_account_altered_by_sql_is_invalid(staff_case, tokens, name, right, change):
    with altering(staff_case) as connection:
        connection.execute(update(staff).where(staff.c.name == name).values(**change))
    refused("staff_altered", acting, staff_case, right, token=tokens[name])
    assert entries(staff_case, "refused")[-1].read_facts()["code"] == "staff_altered"
    assert staff_lines(staff_case)[name].altered
    assert not staff_lines(staff_case)[FIRST].altered


def test_a_disabled_account_made_active_by_sql_is_invalid(staff_case, tokens):
    disable_member(staff_case, "bob", token=tokens[FIRST])
    with altering(staff_case) as connection:
        connection.execute(update(staff).where(staff.c.name == "bob").values(status="active"))
    refused("staff_altered", attempt, staff_case, "bob", code="000000")


def test_an_account_made_by_sql_is_invalid(staff_case, tokens):
    with altering(staff_case) as connection:
        row = connection.execute(select(staff).where(staff.c.name == "bob")).one()
        connection.execute(insert(staff).values(**dict(row._mapping) | {"name": "eve"}))
    refused("staff_altered", attempt, staff_case, "eve", code="000000")


def test_a_session_made_by_sql_is_invalid(staff_case, tokens):
    now = staff_case.clock.now()
    session = {"token_hash": token_hash("own"), "name": "bob", "started_at": now, "ends_at": now + timedelta(hours=8)}
    with altering(staff_case) as connection:
        connection.execute(insert(staff_sessions).values(**session))
    refused("staff_altered", acting, staff_case, "approve", token="own")


def test_a_session_lengthened_given_away_or_revived_by_sql_is_invalid(staff_case, tokens):
    def alter(token, **values):
        with altering(staff_case) as connection:
            mine = staff_sessions.c.token_hash == token_hash(token)
            connection.execute(update(staff_sessions).where(mine).values(**values))

    alter(tokens["alice"], name="bob")
    refused("staff_altered", acting, staff_case, "plan", token=tokens["alice"])
    alter(tokens["alice"], name="alice")
    assert acting(staff_case, "plan", token=tokens["alice"])
    with altering(staff_case) as connection:
        kept = connection.execute(select(staff_sessions)).mappings().all()
    log_out(staff_case, token=tokens["alice"])
    with altering(staff_case) as connection:
        connection.execute(delete(staff_sessions))
        connection.execute(insert(staff_sessions), [dict(row) for row in kept])
    refused("staff_altered", acting, staff_case, "plan", token=tokens["alice"])
    alter(tokens["vera"], ends_at=staff_case.clock.now() + timedelta(days=9))
    refused("staff_altered", acting, staff_case, "status", token=tokens["vera"])


def test_an_audit_entry_rewritten_to_fit_is_noticed(staff_case, tokens):
    with altering(staff_case) as connection:
        connection.execute(update(staff).where(staff.c.name == "alice").values(role="approver"))
        rows = connection.execute(select(audit).where(audit.c.what == "staff_enrolled")).all()
        mine = next(row for row in rows if '"alice"' in row.facts)
        facts = mine.facts.replace("planner", "approver")
        connection.execute(update(audit).where(audit.c.seq == mine.seq).values(facts=facts))
    refused("staff_altered", acting, staff_case, "approve", token=tokens["alice"])


def test_emptying_the_tables_does_not_open_the_case(staff_case, tokens):
    with altering(staff_case) as connection:
        connection.execute(delete(staff_sessions))
        connection.execute(delete(staff))
    assert sessions.is_staffed(staff_case)
    refused("staff_exists", init_staff, staff_case, "eve", "mallory")
    refused("staff_altered", attempt, staff_case, "bob", code="000000")
