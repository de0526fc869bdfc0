"""What the commands write: always the results of the run they name, for their owner alone, and without numbers."""

import io
import json
import stat
import zipfile

import pytest

from cli.test_damage import CALLS, HEADER, SUBJECTS, call, figure
from ringback.errors import RingbackError
from ringback.files.output import write_private


@pytest.fixture
def case(new_case):
    long_call = call(120, duration="301")
    return new_case({"calls.csv": CALLS + long_call + "\n", "subjects.csv": SUBJECTS})


def set_rule(case, old, new):
    toml = case / "case.toml"
    toml.write_text(toml.read_text().replace(old, new))


@pytest.mark.slow
def test_the_report_is_always_that_of_the_current_run(ringback, case):
    first = ringback("run", case, "--json").json["run"]
    set_rule(case, "over-a-minute@1", "over-five-minutes@1")
    assert ringback("run", case, "--json").json["run"] != first
    set_rule(case, "over-five-minutes@1", "over-a-minute@1")
    again = ringback("run", case, "--json")
    assert again.json["run"] == first
    assert json.loads((case / "out" / "figures.json").read_text())["run"] == first
    assert first in (case / "out" / "report.html").read_text()


def test_figures_carry_the_rule_of_their_run_and_say_when_the_case_has_changed(ringback, case):
    ringback("run", case)
    set_rule(case, "over-a-minute@1", "over-five-minutes@1")
    found = ringback("figures", case, "numbers_to_alert", "--json").json
    assert (found["figures"][0]["value"], found["figures"][0]["rule"]) == (11, "over-a-minute@1")
    assert "more than 60 seconds" in found["figures"][0]["definition"]
    assert "changed since this run" in found["findings"][0]


def test_a_private_file_is_private_whatever_was_put_there_before(tmp_path):
    (tmp_path / ".list.csv.part").touch(mode=0o666)
    write_private(tmp_path / "list.csv", "x", replace=False)
    assert stat.S_IMODE((tmp_path / "list.csv").stat().st_mode) == 0o600
    with pytest.raises(RingbackError) as caught:
        write_private(tmp_path / "list.csv", "y", replace=False)
    assert caught.value.code == "output_exists"
    assert (tmp_path / "list.csv").read_text() == "x"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".list.csv.part", "list.csv"]


def test_records_stay_in_a_case_with_an_odd_name(ringback, tmp_path):
    for name in ("a?b", "50%25x", "c#d", "quote'\""):
        assert ringback("case", "new", tmp_path / name, "--name", "x").code == 0
        assert (tmp_path / name / "records.sqlite").stat().st_size > 0
    assert {path.name for path in tmp_path.iterdir()} == {"a?b", "50%25x", "c#d", "quote'\""}


@pytest.mark.slow
def test_numbers_in_reasons_names_and_logins_are_masked(ringback, new_case):
    calls = CALLS.replace("fox", "07700900555")
    case = new_case({"calls 07700_900321.csv": calls, "subjects.csv": SUBJECTS.replace("fox", "07700900555")})
    toml = case / "case.toml"
    toml.write_text(toml.read_text() + '\n[tables.calls]\ntable = "calls*"\n')
    why = "the caller of 07700 900123 asked"
    texts = [ringback("run", case, "--why", why).out]
    explained = ringback("explain", case, "--why", why, stdin="07700 900100\n")
    assert "a victim under" in explained.out
    texts += [explained.out, ringback("explain", case, "--why", why, "--json", stdin="07700 900100\n").out]
    texts += [ringback("audit", case).out, (case / "out" / "report.html").read_text()]
    for text in texts:
        for number in ("900555", "900123", "900_321", "900321"):
            assert number not in text


@pytest.mark.slow
def test_rows_of_two_members_of_a_zip_have_origins_of_their_own(ringback, new_case, tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("2021/calls.csv", HEADER + "\n" + call(1) + "\n")
        archive.writestr("2022/calls.csv", HEADER + "\n" + call(2) + "\n")
    case = new_case({"seizure.zip": packed.getvalue(), "subjects.csv": SUBJECTS})
    assert ringback("run", case).code == 0
    ringback("victims", case, "--out", tmp_path / "list.json", "--why", "a test")
    rows = json.loads((tmp_path / "list.json").read_text())
    assert [row["first_table"] for row in rows] == ["2021/calls.csv", "2022/calls.csv"]


@pytest.mark.slow
def test_times_of_postgresql_are_read(ringback, new_case):
    case = new_case({"calls.csv": CALLS.replace("12:00:00,", "12:00:00+00,"), "subjects.csv": SUBJECTS})
    done = ringback("run", case, "--json")
    assert (done.code, figure(done, "first_call_at")) == (0, "2021-07-01T12:00:00Z")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda calls: calls.replace("ANSWERED", "completed"), "a disposition that does not say answered"),
        (lambda calls: calls.replace(",61,", ",1:01,"), "talk times that could not be read"),
        (lambda calls: calls.replace("07700 900", "2079460"), "called numbers"),
    ],
)
def test_losing_everyone_to_a_setting_raises_an_alarm(ringback, new_case, change, words):
    case = new_case({"calls.csv": change(CALLS), "subjects.csv": SUBJECTS})
    done = ringback("run", case, "--json")
    assert (done.code, figure(done, "numbers_to_alert")) == (1, 0)
    assert any(words in finding for finding in done.json["findings"])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("subjects", "words"),
    [
        (None, "add subjects.csv"),
        (SUBJECTS.replace("identified", "remanded"), "a status that counts as not identified: remanded"),
        (SUBJECTS.replace("fox", "wolf"), "no account of an identified subject made a call"),
    ],
)
def test_having_nobody_to_attribute_to_raises_an_alarm(ringback, new_case, subjects, words):
    files = {"calls.csv": CALLS} | ({"subjects.csv": subjects} if subjects else {})
    done = ringback("run", new_case(files), "--json")
    assert done.code == 1
    assert any(words in finding for finding in done.json["findings"])


def test_a_run_that_changes_nothing_is_logged_with_its_reason(ringback, case):
    ringback("run", case)
    ringback("run", case, "--why", "second look")
    last = ringback("audit", case, "--json").json[-1]
    assert (last["what"], last["why"]) == ("run_checked", "second look")


@pytest.mark.slow
def test_a_synthetic_case_cannot_be_made_to_look_real_by_its_manifest(ringback, cases, tmp_path):
    import shutil

    case = tmp_path / "case"
    shutil.copytree(cases / "csv", case)
    for path in case.glob("runs/*/*.json"):
        path.write_text(path.read_text().replace('"synthetic": true', '"synthetic": false'))
    assert ringback("figures", case).code == 2
    assert ringback("run", case, "--json").json["synthetic"] is True
    assert "made-up records" in (case / "out" / "report.html").read_text()
