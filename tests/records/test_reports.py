"""Reports in the records, on both databases: sealed, each import row once, losses kept apart, decisions only added."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from alert_rows import NOON, make_case_file, rows_of
from report_contents import CONTACT, NUMBER, SECRET_WORDS, SHOWN, logged, make_content, take
from ringback.errors import RingbackError
from ringback.keys import CaseKey, KeyRing
from ringback.records.db import writing
from ringback.records.report_decisions import add_decision, latest, list_decisions
from ringback.records.report_losses import (
    CONFIRMED,
    ESTIMATED,
    REPORTED,
    Losses,
    Money,
    list_losses,
    losses_by_report,
    set_loss,
    total_losses,
)
from ringback.records.report_tables import report_decisions, report_imports, report_losses, reports
from ringback.records.reports import get_report, list_reports, next_place
from ringback.victim_reports import casework
from ringback.victim_reports.content import Loss
from ringback.victim_reports.erasure import erase
from ringback.victim_reports.sealing import open_content


@pytest.fixture
def case_file(tmp_path, records_engine):
    return make_case_file(tmp_path, records_engine)


def test_what_a_report_says_is_nowhere_in_the_records_but_sealed(case_file):
    take(case_file)
    (row,) = rows_of(case_file, reports)
    told = " ".join(str(value) for value in vars(row).values()) + " ".join(
        str(one) for one in rows_of(case_file, report_losses)
    )
    told += " ".join(entry.facts + entry.why for entry in case_file.log.entries())
    for secret in (
        SECRET_WORDS,
        NUMBER,
        NUMBER[1:],
        SHOWN,
        CONTACT,
        "07700 900123",
        "Ann Example",
        "LS1 4AP",
        "Barclays",
    ):
        assert secret not in told
    assert open_content(row.sealed, row.key_sealed, case_file.keys(), report=row.id) == make_content()


def test_each_report_has_a_key_of_its_own_and_no_seal_opens_in_another_report(case_file):
    first, second = take(case_file), take(case_file)
    with case_file.records.connect() as connection:
        one, other = get_report(connection, first), get_report(connection, second)
    keys = case_file.keys()
    assert one.key_sealed != other.key_sealed
    for sealed, key, report in (
        (one.sealed, other.key_sealed, one.id),
        (one.sealed, one.key_sealed, other.id),
        (other.sealed, one.key_sealed, one.id),
        (one.sealed[:-8] + other.sealed[-8:], one.key_sealed, one.id),
        ("no base 64", one.key_sealed, one.id),
    ):
        with pytest.raises(RingbackError) as error:
            open_content(sealed, key, keys, report=report)
        assert error.value.code == "sealed_unreadable"


def test_the_keys_of_a_case_can_be_rotated(case_file):
    report = take(case_file)
    ring = KeyRing((*case_file.keys().keys, CaseKey("k2", b"another key for tests only, here")))
    with case_file.records.connect() as connection:
        row = get_report(connection, report)
    assert open_content(row.sealed, row.key_sealed, ring, report=report) == make_content()


def test_an_erased_report_cannot_be_opened_even_with_what_was_copied_of_its_content(case_file):
    report = take(case_file)
    with case_file.records.connect() as connection:
        before = get_report(connection, report)
    erase(case_file, report, member="bob", why="asked for it")
    with case_file.records.connect() as connection:
        after = get_report(connection, report)
    emptied = [after.sealed, after.key_sealed, after.number_digest, after.check_digest, after.contact_digest,
               after.content_digest, after.status_digest]  # fmt: skip
    assert emptied == [None] * 7
    assert (after.place, after.way, after.received_at, after.kind) == (1, "telephone", NOON, "crime")
    assert (after.erased_by, after.erased_at) == ("bob", NOON)
    with pytest.raises(RingbackError) as error:
        open_content(before.sealed, after.key_sealed, case_file.keys(), report=report)
    assert error.value.code == "report_erased"
    assert [one.pence for one in rows_of(case_file, report_losses)] == [120050]
    (entry,) = logged(case_file, "report_erased")
    assert (entry["report"], entry["who"], entry["why"]) == (report, "bob", "asked for it")


def test_a_report_is_erased_once_and_never_comes_back(case_file):
    report = take(case_file)
    erase(case_file, report, member="bob", why="asked for it")
    for again in (
        lambda: erase(case_file, report, member="bob", why="again"),
        lambda: casework.show_report(case_file, report, member="bob", why="to see"),
        lambda: casework.decide_match(case_file, report, about="x", run="r", confirmed=True, member="b", why="w"),
    ):
        with pytest.raises(RingbackError) as error:
            again()
        assert error.value.code == "report_erased"
    assert len(logged(case_file, "report_erased")) == 1
    assert take(case_file) == "R-0002"


def test_a_row_of_an_export_is_stored_once(case_file):
    values = {
        "way": "import", "received_at": NOON, "taken_by": "a", "status": "received", "kind": "crime",
        "wants_to_be_told": False, "source": "IM-001", "source_table": "0:t", "source_row": 4,
    }  # fmt: skip
    with writing(case_file.records).begin() as connection:
        connection.execute(
            insert(report_imports).values(id="IM-001", name="x", sha256="a", bytes=1, added_at=NOON, added_by="a")
        )
        connection.execute(insert(reports).values(id="R-0001", place=1, **values))
    with pytest.raises(RingbackError, match=r"(?i)unique"), writing(case_file.records).begin() as connection:
        connection.execute(insert(reports).values(id="R-0002", place=2, **values))


def test_reported_confirmed_and_estimated_losses_are_never_added_to_each_other(case_file):
    report = take(case_file, losses=(Loss(100), Loss(50, returned_pence=20)))
    sums = [Money(CONFIRMED, 70), Money(ESTIMATED, 90)]
    found = casework.give_losses(case_file, report, sums, member="alice", why="the bank wrote")
    assert found.as_dict() == {REPORTED: 150, CONFIRMED: 70, ESTIMATED: 90}
    for one in (found.reported, found.confirmed, found.estimated):
        for other in {found.reported, found.confirmed, found.estimated} - {one}:
            with pytest.raises(ValueError, match="is never added to"):
                one + other
    with pytest.raises(TypeError):
        sum([found.reported, found.confirmed])
    with pytest.raises(TypeError):
        found.reported + 5
    with pytest.raises(TypeError):
        found.reported < found.confirmed  # noqa: B015 - that it cannot be compared is what is tested
    with pytest.raises(TypeError):
        found + found
    assert not hasattr(found, "total")
    assert total_losses([found, Losses(Money(REPORTED, 1)), Losses()]).as_dict() == {
        REPORTED: 151, CONFIRMED: 70, ESTIMATED: 90,
    }  # fmt: skip


def test_a_newer_sum_takes_the_place_of_the_one_before_and_both_stay_with_who_when_and_why(case_file):
    report = take(case_file)
    casework.give_losses(case_file, report, [Money(CONFIRMED, 70)], member="alice", why="first, 07700 900123")
    casework.give_losses(case_file, report, [Money(CONFIRMED, 60)], member="bob", why="second")
    with case_file.records.connect() as connection:
        rows = [one for one in list_losses(connection, report) if one.basis == CONFIRMED]
        assert losses_by_report(connection)[report].confirmed == Money(CONFIRMED, 60)
    assert [(one.pence, one.who, one.replaced_at) for one in rows] == [(70, "alice", NOON), (60, "bob", None)]
    assert "900123" not in rows[0].why
    assert [one["confirmed_pence"] for one in logged(case_file, "report_loss_set")] == [70, 60]


def test_nobody_changes_what_the_reporter_said_is_lost(case_file):
    report = take(case_file)
    with pytest.raises(ValueError, match="nobody sets"), writing(case_file.records).begin() as connection:
        set_loss(connection, report, money=Money(REPORTED, 1), who="a", why="w", now=NOON)
    with pytest.raises(RingbackError, match="known_basis"), writing(case_file.records).begin() as connection:
        connection.execute(
            insert(report_losses).values(
                report=report, basis="total", pence=1, returned_pence=0, who="a", at=NOON, why="w"
            )
        )


def test_decisions_are_added_and_the_last_word_counts(case_file):
    report = take(case_file)
    for confirmed in (True, False):
        casework.decide_match(
            case_file, report, about="k1:00", run="run", confirmed=confirmed, member="alice", why="07700 900123"
        )
    with case_file.records.connect() as connection:
        found = list_decisions(connection, what="match", report=report)
    assert [one.decision for one in found] == ["confirmed", "rejected"]
    assert {one.decision for one in latest(found).values()} == {"rejected"}
    assert "900123" not in found[0].why
    assert [one["decided"] for one in logged(case_file, "report_match_decided")] == ["confirmed", "rejected"]
    with writing(case_file.records).begin() as connection:
        assert add_decision(connection, found[0]) == 5
    # With those of the status, which is tied and then looked_at again.
    assert len(rows_of(case_file, report_decisions)) == 5


def test_a_status_is_changed_with_a_reason_and_logged(case_file):
    report = take(case_file)
    casework.change_status(case_file, report, "looked_at", member="alice", why="read it")
    with case_file.records.connect() as connection:
        assert get_report(connection, "r-1").status == "looked_at"
        assert [one.id for one in list_reports(connection, status="looked_at")] == [report]
        assert list_reports(connection, status="closed") == []
    (entry,) = logged(case_file, "report_status_set")
    assert (entry["before"], entry["status"], entry["who"]) == ("received", "looked_at", "alice")
    for status, why, code in (("solved", "w", "report_status_unknown"), ("closed", " ", "why_missing")):
        with pytest.raises(RingbackError) as error:
            casework.change_status(case_file, report, status, member="alice", why=why)
        assert error.value.code == code


@pytest.mark.parametrize("typed", ["R-0002", "x", "R-", "R-²", "07700 900123"])
def test_a_report_that_is_not_there_is_no_fault_of_the_program(case_file, typed):
    with case_file.records.connect() as connection, pytest.raises(RingbackError) as error:
        get_report(connection, typed)
    assert error.value.code == "report_missing"


def test_a_look_is_logged_before_anything_is_shown_and_needs_a_reason(case_file):
    report = take(case_file)
    with pytest.raises(RingbackError) as error:
        casework.show_report(case_file, report, member="alice", why="  ")
    assert error.value.code == "why_missing"
    found = casework.show_report(case_file, report, member="alice", why="to ring her back")
    assert found.content == make_content()
    (entry,) = logged(case_file, "report_shown")
    assert (entry["report"], entry["who"], entry["why"]) == (report, "alice", "to ring her back")


def test_if_it_cannot_be_logged_it_is_not_stored(case_file, monkeypatch):
    def fail(*_given, **_named):
        raise RuntimeError("no log")

    monkeypatch.setattr(type(case_file.log), "add_within", fail)
    with pytest.raises(RuntimeError):
        take(case_file)
    assert rows_of(case_file, reports) == rows_of(case_file, report_losses) == []
    with case_file.records.connect() as connection:
        assert next_place(connection) == 1


def test_an_altered_content_is_told_and_not_shown(case_file):
    report = take(case_file)
    with writing(case_file.records).begin() as connection:
        sealed = connection.scalar(select(reports.c.sealed))
        flipped = ("B" if sealed[20] != "B" else "C").join([sealed[:20], sealed[21:]])
        connection.execute(update(reports).values(sealed=flipped))
    with pytest.raises(RingbackError) as error:
        casework.show_report(case_file, report, member="alice", why="to see")
    assert error.value.code == "sealed_unreadable"
    assert logged(case_file, "report_shown") == []


def test_a_report_came_in_when_it_came_in(case_file):
    from ringback.victim_reports.intake import PUBLIC, take_report

    at = NOON - timedelta(days=2)
    taken = take_report(case_file, make_content(), way=PUBLIC, who="", why="collected", received_at=at)
    with case_file.records.connect() as connection:
        row = get_report(connection, taken.id)
    assert (row.received_at, row.way, row.taken_by) == (at, "public", "")
