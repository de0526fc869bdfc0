"""Exports in every shape that centres and their spreadsheets give them, with what each row says.

The oracle is what was drawn: a row knows its day, its number, its sum before it is written down in some form.
"""

import csv
import io
import json
import re
from dataclasses import dataclass, field
from datetime import date, time

from hypothesis import strategies as st

TODAY = date(2022, 11, 24)
HEADERS = {
    "centre_reference": ["Crime reference", "CRIME_REF", "crimeNumber", "Report reference"],
    "called_on": ["Date of incident", "incident_date", "IncidentDate", "Date of call"],
    "called_at": ["Time of incident", "callTime", "time_of_call"],
    "called_number": ["Victim phone", "phone_called", "NumberCalled", "Victim's phone number"],
    "shown_number": ["Suspect number", "suspect_phone", "CallerID", "Number shown"],
    "loss": ["Loss amount", "amount_lost", "TotalLoss", "Loss (£)"],
    "story": ["Description", "what_happened", "Narrative", "INCIDENT DESCRIPTION"],
    "name": ["Victim name", "full_name", "ReporterName"],
    "claimed": ["Organisation claimed", "claimed_organisation", "Impersonated organisation"],
}
OTHER = ["Shoe size", "Officer", "batch", "Ward", "x", "Unnamed: 7"]
NULLS = ["", " ", "NULL", "n/a", "-"]
DAY_FORMS = ["%d/%m/%Y", "%Y-%m-%d", "%d %B %Y", "%d-%m-%y", "%Y-%m-%d 00:00:00"]
NUMBER_FORMS = ["0{0}", "+44{0}", "0044 {0}", "+44 (0){0}", "{0}"]
# What cannot be read, by field.
WRONG = {
    "called_on": ["31/02/2022", "soon", "12/25/2022", "1/1/2099"],
    "called_at": ["25:00", "tea time"],
    "loss": ["lots", "$500", "-5", "1,23,4"],
}
WORDS = st.text("abc äéñ'’,;|\"\t\n()£%–", min_size=1, max_size=30).filter(
    lambda text: text.strip() and text.strip().casefold() not in ("-", "n/a")
)

_UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


@dataclass
class DrawnRow:
    """A row: what it says, the texts that say so by field, the fields that are wrong, and texts of other columns."""

    says: dict = field(default_factory=dict)
    texts: dict = field(default_factory=dict)
    wrong: list = field(default_factory=list)
    other: dict = field(default_factory=dict)


@dataclass
class DrawnExport:
    """An export: its bytes and ending, its rows in order, and its columns by field."""

    data: bytes
    ending: str
    rows: list
    columns: dict


@st.composite
def exports(draw):
    """An export."""
    fields = draw(st.lists(st.sampled_from(list(HEADERS)), min_size=2, max_size=len(HEADERS), unique=True))
    if not {"called_number", "loss", "story", "called_on", "claimed", "shown_number"} & set(fields):
        fields.append("story")
    columns = {one: draw(st.sampled_from(HEADERS[one])) for one in fields}
    others = draw(st.lists(st.sampled_from(OTHER), max_size=3, unique=True))
    order = draw(st.permutations([*columns.values(), *others]))
    comma = draw(st.booleans())
    rows = [draw(_row(fields, others, comma)) for _one in range(draw(st.integers(1, 8)))]
    rows += [draw(st.sampled_from(rows)) for _one in range(draw(st.integers(0, 2)))]
    writer = draw(st.sampled_from([_as_csv, _as_json, _as_lines]))
    ending, data = writer(draw, rows, columns, order)
    return DrawnExport(data, ending, rows, columns)


@st.composite
def _row(draw, fields, others, comma):
    row = DrawnRow()
    for one in fields:
        if draw(st.integers(0, 9)) == 0 or (one in ("called_at",) and draw(st.booleans())):
            row.texts[one] = draw(st.sampled_from(NULLS)) if one != "story" else ""
            continue
        if one in WRONG and draw(st.integers(0, 9)) == 0:
            row.texts[one] = draw(st.sampled_from(WRONG[one]))
            row.wrong.append(one)
            continue
        row.says[one], row.texts[one] = draw(_VALUES[one](comma))
    for one in others:
        row.other[one] = draw(st.sampled_from(["", "7", "x, y", "NULL", 'say "no"']))
    return row


def _day(_comma):
    form = st.sampled_from(DAY_FORMS)
    return st.builds(lambda day, how: (day, day.strftime(how)), st.dates(date(2000, 1, 1), TODAY), form)


def _time(_comma):
    times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
    return st.builds(lambda at, how: (at, at.strftime(how)), times, st.sampled_from(["%H:%M", "%H:%M:00", "%I.%M%p"]))


def _number(_comma):
    national = st.integers(7700900000, 7700900999) | st.integers(2079460000, 2079460999)
    form = st.sampled_from(NUMBER_FORMS)
    return st.builds(lambda digits, how: (f"+44{digits}", how.format(digits)), national, form)


def _sum(comma):
    def written(pence, how):
        pounds, rest = divmod(pence, 100)
        text = f"{pounds:,}.{rest:02}" if how != "plain" else f"{pounds}.{rest:02}"
        if comma:
            text = text.translate(str.maketrans(",.", ".,"))
        return pence, f"£{text}" if how == "sign" else text

    return st.builds(written, st.integers(1, 999_999_999), st.sampled_from(["plain", "grouped", "sign"]))


def _words(_comma):
    return WORDS.map(lambda text: (text.strip(), text))


def _line(_comma):
    return WORDS.map(lambda text: (" ".join(text.split()), text))


def _reference(_comma):
    return st.integers(0, 10**6).map(lambda number: (f"NFRC{number:08}", f"NFRC{number:08}"))


_VALUES = {
    "centre_reference": _reference, "called_on": _day, "called_at": _time, "called_number": _number,
    "shown_number": _number, "loss": _sum, "story": _words, "name": _line, "claimed": _line,
}  # fmt: skip


def _table(rows, columns, order):
    names = {column: one for one, column in columns.items()}
    return [
        [row.texts.get(names[column], "") if column in names else row.other.get(column, "") for column in order]
        for row in rows
    ]


def _as_csv(draw, rows, columns, order):
    delimiter = draw(st.sampled_from([",", ";", "\t", "|"]))
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    table = _table(rows, columns, order)
    text = io.StringIO(newline="")
    if draw(st.booleans()) and delimiter in ",;":
        text.write(f"sep={delimiter}{newline}")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=newline, quoting=quoting)
    writer.writerow(order)
    writer.writerows(table)
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    data = text.getvalue().encode(encoding)
    # Letters of Windows-1252 that happen to be letters of UTF-8 as well: nobody could tell which were meant.
    if encoding == "cp1252" and _UTF8_LETTER.search(data):
        data = text.getvalue().encode()
    return "csv", data


def _objects(draw, rows, columns, order):
    for values in _table(rows, columns, order):
        told = dict(zip(order, values, strict=True))
        for name in [one for one, value in told.items() if not value]:
            # A value that is not there is null, or its key is missing.
            if draw(st.booleans()):
                told[name] = None
            elif len(told) > 1:
                del told[name]
        yield told


def _as_json(draw, rows, columns, order):
    objects = list(_objects(draw, rows, columns, order))
    document = draw(st.sampled_from([objects, {"reports": objects}, {"data": objects}]))
    text = json.dumps(document, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 1])))
    return "json", text.encode("utf-8-sig" if draw(st.booleans()) else "utf-8")


def _as_lines(draw, rows, columns, order):
    lines = [json.dumps(one, ensure_ascii=False) for one in _objects(draw, rows, columns, order)]
    return "jsonl", "\n".join(lines).encode()
