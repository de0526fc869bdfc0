"""The suppress commands: lists come in as people keep them, unreadable rows are told, nothing shows a number."""

import pytest

from ringback.case.case_file import open_case_file
from ringback.records.suppressions import find_suppression
from ringback.settings import Settings
from staff_members import ADMINISTRATORS, entries, make_staff

MOBILE, LANDLINE = "07700 900123", "020 7946 0123"


@pytest.fixture
def case(new_case):
    return new_case({})


@pytest.fixture
def case_file(case, keys):
    opened = open_case_file(case, settings=Settings(keys_dir=keys))
    yield opened
    opened.records.dispose()


@pytest.fixture
def import_list(ringback, case, tmp_path):
    """A function: a list's text or bytes in; what the import says out."""

    def run(content, *, reason="protected", **options):
        path = tmp_path / "list.txt"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return ringback("suppress", "import", case, path, "--reason", reason, "--json", **options)

    return run


def reason_of(case_file, e164):
    with case_file.records.connect() as connection:
        found = find_suppression(connection, case_file.keys().digests(e164))
    return found.reason if found else None


def counts(done):
    return {name: done.json[name] for name in ("rows", "added", "known", "numbers")}


def test_one_number_a_line_and_a_second_time_nothing_is_new(import_list, case_file):
    content = f"{MOBILE}\n\n  +44 20 7946 0123 \r\n{MOBILE}\n"
    first = import_list(content)
    assert first.code == 0, first.err
    assert counts(first) == {"rows": 3, "added": 2, "known": 1, "numbers": 2}
    assert counts(import_list(content)) == {"rows": 3, "added": 0, "known": 3, "numbers": 0}
    assert reason_of(case_file, "+447700900123") == "protected"
    assert reason_of(case_file, "+442079460123") == "protected"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_with_reasons_as_a_spreadsheet_writes_it(import_list, case_file, encoding, delimiter):
    rows = [["Name", "Number", "Reason"], ["é", MOBILE, "shelter"], ["x", f'"{LANDLINE}"', ""]]
    done = import_list("\r\n".join(delimiter.join(row) for row in rows).encode(encoding))
    assert counts(done) == {"rows": 2, "added": 2, "known": 0, "numbers": 2}
    assert reason_of(case_file, "+447700900123") == "shelter"
    assert reason_of(case_file, "+442079460123") == "protected"


def test_an_ambiguous_number_suppresses_every_reading_and_cannot_be_undone_as_one(
    import_list, ringback, case, case_file, monkeypatch
):
    bare = "2079460123"  # a British drama number without its zero, and a number of Maine
    done = import_list(f"{bare}\n")
    assert counts(done) == {"rows": 1, "added": 1, "known": 0, "numbers": 2}
    assert done.json["ambiguous"] == 1
    assert reason_of(case_file, "+44" + bare) == reason_of(case_file, "+1" + bare) == "protected"
    monkeypatch.setenv("RINGBACK_SESSION", make_staff(case_file)[ADMINISTRATORS[0]])
    undo = ["suppress", "undo", case, "--why", "t", "--json"]
    assert ringback(*undo, stdin=bare).json["error"] == "suppression_unclear"
    assert ringback(*undo, stdin="+44" + bare).code == 0
    assert reason_of(case_file, "+44" + bare) is None
    assert reason_of(case_file, "+1" + bare) == "protected"


def test_unreadable_rows_are_told_by_number_and_the_rest_is_kept(import_list, ringback, case, case_file):
    done = import_list(f"number,reason\n{MOBILE},x\n0770090012345678901,y\nwithheld,z\n7.7009E+09,\n,no number\n")
    assert done.code == 1
    assert [one["row"] for one in done.json["unreadable"]] == [3, 4, 5, 6]
    assert done.json["rows"] == done.json["added"] + done.json["known"] + len(done.json["unreadable"]) == 5
    assert "0770090012345678901" not in done.out + done.err
    assert reason_of(case_file, "+447700900123") == "x"


def test_standard_input_serves_too(ringback, case, case_file):
    done = ringback("suppress", "import", case, "-", "--reason", "protected", stdin=f"{MOBILE}\n")
    assert done.code == 0, done.err
    assert "1 suppressed now" in done.out
    assert reason_of(case_file, "+447700900123") == "protected"


def test_a_list_that_is_not_there_is_told(ringback, case, tmp_path):
    done = ringback("suppress", "import", case, tmp_path / "gone.csv", "--reason", "x", "--json")
    assert (done.code, done.json["error"]) == (2, "suppressions_unreadable")


def test_the_log_has_the_digests_and_neither_log_nor_list_has_a_number(import_list, ringback, case, case_file):
    import_list(f"{MOBILE}\n", reason=f"asked by {MOBILE}")
    (entry,) = entries(case_file, "numbers_suppressed")
    assert entry.read_facts()["numbers"] == [case_file.key().digest("+447700900123")]
    shown = ringback("suppress", "list", case)
    assert "1  import" in shown.out
    listed = ringback("suppress", "list", case, "--json")
    assert [(one["id"], one["source"]) for one in listed.json["suppressions"]] == [(1, "import")]
    for text in (entry.facts, entry.why, shown.out, listed.out):
        assert "900123" not in text.replace(" ", "")


def test_thousands_of_digests_are_logged_in_several_entries(import_list, case_file):
    done = import_list("\n".join(f"07700 900{number:03}" for number in range(1000)) + f"\n{LANDLINE}\n")
    assert done.json["numbers"] == 1001
    told = [entry.read_facts() for entry in entries(case_file, "numbers_suppressed")]
    assert [facts["count"] for facts in told] == [1000, 1]
    assert len({digest for facts in told for digest in facts["numbers"]}) == 1001


def test_undoing_needs_staff_with_the_right(import_list, ringback, case, case_file, monkeypatch):
    import_list(f"{MOBILE}\n")
    undo = ["suppress", "undo", case, "--why", "asked in person", "--json"]
    assert ringback(*undo, stdin=MOBILE).json["error"] == "staff_none"
    tokens = make_staff(case_file, {"alice": "planner", "bob": "approver"})
    assert ringback(*undo, stdin=MOBILE).json["error"] == "staff_login_needed"
    monkeypatch.setenv("RINGBACK_SESSION", tokens["alice"])
    assert ringback(*undo, stdin=MOBILE).json["error"] == "staff_right_missing"
    assert reason_of(case_file, "+447700900123") == "protected"
    monkeypatch.setenv("RINGBACK_SESSION", tokens["bob"])
    done = ringback(*undo, stdin=MOBILE)
    assert done.json == {"undone": [1]}
    assert reason_of(case_file, "+447700900123") is None
    (entry,) = entries(case_file, "suppression_undone")
    assert (entry.who, entry.why) == ("bob", "asked in person")
    assert entry.read_facts()["numbers"] == [case_file.key().digest("+447700900123")]
    assert ringback(*undo, stdin=MOBILE).json["error"] == "suppression_unknown"
    assert ringback(*undo, stdin="").json["error"] == "number_missing"
    (kept,) = ringback("suppress", "list", case, "--json").json["suppressions"]
    assert (kept["undone_by"], kept["undone_why"]) == ("bob", "asked in person")


def test_undoing_a_stop_does_not_lift_a_protection(import_list, ringback, case, case_file, monkeypatch):
    from ringback.records.db import writing
    from ringback.records.suppressions import NewSuppression, add_suppressions

    import_list(f"{MOBILE}\n")
    digests = tuple(case_file.keys().digests("+447700900123"))
    with writing(case_file.records).begin() as connection:
        stop = NewSuppression(digests, "STOP", "reply")
        add_suppressions(connection, [stop], by="-", now=case_file.clock.now())
    monkeypatch.setenv("RINGBACK_SESSION", make_staff(case_file)[ADMINISTRATORS[0]])
    undo = ["suppress", "undo", case, "--why", "forged", "--json"]
    assert ringback(*undo, stdin=MOBILE).json["error"] == "suppression_several"
    assert ringback(*undo, "--source", "reply", stdin=MOBILE).json == {"undone": [2]}
    assert reason_of(case_file, "+447700900123") == "protected"


def test_in_a_case_with_staff_importing_needs_a_session_and_is_logged_under_its_name(
    import_list, case_file, monkeypatch
):
    tokens = make_staff(case_file, {"alice": "planner", "vera": "viewer"})
    assert import_list(f"{MOBILE}\n").json["error"] == "staff_login_needed"
    monkeypatch.setenv("RINGBACK_SESSION", tokens["vera"])
    assert import_list(f"{MOBILE}\n").json["error"] == "staff_right_missing"
    monkeypatch.setenv("RINGBACK_SESSION", tokens["alice"])
    assert import_list(f"{MOBILE}\n").code == 0
    assert entries(case_file, "numbers_suppressed")[-1].who == "alice"
