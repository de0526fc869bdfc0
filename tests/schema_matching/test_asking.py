"""What `ringback map` asks, what it leaves alone, and what it never shows."""

import tomllib

import pytest

import ringback.cli.mapping as command
from schema_matching.exhibits import Table, csv_file, dump_file, iso
from schema_matching.made_calls import luhn, make_up
from schema_matching.panels.known import PANELS
from schema_matching.panels.products import php
from schema_matching.trying import make_case


def tables_of(case):
    return tomllib.loads((case / "case.toml").read_text()).get("tables", {})


@pytest.fixture
def at_a_terminal(monkeypatch):
    monkeypatch.setattr(command, "is_terminal", lambda: True)


def test_without_a_terminal_nothing_is_written(ringback, tmp_path):
    case = make_case(ringback, tmp_path, php().files)
    done = ringback("map", case)
    assert done.code == 0  # nothing is unsure
    assert "l_t" in done.out
    assert tables_of(case) == {}


def test_without_exhibits_it_says_what_to_do(ringback, tmp_path):
    done = ringback("map", make_case(ringback, tmp_path, {}), "--json")
    assert (done.code, done.json["error"]) == (2, "survey_no_exhibits")


def test_on_a_terminal_it_asks_where_it_is_unsure_and_writes_what_was_said(ringback, tmp_path, at_a_terminal):
    case = make_case(ringback, tmp_path, unclear())
    # Answers: yes to the calls, the first column for each field; the same for the accounts; then write it.
    done = ringback("map", case, "--threshold", "0.999", stdin="y\n" + "1\n" * 4 + "y\n1\n1\n" + "y\n")
    assert "which column?" in done.out
    written = tables_of(case)
    assert written["calls"]["table"] == "x1"
    assert written["calls"]["columns"]["duration"] == "c6"


def test_a_no_to_the_calls_writes_nothing(ringback, tmp_path, at_a_terminal):
    case = make_case(ringback, tmp_path, unclear())
    done = ringback("map", case, "--threshold", "0.999", stdin="n\n" * 6)
    assert done.code == 1
    assert tables_of(case) == {}


def unclear():
    """Calls with an account table, without any telling name."""
    made = make_up(seed=51, calls=300)
    calls = Table(
        "x1",
        {
            "c1": lambda c: c.account.id,
            "c2": lambda c: iso(c.start),
            "c3": lambda c: c.called,
            "c6": lambda c: c.talk,
        },
        made.calls,
    )
    accounts = Table("x2", {"c1": lambda a: a.id, "c2": lambda a: a.email, "c3": lambda a: a.phone}, made.accounts)
    return {"x1.csv": csv_file(calls), "x2.csv": csv_file(accounts)}


def test_what_a_person_wrote_stays(ringback, tmp_path):
    case = make_case(ringback, tmp_path, php().files)
    toml = case / "case.toml"
    toml.write_text(toml.read_text() + '\n# mine\n[tables.accounts]\ntable = "tbl_members"  # checked\n')
    before = toml.read_text()
    done = ringback("map", case, "--accept", "--json")
    assert done.json["written"] == ["calls"]
    assert toml.read_text().startswith(before.rstrip("\n"))
    again = ringback("map", case, "--accept", "--again", "--json")
    assert again.json["written"] == ["accounts", "calls"]
    assert "# mine" in toml.read_text()
    assert tables_of(case)["accounts"]["columns"]["account"] == "mem_id"


def test_tables_that_the_preset_reads_need_nothing(ringback, tmp_path):
    made = make_up(seed=52, calls=200)
    calls = Table(
        "calls",
        {
            "call_id": lambda c: c.uuid,
            "account": lambda c: c.account.login,
            "started_at": lambda c: iso(c.start),
            "presentation_number": lambda c: c.shown,
            "called_number": lambda c: c.called,
            "duration_s": lambda c: c.talk,
        },
        made.calls,
    )
    case = make_case(ringback, tmp_path, {"calls.csv": csv_file(calls)})
    done = ringback("map", case, "--accept", "--json")
    assert (done.code, done.json["written"]) == (0, [])
    assert "preset" in done.json["settled"]["calls"]


@pytest.mark.slow
def test_a_table_that_only_has_the_presets_name_does_not_stop_the_run(ringback, tmp_path):
    files = dict(php().files)
    files["payments.csv"] = "who,what\n1,x\n2,y\n3,z\n"
    case = make_case(ringback, tmp_path, files)
    assert "payments" in ringback("map", case, "--accept", "--json").json["written"]
    assert tables_of(case)["payments"] == {"table": []}
    assert ringback("run", case).code in (0, 1)


def test_unknown_words_are_written_to_case_toml_where_talk_times_show_their_meaning(ringback, tmp_path):
    made = make_up(seed=53, calls=400)
    calls = Table(
        "cdr",
        {
            "accountcode": lambda c: c.account.id,
            "calldate": lambda c: iso(c.start),
            "src": lambda c: c.shown,
            "dst": lambda c: c.called,
            "duration": lambda c: c.total,
            "billsec": lambda c: c.talk,
            "disposition": lambda c: "OK" if c.answered else "NOK",
        },
        made.calls,
    )
    case = make_case(ringback, tmp_path, {"x.sql": dump_file(calls)})
    found = ringback("map", case, "--accept", "--threshold", "0.6", "--json").json
    assert "calls" in found["written"]
    calls = tables_of(case)["calls"]
    assert calls["columns"]["duration"] == "billsec"
    assert calls["columns"]["disposition"] == "disposition"
    assert "OK" in calls["answered"]
    assert "NOK" not in calls["answered"]


def test_a_file_without_a_header_is_reported_and_its_first_line_is_not_shown(ringback, tmp_path):
    made = make_up(seed=54, calls=60)
    card = luhn(made.rng)
    lines = [f"{c.account.login},{iso(c.start)},{c.called},{c.talk},{card}" for c in made.calls]
    case = make_case(ringback, tmp_path, {"dump.csv": "\n".join(lines) + "\n"})
    for done in (ringback("map", case), ringback("map", case, "--accept", "--json")):
        assert done.code == 1
        assert "header" in done.out
        for value in (card, made.calls[0].called, made.calls[0].account.login, iso(made.calls[0].start)):
            assert value not in done.out + done.err


def test_evidence_never_shows_a_full_number(ringback, tmp_path):
    panel = PANELS["spanish"]()
    done = ringback("map", make_case(ringback, tmp_path, panel.files))
    for call in panel.made.calls:
        assert call.called not in done.out
        assert call.shown not in done.out or not any(one.isdigit() for one in call.shown)


def test_reading_and_writing_a_mapping_are_in_the_audit_log(ringback, tmp_path):
    case = make_case(ringback, tmp_path, php().files)
    ringback("map", case, "--accept", "--why", "no manual came with it")
    entries = [(one["what"], one["why"]) for one in ringback("audit", case, "--json").json]
    assert ("mapping_proposed", "no manual came with it") in entries
    assert ("mapping_written", "no manual came with it") in entries
