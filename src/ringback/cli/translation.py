"""ringback alerts translation: an approver confirms by name that they have read a wording in another language."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from ringback.alerting.batches.options import make_wording
from ringback.alerting.batches.translation_approvals import add_translation_approval, check_readable
from ringback.alerting.wording.templates import Wording
from ringback.cli.batch_preview import draw_phone
from ringback.cli.options import CaseArgument, JsonOption, WhyOption
from ringback.cli.session import acting_for
from ringback.cli.terminal import err, open_for, out, print_head, print_json, reporting_errors
from ringback.errors import RingbackError
from ringback.files.disk import say_problem

TEMPLATE_HELP = "File with a wording of your own, with {force}, {website} and {reference} in it."


def translation(
    case: CaseArgument,
    language: Annotated[str, typer.Option(help="Code of the language that you read, such as cy.")],
    template: Annotated[Path, typer.Option(help=TEMPLATE_HELP, readable=False)],
    why: WhyOption,
    force: Annotated[str | None, typer.Option(help="Who writes; else as case.toml says.")] = None,
    website: Annotated[str | None, typer.Option(help="Where to look, in words; else as case.toml says.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="You read the language, and have read all of the text.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Read a wording in a language other than English, and confirm that you have read that exact text.

    Only then can somebody else plan a batch with it. A text that differs in one letter is another text.
    """
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        member = acting_for(case_file, "approve", command="alerts translation")
        wording = make_wording(
            case_file, language=language, template=read_template(template), force=force, website=website
        )
        text = check_readable(case_file, wording, member=member.name)
        shown_as = str(case_file.case.settings.alerts.get("sender_name") or "(no sender name)")
        for line in draw_phone(text, shown_as=shown_as):
            (err if as_json else out).print(line, markup=False)
        _confirm(wording, yes=yes)
        entry = add_translation_approval(case_file, wording, member=member.name, why=why)
        if as_json:
            facts = {"language": language, "reader": member.name, "text": text}
            print_json(facts | {"text_sha256": entry.read_facts()["text_sha256"], "entry": entry.seq})
        else:
            out.print(f"{member.name} has read this text ({language}): audit entry {entry.seq}", markup=False)
            out.print(f"somebody else plans it: ringback alerts plan {case} --language {language}", markup=False)
        print_head(case_file)


def _confirm(wording: Wording, *, yes: bool) -> None:
    if yes:
        return
    question = f"Do you read {wording.language}, and have you read all of this text, word for word?"
    if not sys.stdin.isatty() or not typer.confirm(question, err=True):
        raise RingbackError("translation_unconfirmed", language=wording.language)


def read_template(path: Path | None) -> str | None:
    """The text of a wording's file; None for none.

    Raises:
        RingbackError: `template_unreadable`.
    """
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise RingbackError("template_unreadable", path=path.absolute(), problem=say_problem(error)) from error
    except UnicodeDecodeError as error:
        raise RingbackError("template_unreadable", path=path, problem="it is not UTF-8 text") from error
