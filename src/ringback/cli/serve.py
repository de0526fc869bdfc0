"""ringback serve: the small servers beside a case."""

from typing import Annotated

import typer

from ringback.alerting.inbound.callback_tokens import OVERLAP, load_tokens, make_tokens
from ringback.case.case_file import CaseFile
from ringback.cli.options import CaseArgument, JsonOption
from ringback.cli.session import acting_for
from ringback.cli.terminal import err, open_for, out, print_head, print_json, reporting_errors
from ringback.web.kernel.logs import log_masked
from ringback.web.provider.app import create_app, make_doorkeeper
from ringback.web.provider.server import serve

serve_app = typer.Typer(help="Small servers beside a case.", no_args_is_help=True)

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PORT = 8463
_MADE_FOR = {"receipts": "delivery receipts (POST /receipts)", "replies": "texts that come in (POST /replies)"}


@serve_app.callback()
def root() -> None:
    """Small servers beside a case."""


@serve_app.command("provider", epilog="Example: ringback serve provider op-case --port 8463")
def serve_provider(
    case: CaseArgument,
    host: Annotated[str, typer.Option(help="Address to listen on. TLS has to end in front of it.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port; 0 for any that is free.", min=0, max=65535)] = _PORT,
    new_tokens: Annotated[
        bool, typer.Option("--new-tokens", help="Make new tokens for the provider, show them once, and end.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Take the provider's callbacks: delivery receipts and texts that people send. Ends at Ctrl-C or SIGTERM."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        if new_tokens:
            _show_new_tokens(case_file, as_json=as_json)
            return
        load_tokens(case_file)
        if host not in _LOOPBACK:
            err.print(
                f"warning: {host} can be reached from other machines. Put something in front of it that does TLS:"
                " otherwise tokens and numbers pass in the open",
                style="yellow",
                markup=False,
            )
        log_masked()
        app = create_app(case_file, clock=case_file.clock)
        serve(
            app,
            host=host,
            port=port,
            shows_token=make_doorkeeper(app, case_file, clock=case_file.clock),
            listening=lambda found: _tell(host, found, as_json=as_json),
        )
        err.print("ended")


def _tell(host: str, port: int, *, as_json: bool) -> None:
    place = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    if as_json:
        print_json({"listening": place})
    err.print(f"listening at {place}: POST /receipts, POST /replies, GET /health", markup=False)


def _show_new_tokens(case_file: CaseFile, *, as_json: bool) -> None:
    member = acting_for(case_file, "staff", command="serve provider --new-tokens")
    tokens = make_tokens(case_file, now=case_file.clock.now(), member=member.name)
    if as_json:
        print_json({"tokens": tokens})
    else:
        for purpose, token in tokens.items():
            out.print(f"{_MADE_FOR[purpose]}: {token}", markup=False)
        minutes = int(OVERLAP.total_seconds() // 60)
        err.print(f"shown this once: give them to the provider; the old ones are good for {minutes} more minutes")
    print_head(case_file)
