"""ringback signs: does this look like a scam?"""

import json
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from ringback.cli.message_file import check_rows, count_rows, is_list, read_rows
from ringback.cli.options import JsonOption
from ringback.cli.progress_bars import BarProgress
from ringback.cli.terminal import end_with_findings, err, out, print_json, reporting_errors
from ringback.errors import RingbackError
from ringback.files.disk import say_problem, unwritable
from ringback.signs.calendar import read_events
from ringback.signs.check import Check, check_signs
from ringback.signs.emails import read_email
from ringback.signs.questionnaire import Question, check_answers, read_questions
from ringback.signs.verdict import Band

_COMMAND = "ringback signs FILE"
_STYLE = {Band.likely: "bold red", Band.unclear: "bold yellow", Band.no_signs: "bold", Band.not_judged: "bold"}


class Kind(StrEnum):
    """Kinds of messages."""

    text = "text"
    email = "email"
    call = "call"


def signs(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="The message; .eml, .csv and .jsonl are read as such. With - or without it: standard input.",
            allow_dash=True,
            readable=False,
        ),
    ] = None,
    kind: Annotated[
        Kind | None, typer.Option("--kind", help="What it is, by default a text; .eml is always an email.")
    ] = None,
    happened: Annotated[
        list[str] | None,
        typer.Option("--happened", help="What has happened already, such as gave_code; may be repeated."),
    ] = None,
    calendar: Annotated[
        Path | None, typer.Option("--calendar", help="Events of your own, as TOML.", readable=False)
    ] = None,
    questions: Annotated[
        bool, typer.Option("--questions", help="Ask what you remember, instead of reading a message.")
    ] = False,
    answers: Annotated[
        Path | None, typer.Option("--answers", help="Answers to the questions, as JSON.", readable=False)
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="For a list: write a line of JSON for each row to this new file.", readable=False
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check a message, a call or a list of messages for the five signs of a scam.

    The message is read, never kept or logged. Exit code 0: done, whatever the answer. 1: done, but rows of a list were
    rejected. 2: could not be done.
    """
    with reporting_errors(as_json=as_json):
        events = _read_calendar(calendar)
        if questions or answers:
            _show(_ask(answers, as_json=as_json), as_json=as_json)
        elif file is not None and is_list(file):
            _check_list(file, kind=kind or Kind.text, calendar=events, output=output, as_json=as_json)
        else:
            _show(_check_one(file, kind, calendar=events, happened=_happened(happened)), as_json=as_json)


def _check_one(file: Path | None, kind: Kind | None, *, calendar: str, happened: tuple[str, ...]) -> Check:
    content = _read(file)
    today = datetime.now(UTC).date()
    if file is not None and file.suffix.lower() == ".eml":
        try:
            text, envelope = read_email(content)
        except ValueError as error:
            raise RingbackError("message_unreadable", path=file, problem=error) from error
        return check_signs(text, kind="email", envelope=envelope, today=today, calendar=calendar, happened=happened)
    text = content.decode("utf-8-sig", "replace")
    return check_signs(text, kind=str(kind or Kind.text), today=today, calendar=calendar, happened=happened)


def _read(file: Path | None) -> bytes:
    if file is None or str(file) == "-":
        if sys.stdin.isatty():
            err.print("paste the message, then Ctrl-D", style="dim")
        content = sys.stdin.buffer.read()
        if not content.strip():
            raise RingbackError("message_missing", command=_COMMAND)
        return content
    try:
        return file.read_bytes()
    except OSError as error:
        raise RingbackError("message_unreadable", path=file.absolute(), problem=say_problem(error)) from error


def _read_calendar(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        text = path.read_text(encoding="utf-8")
        read_events(text)
    except OSError as error:
        raise RingbackError("calendar_bad", path=path.absolute(), problem=say_problem(error)) from error
    except ValueError as error:
        raise RingbackError("calendar_bad", path=path, problem=error) from error
    return text


def _happened(given: list[str] | None) -> tuple[str, ...]:
    known = [choice.key for choice in read_questions()[-1].choices]
    if unknown := [one for one in given or () if one not in known]:
        raise typer.BadParameter(f"{', '.join(unknown)}; there are: {', '.join(known)}", param_hint="--happened")
    return tuple(given or ())


def _show(check: Check, *, as_json: bool) -> None:
    if as_json:
        print_json(check.as_dict())
        return
    out.print(check.said, style=_STYLE[check.band], markup=False)
    if check.reasons:
        out.print("\nWhy:")
    for reason in check.reasons:
        quote = f"  “{reason.quote}”" if reason.quote else ""
        out.print(f"  - {reason.text}{quote}", markup=False)
    if check.advice:
        out.print("\nWhat to do now:")
    for advice in check.advice:
        out.print(f"  - {advice.text}", markup=False)


def _check_list(file: Path, *, kind: Kind, calendar: str, output: Path | None, as_json: bool) -> None:
    if output is not None and output.exists():
        raise RingbackError("output_exists", path=output)
    bands: Counter[str] = Counter()
    rejected: list[dict[str, Any]] = []
    sink, close = _sink(output, as_json=as_json)
    try:
        total = count_rows(file) if file.exists() else 0
        with BarProgress(quiet=as_json).step("Checking messages", total) as advance:
            for answer in check_rows(
                read_rows(file, kind=str(kind)), today=datetime.now(UTC).date(), calendar=calendar
            ):
                bands["rejected" if answer.check is None else str(answer.check.band)] += 1
                if answer.check is None:
                    rejected.append(answer.as_dict())
                sink(answer.as_dict())
                advance(1)
    finally:
        close()
    if not as_json:
        for name in (*map(str, Band), "rejected"):
            out.print(f"{bands[name]:>9,}  {name}", markup=False)
        for one in rejected[:20]:
            err.print(f"row {one['row']} ({one['id']}): {one['rejected']}", markup=False)
        if output is not None:
            out.print(f"written to {output}", markup=False)
    end_with_findings(found=bool(rejected))


def _sink(output: Path | None, *, as_json: bool) -> tuple[Callable[[dict[str, Any]], None], Callable[[], None]]:
    """Where the answers go, a line each: to a file, to standard output with --json, or nowhere if only counted."""
    if output is not None:
        return _file_sink(output)
    if as_json:
        return lambda line: typer.echo(json.dumps(line, ensure_ascii=False)), lambda: None
    return lambda _line: None, lambda: None


def _file_sink(output: Path) -> tuple[Callable[[dict[str, Any]], None], Callable[[], None]]:
    try:
        opened = output.open("x", encoding="utf-8")
    except OSError as error:
        raise unwritable(output.absolute(), error) from error

    def write(line: dict[str, Any]) -> None:
        try:
            opened.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            raise unwritable(output.absolute(), error) from error

    def close() -> None:
        try:
            opened.close()
        except OSError as error:
            raise unwritable(output.absolute(), error) from error

    return write, close


def _ask(answers: Path | None, *, as_json: bool) -> Check:
    if answers is None:
        if as_json and not sys.stdin.isatty():
            raise RingbackError(
                "answers_bad", path="(none)", problem="with --json, give the answers in a file: --answers FILE"
            )
        return check_answers({question.key: _choose(question) for question in read_questions()})
    try:
        held = json.loads(answers.read_text(encoding="utf-8"))
        if not isinstance(held, dict) or not all(isinstance(one, list) for one in held.values()):
            raise ValueError("it has to be an object of questions, each with a list of choices")
        return check_answers(held)
    except OSError as error:
        raise RingbackError("answers_bad", path=answers.absolute(), problem=say_problem(error)) from error
    except ValueError as error:
        raise RingbackError("answers_bad", path=answers, problem=error) from error


def _choose(question: Question) -> list[str]:
    out.print(f"\n{question.text}", style="bold", markup=False)
    for place, choice in enumerate(question.choices, start=1):
        out.print(f"  {place:>2}  {choice.text}", markup=False)
    while True:
        typed = typer.prompt("Numbers of all that are true, or just Enter", default="", show_default=False)
        words = typed.replace(",", " ").split()
        if all(word.isdigit() and 1 <= int(word) <= len(question.choices) for word in words):
            return [question.choices[int(word) - 1].key for word in words]
        err.print(f"type numbers from 1 to {len(question.choices)}", style="red")
