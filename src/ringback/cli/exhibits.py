"""ringback exhibit: the seized files of a case."""

from pathlib import Path
from typing import Annotated

import typer

from ringback.cli.bars import BarProgress
from ringback.cli.options import CaseArgument, JsonOption, WhyOption
from ringback.cli.terminal import (
    open_for,
    out,
    print_head,
    print_json,
    print_warning,
    reporting_errors,
)
from ringback.errors import RingbackError
from ringback.numbers.masking import mask_numbers
from ringback.records.exhibits import Exhibit
from ringback.registering import register
from ringback.sources.folders import MOST_FILES, find_files, find_left_behind
from ringback.sources.options import FORMATS
from ringback.sources.parts import in_order

exhibit_app = typer.Typer(help="Take seized files in as exhibits, or list them.", no_args_is_help=True)


@exhibit_app.command("add", epilog="Example: ringback exhibit add op-case calls.csv.gz accounts.csv subjects.csv")
def exhibit_add(
    case: CaseArgument,
    files: Annotated[list[Path], typer.Argument(help="The seized files, or folders of them.")],
    in_place: Annotated[
        bool, typer.Option("--in-place", help="Register large files where they are, without a copy.")
    ] = False,
    format_: Annotated[
        str | None,
        typer.Option("--format", help=f"{', '.join(FORMATS)}; else seen from the content."),
    ] = None,
    why: WhyOption = "seized",
    as_json: JsonOption = False,
) -> None:
    """Hash files and take them in, as read-only copies or in place."""
    going_on = f"what was told above is an exhibit already; add the rest with: ringback exhibit add {case} FILE..."
    with reporting_errors(as_json=as_json, go_on=going_on):
        case_file = open_for(case)
        added = []
        for path, name in in_order([found for one in files for found in _files_of(one)]):
            # A copy is hashed, made, and hashed again.
            total = (path.stat().st_size if path.is_file() else 0) * (1 if in_place else 3)
            try:
                with BarProgress(quiet=as_json).step(f"Hashing {path.name}", total) as advance:
                    exhibit = register(
                        case_file, path, in_place=in_place, format_=format_, why=why, name=name, progress=advance
                    )
            except RingbackError as error:
                if not name or error.code not in ("source_unknown", "exhibit_known", "split_part_missing"):
                    raise
                _tell_skipped(path, str(error))
                continue
            added.append(exhibit)
            if not as_json:
                _print_exhibit(exhibit)
                if before := case_file.case.settings.exhibits.get(exhibit.ref, {}).get("continues"):
                    out.print(f"        continues {before}: read as one dump", markup=False)
        if not added:
            raise RingbackError("folder_empty", path=", ".join(map(str, files)))
        for path in find_left_behind(files):
            print_warning(f"{path.name} lies beside its database and may hold its newest rows: add it too")
        if as_json:
            print_json([_exhibit_facts(one) for one in added])
        print_head(case_file)


def _files_of(path: Path) -> list[tuple[Path, str]]:
    """A file, or each file of a folder with the name that it has from there."""
    if not path.is_dir():
        return [(path, "")]
    found = find_files(path, skip=_tell_skipped)
    if len(found) > MOST_FILES:
        name = path.resolve().name
        raise RingbackError("folder_too_full", path=path, name=name, count=len(found), limit=MOST_FILES)
    return [(one, str(one.relative_to(path.resolve().parent if path.is_absolute() else path.parent))) for one in found]


def _tell_skipped(path: Path, why: str) -> None:
    print_warning(f"passed over {mask_numbers(str(path))}: {mask_numbers(why)}")


@exhibit_app.command("list", epilog="Example: ringback exhibit list op-case")
def exhibit_list(case: CaseArgument, as_json: JsonOption = False) -> None:
    """List the exhibits of a case with their hashes."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        exhibits = case_file.exhibits
        print_head(case_file)
        if as_json:
            print_json([_exhibit_facts(one) for one in exhibits])
            return
        for one in exhibits:
            _print_exhibit(one)


def _print_exhibit(exhibit: Exhibit) -> None:
    out.print(f"{exhibit.ref}  {exhibit.format:<9} {exhibit.bytes:>13,} bytes  {exhibit.name}", markup=False)
    out.print(f"        SHA-256 {exhibit.sha256}")


def _exhibit_facts(exhibit: Exhibit) -> dict[str, object]:
    names = (
        "ref",
        "name",
        "path",
        "in_place",
        "format",
        "bytes",
        "sha256",
        "synthetic",
        "added_at",
        "added_by",
    )
    return {name: getattr(exhibit, name) for name in names}
