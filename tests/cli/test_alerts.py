"""ringback alerts plan, preview, approve, rehearse, list, outreach: as staff type them, on a synthetic case."""

import csv
import io
import json
import stat

import pytest

from case_copies import copy_prepared
from cli.conftest import make_case
from ringback.alerting.staff.sessions import store_number
from ringback.case.case_file import open_case_file
from ringback.numbers.masking import NUMBER
from ringback.settings import Settings
from staff_members import make_staff

ALERTS = """
[alerts]
force = "Example Police"
website = "the Example Police website"
sender_name = "ExamplePol"
price_per_part = "0.0197"
"""
TOMORROW = ("--window", "tomorrow 10:00-19:00", "--why", "first batch")


@pytest.fixture(scope="module")
def prepared(ringback, seizures, keys, tmp_path_factory):
    """A case that was run and has staff, and the tokens of its staff."""
    folder = tmp_path_factory.mktemp("alerts")
    case = make_case(ringback, folder / "case", seizures / "csv")
    case.joinpath("case.toml").write_text(case.joinpath("case.toml").read_text() + ALERTS)
    done = ringback("run", case)
    assert done.code == 0, done.err
    case_file = open_case_file(case, settings=Settings(keys_dir=keys))
    tokens = make_staff(case_file, {"alice": "planner", "bob": "approver", "carol": "approver", "vera": "viewer"})
    for name, number in (("alice", "07700 900101"), ("bob", "07700 900102")):
        store_number(case_file, number, token=tokens[name])
    case_file.records.dispose()
    return case, tokens


@pytest.fixture
def case(prepared, tmp_path, keys):
    """A copy of it, for one test."""
    return copy_prepared(prepared[0], tmp_path / "case", keys)


@pytest.fixture
def alerts(ringback, case, prepared, monkeypatch):
    """A function: who, a command of `ringback alerts` and its words; the case stands behind the command."""

    def run(name, command, *words):
        monkeypatch.setenv("RINGBACK_SESSION", prepared[1].get(name, "nobody's"))
        done = ringback("alerts", command, case, *words)
        shown = "".join(one for one in (done.out, done.err) if "--json" not in words)
        hashes = [word for word in shown.split() if len(word) >= 12 and set(word) <= set("0123456789abcdef")]
        for word in hashes:
            shown = shown.replace(word, "")
        assert not NUMBER.search(shown), "a full number is shown"
        return done

    return run


@pytest.fixture
def log(ringback, case):
    """What the audit log has of one kind: who and facts."""

    def read(what):
        return [
            (entry["who"], json.loads(entry["facts"]))
            for entry in ringback("audit", case, "--json").json
            if entry["what"] == what
        ]

    return read


def plan(alerts, *words, name="alice"):
    done = alerts(name, "plan", *(words or TOMORROW), "--json")
    assert done.code == 0, done.err
    return done.json


def failed(done, code):
    assert done.code == 2, done.out
    assert done.json["error"] == code
    return done.json


def test_from_plan_to_approval(alerts, log):
    made = plan(alerts)
    assert (made["batch"], made["state"], made["planned_by"]) == ("B-001", "planned", "alice")
    shown = alerts("bob", "preview", "B-001", "--json").json
    assert shown["hash"] == made["hash"]
    assert shown["type_to_approve"] == made["hash"][:12]
    given = alerts("bob", "approve", "B-001", shown["type_to_approve"], "--why", "agreed", "--json").json
    assert (given["planner"], given["approver"], given["hash"]) == ("alice", "bob", made["hash"])
    (row,) = alerts("vera", "list", "--json").json
    assert (row["batch"], row["state"], row["approved_by"], row["hash"]) == ("B-001", "approved", "bob", made["hash"])
    assert [who for who, _facts in log("batch_previewed")] == ["alice", "bob"]


def test_a_planner_may_not_approve_and_an_approver_not_what_they_planned(alerts, log):
    made = plan(alerts, name="bob")
    words = ("B-001", made["type_to_approve"], "--why", "me too", "--json")
    failed(alerts("alice", "approve", *words), "staff_right_missing")
    failed(alerts("bob", "approve", *words), "approver_is_planner")
    assert alerts("carol", "approve", *words).code == 0
    assert [(facts.get("error") or facts.get("code")) for _who, facts in log("refused")] == [
        "staff_right_missing",
        "approver_is_planner",
    ]


def test_the_texts_are_the_victims_and_everybody_is_routed(alerts, ringback, case):
    made = plan(alerts)
    assert made["channels"]["text"]["uk_mobile"] == made["texts"] == ringback("victims", case, "--json").json["victims"]
    assert sum(sum(reasons.values()) for reasons in made["channels"].values()) == made["candidates"] > made["texts"]
    assert made["channels"]["outreach"]["landline"]


def test_the_preview_shows_what_an_approver_has_to_know(alerts):
    made = plan(alerts, "--window", "tomorrow 08:00-19:00", "--why", "x")
    done = alerts("bob", "preview", "B-001")
    assert done.code == 0
    assert "│ Example Police: this number was    │" in done.out
    assert "BCDF-GHJK-MNZ" in done.out
    assert "2 parts, GSM-7" in done.out
    assert f"£{made['texts'] * 2 * 0.0197:.2f} for {made['texts']:,} texts" in done.out
    assert "cut off as quiet" in done.out
    assert "quiet      20:00-09:00" in done.out
    assert "landline: a text would be read aloud" in done.out
    assert made["hash"][:12] in done.out
    assert f"alerts approve {done.out.split('alerts approve ')[1].split()[0]} B-001 {made['hash'][:12]}" in done.out
    assert "the case is synthetic" in done.out


def test_the_plan_is_shown_as_the_preview_is(alerts):
    done = alerts("alice", "plan", *TOMORROW)
    assert done.code == 0, done.err
    assert "planned B-001" in done.out
    assert "ExamplePol" in done.out


def test_a_synthetic_case_cannot_be_planned_for_a_provider(alerts, log):
    failed(alerts("alice", "plan", *TOMORROW, "--sender", "notify", "--json"), "synthetic_never_sent")
    assert log("refused")[-1] == ("alice", {"batch": "", "what": "plan", "error": "synthetic_never_sent"})
    assert alerts("vera", "list", "--json").json == []


@pytest.mark.parametrize(
    ("name", "code"),
    [("vera", "staff_right_missing"), ("first.admin", "staff_right_missing"), ("x", "staff_login_needed")],
)
def test_who_has_no_right_plans_nothing(alerts, name, code):
    failed(alerts(name, "plan", *TOMORROW, "--json"), code)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--window", "whenever"), "windows_bad"),
        (("--window", "2022-11-24 09:00-19:00"), "windows_bad"),
        (("--window", "tomorrow 21:00-23:00"), "windows_quiet"),
        (("--window", "tomorrow 10:00-19:00", "--quiet", "none"), "quiet_why_missing"),
        (("--window", "tomorrow 10:00-19:00", "--quiet", "late"), "windows_bad"),
        (("--window", "tomorrow 10:00-19:00", "--per-second", "0.001"), "windows_short"),
        (("--window", "tomorrow 10:00-19:00", "--rule", "nobody@1"), "rule_unknown"),
        (("--window", "tomorrow 10:00-19:00", "--template", "no-such-file"), "template_unreadable"),
        (("--window", "tomorrow 10:00-19:00", "--website", "www.example.org"), "alert_wording_blocked"),
        (("--window", "tomorrow 10:00-19:00", "--replace", "B-009"), "batch_unknown"),
    ],
)
def test_what_cannot_be_planned_is_refused(alerts, words, code):
    failed(alerts("alice", "plan", *words, "--why", "x", "--json"), code)
    assert alerts("vera", "list", "--json").json == []


def test_a_wording_of_ones_own_is_linted(alerts, tmp_path):
    template = tmp_path / "wording.txt"
    template.write_text("{force}: this number was called by criminals. Search for {website}. Reference {reference}.\n")
    made = plan(alerts, *TOMORROW, "--template", template)
    assert made["text"].startswith("Example Police: this number was called by criminals. Search for the Example")
    assert made["parts"] == 1
    template.write_text("{force}: act now! {website} {reference}")
    failed(alerts("alice", "plan", *TOMORROW, "--template", template, "--json"), "alert_wording_blocked")


def test_force_and_website_can_be_given(alerts, case):
    toml = case / "case.toml"
    toml.write_text(toml.read_text().replace('force = "Example Police"\n', ""))
    failed(alerts("alice", "plan", *TOMORROW, "--json"), "alert_setting_missing")
    assert plan(alerts, *TOMORROW, "--force", "Sample Police")["text"].startswith("Sample Police: ")


def test_without_quiet_hours_a_reason_is_frozen_and_shown(alerts):
    words = ("--window", "now+2h", "--quiet", "none", "--quiet-why", "agreed with gold", "--why", "x")
    made = plan(alerts, *words)
    assert (made["quiet"], made["quiet_why"], made["cut"]) == ("none", "agreed with gold", [])
    assert "quiet hours are shorter than usual: agreed with gold" in " ".join(made["warnings"])


def test_a_case_that_changed_since_its_run_is_run_again_first(alerts, case, ringback, log):
    toml = case / "case.toml"
    toml.write_text(toml.read_text().replace("over-a-minute@1", "over-five-minutes@1"))
    failed(alerts("alice", "plan", *TOMORROW, "--json"), "run_outdated")
    assert log("refused")[-1][1]["error"] == "run_outdated"


def test_another_rule_texts_others(alerts):
    first = plan(alerts)["texts"]
    second = plan(alerts, *TOMORROW, "--rule", "over-five-minutes@1", "--replace", "B-001")
    assert (second["batch"], second["rule"]) == ("B-002", "over-five-minutes@1")
    assert 0 < second["texts"] < first
    old = alerts("vera", "list", "--json").json[0]
    assert (old["state"], old["state_why"]) == ("finished", "replaced by B-002")


def test_nobody_is_planned_twice_without_a_reason(alerts):
    texts = plan(alerts)["texts"]
    second = plan(alerts)
    assert (second["texts"], second["channels"]["none"]["already_alerted"]) == (0, texts)
    failed(alerts("bob", "approve", "B-002", second["hash"], "--why", "x", "--json"), "batch_empty")
    third = plan(alerts, *TOMORROW, "--again", "the first text had a wrong website")
    assert third["texts"] == texts
    assert "once more: the first text had a wrong website" in " ".join(third["warnings"])


def test_a_rehearsal_writes_the_same_text_for_named_staff(alerts, case):
    made = plan(alerts)
    done = alerts("alice", "rehearse", "B-001", "--to", "alice", "--to", "bob", "--json")
    assert done.code == 0, done.err
    assert (done.json["batch"], done.json["alerts"]) == ("B-001-R1", {"accepted": 2})
    lines = [json.loads(line) for line in (case / "out" / "outbox-B-001-R1.jsonl").read_text().splitlines()]
    assert {line["to"] for line in lines} == {"+447700900101", "+447700900102"}
    for line in lines:
        assert line["text"].replace(line["alert_reference"], "BCDF-GHJK-MNZ") == made["text"]
    shown = alerts("bob", "preview", "B-001", "--json").json
    assert shown["rehearsals"] == [{"batch": "B-001-R1", "state": "finished"}]
    assert shown["state"] == "planned"


def test_a_rehearsal_to_somebody_without_a_mobile_is_refused(alerts):
    plan(alerts)
    failed(alerts("alice", "rehearse", "B-001", "--to", "vera", "--json"), "staff_number_missing")


def test_the_outreach_list_is_written_for_its_owner_alone_and_logged_first(alerts, tmp_path, log):
    made = plan(alerts)
    path = tmp_path / "landlines.csv"
    words = ("B-001", "--channel", "outreach", "--out", path, "--why", "request 7")
    done = alerts("alice", "outreach", *words, "--json")
    assert done.code == 0, done.err
    rows = list(csv.DictReader(io.StringIO(path.read_text())))
    assert len(rows) == done.json["numbers"] == sum(made["channels"]["outreach"].values())
    assert {row["kind"] for row in rows} <= {"landline", "voip", "mobile_or_landline"}
    assert all(row["number"].startswith("+44") and row["region"] == "GB" and row["reason"] for row in rows)
    assert [row["number"] for row in rows] == sorted(row["number"] for row in rows)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    ((who, facts),) = log("outreach_listed")
    assert (who, facts["numbers"], facts["channel"]) == ("alice", len(rows), "outreach")
    failed(alerts("alice", "outreach", *words, "--json"), "output_exists")
    failed(alerts("vera", "outreach", *words, "--json"), "staff_right_missing")


def test_the_referral_list_comes_as_json_without_who_was_suppressed_since(alerts, ringback, case, tmp_path):
    plan(alerts)
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    words = ("B-001", "--channel", "referral", "--why", "partner", "--out")
    assert alerts("alice", "outreach", *words, first).code == 0
    rows = json.loads(first.read_text())
    assert {row["region"] for row in rows} & {"US", "JE", "GG", "IM"}
    listed = tmp_path / "protected.txt"
    listed.write_text(rows[0]["number"])
    done = ringback("suppress", "import", case, listed, "--reason", "protected")
    assert done.code == 0, done.err
    after = alerts("alice", "outreach", *words, second, "--json").json
    assert (after["numbers"], after["suppressed"]) == (len(rows) - 1, 1)
    assert json.loads(second.read_text()) == rows[1:]


def test_an_empty_case_has_no_batches(alerts):
    assert "no batch was planned yet" in alerts("vera", "list").out


def test_the_list_is_readable(alerts):
    plan(alerts)
    done = alerts("vera", "list")
    assert "B-001" in done.out
    assert "planned" in done.out
