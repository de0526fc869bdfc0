"""Suppressions: added once, found under every key, undone and never deleted; on both databases."""

from datetime import UTC, datetime

import pytest

from ringback.records.db import writing
from ringback.records.suppressions import (
    NewSuppression,
    add_suppressions,
    find_suppression,
    list_suppressions,
    suppressed_digests,
    undo_suppression,
)

NOW = datetime(2022, 11, 24, 9, 30, tzinfo=UTC)
LATER = datetime(2022, 11, 25, 9, 30, tzinfo=UTC)


@pytest.fixture
def connection(records_engine):
    with writing(records_engine).begin() as connection:
        yield connection


def new(*digests, reason="protected", source="import"):
    return NewSuppression(digests, reason, source)


def add(connection, *rows):
    return [(one.id, one.new) for one in add_suppressions(connection, rows, by="alice", now=NOW)]


def undo(connection, *digests, **options):
    return [one.id for one in undo_suppression(connection, digests, by="bob", why="asked", now=LATER, **options)]


def test_a_number_is_suppressed_once_for_each_reason_and_source(connection):
    assert add(connection, new("k1:a"), new("k1:b"), new("k1:a")) == [(1, True), (2, True), (1, False)]
    assert add(connection, new("k1:a"), new("k1:a", source="reply")) == [(1, False), (3, True)]
    assert add(connection, new("k1:a", reason="other")) == [(4, True)]


def test_a_suppression_is_found_under_every_key(connection):
    add(connection, new("k1:a"))
    assert find_suppression(connection, ["k2:a", "k1:a"]).id == 1
    assert find_suppression(connection, ["k2:a"]) is None
    assert add(connection, new("k2:a", "k1:a")) == [(1, False)]


def test_many_rows_keep_their_order_and_are_known_the_second_time(connection):
    rows = [new(f"k2:{number}", f"k1:{number}") for number in range(1000)]
    assert add(connection, *rows) == [(number + 1, True) for number in range(1000)]
    assert add(connection, *reversed(rows)) == [(number + 1, False) for number in reversed(range(1000))]
    assert {one.id: one.number_digest for one in list_suppressions(connection)}[700] == "k2:699"


def test_an_undone_suppression_does_not_count_but_keeps_who_and_why(connection):
    add(connection, new("k1:a"))
    assert undo(connection, "k1:a") == [1]
    assert find_suppression(connection, ["k1:a"]) is None
    assert suppressed_digests(connection) == {}
    (kept,) = list_suppressions(connection)
    assert (kept.undone_at, kept.undone_by, kept.undone_why) == (LATER, "bob", "asked")
    assert (kept.added_at, kept.added_by) == (NOW, "alice")
    assert undo(connection, "k1:a") == []


def test_a_number_can_be_suppressed_again_after_an_undo(connection):
    add(connection, new("k1:a"))
    undo(connection, "k1:a")
    assert add(connection, new("k1:a")) == [(2, True)]
    assert find_suppression(connection, ["k1:a"]).id == 2


def test_undoing_one_source_leaves_the_others(connection):
    add(connection, new("k1:a"), new("k1:a", reason="STOP", source="reply"))
    assert undo(connection, "k1:a", source="reply") == [2]
    assert find_suppression(connection, ["k1:a"]).source == "import"


def test_all_active_digests_with_the_first_reason(connection):
    add(connection, new("k1:a"), new("k1:a", reason="later"), new("k1:b", reason="shelter"))
    assert suppressed_digests(connection) == {"k1:a": "protected", "k1:b": "shelter"}
