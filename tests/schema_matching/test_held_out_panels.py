"""Proposals for panels that were written without knowledge of the scoring. Decision 041 has the first results."""

from functools import cache

import pytest

from schema_matching.panels.held_out import TRIED_WITHOUT_NAMES, WITH_NAMES, with_calls, without_calls
from schema_matching.trying import find_mistakes, make_case
from tiers import first_quick

PANELS = with_calls(WITH_NAMES + TRIED_WITHOUT_NAMES)
WITHOUT_CALLS = without_calls(WITH_NAMES + TRIED_WITHOUT_NAMES)

# Fields that are asked about although there is a right answer: panel to what is doubtful.
ASKED = {
    "vietnamese": "the table: a log of texts with a length could be the calls too",
    "sip": "the account: log-ins and customers have the same key; the phone is in the other table",
    "ukrainian": "the start: one column in UTC and one in Kyiv time, and no way to tell which the case's zone is",
    "albanian": "the table: no numbers shown and no known word, as with visits and deliveries",
}

# Their makers say that no answer is right: they are asked about. The first test compares this with what they say.
NO_ANSWER = ("romanian", "greek", "czech", "persian")


@pytest.fixture(scope="module")
def map_panel(ringback, tmp_path_factory):
    """A function: name of a panel in; the panel, its case and what `map --accept` said out. Each is mapped once."""

    @cache
    def made(name):
        panel = PANELS[name]()
        case = make_case(ringback, tmp_path_factory.mktemp("panel"), panel.files)
        return panel, case, ringback("map", case, "--accept", "--threshold", "0.9", "--json")

    return made


@pytest.mark.parametrize("name", first_quick(PANELS, 10))
def test_nothing_wrong_is_written_and_no_secret_is_shown(ringback, map_panel, name):
    panel, case, mapped = map_panel(name)
    assert bool(panel.asked) == (name in NO_ANSWER)
    assert not (panel.asked and "calls" in mapped.json["written"])
    assert find_wrong(mapped.json, panel) == []
    assert _held_back(mapped.json, panel.quarantine) == panel.quarantine
    told = mapped.out + mapped.err + (case / "case.toml").read_text() + ringback("audit", case).out
    assert not [one for one in panel.secrets if len(one) >= 10 and one in told]


@pytest.mark.parametrize("name", first_quick([name for name in PANELS if name not in (*NO_ANSWER, *ASKED)], 8))
def test_calls_and_accounts_are_found(map_panel, name):
    panel, _case, mapped = map_panel(name)
    assert find_mistakes(mapped.json, panel) == []


@pytest.mark.parametrize("name", ASKED)
def test_what_is_doubtful_is_asked(map_panel, name):
    _panel, _case, mapped = map_panel(name)
    assert mapped.code == 1
    assert "calls" not in mapped.json["written"]


@pytest.mark.parametrize("name", first_quick(WITHOUT_CALLS, 6))
def test_tables_that_only_look_like_calls_are_not_written(ringback, tmp_path, name):
    case = make_case(ringback, tmp_path, WITHOUT_CALLS[name]())
    mapped = ringback("map", case, "--accept", "--threshold", "0.9", "--json")
    assert "calls" not in mapped.json["written"]


def find_wrong(mapped, panel):
    """The wrong parts of what was written. Open questions are no mistakes here."""
    mistakes = []
    for role in ("calls", "accounts", "payments"):
        if role not in mapped["written"]:
            continue
        found = next(one for one in mapped["proposals"] if one["role"] == role)
        right_columns = panel.payments if role == "payments" else getattr(panel, role)
        tables = panel.tables.get(role, found["tables"])
        if found["tables"] != ([tables] if isinstance(tables, str) else list(tables)):
            mistakes.append(f"{role}: {found['tables']}")
        for one in found["fields"]:
            right = right_columns.get(one["field"])
            if right is None or one["confidence"] < 0.9 or one["column"] is None:
                continue
            if one["column"] not in ((right,) if isinstance(right, str) else right):
                mistakes.append(f"{role}.{one['field']}: {one['column']}")
    return mistakes


def _held_back(mapped, expected):
    """Columns that must be quarantined, and are."""
    held = {one["table"]: {column["column"] for column in one["quarantined"]} for one in mapped["tables"]}
    return {table: [one for one in columns if one in held[table]] for table, columns in expected.items()}
