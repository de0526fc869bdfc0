"""Finds where the table of a text begins: its delimiter, its header, and the lines above the header."""

import re
import statistics
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ringback.sources.delimited.dialect import DELIMITERS, Dialect, Row, sniff_delimiter

# The header is among the first lines. This many lines are compared to find the usual width.
SAMPLE_LINES = 200
_MOST_ABOVE = 100
# Excel's hint above the header: sep=; or "sep=;"; a tab also as \t.
_SEP = re.compile(r'\ufeff?\s*("?)sep=(\\t|[^"\r\n])\1[;,\t| ]*[\r\n]*', re.IGNORECASE)
_FEW_DIGITS = 4
# Nearly all titles and settings are narrower than this.
_WIDE, _FEW_WIDE = 3, 3
_LONGEST_NAME = 80
# Undecodable bytes and control characters: they can neither be printed nor written into case.toml.
_LONE = re.compile(r"[\ud800-\udfff]")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class Start(NamedTuple):
    """Where a table begins.

    Attributes:
        delimiter: Its delimiter.
        line: The header's line, or the first line of data where the header is known from elsewhere.
        above: How many lines above it are skipped, without empty ones and a hint for Excel.
    """

    delimiter: str
    line: int
    above: int = 0


class _Rows(NamedTuple):
    """The first rows, split by one delimiter, and the line on which each begins."""

    rows: list[Row]
    lines: list[int]

    @property
    def usual(self) -> float:
        """The usual width of rows far from the beginning: fields up to the last one that is not empty."""
        sizes = [_filled(row) for row in self.rows[len(self.rows) // 2 :]]
        return statistics.median(sizes) if sizes else 0

    def begins_with_header(self) -> bool:
        """Whether the first row is as wide as later rows. A title is narrower."""
        return bool(self.rows) and _filled(self.rows[0]) >= self.usual


def distinct_names(names: Sequence[str]) -> tuple[str, ...]:
    """Make column names distinct: an empty one becomes `column_3`, the second of two equal ones `name_2`.

    >>> distinct_names(["a", "", "a", "a_2"])
    ('a', 'column_2', 'a_2', 'a_2_2')
    """
    given: dict[str, int] = {}
    for position, name in enumerate(names, 1):
        distinct = base = name or f"column_{position}"
        while distinct in given:
            given[base] += 1
            distinct = f"{base}_{given[base]}"
        given[distinct] = 1
    return tuple(given)


def clean_name(name: str) -> str:
    r"""A column's name, made printable so that it can be written into case.toml.

    >>> clean_name(" called\nnumber "), clean_name("Gew\udce4hlt")
    ('called number', 'Gewählt')
    """
    text = _CONTROLS.sub(" ", _LONE.sub(_as_windows, name))
    return text.strip().strip("\ufeff").strip()


def _as_windows(match: re.Match[str]) -> str:
    byte = ord(match[0]) - 0xDC00
    return bytes([byte]).decode("cp1252", "replace") if 0x20 <= byte <= 0xFF else "\ufffd"


def find_start(lines: Sequence[str], *, delimiter: str | None = None, width: int | None = None) -> Start:
    r"""Find where the table begins.

    The header is the first line that is not empty. If that is clearly narrower than the rows, it is a title, and the
    header is the first line of words that is as wide as the rows.

    >>> find_start(["Calls of July\n", "\n", "account;called\n", "fox;07700900123\n"])
    Start(delimiter=';', line=2, above=1)

    Args:
        lines: The first lines, with their line ends.
        delimiter: The delimiter, where it is known.
        width: Number of fields, where the header is known from elsewhere.
    """
    first = next((at for at, line in enumerate(lines) if line.strip("\r\n")), len(lines))
    if first < len(lines) and (hint := _SEP.fullmatch(lines[first])):
        delimiter = delimiter or hint[2].replace("\\t", "\t")
        first = next((at for at in range(first + 1, len(lines)) if lines[at].strip("\r\n")), len(lines))
    sample = lines[first : first + SAMPLE_LINES]
    chosen = delimiter or sniff_delimiter(sample, width=width)
    if width is not None or first == len(lines):
        return Start(chosen, first)
    ways = {way: _split(sample, way) for way in ([delimiter] if delimiter else DELIMITERS)}
    likely = ways[chosen]
    if likely.begins_with_header() and len(likely.rows[0]) > 1 and _agreement(likely.rows, strict=True):
        return Start(chosen, first)
    plain = {way: _score(found.rows) for way, found in ways.items() if found.begins_with_header()}
    if any(plain.values()):
        return Start(max(plain, key=lambda way: plain[way]), first)
    best, best_score = Start(chosen, first), 0.0
    for way, found in ways.items():
        header = _find_header(found)
        if header and (score := _score(found.rows[header:])) > best_score:
            above = sum(bool(line.strip()) for line in sample[: found.lines[header]])
            best, best_score = Start(way, first + found.lines[header], above), score
    return best


def begins_above_header(text: str) -> bool:
    """Whether a text has a table that begins below other lines, or below a hint for Excel."""
    lines = text.splitlines(keepends=True)[:SAMPLE_LINES]
    first = next((line for line in lines if line.strip()), "")
    return bool(_SEP.fullmatch(first)) or find_start(lines).above > 0


def _split(lines: Sequence[str], delimiter: str) -> _Rows:
    reader = Dialect(delimiter).reader(iter(lines), strict=False)
    found = _Rows([], [])
    for at, row in _numbered(reader):
        if any(value.strip() for value in row):
            found.rows.append(row)
            found.lines.append(at)
    return found


def _numbered(reader: "Iterator[Row]") -> Iterator[tuple[int, Row]]:
    at = 0
    for row in reader:
        yield at, row
        at = reader.line_num  # type: ignore[attr-defined]


def _filled(row: Row) -> int:
    """Number of fields up to the last one that is not empty."""
    return next((at for at in range(len(row), 0, -1) if row[at - 1].strip()), 0)


def _agreement(rows: Sequence[Row], *, strict: bool = False) -> float:
    """Share of the rows that are as wide as the first one.

    A row with surplus empty fields counts in full, a row with fewer fields counts by half; neither if `strict`.
    """
    if not rows:
        return 0
    width, body = len(rows[0]), rows[1:] or rows
    agreed = 0.0
    for row in body:
        if len(row) == width or (not strict and len(row) > width and not any(row[width:])):
            agreed += 1
        elif not strict and 1 < len(row) < width:
            agreed += 0.5
    return agreed / len(body)


def _score(rows: Sequence[Row]) -> float:
    return _agreement(rows) ** 2 * (len(rows[0]) - 1)


def _find_header(found: _Rows) -> int | None:
    """The first row, but not the very first, that is as wide as later rows and looks like names."""
    usual = found.usual
    for at, row in enumerate(found.rows[1:-1], 1):
        if found.lines[at] > _MOST_ABOVE:
            break
        if usual >= 2 and _filled(row) >= usual and _are_names(row[: _filled(row)]):
            # Rows above may belong to another export, and nobody must be lost with them.
            is_table = sum(_filled(one) >= _WIDE for one in found.rows[:at]) > _FEW_WIDE
            is_header = _filled(row) >= _WIDE or not all(_are_names(one) for one in found.rows[at + 1 :])
            return at if is_header and not is_table and 2 * _agreement(found.rows[at:]) >= 1 else None
    return None


def _are_names(row: Row) -> bool:
    names = [value.strip() for value in row]
    named = [name for name in names if _is_name(name)]
    return all(_is_name(name) or not name for name in names) and 4 * len(named) >= 3 * len(names)


def _is_name(text: str) -> bool:
    digits = sum(one.isdigit() for one in text)
    return any(one.isalpha() for one in text) and digits < _FEW_DIGITS and len(text) <= _LONGEST_NAME
