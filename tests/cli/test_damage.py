"""Bad input: a clear error naming exhibit and place, what was read stays, the exit code as documented."""

import gzip
import json
from itertools import pairwise

import pyarrow.parquet as pq
import pytest

from ringback.sources import reading_tally
from tiers import first_quick

HEADER = "call_id,account,started_at,presentation_number,called_number,duration_s,disposition"


def call(number, **changes):
    """One ordinary answered call to a drama number, as a CSV line."""
    row = {
        "call_id": f"c{number}",
        "account": "fox",
        "started_at": "2021-07-01 12:00:00",
        "shown": "0800 400 100",
        "called": f"07700 900{number:03d}",
        "duration": "61",
        "disposition": "ANSWERED",
    } | changes
    return ",".join(row.values())


CALLS = "\n".join([HEADER, *(call(number) for number in range(100, 110))]) + "\n"
SUBJECTS = "account,subject,status,area\nfox,S1,identified,London\n"
DUMP = (
    "-- MySQL dump 10.13\nCREATE TABLE `calls` (`call_id` varchar(9), `account` varchar(9), `started_at` datetime,"
    " `called_number` varchar(20), `duration_s` int);\nINSERT INTO `calls` VALUES "
    + ",".join(f"('c{n}','fox','2021-07-01 12:00:00','07700900{n}',61)" for n in range(100, 110))
    + ";\n-- Dump completed on 2022-11-08 12:00:00\n"
)


def figure(done, key):
    return next(one["value"] for one in done.json["figures"] if one["key"] == key)


def steps(done):
    return {step["step"]: step for step in done.json["funnel"]}


def test_whole_input_is_exit_code_nought(ringback, new_case):
    done = ringback("run", new_case({"calls.csv": CALLS, "subjects.csv": SUBJECTS}), "--json")
    assert (done.code, figure(done, "numbers_to_alert")) == (0, 10)
    assert done.json["findings"] == []


@pytest.mark.parametrize("cut", first_quick([40, 100, 300], 1))
def test_a_truncated_dump_gives_what_can_be_read_and_says_where_it_ends(ringback, new_case, cut):
    torn = DUMP[: DUMP.index("INSERT") + 30 + cut]
    done = ringback("run", new_case({"seizure.sql": torn, "subjects.csv": SUBJECTS}), "--json")
    assert done.code == 1
    assert figure(done, "calls_total") == torn.count("61)")
    finding = done.json["findings"][0]
    assert "exhibit EX-001" in finding
    assert "byte" in finding
    assert "table calls" in finding


@pytest.mark.slow
def test_a_truncated_packed_dump_is_damaged_too(ringback, new_case):
    packed = gzip.compress(DUMP.encode() + b"-- filler\n" * 2000, mtime=0)
    done = ringback("run", new_case({"seizure.sql.gz": packed[:-12], "subjects.csv": SUBJECTS}), "--json")
    assert done.code == 1
    assert figure(done, "calls_total") == 10
    assert "EX-001" in done.json["findings"][0]


def test_a_torn_last_line_is_rejected_with_its_row(ringback, new_case):
    torn = CALLS + "c200,fox,2021-07-01 12:00:00,0800 4"
    case = new_case({"calls.csv": torn, "subjects.csv": SUBJECTS})
    done = ringback("run", case, "--json")
    assert (done.code, figure(done, "calls_total")) == (1, 10)
    assert "EX-001" in done.json["findings"][0]
    assert "row 11" in done.json["findings"][0]
    read = steps(done)["read"]
    assert (read["in"], read["kept"]) == (11, 10)
    assert read["fell_out"] == [{"reason": "torn last row", "count": 1}]


def test_a_row_of_the_wrong_length_is_rejected_and_the_rest_is_read(ringback, new_case):
    case = new_case({"calls.csv": CALLS + "just,three,fields\n" + call(111) + "\n", "subjects.csv": SUBJECTS})
    done = ringback("run", case, "--json")
    assert (done.code, figure(done, "calls_total")) == (0, 11)
    rejected = pq.read_table(case / "runs" / done.json["run"] / "rejected_rows.parquet").to_pylist()
    assert [(row["exhibit"], row["origin_row"], row["reason"]) for row in rejected] == [("EX-001", 11, "field_count")]


@pytest.mark.slow
def test_many_bad_rows_are_all_counted_and_few_are_held_in_memory(ringback, new_case, monkeypatch):
    monkeypatch.setattr(reading_tally, "_MOST_REJECTIONS", 3)
    monkeypatch.setattr(reading_tally, "MOST_DAMAGE", 2)
    odd = "".join(f"just,three,fields\n{call(n)}\n" for n in range(110, 130))
    # Each quote that is never closed swallows rows, which are found again.
    odd += "".join(f'c{n},"fox,2021-07-01 12:00:00\n' + f"{call(n)}\n" * 120 for n in range(130, 135))
    done = ringback("run", new_case({"calls.csv": CALLS + odd, "subjects.csv": SUBJECTS}), "--json")
    assert done.code == 1
    fell_out = {one["reason"]: one["count"] for one in steps(done)["read"]["fell_out"]}
    assert fell_out == {"wrong number of fields": 20, "unclosed quote": 5}
    damage = [finding for finding in done.json["findings"] if "EX-001" in finding and "damage" in finding]
    assert damage[-1] == "exhibit EX-001: 3 more places are damaged (the table unread_rows names them)"


def test_a_missing_column_names_exhibit_table_and_column(ringback, new_case):
    case = new_case({"calls.csv": CALLS.replace("called_number", "destination"), "subjects.csv": SUBJECTS})
    done = ringback("run", case, "--json")
    assert done.code == 2
    assert done.json["error"] == "mapping_column_missing"
    for word in ("EX-001", "table calls", "called_number", "destination", "[tables.calls.columns]"):
        assert word in done.json["happened"] + done.json["next_step"]


@pytest.mark.slow
def test_a_column_named_in_case_toml_is_used(ringback, new_case):
    case = new_case({"calls.csv": CALLS.replace("called_number", "destination"), "subjects.csv": SUBJECTS})
    toml = case / "case.toml"
    toml.write_text(toml.read_text() + '\n[tables.calls]\ncolumns = { called_number = "destination" }\n')
    done = ringback("run", case, "--json")
    assert (done.code, figure(done, "numbers_to_alert")) == (0, 10)


def test_what_was_read_stays_when_another_exhibit_fails(ringback, new_case):
    bad = "account,pounds\nfox,150\n"
    case = new_case({"calls.csv": CALLS, "subjects.csv": SUBJECTS, "payments.csv": bad})
    done = ringback("run", case, "--json")
    assert (done.code, done.json["error"]) == (2, "mapping_column_missing")
    assert "EX-003" in done.json["happened"]
    (run,) = (case / "runs").iterdir()
    assert pq.read_table(run / "parsed_calls.EX-001.parquet").num_rows == 10
    assert not (case / "current").exists()


def test_two_failing_exhibits_are_both_told(ringback, new_case):
    case = new_case({"calls.csv": CALLS, "payments.csv": "account,x\nfox,1\n", "subjects.csv": "account,y\nfox,2\n"})
    done = ringback("run", case, "--json")
    assert (done.code, done.json["error"]) == (2, "exhibits_failed")
    assert "EX-002" in done.json["happened"]
    assert "EX-003" in done.json["happened"]


def test_an_unknown_time_zone_names_the_setting(ringback, new_case):
    case = new_case({"calls.csv": CALLS})
    toml = case / "case.toml"
    toml.write_text(toml.read_text().replace("Europe/London", "Europe/Londinium"))
    done = ringback("run", case, "--json")
    assert (done.code, done.json["error"]) == (2, "case_setting_bad")
    assert "time_zone" in done.json["happened"]
    assert "Londinium" in done.json["happened"]


def test_a_missing_or_altered_exhibit_stops_the_run_and_keeps_the_old_one(ringback, new_case):
    case = new_case({"calls.csv": CALLS, "subjects.csv": SUBJECTS})
    before = ringback("run", case, "--json").json["run"]
    copy = case / "exhibits" / "EX-001-calls.csv"
    copy.chmod(0o600)
    copy.write_text(CALLS + call(120) + "\n")
    altered = ringback("run", case, "--json")
    assert (altered.code, altered.json["error"]) == (2, "exhibit_altered")
    copy.unlink()
    missing = ringback("run", case, "--json")
    assert (missing.code, missing.json["error"]) == (2, "exhibit_missing")
    assert "EX-001" in missing.json["happened"]
    assert (case / "current").read_text().strip() == before


def test_a_file_that_cannot_be_opened_is_named(ringback, new_case, tmp_path):
    case = new_case({"calls.csv": CALLS})
    done = ringback("exhibit", "add", case, tmp_path / "nowhere.csv", "--json")
    assert (done.code, done.json["error"]) == (2, "exhibit_unreadable")
    assert "nowhere.csv" in done.json["happened"]


def test_a_file_of_no_known_format_is_named(ringback, new_case, tmp_path):
    case = new_case({"calls.csv": CALLS})
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20)
    done = ringback("exhibit", "add", case, tmp_path / "photo.jpg", "--json")
    assert (done.code, done.json["error"]) == (2, "source_unknown")


def test_no_calls_anywhere_says_which_tables_were_seen(ringback, new_case):
    done = ringback("run", new_case({"visits.csv": CALLS}), "--json")
    assert (done.code, done.json["error"]) == (2, "mapping_nothing_found")
    assert "visits" in done.json["happened"]


@pytest.mark.parametrize(
    ("section", "word"),
    [
        ("[tables.cals]\ntable = 'x'", "cals"),
        ("[tables.calls]\ntabel = 'x'", "tabel"),
        ("[tables.calls]\ncolumns = { dialled = 'x' }", "dialled"),
    ],
)
def test_a_mistyped_mapping_is_named(ringback, new_case, section, word):
    case = new_case({"calls.csv": CALLS})
    toml = case / "case.toml"
    toml.write_text(toml.read_text() + "\n" + section + "\n")
    done = ringback("run", case, "--json")
    assert (done.code, done.json["error"]) == (2, "case_setting_bad")
    assert word in done.json["happened"]


@pytest.mark.slow
@pytest.mark.parametrize(("byte", "told"), [(b"\xe9", "Windows-1252"), (b"\x81", "presentation_number")])
def test_wrongly_encoded_bytes_lose_no_row_and_are_told(ringback, new_case, byte, told):
    odd = CALLS.encode().replace(b"0800 400 100", b"0800 400 " + byte + b"100", 1)
    done = ringback("run", new_case({"calls.csv": odd, "subjects.csv": SUBJECTS}), "--json")
    assert (done.code, figure(done, "calls_total")) == (0, 10)
    assert told in done.json["findings"][0]


def test_an_interrupted_run_goes_on_after_its_last_finished_table(ringback, new_case, monkeypatch):
    from ringback.engine.duckdb import DuckDBEngine

    case = new_case({"calls.csv": CALLS, "subjects.csv": SUBJECTS})
    save, made = DuckDBEngine.save, []

    def die_at_victims(self, schema, expression):
        if schema.name == "victims":
            raise KeyboardInterrupt
        made.append(schema.name)
        save(self, schema, expression)

    monkeypatch.setattr(DuckDBEngine, "save", die_at_victims)
    assert ringback("run", case).code == 130
    assert "adjusted_rows" in made

    def count(self, schema, expression):
        made.append(schema.name)
        save(self, schema, expression)

    first, made = made, []
    monkeypatch.setattr(DuckDBEngine, "save", count)
    done = ringback("run", case, "--json")
    assert (done.code, figure(done, "numbers_to_alert")) == (0, 10)
    assert made[0] == "victims"
    assert not set(made) & set(first)


@pytest.mark.slow
def test_a_run_that_died_before_its_last_entry_is_completed(ringback, new_case, monkeypatch):
    from ringback.records.audit import AuditLog

    case = new_case({"calls.csv": CALLS, "subjects.csv": SUBJECTS})
    add = AuditLog.add

    def die_at_the_end(self, what, **rest):
        if what == "run_finished":
            raise KeyboardInterrupt
        return add(self, what, **rest)

    monkeypatch.setattr(AuditLog, "add", die_at_the_end)
    assert ringback("run", case).code == 130
    monkeypatch.setattr(AuditLog, "add", add)
    assert not (case / "current").exists()
    assert ringback("run", case).code == 0
    assert ringback("verify", case, "--json").json["differences"] == []
    whats = [entry["what"] for entry in ringback("audit", case, "--json").json]
    assert whats.count("run_finished") == whats.count("run_started") == 1


def test_tables_are_readable_by_their_owner_alone(ringback, new_case):
    case = new_case({"calls.csv": CALLS, "subjects.csv": SUBJECTS})
    run = case / "runs" / ringback("run", case, "--json").json["run"]
    for path in [*run.glob("*.parquet"), *(case / "out").iterdir(), case / "records.sqlite"]:
        assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.slow
def test_a_damaged_table_is_found_and_made_again(ringback, new_case):
    case = new_case({"calls.csv": CALLS, "subjects.csv": SUBJECTS})
    run = case / "runs" / ringback("run", case, "--json").json["run"]
    data = bytearray((run / "victims.parquet").read_bytes())
    data[20] ^= 1
    (run / "victims.parquet").write_bytes(data)
    shown = ringback("figures", case, "--json")
    assert (shown.code, shown.json["error"]) == (2, "run_damaged")
    assert ringback("run", case, "--json").code == 0
    assert ringback("figures", case).code == 0


@pytest.mark.slow
def test_every_step_of_the_funnel_adds_up(cases):
    for figures in cases.glob("*/out/figures.json"):
        funnel = json.loads(figures.read_text())["funnel"]
        assert [step["step"] for step in funnel][:2] == ["read", "calls"]
        for before, step in pairwise(funnel):
            assert step["in"] == before["kept"]
            assert step["in"] == step["kept"] + sum(one["count"] for one in step["fell_out"])


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('format = "xls"', "format must be one of csv"),
        ('fromat = "csv"', "has no setting fromat"),
        ('encoding = "cp12522"', "encoding 'cp12522' is not known"),
        ('delimiter = ";;"', "delimiter must be one character"),
        ('header = "a,b"', "header must be a list"),
    ],
)
def test_a_bad_reading_option_is_named(ringback, new_case, line, words):
    case = new_case({"calls.csv": CALLS})
    toml = case / "case.toml"
    toml.write_text(toml.read_text() + f"\n[exhibits.EX-001]\n{line}\n\n[exhibits.EX-009]\n{line}\n")
    done = ringback("run", case, "--json")
    assert (done.code, done.json["error"]) == (2, "case_setting_bad")
    assert words in done.json["happened"]
    assert ("[exhibits.EX-009]" if "fromat" in line else "[exhibits.EX-009] names no exhibit") in done.json["happened"]


@pytest.mark.slow
def test_an_exhibit_can_be_set_aside_with_a_reason(ringback, new_case):
    torn = CALLS + "c200,fox,2021-07-01 12:00:00,0800 4"
    case = new_case({"calls.csv": torn, "calls-whole.csv": CALLS, "subjects.csv": SUBJECTS})
    assert ringback("run", case).code == 1
    toml = case / "case.toml"
    toml.write_text(toml.read_text() + '\n[exhibits.EX-001]\nset_aside = "torn; EX-002 is whole"\n')
    done = ringback("run", case, "--json")
    assert (done.code, figure(done, "calls_total")) == (0, 10)
    assert done.json["findings"] == ["exhibit EX-001 was set aside and not read: torn; EX-002 is whole"]


@pytest.mark.slow
def test_times_in_a_form_of_their_own_raise_an_alarm_until_they_are_named(ringback, new_case):
    case = new_case({"calls.csv": CALLS.replace("2021-07-01", "01/07/2021"), "subjects.csv": SUBJECTS})
    done = ringback("run", case, "--json")
    assert (done.code, figure(done, "calls_total")) == (1, 0)
    assert "10 of 10 call rows have no readable time" in done.json["findings"][0]
    assert "time_format" in done.json["findings"][0]
    toml = case / "case.toml"
    toml.write_text(toml.read_text() + '\n[tables.calls]\ntime_format = "%d/%m/%Y %H:%M:%S"\n')
    done = ringback("run", case, "--json")
    assert (done.code, figure(done, "numbers_to_alert")) == (0, 10)


@pytest.mark.slow
def test_a_wrong_dial_plan_raises_an_alarm(ringback, new_case):
    case = new_case({"calls.csv": CALLS, "subjects.csv": SUBJECTS})
    toml = case / "case.toml"
    toml.write_text(toml.read_text().replace('["GB", "US"]', '["US"]'))
    done = ringback("run", case, "--json")
    assert done.code == 1
    assert "10 of 10 calls have called numbers that are no numbers under the dial plan" in done.json["findings"][0]


@pytest.mark.slow
def test_two_call_tables_may_name_a_column_differently(ringback, new_case):
    other = CALLS.replace("duration_s", "talk").replace("07700 9001", "07700 9002").replace("\nc", "\nd")
    case = new_case({"calls.csv": CALLS, "calls-old.csv": other, "subjects.csv": SUBJECTS})
    assert ringback("run", case).code == 2
    toml = case / "case.toml"
    toml.write_text(toml.read_text() + '\n[tables.calls]\ncolumns = { duration = ["duration_s", "talk"] }\n')
    done = ringback("run", case, "--json")
    assert (done.code, figure(done, "numbers_to_alert")) == (0, 20)


@pytest.mark.slow
def test_tables_that_nobody_named_are_told(ringback, new_case):
    case = new_case({"calls.csv": CALLS, "subjects.csv": SUBJECTS, "chats.csv": "a,b\n1,2\n"})
    done = ringback("run", case, "--json")
    assert done.code == 0
    assert any("passed over: chats" in finding for finding in done.json["findings"])


@pytest.mark.slow
def test_a_repeated_hour_is_told(ringback, new_case):
    case = new_case({"calls.csv": CALLS.replace("2021-07-01 12", "2021-10-31 01"), "subjects.csv": SUBJECTS})
    done = ringback("run", case, "--json")
    assert done.code == 0
    assert "10 calls started in an hour that the clock change made happen twice" in done.json["findings"][0]


@pytest.mark.slow
def test_a_list_is_not_written_into_a_folder_that_is_not_there(ringback, new_case, tmp_path):
    case = new_case({"calls.csv": CALLS, "subjects.csv": SUBJECTS})
    ringback("run", case)
    done = ringback("victims", case, "--out", tmp_path / "typo" / "list.csv", "--why", "a test", "--json")
    assert (done.code, done.json["error"]) == (2, "output_unwritable")
    assert not (tmp_path / "typo").exists()


def test_a_file_without_a_header_does_not_put_a_number_into_the_error(ringback, new_case):
    done = ringback("run", new_case({"calls.csv": CALLS.partition("\n")[2]}), "--json")
    assert (done.code, done.json["error"]) == (2, "mapping_column_missing")
    assert "900100" not in done.out + done.err
    assert "**00" in done.json["happened"]


@pytest.mark.slow
def test_a_table_named_by_a_number_is_masked_in_the_findings(ringback, new_case):
    case = new_case({"calls.csv": CALLS, "07700900123.csv": "a,b\n1,2\n"})
    done = ringback("run", case, "--json")
    assert any("passed over" in finding for finding in done.json["findings"])
    assert "900123" not in json.dumps(done.json["findings"])


def test_a_fault_of_the_program_shows_no_number_and_has_its_own_exit_code(monkeypatch, capsys):
    from ringback.cli import main

    def fail():
        raise ValueError("could not convert 07700 900123")

    monkeypatch.setattr(main, "app", fail)
    with pytest.raises(SystemExit) as caught:
        main.main()
    shown = capsys.readouterr().err
    assert caught.value.code == 3
    assert "fault in ringback" in shown
    assert "900123" not in shown
