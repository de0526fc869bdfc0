"""A program of its own: prints the sheets of a workbook as JSON lines, every cell as the text that a person sees.

The library that reads workbooks trusts the sizes in the file, and a hostile file can lie about them. So it runs in a
process of its own, with limited memory and time, whose crash does no harm. It prints, in this order,
{"sheet": name, ...} and {"rows": [[...]]} for each sheet, {"problem": text} where something cannot be read, and
{"end": true}.

Usage: python workbook_worker.py FILE MEMORY_BYTES CPU_SECONDS
"""

import datetime as dt
import json
import resource
import sys
from collections.abc import Iterator
from typing import Any

_ROWS = 2_000
# From here on, Excel does not keep all digits of a number.
_EXACT = 10**15


def cell_text(value: object) -> str | None:
    """A cell as text: whole numbers without a point, times as ISO 8601, lengths of time as h:mm:ss or seconds.

    >>> cell_text(447700900123.0), cell_text(dt.timedelta(hours=30, seconds=5)), cell_text(True), cell_text("")
    ('447700900123', '30:00:05', 'true', None)
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value == value // 1 and abs(value) < _EXACT else format(value, ".15g")
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, dt.timedelta):
        return _duration(value)
    return str(value) if value not in (None, "") else None


def _duration(value: dt.timedelta) -> str:
    """A length of time as h:mm:ss, or in seconds where they are not whole."""
    # A workbook stores fractions of a day: digits beyond the milliseconds are rounding errors.
    thousandths = round(value / dt.timedelta(milliseconds=1))
    if thousandths % 1000 or thousandths < 0:
        return format(thousandths / 1000, ".15g")
    minutes, seconds = divmod(thousandths // 1000, 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


def row_text(row: list[object], timestamps: set[int]) -> list[str | None]:
    """A row as texts. The library gives midnight as a bare date; in a column of `timestamps` it gets its time back."""
    texts = [cell_text(value) for value in row]
    for column in timestamps:
        value = row[column]
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            texts[column] = f"{value.isoformat()} 00:00:00"
    return texts


def find_timestamps(rows: list[list[object]]) -> set[int]:
    """The columns in which some cell holds a date with a time of day."""
    return {column for row in rows for column, value in enumerate(row) if isinstance(value, dt.datetime)}


def is_data(row: list[object]) -> bool:
    """Whether a first row is data, not a header: a cell is a number, a time, or a text of digits."""
    return any(
        not isinstance(value, str) or (len(value) > 4 and value.strip("+").replace(" ", "").isdigit())
        for value in row
        if value not in (None, "")
    )


def printed(path: str) -> Iterator[dict[str, object]]:
    """The objects to print for a workbook."""
    from python_calamine import CalamineWorkbook, PasswordError

    try:
        workbook = CalamineWorkbook.from_path(path)
        names = workbook.sheet_names
    except PasswordError:
        yield {"problem": "it is protected with a password"}
        return
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # noqa: BLE001 - a panic of the library is no Exception
        yield {"problem": f"it is damaged, or no workbook ({str(error)[:200]})"}
        return
    # The first sheet is held back until it is known whether it is the only one with content.
    held: tuple[str, list[list[object]]] | None = None
    alone = True
    for name in names:
        try:
            rows: list[Any] = workbook.get_sheet_by_name(name).to_python(skip_empty_area=True)
        except (KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except BaseException as error:  # noqa: BLE001 - as above
            yield {"lost": name, "problem": f"the sheet cannot be read ({str(error)[:200]})"}
            alone = False
            continue
        filled = [row for row in rows if any(value != "" for value in row)]
        if filled:
            if held is not None:
                alone = False
                yield from printed_sheet(*held, alone=False)
            held = name, filled
    if held is not None:
        yield from printed_sheet(*held, alone=alone)


def printed_sheet(name: str, rows: list[list[object]], *, alone: bool) -> Iterator[dict[str, object]]:
    """The objects of one sheet: its head, then its rows."""
    yield {"sheet": name, "alone": alone, "data_first": is_data(rows[0])}
    timestamps = find_timestamps(rows)
    for start in range(0, len(rows), _ROWS):
        yield {"rows": [row_text(row, timestamps) for row in rows[start : start + _ROWS]]}


def main(path: str, memory: str, seconds: str) -> None:
    """Print the sheets of one workbook."""
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        for one in printed(path):
            sys.stdout.write(json.dumps(one) + "\n")
    except MemoryError:
        sys.stdout.write(json.dumps({"problem": "it needs too much memory"}) + "\n")
    sys.stdout.write('{"end": true}\n')
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:4])
