"""ringback verify: every difference at once, and what only a head written down elsewhere can show."""

import hashlib
import inspect
import json
import sqlite3

import pyarrow.parquet as pq
import pytest
import typer

from ringback.cli.main import app
from ringback.records.audit import AuditLog
from ringback.records.db import open_records


@pytest.fixture
def case(new_case):
    files = {
        "calls.csv": "call_id,account,started_at,called_number,duration_s\n"
        "c1,fox,2021-07-01 12:00:00,07700 900123,61\n",
        "accounts.csv": "account,contact_number\nfox,07700 900999\n",
        "subjects.csv": "account,subject,status\nfox,S1,identified\n",
    }
    return new_case(files)


def execute(case, *statements):
    with sqlite3.connect(case / "records.sqlite") as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def flip(path):
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_an_untouched_case_has_no_differences(ringback, case):
    assert ringback("run", case).code == 0
    done = ringback("verify", case, "--json")
    assert (done.code, done.json["differences"]) == (0, [])
    assert ringback("verify", case, "--head", done.json["head"]).code == 0


# What each command that takes a case is given beside it, to do its work.
EXTRA = {
    # Refuses a clock that fits; its own test looks for the head.
    "case clock": None,
    "case new": None,  # shown by the fixture: there is no case before it
    "exhibit add": None,
    # Needs reports, which staff take; its own test looks for the head.
    "matches": None,
    "truth": None,
    "explain": ["--why", "a test"],
}


# Groups whose commands act for a member of staff, or make them.
NEED_STAFF = ("alerts", "serve", "staff", "suppress", "publish", "collect", "report")


def case_commands():
    def walk(command, words):
        for name, child in getattr(command, "commands", {}).items():
            yield from walk(child, [*words, name])
        if any(parameter.name == "case" for parameter in command.params):
            yield " ".join(words)

    return sorted(walk(typer.main.get_command(app), []))


@pytest.mark.slow
def test_every_command_that_has_a_case_prints_the_head(ringback, case, tmp_path):
    ringback("run", case)
    commands = case_commands()
    assert {"run", "audit", "verify", "victims", "figures", "exhibit list", "case show", "explain"} <= set(commands)
    for name in commands:
        extra = [tmp_path / "backup"] if name == "case backup" else EXTRA.get(name, [])
        if extra is None or name.split()[0] in NEED_STAFF:
            continue
        words = [*name.split(), "--case", case] if name == "number" else [*name.split(), case, *extra]
        done = ringback(*words, stdin="07700 900123\n")
        assert done.code == 0, (words, done.err)
        assert ringback("verify", case, "--json").json["head"] in done.err, words


def test_every_command_for_staff_prints_the_head_too():
    app_ = typer.main.get_command(app)
    for name in case_commands():
        group, _blank, word = name.partition(" ")
        if group in NEED_STAFF and group != "serve":
            command = app_.commands[group]
            source = inspect.getsource((command.commands[word] if word else command).callback)
            # `_show` and `_store` end with it.
            assert any(words in source for words in ("print_head(", "_show(", "_store(")), name


def test_one_flipped_byte_is_found(ringback, case):
    flip(case / "exhibits" / "EX-001-calls.csv")
    done = ringback("verify", case, "--json")
    assert done.code == 1
    assert len(done.json["differences"]) == 1
    assert "EX-001" in done.json["differences"][0]


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (["UPDATE audit SET why = 'x' WHERE seq = 2"], "entry 2 (exhibit_added) was altered"),
        (["DELETE FROM audit WHERE seq = 2"], "entry 2 is missing"),
        (
            [
                "UPDATE audit SET seq = 99 WHERE seq = 2",
                "UPDATE audit SET seq = 2 WHERE seq = 3",
                "UPDATE audit SET seq = 3 WHERE seq = 99",
            ],
            "entry 2",
        ),
        (["UPDATE exhibits SET sha256 = 'x' WHERE ref = 'EX-002'"], "the register's sha256 is not what"),
        (["UPDATE exhibits SET name = 'x', synthetic = 1 WHERE ref = 'EX-002'"], "the register's name, synthetic is"),
        (["DELETE FROM exhibits WHERE ref = 'EX-003'"], "exhibit EX-003 is in the audit log, but not in the register"),
    ],
)
def test_one_tampering_is_found(ringback, case, statements, words):
    execute(case, *statements)
    done = ringback("verify", case, "--json")
    assert done.code == 1
    assert any(words in one for one in done.json["differences"]), done.json["differences"]


@pytest.mark.slow
def test_a_run_whose_tables_and_manifest_were_made_to_fit_is_found(ringback, case):
    run = case / "runs" / ringback("run", case, "--json").json["run"]
    victims = pq.read_table(run / "victims.parquet")
    pq.write_table(victims.slice(0, 0), run / "victims.parquet")
    assert "table victims" in " ".join(ringback("verify", case, "--json").json["differences"])
    # Somebody who knows the program makes the manifest fit: the audit log holds the manifest's own hash.
    manifest = json.loads((run / "manifest.json").read_text())
    data = (run / "victims.parquet").read_bytes()
    manifest["tables"]["victims"] = {"rows": 0, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    (run / "manifest.json").write_text(json.dumps(manifest))
    assert "its manifest is not the one the run left" in " ".join(
        ringback("verify", case, "--json").json["differences"]
    )
    # Running again does not put the log's seal on such tables: they are made anew.
    assert ringback("run", case, "--json").json["funnel"][-1]["kept"] == 1
    assert ringback("verify", case).code == 0
    (run / "manifest.json").write_text("{}")
    assert ringback("verify", case).code == 1
    assert ringback("figures", case).code == 2
    assert ringback("run", case, "--json").json["funnel"][-1]["kept"] == 1
    assert ringback("verify", case).code == 0


@pytest.mark.slow
def test_a_run_that_the_log_knows_nothing_of_is_found(ringback, case):
    ringback("run", case)
    (case / "current").write_text("somethingelse\n")
    (case / "runs" / "somethingelse").mkdir()
    assert "does not tell of its end" in " ".join(ringback("verify", case, "--json").json["differences"])


def test_all_differences_are_told_at_once(ringback, case):
    flip(case / "exhibits" / "EX-001-calls.csv")
    (case / "exhibits" / "EX-002-accounts.csv").unlink()
    (case / "exhibits" / "stray.csv").write_text("x")
    execute(case, "UPDATE audit SET who = 'nobody' WHERE seq = 1", "DELETE FROM audit WHERE seq = 3")
    found = " ".join(ringback("verify", case, "--json").json["differences"])
    for words in ("EX-001 is not what was registered", "EX-002 is not where", "stray.csv", "entry 1", "entry 3"):
        assert words in found


def test_a_recomputed_chain_is_found_by_the_folder_of_keys_and_with_the_head_written_down(ringback, case):
    written_down = ringback("verify", case, "--json").json["head"]
    execute(case, "UPDATE audit SET why = 'another reason' WHERE seq = 2")
    log = AuditLog(open_records(case / "records.sqlite"), case)
    for seq in (2, 3, 4, 5):
        entries = {entry.seq: entry for entry in log.entries()}
        execute(case, f"UPDATE audit SET previous = '{entries[seq - 1].hash}' WHERE seq = {seq}")
        fitted = {entry.seq: entry for entry in log.entries()}[seq].computed_hash()
        execute(case, f"UPDATE audit SET hash = '{fitted}' WHERE seq = {seq}")
    (case / "audit.head").write_text(f"5 {log.head()}\n")
    done = ringback("verify", case)
    assert (done.code, "their audit entry 5 is not the one that was written here" in done.out) == (1, True)
    done = ringback("verify", case, "--head", written_down, "--json")
    assert done.code == 1
    assert "given head" in done.json["differences"][0]


def test_a_cut_off_tail_is_found_by_the_folder_of_keys_and_with_the_head_written_down(ringback, case):
    written_down = ringback("verify", case, "--json").json["head"]
    execute(case, "DELETE FROM audit WHERE seq = 5", "DELETE FROM exhibits WHERE ref = 'EX-004'")
    (case / "exhibits" / "EX-004-site_numbers.csv").unlink()
    log = AuditLog(open_records(case / "records.sqlite"), case)
    (case / "audit.head").write_text(f"4 {log.head()}\n")
    done = ringback("verify", case)
    assert (done.code, "they end before audit entry 5, which was written" in done.out) == (1, True)
    assert ringback("verify", case, "--head", written_down).code == 1


def test_damaged_records_are_told_in_words(ringback, case):
    execute(case, "DROP TABLE audit")
    done = ringback("verify", case, "--json")
    assert (done.code, done.json["error"]) == (2, "records_unusable")


@pytest.mark.slow
def test_readers_refuse_a_run_that_was_altered_with_its_manifest(ringback, case):
    run = case / "runs" / ringback("run", case, "--json").json["run"]
    manifest = (run / "manifest.json").read_text()
    (run / "manifest.json").write_text(manifest.replace('"synthetic": false', '"synthetic": true'))
    for words in (("figures", case), ("victims", case), ("explain", case, "--why", "a test")):
        done = ringback(*words, "--json", stdin="07700 900123\n")
        assert (done.code, done.json["error"]) == (2, "run_damaged"), words
