"""What an exhibit says about its calls, kept with the run: how they ended, which way they went, and units."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from typing import Any

from ringback.ingest.talk_times import Endings
from ringback.numbers.masking import mask_numbers
from ringback.sources.fields.durations import doubt_of_unit
from ringback.sources.mapping import SeizureMapping
from ringback.sources.reading_tally import ReadingTally

# A column with more words than this does not say how calls ended.
_MOST_WORDS = 60
_LONGEST_WORD = 40


def call_notes(tally: ReadingTally, mapping: SeizureMapping, endings: Endings) -> dict[str, Any]:
    """Facts for the note of an exhibit; findings are made from them. They hold words of calls, but no other values.

    Args:
        tally: What was counted while the exhibit was read.
        mapping: Says which role a table has.
        endings: The counts of how its calls ended.

    Returns:
        What `call_findings` and `findings` need, by name.
    """
    return {
        "talk_times": [
            {
                "table": _plain(table),
                "column": _plain(column),
                "unit": times.unit,
                "unclear": times.unclear,
                "contrary": times.contrary,
                "doubt": doubt_of_unit(times),
            }
            for (_place, table, column), times in tally.talk_times.items()
        ],
        "dispositions": _endings(endings.dispositions),
        "directions": [[_plain(word), rows] for word, rows in endings.directions.most_common(_MOST_WORDS)],
        "legs": [[_plain(word), rows] for word, rows in endings.legs.most_common(_MOST_WORDS)],
        "times": dict(endings.times),
        "other_endings": [
            [_plain(table), _plain(column), _endings(counted)]
            for (table, column), counted in tally.other_endings.items()
        ],
        "other_directions": [
            [_plain(table), _plain(column), rows] for (table, column), rows in tally.other_directions.items()
        ],
        "beside": [[_plain(part) for part in one] for one in sorted(tally.beside)],
        "shapes": {table: _shape(columns) for table, columns in tally.columns.items()},
        "empty": _empty(tally, mapping),
        "call_tables": sorted(
            table for table in tally.rows_of if (role := mapping.find_role(table)) and role.role == "calls"
        ),
        "one_table": bool(tally.named),
    }


def _endings(counted: Counter[tuple[str, bool]]) -> list[list[Any]]:
    """Each word with its rows with talk time and without, the most frequent first."""
    rows: Counter[str] = Counter()
    for (word, _talked), count in counted.items():
        rows[word] += count
    return [[_plain(word), counted[word, True], counted[word, False]] for word, _rows in rows.most_common(_MOST_WORDS)]


def _plain(text: str) -> str:
    return mask_numbers(text)[:_LONGEST_WORD]


def _shape(columns: Mapping[str, Any] | tuple[str, ...]) -> str:
    """A digest of the columns' names: tables with the same digest were made by the same program."""
    names = sorted(name.casefold() for name in columns)
    return hashlib.sha256("\x00".join(names).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _empty(tally: ReadingTally, mapping: SeizureMapping) -> list[list[str]]:
    """Files of one table that have a role by their name, and gave no row: [table, role].

    Tables of a dump are not among them: a dump may define a table whose rows are in another exhibit, or nowhere.
    """
    found = []
    for table in sorted(tally.named):
        # A file's name says nothing where the tables in it have names of their own.
        inside = table not in tally.tables and bool(tally.tables)
        role = mapping.find_role(table)
        if role is not None and not tally.rows_of[table] and not inside:
            found.append([_plain(table), role.role])
    return found
