"""A snapshot: the same reports give the same one, it is private, and an erased report is in none."""

import json
import shutil
from datetime import date

import pyarrow.parquet as pq
import pytest

from report_contents import NUMBER, SHOWN, logged, take
from ringback.errors import RingbackError
from ringback.records.report_losses import Money
from ringback.schemas import LOSS_ASSESSMENTS, REPORT_DECISIONS, REPORTS
from ringback.victim_reports import casework
from ringback.victim_reports.content import Loss, ReportContent
from ringback.victim_reports.duplicates import decide
from ringback.victim_reports.erasure import erase
from ringback.victim_reports.intake import TELEPHONE, take_report
from ringback.victim_reports.snapshot import find_claimed, freeze_reports, read_snapshot


def freeze(case_file):
    return freeze_reports(case_file, member="alice", why="a test")


def rows(snapshot, table=REPORTS):
    return pq.read_table(snapshot.path(table)).to_pylist()


def test_a_report_as_matching_reads_it(case_file):
    take(case_file, losses=(Loss(100, on=date(2022, 11, 21)), Loss(50, on=date(2022, 11, 19)), Loss(1)))
    snapshot = freeze(case_file)
    assert pq.read_schema(snapshot.path()).names == list(REPORTS.names)
    assert rows(snapshot) == [
        {
            "report": "R-0001", "check_digest": None, "number_digest": None, "called_number": NUMBER,
            "one_short": None, "shown_number": SHOWN, "called_on": date(2022, 11, 20), "called_on_sure": "exact",
            "called_at": 10 * 3600 + 15 * 60, "part_of_day": "unknown", "claimed": "Barclays",
            "claimed_typed": "my bank, Barclays", "talk_time": "unknown", "lost_pence": 151, "kind": "crime",
            "whose": "own", "statement_on": date(2022, 11, 19),
        }
    ]  # fmt: skip


def test_nothing_said_is_null(case_file):
    take_report(case_file, ReportContent(story="only this"), way=TELEPHONE, who="alice", why="a test")
    (row,) = rows(freeze(case_file))
    empty = {name for name, value in row.items() if value is None}
    assert empty == {
        "check_digest", "number_digest", "called_number", "one_short", "shown_number", "called_on", "called_at",
        "claimed", "claimed_typed", "statement_on",
    }  # fmt: skip
    assert row["lost_pence"] == 0


def test_our_text_gives_the_number_that_it_went_to(case_file, our_text):
    reference, last_four, number = our_text
    take(case_file, reference=reference, last_four=last_four, called_number="", called_number_typed="")
    (row,) = rows(freeze(case_file))
    assert row["called_number"] == number
    assert row["number_digest"] == case_file.key().digest(number)
    assert row["check_digest"] is not None
    assert row["one_short"] is None


@pytest.mark.parametrize(
    ("typed", "one_short"), [("07700 90012", 44770090012), ("+44 (0)7700 90012", 44770090012), ("0123", None)]
)
def test_a_mobile_with_one_digit_missing_is_frozen_as_its_digits(case_file, typed, one_short):
    take(case_file, called_number="", called_number_typed=typed, shown_number="", shown_number_typed="07700 90013")
    (row,) = rows(freeze(case_file))
    assert (row["called_number"], row["one_short"], row["shown_number"]) == (None, one_short, None)


def test_the_same_reports_give_the_same_snapshot_and_other_ones_another(case_file):
    take(case_file)
    first, again = freeze(case_file), freeze(case_file)
    assert (first.id, first.hash) == (again.id, again.hash)
    assert first.id == first.hash[:16]
    casework.change_status(case_file, "R-0001", "looked_at", member="alice", why="read")
    assert freeze(case_file).hash == first.hash  # a status is nothing that matching reads
    take(case_file)
    assert freeze(case_file).hash != first.hash
    frozen = logged(case_file, "reports_frozen")
    assert [one["hash"] for one in frozen[:2]] == [first.hash] * 2
    assert frozen[0]["reports"] == 1


def test_what_others_say_of_losses_is_a_table_of_its_own(case_file):
    take(case_file)
    sums = [Money("confirmed", 70), Money("estimated", 90)]
    casework.give_losses(case_file, "R-0001", sums, member="alice", why="the bank")
    casework.give_losses(case_file, "R-0001", [Money("confirmed", 60)], member="alice", why="the bank again")
    snapshot = freeze(case_file)
    assert [row["lost_pence"] for row in rows(snapshot)] == [120050]
    told = {(one["report"], one["kind"], one["pence"]) for one in rows(snapshot, LOSS_ASSESSMENTS)}
    assert told == {("R-0001", "confirmed", 60), ("R-0001", "estimated", 90)}


def test_decisions_are_frozen_too(case_file):
    take(case_file)
    take(case_file)
    before = freeze(case_file)
    casework.decide_match(case_file, "R-0001", about="k1:00", run="run1", confirmed=True, member="alice", why="a")
    decide(case_file, "R-0001", "R-0002", same=True, member="alice", why="a")
    after = freeze(case_file)
    assert after.hash != before.hash
    told = [(one["report"], one["what"], one["about"], one["decision"]) for one in rows(after, REPORT_DECISIONS)]
    assert told == [("R-0001", "match", "k1:00", "confirmed"), ("R-0001", "duplicate", "R-0002", "same")]


def test_its_files_are_for_their_owner_alone_and_no_number_is_logged(case_file):
    take(case_file)
    snapshot = freeze(case_file)
    for path in snapshot.folder.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
    assert snapshot.folder.stat().st_mode & 0o777 == snapshot.folder.parent.stat().st_mode & 0o777 == 0o700
    told = json.dumps(logged(case_file, "reports_frozen"))
    assert NUMBER[1:] not in told


def test_an_erased_report_is_in_no_snapshot_neither_a_new_one_nor_an_old_one(case_file):
    take(case_file)
    old = freeze(case_file)
    take(case_file, called_number="+447700900111")
    both = freeze(case_file)
    matches = case_file.case.path / "matches" / "m1"
    shutil.copytree(both.folder, matches)
    erase(case_file, "R-0002", member="bob", why="asked for it")
    assert not both.folder.exists()
    assert not matches.exists()
    assert old.folder.exists()
    assert freeze(case_file).hash == old.hash
    (entry,) = logged(case_file, "report_erased")
    assert entry["snapshots"] == [both.id, "m1"]
    assert not any(b"+447700900111" in path.read_bytes() for path in case_file.case.path.glob("snapshots/*/*"))


def test_no_snapshot_is_written_through_a_link(case_file, tmp_path):
    take(case_file)
    (tmp_path / "elsewhere").mkdir()
    (case_file.case.path / "snapshots").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RingbackError) as error:
        freeze(case_file)
    assert error.value.code == "file_linked"
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_an_altered_or_missing_snapshot_is_refused(case_file):
    take(case_file)
    snapshot = freeze(case_file)
    assert read_snapshot(case_file, snapshot.id) == snapshot
    changed = pq.read_table(snapshot.path()).slice(0, 0)
    pq.write_table(changed, snapshot.path())
    for id_, code in ((snapshot.id, "snapshot_altered"), ("0" * 16, "snapshot_missing"), ("../x", "snapshot_missing")):
        with pytest.raises(RingbackError) as error:
            read_snapshot(case_file, id_)
        assert error.value.code == code
    # Frozen again, it is whole again.
    assert read_snapshot(case_file, freeze(case_file).id) == snapshot


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("HSBC fraud team", "HSBC UK"),
        ("my bank", None),
        ("barclays", "Barclays"),
        ("HSBC or Barclays", None),
        ("", None),
        ("RBS", "Royal Bank of Scotland"),
        ("the Royal Bank of Scotland", "Royal Bank of Scotland"),
        ("lloyds", "Lloyds Bank"),
        ("three men", None),
        ("HM Revenue & Customs", "HMRC"),
    ],
)
def test_the_organisation_that_somebody_names(typed, name):
    assert find_claimed(typed) == name
