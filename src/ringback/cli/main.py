"""The command line: every command in one list, so that a reader sees them all at once."""

import gc
import sys
import traceback

import typer

import ringback
from ringback.cli import interrupts
from ringback.cli.lazy_commands import Listed, ListedGroup
from ringback.errors import EXIT_FAULT, EXIT_USAGE
from ringback.files.disk import explain
from ringback.numbers.masking import mask_numbers
from ringback.records.closing import close_all

# The groups come last; each has its own commands in its module.
COMMANDS = {
    "map": Listed(
        "Look at every table of a case and propose what its tables and columns are, with the evidence.",
        "ringback.cli.mapping:map_tables",
        "ringback map op-case --accept --threshold 0.95",
    ),
    "run": Listed(
        "Do the main job: read the exhibits, find who was called, write figures and report.",
        "ringback.cli.runs:run",
        "ringback run op-case",
    ),
    "figures": Listed(
        "Show the figures of the current run, each with its definition, period, rule and rows.",
        "ringback.cli.runs:figures",
        "ringback figures op-case numbers_to_alert --json",
    ),
    "victims": Listed(
        "Count the victims under a rule; with --out, write their list.",
        "ringback.cli.victims:victims",
        'ringback victims op-case --out list.csv --why "batch 1"',
    ),
    "explain": Listed(
        "Say why a number is or is not among the victims.",
        "ringback.cli.victims:explain",
        'ringback explain op-case --why "enquiry 12" < number.txt',
    ),
    "matches": Listed(
        "Tie reports to the calls of the current run, show what came of each and why, and keep what a person decides.",
        "ringback.cli.matches:matches",
        "ringback matches op-case",
    ),
    "number": Listed(
        "Read numbers from standard input, one a line: what they are, how they were read, whose they are.",
        "ringback.cli.numbers:number",
        "echo 020 7946 0123 | ringback number --json",
    ),
    "signs": Listed(
        "Check a message, a call or a list of messages for the five signs of a scam.",
        "ringback.cli.signs:signs",
        "ringback signs message.txt --kind text --json",
    ),
    "publish": Listed(
        "Publish what the public host may know: one person prepares it, another one approves it by its hash.",
        "ringback.cli.publishing:publish",
        'ringback publish op-case bundle --why "the first batch is approved"',
    ),
    "collect": Listed(
        "Bring in what the inbox of the public host holds, each row once.",
        "ringback.cli.publishing:collect",
        "ringback collect op-case bundle",
    ),
    "verify": Listed(
        "Re-hash every exhibit, check log, runs, staff, batches, reports and matches, and tell all that differs.",
        "ringback.cli.verify:verify",
        "ringback verify op-case --head 3f1c...",
    ),
    "audit": Listed(
        "Show the audit log: who did what, when and why.",
        "ringback.cli.cases:audit",
        "ringback audit op-case",
    ),
    "synth": Listed(
        "Make a synthetic seizure: made-up records, as messy as real ones, with their known truth in truth/.",
        "ringback.cli.synthetic:synth",
        "ringback synth seizure --calls 100000 --seed 1 --format mysqldump",
    ),
    "truth": Listed(
        "Compare a synthetic case's victims and figures with the truth of its seizure; its reports too, once tied.",
        "ringback.cli.synthetic:truth",
        "ringback truth op-case seizure",
    ),
    "demo": Listed(
        "Make a synthetic seizure and its case, warn the people found, into a file, and tie reports to the calls.",
        "ringback.cli.synthetic:demo",
        "ringback demo build/demo",
    ),
    "case": Listed("Make a case folder, or look at one.", "ringback.cli.cases:case_app"),
    "exhibit": Listed("Take seized files in as exhibits, or list them.", "ringback.cli.exhibits:exhibit_app"),
    "serve": Listed("Small servers beside a case.", "ringback.cli.serve:serve_app"),
    "staff": Listed("Staff accounts, enrolment and log-in.", "ringback.cli.staff:staff_app"),
    "suppress": Listed("Numbers never to contact.", "ringback.cli.suppress:suppress_app"),
    "report": Listed(
        "Reports from the public: taken by telephone, imported, read, decided on.", "ringback.cli.reports:report_app"
    ),
    "alerts": Listed("Batches of alerts: planned, approved, sent, followed.", "ringback.cli.alerts:alerts_app"),
}


class _Commands(ListedGroup):
    """All commands."""

    listed = COMMANDS


app = typer.Typer(
    cls=_Commands,
    help="Turn a seized phone-number-spoofing database into warned people.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ringback {ringback.__version__}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version."),
) -> None:
    """Turn a seized phone-number-spoofing database into warned people."""
    context.call_on_close(_close_records)


def _close_records() -> None:
    """Close what the command opened, whichever command it was and however it ends."""
    for log in close_all():
        sys.stderr.write(
            f"{log.name} could not be merged into the records, so a copy needs both files. Is the disk full?\n"
        )


def main() -> None:
    """Run the command line; a fault of the program itself ends with its own exit code, and shows no number."""
    # Most objects belong to libraries and stay. Collecting garbage among them again and again would take a twentieth
    # of a short command's time. So garbage is collected only once the command is loaded.
    gc.disable()
    gc.set_threshold(100_000, 20, 20)
    try:
        app()
    except Exception as error:  # noqa: BLE001 - the last resort: an unforeseen error must show no number
        # Ctrl-C while a module loads may become another error, before any command can handle it.
        if interrupts.is_stopped():
            interrupts.end_stopped()
        told = explain(error)
        if told is not None:
            sys.stderr.write(mask_numbers(f"error: {told}\n  next: {told.next_step}\n"))
            sys.exit(EXIT_USAGE)
        sys.stderr.write(mask_numbers(traceback.format_exc()))
        sys.stderr.write("this is a fault in ringback: report it, with the lines above\n")
        sys.exit(EXIT_FAULT)
    finally:
        # Spare what is left a last garbage collection, which takes a second.
        gc.freeze()


if __name__ == "__main__":
    main()
