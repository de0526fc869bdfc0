"""Called parties: every number read for certain, with a summary of the calls to it."""

from datetime import timedelta

from ringback import schemas as t
from ringback.stages.called_parties import called_parties
from stages.literal_tables import START, call, unbound, unread_call

LATER = START + timedelta(hours=1)


def find(run, *rows):
    return run(called_parties(*unbound(t.CALLS)), {t.CALLS: rows})


def test_a_number_has_one_row_over_all_its_calls(run):
    assert find(
        run,
        call(1, started_at=LATER, duration_s=30.0, account="bob"),
        call(2, connected=False, duration_s=None),
        call(3, duration_s=61.5),
    ) == [
        {
            "called_number": "+447700900001",
            "kind": "mobile",
            "region": "GB",
            "own": None,
            "calls": 3,
            "connected_calls": 2,
            "talk_s": 91.5,
            "longest_s": 61.5,
            "accounts": 2,
            "first_at": START,
            "last_at": LATER,
        }
    ]


def test_a_number_not_read_for_certain_is_nobody(run):
    assert find(run, unread_call(1), unread_call(2, called_ambiguous=True)) == []


def test_ones_own_numbers_are_there_and_say_so(run):
    (row,) = find(run, call(1, own="subject"))
    assert row["own"] == "subject"


def test_a_number_whose_talk_time_is_unknown_was_talked_to_for_no_time(run):
    (row,) = find(run, call(1, account=None, connected=False, duration_s=None))
    assert (row["talk_s"], row["longest_s"], row["accounts"], row["connected_calls"]) == (0.0, None, 0, 0)
