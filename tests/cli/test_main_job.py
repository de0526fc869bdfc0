"""The main job through the commands, on the same synthetic seizure in every format."""

import json
import re
import shutil
import stat

import pyarrow.parquet as pq
import pytest

FORMATS = ("csv", "jsonl", "parquet", "mysqldump")
KEYS = [
    "calls_total",
    "calls_connected",
    "uk_calls",
    "uk_calls_over_minute",
    "uk_people_over_minute",
    "numbers_to_alert",
    "accounts_total",
    "accounts_active",
    "revenue_gbp",
    "first_call_at",
    "last_call_at",
    "peak_uk_people_per_minute",
    "peak_minute",
    "calls_by_region",
    "organisations_imitated",
    "subjects_by_status_and_area",
]


@pytest.mark.parametrize("format_", FORMATS)
def test_victims_and_figures_equal_the_recoverable_truth(ringback, cases, seizures, format_):
    found = ringback("truth", cases / format_, seizures / format_, "--json")
    assert found.code == 0
    assert (found.json["precision"], found.json["recall"]) == (1.0, 1.0)
    assert found.json["differing"] == {}
    assert found.json["unflagged"] == 0
    assert found.json["ambiguous"] > 0
    assert found.json["recoverable"] > 20
    assert sum(sum(causes.values()) for causes in found.json["gap"].values()) > 0


def test_every_format_gives_the_same_list_of_victims(ringback, cases, tmp_path):
    lists = set()
    for format_ in FORMATS:
        path = tmp_path / f"{format_}.csv"
        done = ringback("victims", cases / format_, "--out", path, "--no-origin", "--why", "a test")
        assert done.code == 0, done.err
        lists.add(path.read_bytes())
    assert len(lists) == 1
    assert lists.pop().count(b"\n") > 20


def test_figures_json_has_every_key_with_its_definition(cases):
    found = json.loads((cases / "csv" / "out" / "figures.json").read_text())["figures"]
    assert [figure["key"] for figure in found] == KEYS
    for figure in found:
        assert set(figure) == {"key", "value", "unit", "definition", "period", "rule", "rows"}
        assert figure["definition"]
        assert figure["rows"] >= 0
    assert [figure["rule"] for figure in found if figure["rule"]] == ["over-a-minute@1"]


def test_a_second_run_redoes_nothing(ringback, cases):
    case = cases / "csv"
    run = case / "runs" / (case / "current").read_text().strip()
    before = {path: path.stat().st_mtime_ns for path in run.iterdir()}
    again = ringback("run", case)
    assert again.code == 0
    assert "nothing was redone" in again.out
    assert {path: path.stat().st_mtime_ns for path in run.iterdir()} == before
    assert [path.name for path in (case / "runs").iterdir()] == [run.name]


@pytest.mark.slow
def test_a_changed_rule_makes_a_new_run_and_keeps_the_old_one(ringback, seizures, tmp_path):
    from cli.conftest import make_case

    case = make_case(ringback, tmp_path / "case", seizures / "csv")
    first = ringback("run", case, "--json").json
    toml = case / "case.toml"
    toml.write_text(toml.read_text().replace("over-a-minute@1", "over-five-minutes@1"))
    second = ringback("run", case, "--json").json
    assert first["run"] != second["run"]
    assert {path.name for path in (case / "runs").iterdir()} == {first["run"], second["run"]}
    alerts = [next(f["value"] for f in run["figures"] if f["key"] == "numbers_to_alert") for run in (first, second)]
    assert alerts[0] > alerts[1]
    truth = ringback("truth", case, seizures / "csv", "--json")
    assert (truth.json["precision"], truth.json["recall"]) == (1.0, 1.0)


@pytest.mark.parametrize("format_", ["csv", "json", "parquet"])
def test_the_list_of_victims_is_its_owners_alone_and_logged(ringback, cases, tmp_path, format_):
    path = tmp_path / f"list.{format_}"
    done = ringback("victims", cases / "csv", "--out", path, "--why", "batch 7", "--json")
    assert done.code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    rows = {
        "csv": lambda: path.read_text().splitlines()[1:],
        "json": lambda: json.loads(path.read_text()),
        "parquet": lambda: pq.read_table(path).to_pylist(),
    }[format_]()
    assert len(rows) == done.json["victims"]
    entries = ringback("audit", cases / "csv", "--json").json
    last = [entry for entry in entries if entry["what"] == "victims_listed"][-1]
    assert last["why"] == "batch 7"
    again = ringback("victims", cases / "csv", "--out", path, "--why", "batch 7")
    assert again.code == 2
    assert "is there already" in again.err


def test_a_list_without_a_reason_is_refused(ringback, cases, tmp_path):
    done = ringback("victims", cases / "csv", "--out", tmp_path / "list.csv")
    assert done.code == 2
    assert not (tmp_path / "list.csv").exists()


def test_victims_without_out_shows_no_number(ringback, cases):
    done = ringback("victims", cases / "csv")
    assert done.code == 0
    assert not re.search(r"\d{7}", done.out)


def test_explain_says_why_and_logs_a_keyed_digest_only(ringback, cases, tmp_path):
    listed = tmp_path / "list.json"
    ringback("victims", cases / "csv", "--out", listed, "--why", "a test")
    number = json.loads(listed.read_text())[0]["called_number"]
    done = ringback("explain", cases / "csv", "--why", "enquiry 1", "--json", stdin=number + "\n")
    assert done.code == 0
    reading = done.json["readings"][0]
    assert reading["victim"] is True
    assert any(call["outcome"] == "meets the rule's threshold" for call in reading["calls"])
    assert number not in done.out
    words = ringback("explain", cases / "csv", "--why", "enquiry 1", stdin=number + "\n")
    assert "a victim under over-a-minute@1" in words.out
    logged = [e for e in ringback("audit", cases / "csv", "--json").json if e["what"] == "number_explained"]
    assert logged[-1]["why"] == "enquiry 1"
    assert "k1:" in logged[-1]["facts"]
    assert number[3:] not in json.dumps(logged)


def test_explain_of_a_number_nobody_called(ringback, cases):
    done = ringback("explain", cases / "csv", "--why", "enquiry 2", "--json", stdin="07700 900123\n")
    assert done.json["readings"][0]["victim"] is False
    assert done.json["readings"][0]["verdict"] == "no seized call to this number could be read"


def test_number_reads_standard_input_and_masks(ringback):
    done = ringback("number", "--json", stdin="07700 900123\n0800 400 100\nwithheld\n")
    assert [row["reason"] for row in done.json] == [None, None, "withheld"]
    assert done.json[0]["options"][0]["kind"] == "mobile"
    assert done.json[1]["options"][0]["organisation"] == "Barclays"
    assert "900123" not in done.out
    assert ringback("number", stdin="").code == 2


def test_one_figure_by_its_key(ringback, cases):
    done = ringback("figures", cases / "csv", "numbers_to_alert", "--json")
    assert [figure["key"] for figure in done.json["figures"]] == ["numbers_to_alert"]
    bad = ringback("figures", cases / "csv", "nonsense", "--json")
    assert bad.code == 2
    assert bad.json["error"] == "figure_unknown"


def test_no_full_number_in_any_output_or_the_report(ringback, cases, tmp_path):
    listed = tmp_path / "list.json"
    ringback("victims", cases / "mysqldump", "--out", listed, "--why", "a test")
    nationals = [row["called_number"][3:] for row in json.loads(listed.read_text())]
    case = cases / "mysqldump"
    shown = [
        (case / "out" / "report.html").read_text(),
        (case / "out" / "figures.json").read_text(),
        ringback("run", case).out,
        ringback("figures", case).out,
        ringback("audit", case).out,
        ringback("verify", case).out,
        (case / "records.sqlite").read_bytes().decode("latin-1"),
    ]
    for text in shown:
        assert not [number for number in nationals if number in text]


def test_codes_in_the_seizure_are_counted_and_never_copied(ringback, cases, seizures):
    case = cases / "csv"
    quarantined = json.loads((case / "out" / "figures.json").read_text())["quarantined"]
    assert [row["column"] for row in quarantined] == ["captured_digits"]
    assert quarantined[0]["values"] > 0
    run = case / "runs" / (case / "current").read_text().strip()
    for path in run.glob("*.parquet"):
        assert "captured_digits" not in pq.read_schema(path).names


def test_a_synthetic_case_stays_one_whatever_is_edited(ringback, seizures, tmp_path):
    from cli.conftest import make_case

    case = make_case(ringback, tmp_path / "case", seizures / "parquet", synthetic=False)
    assert ringback("case", "show", case, "--json").json["synthetic"] is True
    toml = case / "case.toml"
    toml.write_text(toml.read_text() + "\n# synthetic = false\n")
    assert ringback("run", case, "--json").json["synthetic"] is True
    # Even with the register edited, the first log entry, the log of the exhibit and the data say so.
    import sqlite3

    with sqlite3.connect(case / "records.sqlite") as connection:
        connection.execute("UPDATE exhibits SET synthetic = 0")
    assert ringback("case", "show", case, "--json").json["synthetic"] is True


@pytest.mark.slow
def test_a_synthetic_seizure_in_another_encoding_stays_one_whatever_is_mapped(ringback, seizures, new_case):
    lines = (seizures / "csv" / "calls.csv").read_text(errors="replace").splitlines()[:200]
    case = new_case({"calls.csv": "\n".join(lines).encode("utf-16")}, name="other")
    toml = case / "case.toml"
    toml.write_text(
        f'{toml.read_text()}\n[exhibits.EX-001]\nencoding = "utf-16"\n[tables.calls.columns]\ncall_id = "account"\n'
    )
    assert ringback("case", "show", case, "--json").json["synthetic"] is True
    assert ringback("run", case, "--json").json["synthetic"] is True


def test_help_of_every_command_has_an_example(ringback):
    import typer

    from ringback.cli.main import app

    def walk(command, words):
        if hasattr(command, "commands"):
            for name, child in command.commands.items():
                yield from walk(child, [*words, name])
        else:
            yield words, command

    for words, command in walk(typer.main.get_command(app), []):
        shown = ringback(*words, "--help")
        assert shown.code == 0
        assert re.search(r"Example: .*ringback", shown.out), words
        assert command.help


@pytest.mark.parametrize("limit", ["much", "10MB"])
def test_a_memory_limit_that_cannot_be_is_refused(ringback, cases, limit):
    done = ringback("run", cases / "csv", "--memory-limit", limit)
    assert done.code == 2
    assert "--memory-limit" in done.err
    assert "GB" in done.err


def test_a_memory_limit_is_what_the_engine_gets(ringback, cases, tmp_path, monkeypatch):
    from ringback.engine.duckdb import DuckDBEngine

    given, usual = [], DuckDBEngine.__init__

    def told(self, store, *, memory_limit, threads):
        given.append(memory_limit)
        usual(self, store, memory_limit=memory_limit, threads=threads)

    monkeypatch.setattr(DuckDBEngine, "__init__", told)
    case = shutil.copytree(cases / "csv", tmp_path / "case")
    assert ringback("run", case, "--memory-limit", "1500MB").code == 0
    assert set(given) == {"1500MB"}
