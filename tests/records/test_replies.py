"""Replies: sealed, stored once, and a wish to stop holds until staff undo it. On both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from alert_rows import NOON, make_case_file, rows_of
from ringback.errors import RingbackError
from ringback.keys import CaseKey, KeyRing
from ringback.records.alert_tables import replies, suppressions
from ringback.records.db import writing
from ringback.records.replies import NewReply, add_reply, count_replies, get_reply, list_replies
from ringback.records.suppressions import NewSuppression, add_suppressions, find_suppression, undo_suppression

NUMBER = "+447700900123"
SECRET = "Stop. My code is 482913, ring me on 020 7946 0123"


@pytest.fixture
def case_file(tmp_path, records_engine):
    return make_case_file(tmp_path, records_engine)


def add(case_file, *, provider_id="r-1", number=NUMBER, kind="stop", suppressible=True, keys=None, text=SECRET):
    reply = NewReply(provider_id, number, text, kind, suppressible, NOON - timedelta(seconds=3))
    return add_reply(case_file.records, case_file.log, reply, keys=keys or case_file.keys(), now=NOON)


def undo_all(case_file):
    with writing(case_file.records).begin() as connection:
        connection.execute(update(suppressions).values(undone_at=NOON, undone_by="ann", undone_why="forged"))


def test_a_reply_is_kept_once(case_file):
    assert add(case_file, kind="other")
    assert not add(case_file, kind="stop")
    (row,) = rows_of(case_file, replies)
    assert (row.kind, row.received_at, row.sent_at) == ("other", NOON, NOON - timedelta(seconds=3))
    assert row.handled_at is None
    assert rows_of(case_file, suppressions) == []


def test_a_wish_to_hear_no_more_suppresses_the_number_and_says_by_which_reply(case_file):
    add(case_file)
    (suppression,) = rows_of(case_file, suppressions)
    (reply,) = rows_of(case_file, replies)
    assert reply.suppression == suppression.id
    assert suppression.number_digest == case_file.key().digest(NUMBER)
    assert (suppression.source, suppression.undone_at) == ("reply", None)


def test_a_replys_suppression_is_separate_from_somebodys_protection(case_file):
    """Undoing the one must not undo the other."""
    with writing(case_file.records).begin() as connection:
        protected = NewSuppression(tuple(case_file.keys().digests(NUMBER)), "safeguarding", "import")
        add_suppressions(connection, [protected], by="ann", now=NOON)
    add(case_file)
    assert [row.source for row in rows_of(case_file, suppressions)] == ["import", "reply"]
    assert rows_of(case_file, replies)[0].suppression == 2
    with writing(case_file.records).begin() as connection:
        undo_suppression(connection, case_file.keys().digests(NUMBER), by="ann", why="forged", now=NOON, source="reply")
        assert find_suppression(connection, case_file.keys().digests(NUMBER)).source == "import"


@pytest.mark.parametrize("kind", ["check", "not_me", "other"])
def test_nothing_else_suppresses(case_file, kind):
    add(case_file, kind=kind)
    assert rows_of(case_file, suppressions) == []


def test_who_asks_twice_is_suppressed_once(case_file):
    add(case_file)
    add(case_file, provider_id="r-2")
    assert len(rows_of(case_file, suppressions)) == 1
    assert [row.suppression for row in rows_of(case_file, replies)] == [1, 1]


def test_a_copy_does_not_bring_back_what_staff_have_undone_but_a_new_wish_does(case_file):
    add(case_file)
    undo_all(case_file)
    assert not add(case_file)
    assert [row.undone_at for row in rows_of(case_file, suppressions)] == [NOON]
    assert add(case_file, provider_id="r-2")
    assert [row.undone_at for row in rows_of(case_file, suppressions)] == [NOON, None]


def test_a_number_suppressed_under_an_older_key_is_not_suppressed_again(case_file):
    old = case_file.keys()
    add(case_file, keys=old)
    newer = KeyRing((*old.keys, CaseKey("k2", b"another")))
    add(case_file, provider_id="r-2", keys=newer)
    assert len(rows_of(case_file, suppressions)) == 1
    with case_file.records.connect() as connection:
        assert [row.open_with(newer)[0] for row in list_replies(connection)] == [NUMBER, NUMBER]


def test_a_sender_that_is_no_number_is_kept_but_cannot_be_suppressed(case_file):
    add(case_file, number="ExampleBank", suppressible=False)
    assert len(rows_of(case_file, replies)) == 1
    assert rows_of(case_file, suppressions) == []


def test_number_and_text_are_nowhere_in_plain_text(case_file, tmp_path):
    add(case_file)
    (row,) = rows_of(case_file, replies)
    told = " ".join([*(entry.facts + entry.why for entry in case_file.log.entries()), repr(row)])
    for secret in (NUMBER[1:], "482913", "7946", "My code"):
        assert secret not in told
    if case_file.records.dialect.name == "sqlite":
        case_file.records.dispose()
        raw = b"".join(path.read_bytes() for path in tmp_path.glob("records.sqlite*"))
        assert raw
        for secret in (NUMBER[1:], "482913", "My code"):
            assert secret.encode() not in raw


def test_a_sealed_text_moved_to_another_reply_does_not_open(case_file):
    add(case_file)
    add(case_file, provider_id="r-2", text="other")
    with writing(case_file.records).begin() as connection:
        rows = list_replies(connection)
        connection.execute(update(replies).where(replies.c.id == rows[1].id).values(sealed=rows[0].sealed))
        moved = list_replies(connection)[1]
    with pytest.raises(RingbackError) as caught:
        moved.open_with(case_file.keys())
    assert caught.value.code == "sealed_unreadable"


def test_lists_and_counts(case_file):
    for number, kind in enumerate(["stop", "other", "stop", "check"]):
        add(case_file, provider_id=f"r-{number}", kind=kind)
    with case_file.records.connect() as connection:
        assert count_replies(connection) == {"stop": 2, "other": 1, "check": 1}
        assert [row.provider_id for row in list_replies(connection, kind="stop")] == ["r-0", "r-2"]
        assert get_reply(connection, 2).open_with(case_file.keys()) == (NUMBER, SECRET)
        with pytest.raises(RingbackError) as caught:
            get_reply(connection, 99)
    assert caught.value.code == "reply_missing"


def test_each_reply_is_audited_by_digest(case_file):
    add(case_file)
    add(case_file)
    entries = [entry for entry in case_file.log.entries() if entry.what == "reply_taken"]
    assert [entry.read_facts()["number"] for entry in entries] == [case_file.key().digest(NUMBER)]
    assert case_file.log.find_faults() == []
