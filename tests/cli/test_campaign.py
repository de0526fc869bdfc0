"""The commands page and check, as a user types them."""

import json
from dataclasses import replace

import pytest
import typer
from typer.testing import CliRunner

from alert_rows import NOON, add_alert
from alerting.campaign_facts import SETTINGS, make_campaign_case
from ringback.alerting.model import references
from ringback.alerting.model.references import check_digest, new_reference, show
from ringback.cli import campaign
from ringback.cli.terminal import open_for
from staff_members import make_staff

# Always the same one: the names of tests hold it.
REFERENCE = new_reference(lambda count: bytes(range(1, count + 1)))
app = typer.Typer()
app.command("page")(campaign.page)
app.command("check")(campaign.check)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A function: words of a command in, its result out; the case has one more alert, accepted, to 0042."""
    case_file = make_campaign_case(tmp_path)
    sections = "\n".join(f"{name} = {json.dumps(value)}" for name, value in SETTINGS.items())
    case_file.case.toml.write_text(case_file.case.toml.read_text() + f"\n[alerts]\n{sections}\n")
    tokens = make_staff(case_file, {"vera": "viewer"})
    monkeypatch.setenv("RINGBACK_KEYS", str(tmp_path / "keys"))
    # The case stands in 2022, and no test waits for a slot.
    monkeypatch.setattr(campaign, "open_for", lambda path: replace(open_for(path), clock=case_file.clock))
    digest = check_digest(case_file.keys(), REFERENCE, "0042")

    def invoke(*words, stdin="", session=tokens["vera"]):
        words = [str(word) for word in (words[0], case_file.case.path, *words[1:])]
        done = CliRunner().invoke(app, words, input=stdin, env={"RINGBACK_SESSION": session})
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    invoke.case_file, invoke.digest = case_file, digest
    return invoke


@pytest.fixture
def with_alert(run):
    add_alert(run.case_file, 900, state="accepted", accepted_at=NOON, check_digest=run.digest)
    return run


def test_page_is_written_and_audited(run, tmp_path):
    done = run("page", "B-001", "--out", tmp_path / "web", "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout) == {
        "page": str(tmp_path / "web" / "index.html"),
        "facts": str(tmp_path / "web" / "campaign.json"),
        "sent": 2,
    }
    assert run.case_file.log.entries()[-1].who == "vera"


def test_nobody_who_is_not_logged_in_writes_a_page_or_checks(run, tmp_path):
    for words in (("page", "B-001", "--out", tmp_path / "web"), ("check",)):
        done = run(*words, stdin=f"{REFERENCE} 0042", session="nonsense")
        assert done.exit_code == 2
        assert "nobody is logged in" in done.stderr
    assert not (tmp_path / "web").exists()


@pytest.mark.parametrize(("digits", "code", "words"), [("0042", 0, "is genuine"), ("0043", 1, "could not confirm")])
def test_check_answers_by_exit_code_and_in_words(with_alert, digits, code, words):
    done = with_alert("check", stdin=f"{show(REFERENCE).lower()} {digits}\n")
    assert (done.exit_code, words in done.stdout) == (code, True)
    entry = with_alert.case_file.log.entries()[-1]
    assert (entry.what, entry.who) == ("alert_checked", "vera")


def test_check_takes_a_reference_typed_with_blanks(with_alert):
    spaced = show(REFERENCE).replace("-", " ")
    assert with_alert("check", "--json", stdin=f"\n{spaced}\t0042\n").exit_code == 0


def test_check_says_when_to_ask_again_or_waits(with_alert):
    question = f"{REFERENCE} 0042"
    assert with_alert("check", "--source", "first", stdin=question).exit_code == 0
    later = with_alert("check", "--source", "second", "--no-wait", "--json", stdin=question)
    told = json.loads(later.stdout)
    assert (later.exit_code, told["answer"]) == (1, "later")
    assert 0 < told["ask_again_in_s"] <= 2
    waited = with_alert("check", "--source", "second", stdin=question)
    assert waited.exit_code == 0
    assert "the answer comes in 2 seconds" in waited.stderr


@pytest.mark.parametrize(
    ("stdin", "words"),
    [
        ("", "no reference with last four digits"),
        ("0042\n", "no reference with last four digits"),
        (f"{REFERENCE[:-1]} 0042\n", "typing mistake"),
        (f"{references.SAMPLE} 42\n", "four digits"),
    ],
)
def test_what_is_no_question_ends_with_the_usage_code(run, stdin, words):
    done = run("check", stdin=stdin)
    assert done.exit_code == 2
    assert words in done.stderr
