"""What all commands share: progress and logs on standard error, results on standard output, exit codes."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from rich.console import Console

from ringback.cli import interrupts
from ringback.errors import EXIT_FINDINGS, EXIT_USAGE, RingbackError
from ringback.files.disk import explain
from ringback.numbers.masking import mask_numbers
from ringback.settings import Settings, check_memory_limit, load_settings

if TYPE_CHECKING:
    from ringback.case.case_file import CaseFile

out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def settings() -> Settings:
    """The settings of this machine; a bad environment variable ends the command."""
    try:
        return load_settings()
    except ValueError as error:
        err.print(f"[red]error:[/] {error}")
        raise typer.Exit(EXIT_USAGE) from error


def given_memory_limit(limit: str | None) -> str | None:
    """A memory limit, as a user typed it.

    Raises:
        BadParameter: It is no memory limit.
    """
    try:
        return limit and check_memory_limit(limit)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def open_for(path: Path, *, memory_limit: str | None = None) -> "CaseFile":
    """Open the case a command is about.

    Args:
        path: Its folder.
        memory_limit: Memory that the command may use; None for the machine's setting.
    """
    # Imported here, so that commands without a case, such as number and signs, start without it.
    from ringback.case.case_file import open_case_file

    chosen = settings() if memory_limit is None else replace(settings(), memory_limit=memory_limit)
    return open_case_file(path, settings=chosen)


def print_warning(text: str) -> None:
    """Say on standard error what somebody should know."""
    err.print(text, markup=False, style="yellow")


def print_head(case_file: "CaseFile") -> None:
    """Show the audit log's head, to be written down elsewhere."""
    err.print(f"audit head {case_file.log.head()}", style="dim")


def print_json(content: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
    """Write JSON to standard output, and nothing else there."""
    sys.stdout.write(json.dumps(content, indent=1, ensure_ascii=False, default=str) + "\n")


def fail(error: RingbackError, *, as_json: bool) -> NoReturn:
    """Show one of our errors, and end with its exit code."""
    # Names come from the seizure. In a file without a header, a phone number may stand as the name of a column.
    if as_json:
        print_json(_masked(error.as_dict()) | {"facts": _masked(error.facts)})
    err.print(mask_numbers(f"error: {error}"), style="red", markup=False)
    err.print(mask_numbers(f"  next: {error.next_step}"), markup=False)
    raise typer.Exit(EXIT_USAGE)


def _masked(facts: Mapping[str, object]) -> dict[str, object]:
    return {name: fact if isinstance(fact, bool) else mask_numbers(str(fact)) for name, fact in facts.items()}


@contextmanager
def reporting_errors(*, as_json: bool = False, go_on: str = "give the same command again") -> Iterator[None]:
    """Turn our errors into their wording and exit code, and Ctrl-C into one line.

    Args:
        as_json: Whether the command was asked for JSON.
        go_on: What a stopped command says about how to go on.
    """
    interrupts.say_how_to_go_on(go_on)
    try:
        yield
    except typer.Exit:
        raise
    except KeyboardInterrupt:
        _end_stopped(go_on)
    except RingbackError as error:
        if interrupts.is_stopped():
            _end_stopped(go_on)
        fail(error, as_json=as_json)
    except Exception as error:
        # A library that Ctrl-C interrupts may raise an error of its own.
        if interrupts.is_stopped():
            _end_stopped(go_on)
        told = explain(error)
        if told is None:
            raise
        fail(told, as_json=as_json)


def _end_stopped(go_on: str) -> NoReturn:
    if interrupts.is_stopped():
        interrupts.say_stopped()
    else:
        # Our signal handlers are not installed: the program was not started by its own command.
        err.print(f"stopped; {go_on}", markup=False)
    raise typer.Exit(interrupts.exit_code()) from None


def end_with_findings(*, found: bool) -> None:
    """End with exit code 1 when there is something to look into."""
    if found:
        raise typer.Exit(EXIT_FINDINGS)
