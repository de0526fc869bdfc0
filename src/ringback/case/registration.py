"""Registering seized files as exhibits of a case."""

from collections.abc import Callable
from pathlib import Path

from ringback.case.case_file import CaseFile, join_dumps
from ringback.errors import RingbackError
from ringback.files.disk import say_problem
from ringback.records.exhibits import Exhibit, add_exhibit
from ringback.sources.archives.detect import tell_format
from ringback.sources.archives.split_files import SPLIT_FORMATS, find_split_name
from ringback.sources.exhibit_reader import detect_format, holds_synthetic_mark
from ringback.sources.options import FORMATS


def register(
    case_file: CaseFile,
    source: Path,
    *,
    in_place: bool = False,
    format_: str | None = None,
    why: str = "seized",
    name: str = "",
    progress: Callable[[int], None] = lambda _n: None,
) -> Exhibit:
    """Register one file as an exhibit. `name` replaces the file's name, for example to include its folders.

    Raises:
        RingbackError: `exhibit_unreadable`, `exhibit_known`, `source_unknown`, `split_part_missing`, `unpack_refused`,
            or an error of the format's own reader.
    """
    if not source.is_file():
        problem = "it is no plain file" if source.exists() else "there is no such file"
        raise RingbackError("exhibit_unreadable", exhibit="(new)", path=source.absolute(), problem=problem)
    try:
        source.open("rb").close()
    except OSError as error:
        problem = say_problem(error)
        raise RingbackError("exhibit_unreadable", exhibit="(new)", path=source.absolute(), problem=problem) from error
    before = _find_previous_part(case_file, source, format_, name=name or source.name)
    known = before.format if before else format_ or detect_format(source)
    if known not in FORMATS:
        raise RingbackError(
            "source_unknown", exhibit="(new)", path=source, problem=f"{known} is none of {', '.join(FORMATS)}"
        )
    added = add_exhibit(
        case_file.records,
        case_file.case.path,
        log=case_file.log,
        source=source,
        in_place=in_place,
        format_=known,
        synthetic=holds_synthetic_mark(source, known, case_file.limits()),
        name=name,
        why=why,
        progress=progress,
    )
    if before:
        case_file.case.continue_exhibit(added.ref, before.ref)
        join_dumps(case_file.case, case_file.exhibits)
    return added


def _find_previous_part(case_file: CaseFile, source: Path, format_: str | None, *, name: str) -> Exhibit | None:
    """The exhibit that a split file of a dump continues, by its name; None if the file stands alone.

    Raises:
        RingbackError: `split_part_missing`.
    """
    part = find_split_name(name)
    if part is None:
        return None
    dumps = [(find_split_name(one.name), one) for one in case_file.exhibits if one.format in SPLIT_FORMATS]
    places = {named.place: one for named, one in dumps if named and named.series == part.series}
    before = places.get(part.place - 1)
    if before or format_ or part.previous is None:
        return before
    if places or (".sql." in source.name.casefold() and _may_be_middle(source)):
        raise RingbackError("split_part_missing", path=source, missing=part.previous)
    return None


def _may_be_middle(source: Path) -> bool:
    """Whether a file may come from the middle of a dump: it looks like plain text, or like noise."""
    try:
        return tell_format(source) in (None, "csv", "jsonl")
    except (EOFError, ValueError):
        return False
