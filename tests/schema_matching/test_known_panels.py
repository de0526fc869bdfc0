"""Panels with columns of any name are mapped right and run, and the people in them are found."""

import tomllib

import pyarrow.parquet as pq
import pytest

from schema_matching.made_calls import NOT_PEOPLE, PEOPLE
from schema_matching.panels import other_languages
from schema_matching.panels.known import PANELS
from schema_matching.panels.no_calls import MISLEADING, WITHOUT_CALLS, misleading
from schema_matching.trying import add_subjects, digits, find_mistakes, make_case, people_who_should_be_found, victims
from tiers import first_quick

# A run takes most of the time and is the same for all panels: these cover dumps, delimited text and JSON lines.
RUN_TOO = ("magnusbilling", "php panel", "russian", "codes and cards", "freeswitch")


@pytest.mark.parametrize("name", first_quick(PANELS, 8))
def test_a_panel_is_mapped_right_and_no_secret_is_shown(ringback, tmp_path, name):
    panel = PANELS[name]()
    case = make_case(ringback, tmp_path, panel.files)
    before = (case / "case.toml").read_text()
    mapped = ringback("map", case, "--accept", "--json")
    assert find_mistakes(mapped.json, panel) == []
    after = (case / "case.toml").read_text()
    assert after.startswith(before.rstrip("\n"))
    human = ringback("map", case, "--again") if len(panel.secrets) > 100 else mapped
    assert not _told(panel, mapped.out + mapped.err + human.out + human.err + after + ringback("audit", case).out)


@pytest.mark.parametrize("name", first_quick(RUN_TOO, 1))
def test_the_people_of_a_panel_are_found_and_its_secrets_are_in_no_table(ringback, tmp_path, name):
    panel = PANELS[name]()
    case = make_case(ringback, tmp_path, panel.files)
    mapped = ringback("map", case, "--accept", "--json")
    add_subjects(ringback, tmp_path, case, panel, mapped.json)
    done = ringback("run", case, "--json")
    assert done.code == 0, done.err
    found = victims(ringback, tmp_path, case)
    assert found == people_who_should_be_found(panel.made)
    assert {f"+{digits(one)}" for one in PEOPLE} <= found
    assert not {f"+{digits(one)}" for one in NOT_PEOPLE} & found
    figures = [path.read_text() for path in (case / "out").iterdir() if path.suffix in (".json", ".html")]
    assert figures
    assert not _told(panel, "".join(figures) + ringback("audit", case).out)
    assert not panel.secrets & _held(case)


def _told(panel, text):
    """Quarantined values that occur in a text, without short ones, which may occur by chance."""
    return [one for one in panel.secrets if len(one) >= 10 and one in text]


def _held(case):
    """Every text in every table of the runs."""
    tables = list((case / "runs").rglob("*.parquet"))
    assert tables
    return {
        value
        for path in tables
        for column in pq.ParquetFile(path).read().columns
        for value in column.to_pylist()
        if isinstance(value, str)
    }


HELD_OUT = other_languages.PANELS | other_languages.LATER_PANELS


@pytest.mark.parametrize("name", HELD_OUT)
def test_a_panel_that_was_held_out_is_mapped_right_now(ringback, tmp_path, name):
    panel = HELD_OUT[name]()
    mapped = ringback("map", make_case(ringback, tmp_path, panel.files), "--accept", "--json")
    assert find_mistakes(mapped.json, panel) == []


@pytest.mark.parametrize("kind", MISLEADING)
def test_where_nothing_tells_which_number_was_called_it_asks(ringback, tmp_path, kind):
    case = make_case(ringback, tmp_path, misleading(kind))
    done = ringback("map", case, "--accept", "--json")
    assert (done.code, done.json["written"]) == (1, [])
    assert any("called_number" in one for one in done.json["unsure"])


@pytest.mark.parametrize("name", WITHOUT_CALLS)
def test_where_there_are_no_calls_it_says_so_and_writes_nothing(ringback, tmp_path, name):
    case = make_case(ringback, tmp_path, WITHOUT_CALLS[name]())
    before = (case / "case.toml").read_bytes()
    done = ringback("map", case, "--accept", "--json")
    assert (done.code, done.json["written"]) == (1, [])
    assert any("calls" in one for one in done.json["unsure"])
    assert (case / "case.toml").read_bytes() == before


def test_payments_in_pounds_are_found_and_others_are_asked_about(ringback, tmp_path):
    case = make_case(ringback, tmp_path, PANELS["spanish"]().files)
    done = ringback("map", case, "--accept", "--json")
    payments = tomllib.loads((case / "case.toml").read_text())["tables"]["payments"]
    assert payments["columns"] == {"account": "cliente_id", "gbp": "importe_gbp", "bitcoin": "btc"}
    assert done.code == 0


def test_an_amount_in_an_unknown_currency_is_left_out_and_reported(ringback, tmp_path):
    case = make_case(ringback, tmp_path, PANELS["a2billing"]().files)
    done = ringback("map", case, "--accept", "--json")
    assert done.code == 1
    assert "payments" not in done.json["written"]
    assert any("payments" in one for one in done.json["unsure"])
