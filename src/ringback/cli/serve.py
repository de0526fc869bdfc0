"""ringback serve: the small servers beside a case."""

from typing import Annotated

import typer

from ringback.alerting.inbound.callback_tokens import OVERLAP, load_tokens, make_tokens
from ringback.case.case_file import CaseFile
from ringback.cli.options import CaseArgument, JsonOption
from ringback.cli.publishing import BundleArgument, InboxOption
from ringback.cli.session import acting_for
from ringback.cli.terminal import err, open_for, out, print_head, print_json, reporting_errors
from ringback.clock import SystemClock
from ringback.publishing.bundle_files import INBOX
from ringback.publishing.inbox.questions import Inbox
from ringback.publishing.inbox.tables import open_inbox
from ringback.web.kernel.kernel_app import Front
from ringback.web.kernel.logs import log_masked
from ringback.web.kernel.server import serve as serve_pages
from ringback.web.provider.app import create_app, make_doorkeeper
from ringback.web.provider.server import serve
from ringback.web.public.answering import answering
from ringback.web.public.app import create_app as create_public
from ringback.web.public.releases import Releases

serve_app = typer.Typer(help="Small servers beside a case.", no_args_is_help=True)

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PORT, _PUBLIC_PORT = 8463, 8464
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


@serve_app.command("public", epilog="Example: ringback serve public bundle --port 8464")
def serve_public(  # noqa: PLR0913, PLR0917 - a setting each
    bundle: BundleArgument,
    host: Annotated[str, typer.Option(help="Where to listen. TLS must end before it.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port; 0 for any that is free.", min=0, max=65535)] = _PUBLIC_PORT,
    hostname: Annotated[
        list[str] | None,
        typer.Option(help="A name that it is reached by; may be given several times. Else any.", metavar="NAME"),
    ] = None,
    trusted_hops: Annotated[
        int, typer.Option(help="How many proxies stand in front of it, and tell the visitor's address.", min=0, max=9)
    ] = 0,
    base_path: Annotated[str, typer.Option(help="The path that the proxy shows it under, such as /alerts.")] = "",
    inbox: InboxOption = "",
    signed_by: Annotated[
        str, typer.Option(help="The public key that has to have signed the bundle, as ringback publish shows it.")
    ] = "",
    language: Annotated[str, typer.Option(help="Language of the pages; en-XA is made up, to try out others.")] = "en",
    as_json: JsonOption = False,
) -> None:
    """Serve a bundle to the public: was I a victim, is this text from you? Needs no case. Ends at Ctrl-C or SIGTERM."""
    with reporting_errors(as_json=as_json):
        clock = SystemClock()
        releases = Releases(bundle, key=signed_by, clock=clock)
        questions = Inbox(open_inbox(inbox or bundle / INBOX))
        log_masked()
        front = Front(trusted_hops, base_path, tuple(hostname or ()))
        app = create_public(releases, questions, clock=clock, front=front, language=language)

        def listening(found: int) -> None:
            place = f"http://{f'[{host}]' if ':' in host else host}:{found}{base_path}/"
            if as_json:
                print_json({"listening": place, "release": releases.current().name})
            err.print(f"serving {releases.current().name} at {place}", markup=False)

        with answering(questions, releases, clock=clock):
            serve_pages(app, host=host, port=port, listening=listening)
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
