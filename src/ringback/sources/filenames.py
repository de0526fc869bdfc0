"""The table name in a file's name, without what copying and compressing added."""

import re

_ENDINGS = frozenset({
    "csv", "tsv", "txt", "json", "jsonl", "ndjson", "parquet", "sql", "gz", "zst", "zip", "bz2", "xz",
    "db", "db3", "sqlite", "sqlite3", "xlsx", "xlsb", "xls", "ods",
})  # fmt: skip
# What Windows, macOS, Linux desktops and browsers add to the name of a second copy.
_COPY = r"(copy|kopie|copie|copia|c\u00f3pia|kopia|kopi|kopio|m\u00e1solat)"
_NUMBER = r"(\s*\(\d{1,3}\)|\s+\d{1,3})?"
_BEHIND = re.compile(
    rf"(?<=\S)(\s*\(\d{{1,3}}\)|\s+[-\u2013\u2014]\s+{_COPY}{_NUMBER}|\s+{_COPY}{_NUMBER}"
    rf"|\s*\((another |\d+(st|nd|rd|th) )?{_COPY}{_NUMBER}\))$",
    re.IGNORECASE,
)
_BEFORE = re.compile(rf"^{_COPY}(\s*\(\d{{1,3}}\))?\s+(of|von|van|de|di|av|af|z)\s+(?=\S)", re.IGNORECASE)


def table_of_file(name: str) -> str:
    """The table that a file's name stands for: `calls` for calls.csv.gz and for copies of it.

    >>> table_of_file("export/calls.csv.gz"), table_of_file("calls (2).csv"), table_of_file("Copy of calls.csv")
    ('calls', 'calls', 'calls')
    """
    stem = name.replace("\\", "/").rpartition("/")[2]
    while True:
        shorter = _BEFORE.sub("", _BEHIND.sub("", stem))
        if "." in stem and stem.rpartition(".")[2].casefold() in _ENDINGS:
            shorter = stem.rpartition(".")[0]
        if shorter in (stem, ""):
            return stem
        stem = shorter
