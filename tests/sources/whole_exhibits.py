"""Reads a file as `exhibit add` and `run` do: detects its format by content, and uses the reader of that format."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ringback.sources.archives.limits import Limits
from ringback.sources.exhibit_file import OtherFile, SeizedFile
from ringback.sources.exhibit_reader import detect_format, holds_synthetic_mark, read_exhibit
from ringback.sources.mapping import make_mapping
from ringback.sources.reading_tally import ReadingTally


@dataclass
class Found:
    format: str
    tally: ReadingTally
    rows: dict[str, list[dict[str, Any]]]

    @property
    def calls(self):
        return self.rows.get("calls", [])

    @property
    def reasons(self):
        return [one.reason for one in self.tally.rejections]

    def values(self, *names):
        """The named fields of each call."""
        return [tuple(row[name] for name in names) for row in self.calls]


def read_whole(
    path: Path,
    *,
    preset="ringback",
    limits=None,
    format_=None,
    beside=None,
    tables=None,
    others=(),
    name=None,
    **options,
):
    """Read a file; returns the rows of every role as dicts."""
    found = format_ or detect_format(path)
    limits = limits or Limits()
    holds_synthetic_mark(path, found, limits)
    tally = ReadingTally()
    seized = SeizedFile(
        "EX-001", name or path.name, path, found, options, limits=limits, beside=beside or {},
        others=[OtherFile(f"EX-{n:03}", str(one.relative_to(path.parents[1 if "/" in (name or "") else 0])), one,
                          detect_format(one)) for n, one in enumerate(others, 2)],
    )  # fmt: skip
    rows: dict[str, list[dict[str, Any]]] = {}
    for role, table in read_exhibit(seized, make_mapping(preset, tables or {}, toml=""), tally=tally):
        rows.setdefault(role, []).extend(table.to_pylist())
    return Found(found, tally, rows)
