"""ringback staff: accounts, enrolment, log-in."""

import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from ringback.alerting.model.roles import GUARDED_ROLES, RIGHTS, ROLES, has_right
from ringback.alerting.staff import accounts, sessions
from ringback.alerting.staff.accounts import AccountChange
from ringback.alerting.staff.credentials import grouped
from ringback.alerting.staff.enrolment import Enrolment, begin_enrolment, finish_enrolment
from ringback.alerting.staff.log_in_throttle import find_source
from ringback.case.case_file import CaseFile
from ringback.cli.options import CaseArgument, JsonOption
from ringback.cli.session import SESSION_VARIABLE, session_token
from ringback.cli.terminal import err, open_for, out, print_head, print_json, reporting_errors
from ringback.errors import RingbackError

staff_app = typer.Typer(help="Staff accounts, enrolment and log-in.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(help="Whose account.", metavar="NAME")]
RoleOption = Annotated[str, typer.Option("--role", help=f"One of: {', '.join(ROLES)}.")]
_TRIES = 3


@staff_app.command("init", epilog="Example: ringback staff init op-case a.khan b.jones")
def staff_init(
    case: CaseArgument,
    first: Annotated[str, typer.Argument(help="One administrator.", metavar="NAME")],
    second: Annotated[str, typer.Argument(help="Another administrator.", metavar="NAME")],
    as_json: JsonOption = False,
) -> None:
    """Make the first two administrators of a case; each gets an enrolment code, shown once and good for 7 days."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        made = accounts.init_staff(case_file, first, second)
        if as_json:
            print_json([_facts(one) for one in made])
        else:
            for one in made:
                _print_code(one)
            out.print(f"next, each on their own: ringback staff enrol {case} NAME", markup=False)
            out.print("make a third administrator soon: with only two, neither can be replaced if a phone is lost")
        print_head(case_file)


@staff_app.command("add", epilog="Example: ringback staff add op-case c.evans --role planner")
def staff_add(case: CaseArgument, name: NameArgument, role: RoleOption, as_json: JsonOption = False) -> None:
    """Add an account. An approver or administrator has to be confirmed by a second administrator."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        _show(case_file, accounts.add_member(case_file, name, role=role, token=session_token()), as_json=as_json)


@staff_app.command("change", epilog="Example: ringback staff change op-case c.evans --role viewer")
def staff_change(case: CaseArgument, name: NameArgument, role: RoleOption, as_json: JsonOption = False) -> None:
    """Change a role. A second administrator has to confirm a change from or to approver or administrator."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        _show(case_file, accounts.change_role(case_file, name, role=role, token=session_token()), as_json=as_json)


@staff_app.command("disable", epilog="Example: ringback staff disable op-case c.evans")
def staff_disable(case: CaseArgument, name: NameArgument, as_json: JsonOption = False) -> None:
    """Disable an account at once, whatever its role. Two administrators must be left."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        _show(case_file, accounts.disable_member(case_file, name, token=session_token()), as_json=as_json)


@staff_app.command("reset", epilog="Example: ringback staff reset op-case c.evans")
def staff_reset(case: CaseArgument, name: NameArgument, as_json: JsonOption = False) -> None:
    """Invite somebody anew; password, one-time codes and sessions end.

    For an approver or administrator a second administrator has to confirm.
    """
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        _show(case_file, accounts.reset_member(case_file, name, token=session_token()), as_json=as_json)


@staff_app.command("confirm", epilog="Example: ringback staff confirm op-case d.osei")
def staff_confirm(case: CaseArgument, name: NameArgument, as_json: JsonOption = False) -> None:
    """Confirm what another administrator asked for. Nobody confirms their own request, or a change of themselves."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        _show(case_file, accounts.confirm_change(case_file, name, token=session_token()), as_json=as_json)


@staff_app.command("refuse", epilog="Example: ringback staff refuse op-case d.osei")
def staff_refuse(case: CaseArgument, name: NameArgument, as_json: JsonOption = False) -> None:
    """Turn down or withdraw a change that waits to be confirmed."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        _show(case_file, accounts.refuse_change(case_file, name, token=session_token()), as_json=as_json)


@staff_app.command("list", epilog="Example: ringback staff list op-case --json")
def staff_list(case: CaseArgument, as_json: JsonOption = False) -> None:
    """List the accounts, and the changes that wait to be confirmed."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        lines = accounts.list_staff(case_file)
        if as_json:
            print_json([asdict(line) for line in lines])
        for line in [] if as_json else lines:
            waits = f"  waits to be confirmed: {line.waits_for}, asked by {line.asked_by}" if line.waits_for else ""
            altered = "  ALTERED: not what the audit log says; nobody can act as this account" if line.altered else ""
            out.print(f"{line.name:<20} {line.role:<14} {line.status}{waits}{altered}", markup=False)
        print_head(case_file)


@staff_app.command("roles", epilog="Example: ringback staff roles --json")
def staff_roles(as_json: JsonOption = False) -> None:
    """Show the table of roles and rights."""
    if as_json:
        held = {role: [right for right in RIGHTS if has_right(role, right)] for role in ROLES}
        print_json({"roles": held, "rights": dict(RIGHTS), "confirmed_by_a_second": sorted(GUARDED_ROLES)})
        return
    out.print(f"{'right':<17}" + "".join(f"{role:<15}" for role in ROLES) + "what it allows", markup=False)
    for right, words in RIGHTS.items():
        held_by = "".join(f"{'yes' if has_right(role, right) else '-':<15}" for role in ROLES)
        out.print(f"{right:<17}{held_by}{words}", markup=False)


@staff_app.command("enrol", epilog="Example: ringback staff enrol op-case a.khan")
def staff_enrol(case: CaseArgument, name: NameArgument, as_json: JsonOption = False) -> None:
    """Make an account your own: enrolment code, a password of your choice, one-time codes from an app.

    A password has at least 12 characters and does not contain the name. The secret for the app is shown once, to you;
    the account is active once you have typed a code that the app made from it.

    Without a terminal it reads lines from standard input: the enrolment code, the password; then it writes the secret
    (with --json as one line of JSON: secret, uri) and reads the one-time code from the next line.
    """
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        code = _ask("Enrolment code", hidden=True)
        password = _ask("New password", hidden=True, twice=True)
        begun = begin_enrolment(case_file, name, code=code, password=password)
        _show_secret(begun, as_json=as_json)
        _finish(case_file, begun)
        if as_json:
            _print_line({"name": name, "status": "active"})
        else:
            out.print(f"{name} is enrolled; next: ringback staff login {case} {name}", markup=False)
        print_head(case_file)


def _show_secret(begun: Enrolment, *, as_json: bool) -> None:
    if as_json:
        _print_line({"secret": begun.secret, "uri": begun.uri})
        return
    out.print("put this into an authenticator app; it is shown this once:", markup=False)
    out.print(f"  {grouped(begun.secret)}", markup=False)
    out.print(f"  {begun.uri}", markup=False)
    sys.stdout.flush()


def _finish(case_file: CaseFile, begun: Enrolment) -> None:
    tries = _TRIES if sys.stdin.isatty() else 1
    for left in range(tries - 1, -1, -1):
        try:
            finish_enrolment(case_file, begun, totp_code=_ask("One-time code that the app shows"))
        except RingbackError as error:
            if error.code != "staff_code_wrong" or not left:
                raise
            err.print("that code does not fit; wait for the next one", markup=False)
        else:
            return


@staff_app.command("login", epilog="Example: ringback staff login op-case a.khan")
def staff_login(
    case: CaseArgument,
    name: NameArgument,
    token: Annotated[
        bool,
        typer.Option(
            "--token", help=f"Write the session's token to standard output, for {SESSION_VARIABLE}; keep it nowhere."
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Log in for eight hours, with password and one-time code. The session is kept beside the case's key.

    Without a terminal it reads two lines from standard input: the password and the one-time code.
    """
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        password = _ask("Password", hidden=True)
        code = _ask("One-time code")
        done = sessions.log_in(case_file, name, password=password, code=code, source=find_source())
        facts: dict[str, object] = {"name": done.member.name, "role": done.member.role, "ends_at": done.ends_at}
        facts |= {"token": done.token} if token else {"session": str(sessions.keep_token(case_file, done.token))}
        if as_json:
            print_json(facts)
        elif token:
            out.print(done.token, markup=False)
        else:
            out.print(f"{name} ({done.member.role}) is logged in until {done.ends_at:%H:%M} UTC", markup=False)
        print_head(case_file)


@staff_app.command("logout", epilog="Example: ringback staff logout op-case")
def staff_logout(case: CaseArgument, as_json: JsonOption = False) -> None:
    """End your session."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        name = sessions.log_out(case_file, token=session_token())
        if as_json:
            print_json({"name": name})
        else:
            out.print(f"{name} is logged out", markup=False)
        print_head(case_file)


@staff_app.command("number", epilog="Example: ringback staff number op-case < my-number.txt")
def staff_number(case: CaseArgument, as_json: JsonOption = False) -> None:
    """Store your own UK mobile, read from standard input, so that rehearsals can be sent to it. It is encrypted."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        member = sessions.store_number(case_file, _ask("Your mobile number"), token=session_token())
        if as_json:
            print_json({"name": member.name, "stored": True})
        else:
            out.print(f"the number of {member.name} is stored, encrypted, for rehearsals", markup=False)
        print_head(case_file)


def _ask(label: str, *, hidden: bool = False, twice: bool = False) -> str:
    """Ask at the terminal; else the next line of standard input."""
    if sys.stdin.isatty():
        answer: str = typer.prompt(label, hide_input=hidden, confirmation_prompt=twice, err=True)
        return answer
    line = sys.stdin.readline()
    if not line:
        raise RingbackError("staff_input_missing", wanted=label)
    return line.rstrip("\r\n")


def _print_line(content: dict[str, str]) -> None:
    # One line each: a program that reads from a pipe has to answer the first before the second comes.
    sys.stdout.write(json.dumps(content) + "\n")
    sys.stdout.flush()


def _facts(made: AccountChange) -> dict[str, object]:
    return {name: value for name, value in asdict(made).items() if value is not None}


def _show(case_file: CaseFile, made: AccountChange, *, as_json: bool) -> None:
    if as_json:
        print_json(_facts(made))
    else:
        waits = "; waits for a second administrator: ringback staff confirm" if made.waits else ""
        out.print(f"{made.name}: {made.role}, {made.status}{waits}", markup=False)
        if made.enrolment_code:
            _print_code(made)
    print_head(case_file)


def _print_code(made: AccountChange) -> None:
    out.print(f"enrolment code for {made.name}: {made.enrolment_code}", markup=False)
    err.print("hand it over in person: it is shown this once, works once, and for 7 days", markup=False)
