"""Reading options of single exhibits, which their content does not show: the `[exhibits.*]` sections of case.toml."""

import codecs
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ringback.case_settings import EXHIBIT_SETTINGS
from ringback.errors import RingbackError
from ringback.sources.archives.split_files import SplitFile, find_split_faults

FORMATS = (
    "csv", "jsonl", "json", "parquet", "mysqldump", "pgdump", "sqlscript", "sqlite", "excel", "asterisk_csv",
    "freeswitch_csv", "freeswitch_json", "archive", "sqlite_wal", "sqlite_journal",
)  # fmt: skip


def check_options(sections: Mapping[str, Mapping[str, Any]], *, exhibits: Collection[str], toml: object) -> None:
    """Refuse faulty sections, reporting all faults at once.

    Raises:
        RingbackError: `case_setting_bad`.
    """
    faults = [
        f"[exhibits.{ref}] {fault}"
        for ref, section in sections.items()
        for fault in (*_faults(ref, section, exhibits), *find_split_faults(ref, sections))
    ]
    if faults:
        raise RingbackError("case_setting_bad", path=toml, field="exhibits", problem="; ".join(faults))


def _faults(ref: str, section: Mapping[str, Any], exhibits: Collection[str]) -> Iterator[str]:
    if ref not in exhibits:
        yield f"names no exhibit of this case; there are {', '.join(sorted(exhibits)) or 'none'}"
    for key, value in section.items():
        if key == "header":
            if not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value):
                yield "header must be a list of column names"
        elif isinstance(value, tuple | SplitFile):
            continue  # what `join_split_files` added
        elif key not in EXHIBIT_SETTINGS:
            yield f"has no setting {key}"
        elif not isinstance(value, str) or not value:
            yield f"{key} must be a text"
        elif key == "format" and value not in FORMATS:
            yield f"format must be one of {', '.join(FORMATS)}"
        elif key in ("wal_of", "columns_from") and value not in exhibits:
            yield f"{key} names {value}, which is no exhibit of this case"
        elif key == "delimiter" and (len(value) != 1 or value in '"\r\n'):
            yield "delimiter must be one character, and no quote or line end"
        elif key == "encoding" and not _is_text_encoding(value):
            yield f"encoding {value!r} is not known; usual ones are utf-8, cp1252, utf-16"


def _is_text_encoding(name: str) -> bool:
    try:
        return codecs.lookup(name).name not in ("idna", "undefined") and isinstance("".encode(name), bytes)
    except (LookupError, UnicodeError):
        return False
