"""The command line: every command in one table, so that a reader sees them all at once."""

import sys
import traceback

import typer

import ringback
from ringback.cli import (
    alerts,
    campaign,
    cases,
    mapping,
    replies,
    runs,
    sending,
    serve,
    signs,
    staff,
    suppress,
    synthetic,
    translation,
)
from ringback.errors import EXIT_FAULT
from ringback.numbers.masking import mask_numbers

app = typer.Typer(
    help="Turn a seized phone-number-spoofing database into warned people.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(cases.case_app, name="case")
app.add_typer(cases.exhibit_app, name="exhibit")
app.add_typer(serve.serve_app, name="serve")
app.add_typer(staff.staff_app, name="staff")
app.add_typer(suppress.suppress_app, name="suppress")
app.add_typer(alerts.alerts_app, name="alerts")
alerts.alerts_app.command("send", epilog="Example: ringback alerts send op-case B-001")(sending.send)
alerts.alerts_app.command("status", epilog="Example: ringback alerts status op-case B-001 --json")(sending.status)
alerts.alerts_app.command("stop", epilog='Example: ringback alerts stop op-case B-001 --why "complaints"')(sending.stop)
alerts.alerts_app.command("page", epilog="Example: ringback alerts page op-case B-001 --out site")(campaign.page)
alerts.alerts_app.command("check", epilog='Example: echo "BCDF-GHJK-MNZ 0123" | ringback alerts check op-case')(
    campaign.check
)
alerts.alerts_app.command("replies", epilog="Example: ringback alerts replies op-case --kind stop")(replies.replies)
alerts.alerts_app.command("poll", epilog="Example: ringback alerts poll op-case B-001")(replies.poll_provider)
alerts.alerts_app.command(
    "translation",
    epilog='Example: ringback alerts translation op-case --language cy --template welsh.txt --why "for Wales"',
)(translation.translation)
app.command("map", epilog="Example: ringback map op-case --accept --threshold 0.95")(mapping.map_tables)
app.command("run", epilog="Example: ringback run op-case")(runs.run)
app.command("figures", epilog="Example: ringback figures op-case numbers_to_alert --json")(runs.figures)
app.command("victims", epilog='Example: ringback victims op-case --out list.csv --why "batch 1"')(runs.victims)
app.command("explain", epilog='Example: ringback explain op-case --why "enquiry 12" < number.txt')(runs.explain)
app.command("number", epilog="Example: echo 020 7946 0123 | ringback number --json")(runs.number)
app.command("signs", epilog="Example: ringback signs message.txt --kind text --json")(signs.signs)
app.command("verify", epilog="Example: ringback verify op-case --head 3f1c...")(cases.verify)
app.command("audit", epilog="Example: ringback audit op-case")(cases.audit)
app.command("synth", epilog="Example: ringback synth seizure --calls 100000 --seed 1 --format mysqldump")(
    synthetic.synth
)
app.command("truth", epilog="Example: ringback truth op-case seizure")(synthetic.truth)
app.command("demo", epilog="Example: ringback demo build/demo")(synthetic.demo)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ringback {ringback.__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version."),
) -> None:
    """Turn a seized phone-number-spoofing database into warned people."""


def main() -> None:
    """Run the command line; a fault of the program itself ends with its own exit code, and shows no number."""
    try:
        app()
    except Exception:  # noqa: BLE001 - the last door: what nobody foresaw must not show a number or look like findings
        sys.stderr.write(mask_numbers(traceback.format_exc()))
        sys.stderr.write("this is a fault in ringback: report it, with the lines above\n")
        sys.exit(EXIT_FAULT)


if __name__ == "__main__":
    main()
