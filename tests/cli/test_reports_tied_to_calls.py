"""Reports from end to end: taken, imported, tied to calls, confirmed, counted, backed up, and erased for good."""

import json
import re

from ringback.alerting.model import references
from ringback.case.case_file import open_case_file
from ringback.settings import Settings

EXPORT = """Crime reference,Date of incident,Date certainty,Victim phone,Length of call,Loss amount
N1,01/07/2021,exact,07700 900152,1 to 5 minutes,"1,000.00"
"""


def figures(done):
    return {one["key"]: one["value"] for one in done.json["figures"]}


def bytes_of(folder):
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def take_both(case, tmp_path):
    """A report by telephone with our text's reference, and one of an export, whose number has two digits swapped."""
    case.approved()
    assert case.alerts("alice", "send", "B-001").code == 0
    sent = next(one for one in case.outbox() if one["to"].endswith("124"))
    reference = references.read(re.search(r"[A-Z]{4}-[A-Z]{4}-[A-Z]{3}", sent["text"])[0])
    answers = {"kind": "crime", "reference": references.show(reference), "last_four": "0124", "losses": ["250"]}
    done = case.run("alice", "report", "add", "--answers", "-", "--json", stdin=json.dumps(answers))
    assert done.code == 0, done.err
    (tmp_path / "export.csv").write_text(EXPORT)
    done = case.run("alice", "report", "import", tmp_path / "export.csv", "--accept", "--why", "July", "--json")
    assert done.code == 0, done.out
    assert {"called_on_sure", "talk_time"} <= done.json["columns"].keys()


def test_two_reports_are_tied_confirmed_counted_and_erased_with_all_that_holds_them(drama_case, tmp_path):
    case = drama_case
    take_both(case, tmp_path)
    done = case.run("alice", "matches", "--json")
    assert done.code == 0, done.err
    told, slipped = done.json["reports"]
    assert (told["outcome"], told["reason"], told["number"][-2:], told["calls"]) == ("certain", "text", "24", 1)
    assert (slipped["outcome"], slipped["number"][-2:]) == ("likely", "25")
    assert slipped["numbers"][0]["parts"]["number"]["reason"].startswith("digits_swapped")
    found = figures(done)
    assert (found["reports_total"], found["reports_matched"], found["reporters_not_in_the_calls"]) == (2, 2, 0)
    # Both numbers were texted.
    assert found["victims_reported_never_alerted"] == found["numbers_reported_never_alerted"] == 0
    lost = {"reports": 2, "with_loss": 2, "total": 1250.0, "mean": 625.0, "median": 625.0, "largest": 1000.0}
    assert found["loss_reported"] == [lost]
    assert found["loss_confirmed"] is found["loss_estimated"] is None

    done = case.run("bob", "matches", "--confirm", "R-0002", "--why", "rang her: it ends in 25", "--json")
    assert done.code == 0, done.err
    listed = case.run("alice", "report", "list", "--json").json["reports"]
    assert [(one["tied"], one["status"]) for one in listed] == [("text", "received"), ("match", "tied")]
    assert case.run("alice", "verify").code == 0
    done = case.run("alice", "case", "backup", tmp_path / "backup", "--why", "before the erasure")
    assert done.code == 0, done.err
    assert not {"snapshots", "matches"} & {one.name for one in (tmp_path / "backup").iterdir()}

    # The confirmation made another snapshot, and the report is in all of them.
    case.run("alice", "matches")
    held = [*case.path.glob("snapshots/*"), *case.path.glob("matches/*")]
    assert len(held) == 3
    assert case.run("bob", "report", "erase", "R-0002", "--why", "asked for it").code == 0
    assert [*case.path.glob("snapshots/*"), *case.path.glob("matches/*")] == []
    done = case.run("alice", "matches", "--json")
    assert [one["report"] for one in done.json["reports"]] == ["R-0001"]
    assert figures(done)["loss_reported"][0]["total"] == 250
    assert done.json["decided"] == {"confirmed": 0, "rejected": 0, "undecided": 0}
    for place in ("snapshots", "matches"):
        assert b"7700900125" not in bytes_of(case.path / place)
        assert b"7700900152" not in bytes_of(case.path / place)
    assert case.run("alice", "verify").code == 0


def test_a_number_with_one_digit_missing_is_tied_where_the_call_agrees(drama_case, tmp_path):
    case = drama_case
    (tmp_path / "export.csv").write_text(EXPORT.replace("07700 900152", "07700 90125"))
    done = case.run("alice", "report", "import", tmp_path / "export.csv", "--accept", "--why", "July", "--json")
    assert done.json["unread_numbers"] == {"called_number": 1}
    (one,) = case.run("alice", "matches", "--json").json["reports"]
    assert (one["outcome"], one["number"][-2:]) == ("likely", "25")
    assert (
        one["numbers"][0]["parts"]["number"]["reason"] == "digit_missing_other"
    )  # the export does not say whose phone it is


def test_a_case_that_was_put_back_makes_the_same_matches_again(drama_case, tmp_path):
    case = drama_case
    take_both(case, tmp_path)
    before = case.run("alice", "matches", "--json").json
    case.run("alice", "matches", "--confirm", "R-0002", "--why", "rang her")
    assert case.run("alice", "case", "backup", tmp_path / "backup", "--why", "weekly").code == 0
    done = case.ringback("case", "restore", tmp_path / "backup", tmp_path / "restored")
    assert done.code in (0, 1), done.err
    restored = type(case)(tmp_path / "restored", case.keys, case.tokens, case.ringback, case.monkeypatch)
    after = restored.run("alice", "matches", "--json").json
    assert (after["matches"], after["unchanged"]) == (before["matches"], False)
    assert [one["decision"] for one in after["reports"]] == [None, "confirmed"]


def test_a_number_of_ours_that_was_altered_in_the_records_ties_nothing(drama_case, tmp_path):
    from sqlalchemy import update

    from ringback.records.alert_tables import routes
    from ringback.records.db import writing

    case = drama_case
    take_both(case, tmp_path)
    opened = open_case_file(case.path, settings=Settings(keys_dir=case.keys))
    with writing(opened.records).begin() as connection:
        for place in (1, 2, 3, 4):
            other = opened.keys().seal("+447700900999", about=f"route:B-001:{place}")
            connection.execute(update(routes).where(routes.c.place == place).values(number_sealed=other))
    opened.records.dispose()
    done = case.run("alice", "matches", "--json")
    assert (done.code, done.json["error"]) == (2, "batch_altered")


def test_verify_finds_what_was_altered_of_matches_snapshots_and_decisions(drama_case, tmp_path):
    from sqlalchemy import update

    from ringback.records.db import writing
    from ringback.records.report_tables import report_decisions

    case = drama_case
    take_both(case, tmp_path)
    case.run("alice", "matches")
    case.run("alice", "matches", "--reject", "R-0002", "--why", "another call")
    assert case.run("alice", "verify").code == 0
    (outcomes,) = case.path.glob("matches/*/report_outcomes.parquet")
    (frozen,) = case.path.glob("snapshots/*/manifest.json")
    for path in (outcomes, frozen):
        path.write_bytes(path.read_bytes()[:-9])
    opened = open_case_file(case.path, settings=Settings(keys_dir=case.keys))
    with writing(opened.records).begin() as connection:
        connection.execute(update(report_decisions).values(decision="confirmed"))
    opened.records.dispose()
    found = case.run("alice", "verify", "--json").json["differences"]
    assert found == [
        "what was decided about the match of report R-0002 is not what the audit log tells of",
        f"snapshots/{frozen.parent.name} is not what was frozen",
        f"matches/{outcomes.parent.name}: report_outcomes.parquet was changed or is missing",
    ]
