"""ringback exhibit: the seized files of a case."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ringback.case.case_file import CaseFile
from ringback.case.registration import register
from ringback.cli.options import CaseArgument, JsonOption, WhyOption
from ringback.cli.progress_bars import BarProgress
from ringback.cli.terminal import (
    err,
    open_for,
    out,
    print_head,
    print_json,
    print_warning,
    reporting_errors,
)
from ringback.errors import EXIT_USAGE, RingbackError
from ringback.files.disk import explain
from ringback.numbers.masking import mask_numbers
from ringback.records.exhibits import Exhibit
from ringback.sources.archives.folders import MOST_FILES, find_files, find_left_behind
from ringback.sources.archives.split_files import in_order
from ringback.sources.options import FORMATS

_ADDED, _KNOWN, _PASSED_OVER, _FAILED = "added", "already there", "passed over", "failed"

exhibit_app = typer.Typer(help="Take seized files in as exhibits, or list them.", no_args_is_help=True)


@exhibit_app.command("add", epilog="Example: ringback exhibit add op-case calls.csv.gz accounts.csv subjects.csv")
def exhibit_add(
    case: CaseArgument,
    files: Annotated[list[Path], typer.Argument(help="The seized files, or folders of them.", readable=False)],
    in_place: Annotated[
        bool, typer.Option("--in-place", help="Register large files where they are, without a copy.")
    ] = False,
    format_: Annotated[
        str | None,
        typer.Option("--format", help=f"{', '.join(FORMATS)}; else recognised from the content."),
    ] = None,
    why: WhyOption = "seized",
    as_json: JsonOption = False,
) -> None:
    """Hash files and take them in, as read-only copies or in place.

    Exit code 0: all are exhibits now, or were already. 2: some could not be added; the others were.
    """
    going_on = f"the exhibits shown above are kept; add the rest with: ringback exhibit add {case} FILE..."
    with reporting_errors(as_json=as_json, go_on=going_on):
        case_file = open_for(case)
        adding = _Adding(case_file, in_place=in_place, format_=format_, why=why, quiet=as_json)
        # One file that fails must not keep the others out.
        for path, name in adding.in_order(files):
            adding.add(path, name)
        if len(adding.outcomes) == len(adding.errors) == 1:
            raise adding.errors[0]
        if adding.count(_PASSED_OVER) == len(adding.outcomes):
            raise RingbackError("folder_empty", path=", ".join(map(str, files)))
        for path in find_left_behind(files):
            print_warning(f"{path.name} lies beside its database and may hold its newest rows: add it too")
        for error in adding.errors:
            err.print(mask_numbers(f"NOT added: {error}"), style="red", markup=False)
            err.print(mask_numbers(f"  next: {error.next_step}"), markup=False)
        if as_json:
            print_json([one for one in adding.outcomes if one["outcome"] != _PASSED_OVER])
        elif len(adding.outcomes) > 1 or not adding.count(_ADDED):
            out.print(adding.sum_up(), markup=False)
        print_head(case_file)
        if adding.errors:
            raise typer.Exit(EXIT_USAGE)


class _Adding:
    """Files that are taken in one after the other, and what became of each."""

    def __init__(self, case_file: CaseFile, *, in_place: bool, format_: str | None, why: str, quiet: bool) -> None:
        self._case_file, self._quiet = case_file, quiet
        self._choices: dict[str, Any] = {"in_place": in_place, "format_": format_, "why": why}
        self._passes = 1 if in_place else 3
        self.outcomes: list[dict[str, object]] = []
        self.errors: list[RingbackError] = []

    def in_order(self, files: list[Path]) -> list[tuple[Path, str]]:
        """Every file that was named, or is in a folder that was named; parts of dumps in their order."""
        found: list[tuple[Path, str]] = []
        for one in files:
            try:
                found += self._files_of(one)
            except (RingbackError, OSError) as error:
                self._fail(one, error)
        return in_order(found)

    def add(self, path: Path, name: str) -> None:
        """Take in one file; `name` is its name if it came with its folder, and else ''."""
        try:
            # A copy is hashed, made, and hashed again.
            total = (path.stat().st_size if path.is_file() else 0) * self._passes
            with BarProgress(quiet=self._quiet).step(f"Hashing {path.name}", total) as advance:
                exhibit = register(self._case_file, path, name=name, progress=advance, **self._choices)
        except (RingbackError, OSError) as error:
            self._tell(path, name, error)
            return
        self.outcomes.append({"outcome": _ADDED} | _exhibit_facts(exhibit))
        if not self._quiet:
            _print_exhibit(exhibit)
            if before := self._case_file.case.settings.exhibits.get(exhibit.ref, {}).get("continues"):
                out.print(f"        continues {before}: read as one dump", markup=False)

    def _tell(self, path: Path, name: str, error: RingbackError | OSError) -> None:
        code = error.code if isinstance(error, RingbackError) else ""
        if code == "exhibit_known" and isinstance(error, RingbackError):
            self._note(_KNOWN, path, ref=str(error.facts["exhibit"]))
            _tell_skipped(path, str(error))
        elif name and code in ("source_unknown", "split_part_missing"):
            # A folder may hold other files too. One that is no exhibit is named, and is not an error.
            self.pass_over(path, str(error))
        else:
            self._fail(path, error)

    def _fail(self, path: Path, error: RingbackError | OSError) -> None:
        told = error if isinstance(error, RingbackError) else explain(error)
        if told is None or told.code.startswith("records_"):
            # Not this file's fault: the next one would fare no better.
            raise error
        self.errors.append(told)
        self._note(_FAILED, path, error=told.code, happened=str(told), next_step=told.next_step)

    def _note(self, outcome: str, path: Path, **facts: str) -> None:
        told = {name: mask_numbers(fact) for name, fact in ({"path": str(path)} | facts).items()}
        self.outcomes.append({"outcome": outcome, **told})

    def pass_over(self, path: Path, why: str) -> None:
        """Leave out a file of a folder, and say so."""
        self._note(_PASSED_OVER, path, why=why)
        _tell_skipped(path, why)

    def _files_of(self, path: Path) -> list[tuple[Path, str]]:
        """A file, or each file of a folder; with its name, which for a file of a folder begins with the folder's."""
        if not path.is_dir():
            return [(path, "")]
        found = find_files(path, skip=self.pass_over)
        if len(found) > MOST_FILES:
            name = path.resolve().name
            raise RingbackError("folder_too_full", path=path, name=name, count=len(found), limit=MOST_FILES)
        above = path.resolve().parent if path.is_absolute() else path.parent
        return [(one, str(one.relative_to(above))) for one in found]

    def count(self, outcome: str) -> int:
        """How many files had this outcome."""
        return sum(one["outcome"] == outcome for one in self.outcomes)

    def sum_up(self) -> str:
        """How many were added, were there already, were passed over, and failed."""
        counts = {outcome: self.count(outcome) for outcome in (_ADDED, _KNOWN, _PASSED_OVER, _FAILED)}
        always = (_ADDED, _KNOWN)
        return ", ".join(f"{count} {name}" for name, count in counts.items() if count or name in always)


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
