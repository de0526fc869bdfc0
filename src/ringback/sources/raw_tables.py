"""Turns batches of a seized table into the raw table of its role: maps columns, and writes values in one way.

Times become ISO 8601 text, talk times seconds, and words for nothing null. A value that cannot be read stays as it is.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from ringback.schemas import FEW_VALUES, RAW_TABLES
from ringback.sources.base import RawColumns
from ringback.sources.fields.dial_data import with_dialled_data
from ringback.sources.fields.directions import is_inbound, surely_inbound
from ringback.sources.fields.dispositions import told_answers
from ringback.sources.fields.durations import TalkTimes, to_seconds_column
from ringback.sources.fields.missing_values import without_words
from ringback.sources.fields.text_columns import ASCII_BLANKS, as_dictionary, as_text, is_ascii
from ringback.sources.fields.time_formats import guess_time_format, is_time, to_iso_column
from ringback.sources.mapping import Projection, TableMapping
from ringback.sources.reading_tally import ReadingTally
from ringback.sources.synthetic_mark import columns_hold_mark

_MAY_BE_ENDING = re.compile(
    r"disposition|dispo$|status|state|result|outcome|cause|ergebnis|estado|resultado|statut|stato|durum|esito|answered"
    r"|connected|success|missed|статус|результат|итог|code$",
    re.IGNORECASE,
)
_MOST_ENDINGS = 60
_ASKS_INBOUND = re.compile(r"inbound|incoming", re.IGNORECASE)
_MAY_BE_DIRECTION = re.compile(
    r"inbound|incoming|direction|dir$|type|typ$|way|kind|mode|class|richtung|sentido|sens$|inout", re.IGNORECASE
)
# Asterisk's column beside the number that may hold the number itself; no mapping names it.
_LAST_DATA = "lastdata"


def raw_table(
    batch: RawColumns, projection: Projection, exhibit: str, place: str, *, mapping: TableMapping, tally: ReadingTally
) -> pa.Table:
    """A batch as the role's raw table; counts what is quarantined or wrongly encoded.

    Args:
        batch: Rows of one seized table.
        projection: Which of its columns serve which fields.
        exhibit: The exhibit's reference.
        place: The name of the rows' origin.
        mapping: How the role's values are written.
        tally: Takes the counts.
    """
    count = len(batch.row_numbers)
    for index in projection.quarantined:
        tally.quarantined[batch.table, batch.columns[index]] += count - batch.arrays[index].null_count
    tally.rows[projection.role] += count
    tally.rows_of[batch.table] += count
    arrays = {
        "exhibit": _repeated(exhibit, count),
        "origin_table": _repeated(place, count),
        "origin_row": batch.row_numbers,
        "origin_byte": pa.nulls(count, pa.int64()) if batch.byte_offsets is None else batch.byte_offsets,
    }
    few_values = FEW_VALUES if projection.role == "calls" else ()
    for name, position in zip(projection.fields, projection.positions, strict=True):
        if position < 0:
            array = pa.nulls(count, pa.string())
        else:
            array, bad = as_text(batch.column(position, few_values=name in few_values))
            if bad:
                tally.bad_encoding[batch.table, name] += bad
            if name in ("direction", "country_code"):
                tally.beside.add((batch.table, name, batch.columns[position]))
            key = place, batch.table, batch.columns[position]
            array = _understood(without_words(array), name, key, mapping=mapping, tally=tally)
            if name == "called_number" and (last_data := _place(batch, _LAST_DATA)) is not None:
                array = with_dialled_data(array, as_text(batch.arrays[last_data])[0])
        # One type for all readers: small tables are joined later.
        arrays[name] = array.dictionary_encode() if name in few_values else array
    if projection.role == "calls":
        if projection.positions[projection.fields.index("disposition")] < 0:
            _count_other_endings(batch, projection, arrays["duration"], tally)
        if projection.positions[projection.fields.index("direction")] < 0:
            _count_other_directions(batch, projection, tally)
    # The mark of a synthetic seizure counts in every column, mapped or not: no setting can hide it.
    tally.synthetic = tally.synthetic or columns_hold_mark(batch.arrays)
    return pa.table(arrays).select(list(RAW_TABLES[projection.role].names))


def _place(batch: RawColumns, column: str) -> int | None:
    """The position of the column with this name."""
    return next((at for at, name in enumerate(batch.columns) if name.casefold() == column), None)


def _understood(
    array: pa.Array, name: str, key: tuple[str, str, str], *, mapping: TableMapping, tally: ReadingTally
) -> pa.Array:
    """A column of one field: times as ISO 8601, talk times as seconds, directions and answers as their meaning."""
    if name.endswith("_at"):
        form = mapping.time_format or _guessed(array, key, tally)
        return to_iso_column(array, form) if form else array
    if name == "duration":
        times = tally.talk_times.get(key)
        if times is None:
            times = TalkTimes.of(key[2], unit=mapping.duration_unit, mark=mapping.decimal_mark)
            tally.talk_times[key] = times
        return to_seconds_column(array, times)
    if name == "direction":
        return _spelled(array, lambda word: "inbound" if is_inbound(word, mapping.inbound_words) else word)
    if name == "account":
        return _without_blanks(array)
    if name in _SPELLED:
        return _spelled(array, lambda word: _SPELLED[name](key[2], word))
    return array


def _spelled(array: pa.Array, plain: Callable[[str], str]) -> pa.Array:
    """A column of few words with each word replaced by its meaning; the same column if nothing changes."""
    coded = as_dictionary(array)
    words = coded.dictionary.to_pylist()
    meant = list(map(plain, words))
    return array if meant == words else pa.array(meant, pa.string()).take(coded.indices)


def _without_blanks(array: pa.Array) -> pa.Array:
    """A column of few words without blanks around them."""
    coded = as_dictionary(array)
    if not is_ascii(coded.dictionary):
        return _spelled(array, str.strip)
    stripped = pc.utf8_trim(coded.dictionary, characters=ASCII_BLANKS)
    return array if stripped.equals(coded.dictionary) else stripped.take(coded.indices)


# Fields whose words are written in several ways: seized column and word to the meaning.
_SPELLED = {"disposition": told_answers}


def _left_out(
    batch: RawColumns, projection: Projection, names: re.Pattern[str]
) -> Iterator[tuple[str, pa.DictionaryArray]]:
    """The columns with such names that are neither mapped nor quarantined."""
    for position, name in enumerate(batch.columns):
        if names.search(name) and position not in (*projection.positions, *projection.quarantined):
            yield name, as_dictionary(as_text(batch.column(position, few_values=True))[0])


def _count_other_endings(
    batch: RawColumns, projection: Projection, durations: pa.DictionaryArray, tally: ReadingTally
) -> None:
    """Count the words of columns that may say how calls ended, where the mapping names none."""
    talked = [text not in ("0", None) for text in durations.dictionary.to_pylist()]
    flags = pa.array(talked, pa.bool_()).take(durations.indices).fill_null(False)
    for name, coded in _left_out(batch, projection, _MAY_BE_ENDING):
        counted = tally.other_endings.setdefault((batch.table, name), Counter())
        if len(counted) > _MOST_ENDINGS:
            continue
        words = _spelled(coded, partial(told_answers, name)).cast(pa.string())
        rows = pa.table({"word": words, "talked": flags}).group_by(["word", "talked"])
        for one in rows.aggregate([([], "count_all")]).to_pylist():
            if one["word"]:
                counted[one["word"], one["talked"]] += one["count_all"]


def _count_other_directions(batch: RawColumns, projection: Projection, tally: ReadingTally) -> None:
    """Count words for inbound calls in columns that may say which way calls went, where the mapping names none."""
    for name, coded in _left_out(batch, projection, _MAY_BE_DIRECTION):
        asked = bool(_ASKS_INBOUND.search(name))
        inbound = [
            surely_inbound(word) or (asked and word.strip().lower() in ("1", "true", "yes", "y"))
            for word in coded.dictionary.to_pylist()
        ]
        if any(inbound):
            rows = pa.array(inbound, pa.bool_()).take(coded.indices).true_count
            tally.other_directions[batch.table, name] += rows


def _guessed(array: pa.StringArray, key: tuple[str, str, str], tally: ReadingTally) -> str | None:
    """The format of times made of digits alone, decided by the first batch of a table that holds a time."""
    if key not in tally.time_formats and array.null_count < len(array):
        texts = array.to_pylist()
        # A table may begin with calls that nobody answered, and say 0.
        if any(map(is_time, texts)):
            tally.time_formats[key] = guess_time_format(texts, column=key[2])
    return tally.time_formats.get(key)


def _repeated(text: str, count: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), count), pa.array([text], pa.string()))
