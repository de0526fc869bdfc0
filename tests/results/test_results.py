"""Results on literal tables: the rows of a run in, what the report shows of them out."""

from datetime import datetime, timedelta

import pytest

from literal_run import literal_run, note
from ringback import schemas as t
from ringback.errors import RingbackError
from ringback.files.output import check_new_file, write_private
from stages.literal_tables import START

MINUTE = timedelta(minutes=1)


def test_the_peak_is_shown_with_an_hour_on_either_side_in_local_time(tmp_path):
    minutes = [
        {"minute": START - 61 * MINUTE, "people": 2},
        {"minute": START - 60 * MINUTE, "people": 3},
        {"minute": START, "people": 9},
        {"minute": START + 1 * MINUTE, "people": 9},
    ]
    with literal_run(tmp_path, {t.PEOPLE_BY_MINUTE: minutes}) as results:
        shown = results._peak_minutes()
    assert len(shown) == 121
    # London is an hour ahead in August; of two equal minutes the first is the peak.
    assert shown[60] == (datetime.fromisoformat("2021-08-02 10:00"), 9)
    assert {at: people for at, people in enumerate(people for _minute, people in shown) if people} == {
        0: 3,
        60: 9,
        61: 9,
    }


def test_no_minute_no_peak(tmp_path):
    with literal_run(tmp_path, {t.PEOPLE_BY_MINUTE: []}) as results:
        assert results._peak_minutes() == []


@pytest.mark.parametrize(
    ("calls", "points"),
    [
        ([], []),
        ([0, 0], []),
        ([4], [(0, 0), (1, 1)]),
        ([1, 6, 3, 0], [(0, 0), (0.25, 0.6), (0.5, 0.9), (0.75, 1), (1, 1)]),
    ],
)
def test_accounts_by_their_share_of_the_calls_the_busiest_first(tmp_path, calls, points):
    accounts = [{"account": f"a{place}", "calls": count} for place, count in enumerate(calls)]
    with literal_run(tmp_path, {t.ACCOUNTS: accounts}) as results:
        assert results._account_shares() == points


def test_a_curve_of_many_accounts_has_a_few_hundred_points_and_ends_at_all(tmp_path):
    accounts = [{"account": f"a{place}", "calls": 1} for place in range(1001)]
    with literal_run(tmp_path, {t.ACCOUNTS: accounts}) as results:
        points = results._account_shares()
    assert (len(points), points[1], points[-1]) == (202, (5 / 1001, 5 / 1001), (1, 1))


def account(name, calls, people, **values):
    return {"account": name, "calls": calls, "uk_people_over_minute": people, "paid_gbp": 5} | values


def test_the_busiest_accounts_reached_most_people_and_then_made_most_calls(tmp_path):
    accounts = [account("idle", 0, 0), account("bob", 7, 1), account("ann", 9, 1), account("cat", 2, 2, subject="S1")]
    with literal_run(tmp_path, {t.ACCOUNTS: accounts, t.RAW_PAYMENTS: [{"account": "ann"}]}) as results:
        busiest = results._busiest_accounts()
    assert [(one["account"], one["subject"], one["paid_gbp"]) for one in busiest] == [
        ("cat", "S1", 5),
        ("ann", None, 5),
        ("bob", None, 5),
    ]


def test_what_was_paid_is_not_known_without_a_table_of_payments(tmp_path):
    with literal_run(tmp_path, {t.ACCOUNTS: [account("ann", 9, 1)]}) as results:
        assert [one["paid_gbp"] for one in results._busiest_accounts()] == [None]


OWN = {t.RAW_ACCOUNTS: [{"account": "ann", "contact_number": "07700 900999"}], t.RAW_SITE_NUMBERS: [{"number": "1"}]}


@pytest.mark.parametrize(
    ("tables", "missing"),
    [
        (OWN | {t.RAW_SUBJECTS: [{"account": "ann"}]}, []),
        (OWN | {t.RAW_SUBJECTS: []}, ["subjects"]),
        (OWN | {t.RAW_ACCOUNTS: [{"account": "ann"}]}, ["accounts", "subjects"]),
        ({t.RAW_ACCOUNTS: []}, ["accounts", "site_numbers", "subjects"]),
    ],
)
def test_what_no_exhibit_tells_is_said_of_the_rule(tmp_path, tables, missing):
    with literal_run(tmp_path, tables) as results:
        assert [gap.key for gap in results.gaps] == missing
        assert ("(not known: " in results.rule_words) == bool(missing)
        assert results.rule_words.startswith(results.rule.words)


def test_a_rule_that_nobody_knows_is_refused(tmp_path):
    with (
        literal_run(tmp_path, {}, rule="over-an-hour@1") as results,
        pytest.raises(RingbackError, match="over-a-minute@1") as caught,
    ):
        _ = results.rule
    assert caught.value.code == "rule_unknown"


def test_what_the_run_saw_is_enough_to_be_synthetic(tmp_path):
    with literal_run(tmp_path, {}, synthetic=True) as results:
        assert not results.case_file.is_synthetic
        assert results.is_synthetic


def test_columns_that_were_not_read_and_notes_on_reading_are_given_as_they_are(tmp_path):
    held = {"exhibit": "EX-001", "origin_table": "calls", "column": "pin", "values": 3}
    reading = note(rows={"calls": 2})
    with literal_run(tmp_path, {t.QUARANTINE: [held]}, reading=reading) as results:
        assert results.quarantined == [held]
        assert results.reading == [reading["EX-001"]]


def test_a_new_file_needs_a_free_name_and_a_folder(tmp_path):
    (tmp_path / "list.csv").write_text("kept")
    (tmp_path / "link.csv").symlink_to(tmp_path / "nowhere")
    check_new_file(tmp_path / "new.csv")
    for name, code, words in [
        ("list.csv", "output_exists", "list.csv"),
        ("link.csv", "output_exists", "link.csv"),
        ("none/new.csv", "output_unwritable", "there is no folder"),
        ("list.csv/new.csv", "output_unwritable", "is a file, not a folder"),
    ]:
        with pytest.raises(RingbackError, match=words) as caught:
            check_new_file(tmp_path / name)
        assert caught.value.code == code


@pytest.mark.parametrize("data", ["caf\u00e9", "caf\u00e9".encode(), lambda file: file.write("caf\u00e9".encode())])
def test_a_private_file_is_its_owners_and_whole(tmp_path, data):
    path = tmp_path / "list.csv"
    write_private(path, data)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == ("caf\u00e9".encode(), 0o600)
    write_private(path, "again")
    with pytest.raises(RingbackError) as caught:
        write_private(path, "no more", replace=False)
    assert caught.value.code == "output_exists"
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("list.csv", "again")]


def test_a_private_file_that_fails_half_way_leaves_nothing(tmp_path):
    def half(file):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    (tmp_path / "list.csv").write_text("before")
    with pytest.raises(RingbackError) as caught:
        write_private(tmp_path / "list.csv", half)
    assert caught.value.code == "disk_full"
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("list.csv", "before")]
