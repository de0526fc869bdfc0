"""Held-out panels with numbers for the names of tables and columns: what is written is still right."""

import pytest

from schema_matching import exhibits
from schema_matching.panels.held_out import TRIED_WITHOUT_NAMES, with_calls, without_calls
from schema_matching.test_held_out_panels import find_wrong
from schema_matching.trying import make_case
from tiers import first_quick

PANELS = with_calls(TRIED_WITHOUT_NAMES)
WITHOUT_CALLS = without_calls(TRIED_WITHOUT_NAMES)
# Recognised without any name, by the values of the columns.
TOLD = ("finnish", "swahili", "serbian", "more numbered", "archive", "legs", "chinese", "wholesale", "abbreviated")


class Numbered:
    """Tables with numbers for names, and their former names."""

    def __init__(self):
        self.columns = {}

    def names_of(self, table):
        self.columns.setdefault(table.name, list(table.columns))
        return [f"c{at:02d}" for at in range(1, len(table.columns) + 1)]

    def hide(self, files):
        """The same files with the names of tables numbered too."""
        tables = {name: f"t{at:02d}" for at, name in enumerate(self.columns, 1)}
        hidden = {}
        for at, (name, content) in enumerate(files.items()):
            stem, _dot, ending = name.partition(".")
            hidden[f"{tables.get(stem, f'x{at}')}.{ending}"] = _renamed(content, tables)
        return hidden

    def reveal(self, mapped):
        """A mapping in the names that the panel has."""
        tables = {f"t{at:02d}": name for at, name in enumerate(self.columns, 1)}
        for one in mapped["proposals"]:
            one["tables"] = [tables[name] for name in one["tables"]]
            for field in one["fields"]:
                if field["column"]:
                    field["column"] = self.columns[one["tables"][0]][int(field["column"][1:]) - 1]
        return mapped


def _renamed(dump, tables):
    for table, number in tables.items():
        dump = dump.replace(f"`{table}`", f"`{number}`")
    return dump


@pytest.fixture
def numbered(monkeypatch):
    names = Numbered()
    monkeypatch.setattr(exhibits.Table, "names", property(names.names_of))
    return names


@pytest.mark.parametrize("name", first_quick(PANELS, 4))
def test_what_is_written_is_right_even_without_names(ringback, tmp_path, numbered, name):
    panel = PANELS[name].__wrapped__()  # the panel that is kept has its names
    case = make_case(ringback, tmp_path, numbered.hide(panel.files))
    mapped = numbered.reveal(ringback("map", case, "--accept", "--threshold", "0.9", "--json").json)
    assert not (panel.asked and "calls" in mapped["written"])
    assert find_wrong(mapped, panel) == []
    assert name not in TOLD or "calls" in mapped["written"]


@pytest.mark.parametrize("name", first_quick(WITHOUT_CALLS, 3))
def test_what_is_no_call_is_not_written_without_names(ringback, tmp_path, numbered, name):
    case = make_case(ringback, tmp_path, numbered.hide(WITHOUT_CALLS[name]()))
    mapped = ringback("map", case, "--accept", "--threshold", "0.9", "--json")
    assert "calls" not in mapped.json["written"]
