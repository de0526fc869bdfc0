"""What an exhibit's calls say of themselves, kept with the run: how they ended, which way they went, in what unit."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from typing import Any

from ringback.ingest.talk_times import Endings
from ringback.numbers.masking import mask_numbers
from ringback.sources.fields.durations import doubt_of_unit
from ringback.sources.mapping import SeizureMapping
from ringback.sources.reading_tally import ReadingTally

# A column of more words than these says something else than how calls ended.
_MOST_WORDS = 60
_LONGEST_WORD = 40


def call_notes(tally: ReadingTally, mapping: SeizureMapping, endings: Endings) -> dict[str, Any]:
    """Facts for the note of an exhibit, which findings are made from. No value of a call is in them but its words.

    Args:
        tally: What reading came to.
        mapping: Which tables are what.
        endings: What its calls were counted as.

    Returns:
        What `call_findings` and `findings` ask for, by name.
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
    """A digest of the columns' names: tables that have the same were made by the same program."""
    names = sorted(name.casefold() for name in columns)
    return hashlib.sha256("\x00".join(names).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _empty(tally: ReadingTally, mapping: SeizureMapping) -> list[list[str]]:
    """Files of one table that have a role by their name, and gave no row: [table, role].

    A dump may well define a table and hold no row of it: another exhibit has them then, or none.
    """
    found = []
    for table in sorted(tally.named):
        # A file's name says nothing where the tables in it have names of their own.
        inside = table not in tally.tables and bool(tally.tables)
        role = mapping.find_role(table)
        if role is not None and not tally.rows_of[table] and not inside:
            found.append([_plain(table), role.role])
    return found
