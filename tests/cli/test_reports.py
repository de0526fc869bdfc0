"""ringback report: by telephone, listed, shown, decided on, erased, imported. Nobody does it without the right."""

import json
import re

import pytest

from ringback.alerting.model import references
from ringback.errors import EXIT_FINDINGS, EXIT_USAGE
from ringback.numbers.masking import NUMBER
from ringback.victim_reports import status_codes
from ringback.victim_reports.questions import LOSS_QUESTIONS, QUESTIONS

ANSWERS = {
    "kind": "crime", "called_number": "07700 900123", "whose": "own", "called_on": "20/11/2022",
    "called_on_sure": "exact", "claimed": "Barclays", "happened": "moved_money", "losses": ["£1,200.50"],
    "story": "They said move it", "name": "Ann Example", "contact_number": "07700 900456", "wants_to_be_told": True,
}  # fmt: skip
# What is typed: no text of ours; a crime; and so on. A number is mistyped first, a day is none first.
TYPED = [
    "", "1", "0123", "07700 900123", "own", "soon", "20/11/2022", "exact", "10.15am", "Barclays", "withheld", "3",
    "moved_money", "1,200.50", "card", "21/11/2022", "", "3m", "", "", "", "", "They said", "move it", "",
    "Ann Example", "07700 900456", "", "", "yes",
]  # fmt: skip
EXPORT = """Crime reference,Date of incident,Victim phone,Loss amount,Description
N1,20/11/2022,07700 900123,"1,200.50",first
N2,31/02/2022,07700 900124,5,second
N3,21/11/2022,07700 900125,lots,third
"""


def add(case, name="alice", **changes):
    done = case.run(name, "report", "add", "--answers", "-", "--json", stdin=json.dumps({**ANSWERS, **changes}))
    assert done.code == 0, done.err
    return done.json["report"]


@pytest.fixture
def case(drama_case):
    return drama_case


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(EXPORT)
    return path


def test_a_report_by_telephone_is_asked_for_and_the_caller_gets_a_code(case):
    done = case.run("alice", "report", "add", stdin="\n".join(TYPED) + "\n")
    assert done.code == 0, done.err
    code = re.search(r"shown this once: (\S+)", done.out)[1]
    assert status_codes.read(code)
    assert "R-0001 is stored" in done.out
    assert "that cannot be read as a phone number" in done.err
    assert "that is no day" in done.err
    shown = case.run("alice", "report", "show", "R-0001", "--why", "to check it", "--json").json
    content = shown["content"]
    assert (content["called_number"], content["called_number_typed"]) == ("+447700900123", "07700 900123")
    assert (content["called_on"], content["called_at"], content["talk_time"]) == (
        "2022-11-20",
        "10:15:00",
        "minutes_5_15",
    )
    assert [(one["pence"], one["kind"], one["on"]) for one in content["losses"]] == [
        (120050, "card", "2022-11-21"), (300_000_000, "transfer", None),
    ]  # fmt: skip
    assert content["story"] == "They said\nmove it"
    assert content["reporter"]["wants_to_be_told"] is True
    assert (shown["way"], shown["taken_by"]) == ("telephone", "alice")
    assert code.replace("-", "") not in json.dumps(shown)


def test_what_cannot_be_read_is_kept_as_typed_if_it_is_typed_twice(case):
    typed = ["", "1", "0123", "0123", *TYPED[4:]]
    assert case.run("alice", "report", "add", stdin="\n".join(typed) + "\n").code == 0
    content = case.run("alice", "report", "show", "R-1", "--why", "w", "--json").json["content"]
    assert (content["called_number"], content["called_number_typed"]) == ("", "0123")


@pytest.mark.parametrize(
    ("second", "kept"), [("07700 90012", ("", "07700 90012")), ("07700 900123", ("+447700900123", "07700 900123"))]
)
def test_a_mobile_with_one_digit_missing_is_told_at_once_and_can_be_typed_anew_or_kept(case, second, kept):
    typed = ["", "1", "07700 90012", second, *TYPED[4:]]
    done = case.run("alice", "report", "add", stdin="\n".join(typed) + "\n")
    assert done.code == 0, done.err
    assert done.err.count("a digit may be missing: a UK mobile number has 11") == 1
    assert "give it once more to keep it as it is" in done.err
    content = case.run("alice", "report", "show", "R-1", "--why", "w", "--json").json["content"]
    assert (content["called_number"], content["called_number_typed"]) == kept


def test_the_number_that_was_shown_has_all_its_digits_or_cannot_be_read(case):
    at = TYPED.index("withheld")
    typed = [*TYPED[:at], "07700 90012", *TYPED[at:]]
    done = case.run("alice", "report", "add", stdin="\n".join(typed) + "\n")
    assert done.code == 0, done.err
    assert "a digit may be missing" not in done.err
    assert done.err.count("that cannot be read as a phone number") == 2


def test_answers_of_a_program_may_have_a_mobile_with_one_digit_missing(case):
    report = add(case, called_number="07700 90012")
    content = case.run("alice", "report", "show", report, "--why", "w", "--json").json["content"]
    assert (content["called_number"], content["called_number_typed"]) == ("", "07700 90012")


def test_answers_that_end_too_soon_store_nothing(case):
    done = case.run("alice", "report", "add", "--json", stdin="\n".join(TYPED[:9]) + "\n")
    assert (done.code, done.json["error"]) == (EXIT_USAGE, "report_unfinished")
    assert case.run("alice", "report", "list", "--json").json["reports"] == []


def test_a_report_that_begins_with_our_text_is_asked_for_no_number_and_is_tied(case):
    case.approved()
    assert case.alerts("alice", "send", "B-001").code == 0
    sent = case.outbox()[0]
    reference = references.read(re.search(r"[A-Z]{4}-[A-Z]{4}-[A-Z]{3}", sent["text"])[0])
    typed = [references.show(reference), sent["to"][-4:], "1", "own", *TYPED[6:]]
    done = case.run("alice", "report", "add", stdin="\n".join(typed) + "\n")
    assert done.code == 0, done.err
    assert "Which number was called?" not in done.err
    (listed,) = case.run("alice", "report", "list", "--json").json["reports"]
    assert listed["tied"] == "text"
    assert "tied by our text" in case.run("alice", "report", "list").out


def test_a_reference_that_is_not_ours_is_told_to_the_caller_and_the_number_is_asked_for(case):
    typed = [references.show(references.new_reference()), "0123", *TYPED[1:]]
    done = case.run("alice", "report", "add", stdin="\n".join(typed) + "\n")
    assert done.code == 0, done.err
    assert "no text of ours" in done.err
    assert "7726" in done.err
    assert "Which number was called?" in done.err


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("no json", "report_answers_unreadable"), ("[1]", "report_answers_unreadable"), ("{}", "report_faulty"),
        (json.dumps({**ANSWERS, "called_number": "07700 9001"}), "report_faulty"),
        (json.dumps({**ANSWERS, "shown_number": "07700 90012"}), "report_faulty"),
        (json.dumps({**ANSWERS, "contact_number": "07700 90012"}), "report_faulty"),
        (
            json.dumps({**ANSWERS, "reference": "BCDF-GHJK-MNZ", "last_four": "0123", "called_number": ""}),
            "report_faulty",
        ),
    ],
)  # fmt: skip
def test_faulty_answers_are_refused(case, given, code):
    done = case.run("alice", "report", "add", "--answers", "-", "--json", stdin=given)
    assert (done.code, done.json["error"]) == (EXIT_USAGE, code)
    assert "9001" not in done.out


def test_the_list_shows_nothing_of_what_a_report_says(case):
    add(case)
    done = case.run("alice", "report", "list")
    assert re.search(r"R-0001  \d{4}-\d\d-\d\d  telephone received  crime +£1,200.50 reported", done.out)
    for secret in ("Ann", "move it", "Barclays", "900123", "900456"):
        assert secret not in done.out
    assert not NUMBER.search(re.sub(r"R-\d{4}  \d{4}-\d\d-\d\d", "", done.out))
    assert case.run("alice", "report", "list", "--status", "closed", "--json").json["reports"] == []


def test_a_look_at_a_report_needs_a_reason_and_is_logged(case):
    report = add(case)
    assert case.run("alice", "report", "show", report).code == EXIT_USAGE
    assert case.run("alice", "report", "show", report, "--why", " ", "--json").json["error"] == "why_missing"
    assert case.log("report_shown") == []
    done = case.run("alice", "report", "show", report, "--why", "to ring 07700 900123 back")
    assert "+447700900123 (typed: 07700 900123)" in done.out
    assert case.log("report_shown") == [{"report": report, "who": "alice"}]
    assert "900123" not in case.run("alice", "audit").out


def test_what_a_stranger_wrote_does_not_steer_the_terminal(case):
    report = add(case, story="\x1b[2J[red]all is well[/red]")
    shown = case.run("alice", "report", "show", report, "--why", "w").out
    assert "\x1b" not in shown
    assert "[red]all is well[/red]" in shown


def test_losses_are_kept_apart(case):
    report = add(case)
    given = ("--confirmed", "£1,000", "--estimated", "3k")
    assert case.run("alice", "report", "losses", report, *given, "--json").json["error"] == "why_missing"
    assert case.run("alice", "report", "losses", report, *given, "--why", "the bank wrote").code == 0
    listed = case.run("alice", "report", "list", "--json").json
    sums = {"reported_pence": 120050, "confirmed_pence": 100000, "estimated_pence": 300000}
    assert listed["losses"] == listed["reports"][0]["losses"] == sums
    shown = case.run("alice", "report", "losses", report).out
    assert "confirmed         £1,000  by alice: the bank wrote" in shown
    bad = case.run("alice", "report", "losses", report, "--confirmed", "lots", "--why", "w", "--json")
    assert bad.json["error"] == "report_loss_bad"


def test_a_status_is_set(case):
    report = add(case)
    done = case.run("alice", "report", "status", report, "looked_at", "--why", "read it")
    assert "received -> looked_at" in done.out
    wrong = case.run("alice", "report", "status", report, "solved", "--why", "w", "--json")
    assert wrong.json["error"] == "report_status_unknown"


def test_erasing_takes_another_right_and_is_for_good(case):
    report = add(case)
    assert case.run("alice", "report", "erase", report, "--why", "w", "--json").json["error"] == "staff_right_missing"
    assert case.run("bob", "report", "erase", report, "--why", "asked for it in writing").code == 0
    assert case.run("bob", "report", "show", report, "--why", "w", "--json").json["error"] == "report_erased"
    (listed,) = case.run("alice", "report", "list", "--json").json["reports"]
    assert listed["erased"] is True
    assert listed["losses"]["reported_pence"] == 120050
    assert case.run("alice", "verify").code == 0


def test_duplicates_are_shown_and_decided_on(case):
    first, second = add(case), add(case)
    (pair,) = case.run("alice", "report", "duplicates", "--json").json
    assert (pair["first"], pair["second"], len(pair["reasons"])) == (first, second, 2)
    for words in ((first,), (first, second), (first, second, "--decide", "maybe"), ("--decide", "same")):
        assert case.run("alice", "report", "duplicates", *words, "--json").json["error"] == "report_pair_needed"
    done = case.run("alice", "report", "duplicates", first, second, "--decide", "same", "--why", "rang twice", "--json")
    assert done.json["groups"] == {first: first, second: first}
    assert case.run("alice", "report", "duplicates", "--json").json == []
    assert f"same as {first}" in case.run("alice", "report", "list").out


def test_an_import_is_tried_first_and_stores_nothing(case, export):
    done = case.run("alice", "report", "import", export)
    assert done.code == EXIT_FINDINGS
    assert "3 rows: 1 to import, 0 known already, 2 rejected" in done.out
    assert "export, row 2: Date of incident: that is no day" in done.out
    assert "export, row 3: Loss amount: that is no sum of money" in done.out
    assert "nothing is stored yet" in done.out
    assert case.run("alice", "report", "list", "--json").json["reports"] == []
    assert case.log("report_import_started", "reports_imported") == []


def test_an_import_accounts_for_every_row_and_knows_them_afterwards(case, export):
    words = ("report", "import", export, "--accept", "--json")
    assert case.run("alice", *words).json["error"] == "why_missing"
    first = case.run("alice", *words, "--why", "monthly")
    assert first.code == EXIT_FINDINGS
    counts = [first.json[name] for name in ("rows", "imported", "known", "rejected")]
    assert counts == [3, 1, 0, 2]
    assert [(one["row"], one["field"]) for one in first.json["rejections"]] == [
        (2, "Date of incident"),
        (3, "Loss amount"),
    ]
    again = case.run("alice", *words, "--why", "monthly").json
    assert [again[name] for name in ("imported", "known", "rejected")] == [0, 1, 2]
    started = case.log("report_import_started")
    assert [one["import"] for one in started] == ["IM-001", "IM-001"]
    assert started[0]["sha256"] == first.json["sha256"]
    assert export.read_text() == EXPORT
    (finished, _again) = case.log("report_import_finished")
    assert finished["rows"] == finished["imported"] + finished["known"] + finished["rejected"]


def test_a_mobile_with_one_digit_missing_is_imported_as_it_stands_and_counted_as_not_read(case, export):
    export.write_text(export.read_text().replace("07700 900123", "07700 90012").replace("31/02", "21/02"))
    done = case.run("alice", "report", "import", export, "--accept", "--why", "w", "--json")
    assert (done.json["imported"], done.json["rejected"]) == (2, 1)
    assert done.json["unread_numbers"] == {"called_number": 1}
    content = case.run("alice", "report", "show", "R-1", "--why", "w", "--json").json["content"]
    assert (content["called_number"], content["called_number_typed"]) == ("", "07700 90012")


def test_an_erased_report_is_not_imported_again(case, export):
    words = ("report", "import", export, "--accept", "--why", "monthly", "--json")
    case.run("alice", *words)
    case.run("bob", "report", "erase", "R-0001", "--why", "asked for it")
    again = case.run("alice", *words).json
    assert (again["imported"], again["known"]) == (0, 1)


def test_columns_can_be_set_and_what_is_not_taken_is_told(case, tmp_path):
    path, mapping = tmp_path / "export.csv", tmp_path / "mapping.toml"
    path.write_text("Notes;Sum;Ward\nhello;1.200,50;x\n")
    mapping.write_text('decimal = ","\n[columns]\nstory = "Notes"\nloss = "Ward"\n')
    words = ("report", "import", path, "--mapping", mapping, "--column", "loss=Sum", "--json")
    done = case.run("alice", *words)
    assert done.code == 0, done.err
    assert done.json["columns"] == {"loss": "Sum", "story": "Notes"}
    assert done.json["not_taken"] == ["Ward"]
    assert case.run("alice", *words, "--accept", "--why", "w").json["imported"] == 1
    assert case.run("alice", "report", "list", "--json").json["losses"]["reported_pence"] == 120050
    assert case.run("alice", "report", "import", path, "--json").json["error"] == "report_columns_missing"
    assert case.run("alice", "report", "import", path, "--column", "x", "--json").json["error"] == "report_columns_bad"


@pytest.mark.parametrize("content", [None, b"", b"SQLite format 3\0" + bytes(5000)])
def test_a_file_that_is_no_export_is_refused(case, tmp_path, content):
    path = tmp_path / "x.db"
    if content is not None:
        path.write_bytes(content)
    done = case.run("alice", "report", "import", path, "--json")
    assert (done.code, done.json["error"]) == (EXIT_USAGE, "report_export_unreadable")


@pytest.mark.parametrize(
    "words",
    [
        ("add", "--answers", "-"), ("list",), ("show", "R-0001", "--why", "w"), ("losses", "R-0001"),
        ("status", "R-0001", "closed", "--why", "w"), ("erase", "R-0001", "--why", "w"), ("duplicates",),
        ("import", "no-file"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["vera", "olga", "nobody"])
def test_nobody_does_it_without_the_right(case, words, name):
    add(case)
    before = case.open().log.head()
    done = case.run(name, "report", *words, "--json", stdin=json.dumps(ANSWERS))
    assert done.code == EXIT_USAGE
    assert done.json["error"] == ("staff_login_needed" if name == "nobody" else "staff_right_missing")
    told = case.log("report_shown", "report_taken", "report_erased", "report_status_set")
    assert len(told) == 1  # the report that was added before
    assert before


def test_the_questions_are_told_to_programs(ringback):
    told = ringback("report", "questions", "--json").json
    assert [one["key"].removeprefix("losses[].") for one in told if "[]" not in one["key"]] == [
        one.key for one in QUESTIONS
    ]
    assert len(told) == len(QUESTIONS) + len(LOSS_QUESTIONS)
    assert "called_number" in ringback("report", "questions").out
