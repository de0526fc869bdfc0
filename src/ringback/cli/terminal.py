"""What every command does alike: progress and logs on standard error, results on standard output, exit codes."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from ringback.casework import CaseFile, open_case_file
from ringback.errors import EXIT_FINDINGS, EXIT_USAGE, RingbackError
from ringback.numbers.masking import mask_numbers
from ringback.settings import Settings, load_settings

out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class BarProgress:
    """Progress bars on standard error, one after the other."""

    @contextmanager
    def step(self, label: str, total: int | None) -> Iterator[Callable[[int], None]]:
        """Show one bar for the step; it stays when the step has ended."""
        columns = (
            TextColumn("{task.description:<20}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeRemainingColumn(),
        )
        if total is not None and total < 1000:
            columns = (*columns[:2], MofNCompleteColumn(), *columns[3:])  # type: ignore[assignment]
        with Bars(*columns, console=err) as bars:
            task = bars.add_task(label, total=total or None)
            yield lambda done: bars.advance(task, done)
            bars.update(task, completed=total or 0, total=total or 0)


def settings() -> Settings:
    """The settings of this machine; a bad environment variable ends the command."""
    try:
        return load_settings()
    except ValueError as error:
        err.print(f"[red]error:[/] {error}")
        raise typer.Exit(EXIT_USAGE) from error


def open_for(path: Path) -> CaseFile:
    """Open the case a command is about."""
    return open_case_file(path, settings=settings())


def print_warning(text: str) -> None:
    """Say on standard error what somebody should know."""
    err.print(text, markup=False, style="yellow")


def print_head(case_file: CaseFile) -> None:
    """Show the audit log's head, to be written down elsewhere."""
    err.print(f"audit head {case_file.log.head()}", style="dim")


def print_json(content: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
    """Write JSON to standard output, and nothing else there."""
    sys.stdout.write(json.dumps(content, indent=1, ensure_ascii=False, default=str) + "\n")


def fail(error: RingbackError, *, as_json: bool) -> NoReturn:
    """Show an error of ours and end with the exit code for it."""
    # Names of files, tables and columns are the seizure's: a file without a header has a number for a column.
    if as_json:
        print_json(_masked(error.as_dict()) | {"facts": _masked(error.facts)})
    err.print(mask_numbers(f"error: {error}"), style="red", markup=False)
    err.print(mask_numbers(f"  next: {error.next_step}"), markup=False)
    raise typer.Exit(EXIT_USAGE)


def _masked(facts: Mapping[str, object]) -> dict[str, object]:
    return {name: fact if isinstance(fact, bool) else mask_numbers(str(fact)) for name, fact in facts.items()}


@contextmanager
def reporting_errors(*, as_json: bool = False) -> Iterator[None]:
    """Turn errors of ours into their wording and exit code; Ctrl-C says that nothing is lost."""
    try:
        yield
    except RingbackError as error:
        fail(error, as_json=as_json)
    except KeyboardInterrupt:
        err.print("stopped; finished tables are kept, and the same command goes on from there")
        raise typer.Exit(130) from None


def end_with_findings(*, found: bool) -> None:
    """End with exit code 1 when there is something to look into."""
    if found:
        raise typer.Exit(EXIT_FINDINGS)
