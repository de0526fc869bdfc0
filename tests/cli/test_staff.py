"""The staff commands, as people and scripts run them: what is shown, what is asked, what is refused."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import pyotp
import pytest

from ringback.case.case_file import open_case_file
from ringback.settings import Settings
from staff_members import ADMINISTRATORS, PASSWORD, entries, forget_step, make_staff, one_time_code

FIRST, SECOND = ADMINISTRATORS
SECRET = "JBSWY3DPEHPK3PXP" * 2


@pytest.fixture
def case(new_case):
    return new_case({})


@pytest.fixture
def case_file(case, keys):
    opened = open_case_file(case, settings=Settings(keys_dir=keys))
    yield opened
    opened.records.dispose()


@pytest.fixture
def as_staff(ringback, case_file, monkeypatch):
    """A function: name and words of a command in; the command runs as that member of staff."""
    tokens = make_staff(case_file, {"alice": "planner", "bob": "approver"})

    def run(name, *words, **options):
        monkeypatch.setenv("RINGBACK_SESSION", tokens[name])
        return ringback(*words, **options)

    return run


def converse(case, keys, name, code):
    """Enrol as a script would, by a pipe: read the secret that comes out, and answer with a code of it."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-m", "ringback.cli.main", "staff", "enrol", str(case), name, "--json"],
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        text=True,
        env=os.environ | {"RINGBACK_KEYS": str(keys)},
    ) as running:
        running.stdin.write(f"{code}\n{PASSWORD}\n")
        running.stdin.flush()
        shown = json.loads(running.stdout.readline())
        out, err = running.communicate(pyotp.TOTP(shown["secret"]).now() + "\n", timeout=120)
    assert running.returncode == 0, err
    return shown, json.loads(out)


@pytest.fixture
def enrol(ringback, case, monkeypatch):
    """A function: enrol with a secret known before, so that the answer can be written before the question."""
    monkeypatch.setattr("ringback.alerting.staff.enrolment.new_totp_secret", lambda: SECRET)

    def run(name, code, *, totp_code=None):
        answer = totp_code or pyotp.TOTP(SECRET).now()
        return ringback("staff", "enrol", case, name, stdin=f"{code}\n{PASSWORD}\n{answer}\n")

    return run


def test_from_init_to_a_session_by_pipes(ringback, case, keys, case_file):
    made = ringback("staff", "init", case, "alice", "bob", "--json")
    assert made.code == 0, made.err
    assert [(one["name"], one["role"], one["status"]) for one in made.json] == [
        ("alice", "administrator", "invited"),
        ("bob", "administrator", "invited"),
    ]
    shown, done = converse(case, keys, "alice", made.json[0]["enrolment_code"])
    secret = shown["secret"]
    assert shown["uri"].startswith("otpauth://totp/")
    assert done == {"name": "alice", "status": "active"}
    forget_step(case_file, "alice")
    login = ringback("staff", "login", case, "alice", "--json", stdin=f"{PASSWORD}\n{pyotp.TOTP(secret).now()}\n")
    assert login.code == 0, login.err
    assert login.json["role"] == "administrator"
    assert ringback("staff", "add", case, "carol", "--role", "viewer").code == 0
    # Nothing shows the secret or the password again.
    for words in (["staff", "list", case, "--json"], ["audit", case, "--json"]):
        assert secret not in ringback(*words).out + login.out
    assert ringback("staff", "logout", case).code == 0
    assert "nobody is logged in" in ringback("staff", "add", case, "dave", "--role", "viewer").err


def test_a_person_sees_the_secret_in_groups_and_what_to_do_next(ringback, case, enrol):
    made = ringback("staff", "init", case, "alice", "bob")
    code_of_bob = made.out.splitlines()[1].split(": ")[1]
    assert "third administrator" in made.out
    done = enrol("bob", code_of_bob)
    assert done.code == 0, done.err
    assert "JBSW Y3DP" in done.out
    assert f"ringback staff login {case} bob" in done.out
    again = enrol("bob", code_of_bob)
    assert again.code == 2
    assert "used already" in again.err
    assert "JBSW" not in again.out


def test_a_code_that_does_not_fit_enrols_nobody(ringback, case, enrol):
    made = ringback("staff", "init", case, "alice", "bob", "--json")
    done = enrol("alice", made.json[0]["enrolment_code"], totp_code="nothing")
    assert done.code == 2
    assert "one-time code" in done.err
    assert {one["status"] for one in ringback("staff", "list", case, "--json").json} == {"invited"}


def test_missing_lines_are_asked_for_in_words(ringback, case):
    ringback("staff", "init", case, "alice", "bob")
    asked = ringback("staff", "login", case, "alice", "--json", stdin=f"{PASSWORD}\n")
    assert asked.json["error"] == "staff_input_missing"
    assert "One-time code" in asked.err


def test_a_refused_log_in_says_the_same_for_every_name(ringback, as_staff, case):
    answers = {ringback("staff", "login", case, name, stdin="wrong\n123456\n").err for name in ("alice", "nobody")}
    told = {answer.split("audit head")[0] for answer in answers}
    assert len(told) == 1
    assert "wait for a minute" in told.pop()


def test_the_token_can_go_to_the_environment_instead(ringback, as_staff, case, case_file, keys, monkeypatch):
    forget_step(case_file, "bob")
    code = one_time_code(case_file, "bob")
    done = ringback("staff", "login", case, "bob", "--token", stdin=f"{PASSWORD}\n{code}\n")
    assert done.code == 0, done.err
    monkeypatch.setenv("RINGBACK_SESSION", done.out.strip())
    assert not (keys / f"{case_file.case.settings.id}.session").exists()
    assert "bob (approver) may not" in ringback("staff", "add", case, "dave", "--role", "viewer").err


def test_two_administrators_make_an_approver_and_one_alone_does_not(as_staff, case, case_file):
    asked = as_staff(FIRST, "staff", "add", case, "carol", "--role", "approver", "--json")
    assert asked.json == {"name": "carol", "role": "approver", "status": "proposed", "waits": True}
    alone = as_staff(FIRST, "staff", "confirm", case, "carol", "--json")
    assert (alone.code, alone.json["error"]) == (2, "staff_second_needed")
    listed = as_staff("alice", "staff", "list", case, "--json").json
    assert [(one["name"], one["waits_for"], one["asked_by"]) for one in listed if one["waits_for"]] == [
        ("carol", "add", FIRST)
    ]
    confirmed = as_staff(SECOND, "staff", "confirm", case, "carol", "--json")
    assert confirmed.json["status"] == "invited"
    assert confirmed.json["enrolment_code"]
    (entry,) = entries(case_file, "refused")
    assert (entry.who, entry.read_facts()["about"]) == (FIRST, "carol")


def test_change_refuse_disable_and_reset(as_staff, case):
    def told(*words, by=FIRST):
        done = as_staff(by, "staff", *words, "--json")
        assert done.code == 0, done.err
        return done.json["role"], done.json["status"], done.json["waits"]

    assert told("change", case, "alice", "--role", "viewer") == ("viewer", "active", False)
    assert told("change", case, "alice", "--role", "approver") == ("viewer", "active", True)
    assert told("refuse", case, "alice", by=SECOND) == ("viewer", "active", False)
    assert told("disable", case, "bob") == ("approver", "disabled", False)
    assert told("reset", case, "bob") == ("approver", "disabled", True)
    assert told("confirm", case, "bob", by=SECOND) == ("approver", "invited", False)


def test_the_roles_are_shown_as_a_table(ringback):
    table = ringback("staff", "roles")
    assert "undo_suppression" in table.out
    held = ringback("staff", "roles", "--json").json
    assert "approve" in held["roles"]["approver"]
    assert "approve" not in held["roles"]["administrator"]


def test_ones_own_number_comes_from_standard_input_and_is_never_shown(as_staff, case):
    done = as_staff("alice", "staff", "number", case, stdin="07700 900123\n")
    assert done.code == 0, done.err
    assert "900123" not in done.out + done.err + as_staff("alice", "audit", case).out
    bad = as_staff("alice", "staff", "number", case, stdin="020 7946 0123\n")
    assert bad.code == 2
    assert "7946" not in bad.out + bad.err


def test_an_odd_name_is_refused_without_repeating_it(ringback, case):
    done = ringback("staff", "init", case, "alice", "x;drop")
    assert done.code == 2
    assert "drop" not in done.out + done.err


@pytest.mark.slow
def test_without_staff_the_earlier_commands_work_as_before_and_with_staff_they_ask(ringback, cases, tmp_path, keys):
    import shutil

    copied = shutil.copytree(cases / "csv", tmp_path / "case")
    assert ringback("explain", copied, "--why", "t", stdin="020 7946 0123\n").code == 0
    opened = open_case_file(copied, settings=Settings(keys_dir=keys))
    before = len(opened.log.entries())  # other tests may have looked at the case that this one copies
    tokens = make_staff(replace(opened), {"alice": "planner", "vera": "viewer"})
    out = tmp_path / "list.csv"
    for words, stdin in ((["victims", copied, "--out", out], None), (["explain", copied], "020 7946 0123\n")):
        asked = ringback(*words, "--why", "t", stdin=stdin)
        assert asked.code == 2
        assert "nobody is logged in" in asked.err
    assert not out.exists()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RINGBACK_SESSION", tokens["vera"])
        assert ringback("victims", copied, "--out", out, "--why", "t").code == 2
        assert ringback("victims", copied).code == 0
        patch.setenv("RINGBACK_SESSION", tokens["alice"])
        assert ringback("victims", copied, "--out", out, "--why", "t").code == 0
        assert ringback("explain", copied, "--why", "t", stdin="020 7946 0123\n").code == 0
    assert [entry.who for entry in entries(opened, "victims_listed") if entry.seq > before] == ["alice"]
    assert entries(opened, "number_explained")[-1].who == "alice"
    assert [entry.read_facts()["right"] for entry in entries(opened, "refused")] == ["look"] * 3
    opened.records.dispose()
