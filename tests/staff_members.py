"""Staff for tests, made through the real functions, with cheap password hashes.

    tokens = make_staff(case_file, {"alice": "planner", "bob": "approver"})
    acting(case_file, "plan", token=tokens["alice"])

The two administrators who make them are `ADMINISTRATORS`; their tokens are among the result.
"""

from contextlib import contextmanager

import pyotp
import pytest
from sqlalchemy import select, update

from ringback.alerting.staff import accounts, enrolment, sessions
from ringback.alerting.staff.credentials import PasswordCost, totp_about
from ringback.case.case_file import CaseFile, new_case
from ringback.errors import RingbackError
from ringback.records.alert_tables import staff
from ringback.records.db import writing
from ringback.settings import Settings
from still_clock import StillClock

ADMINISTRATORS = ("first.admin", "second.admin")
CHEAP = PasswordCost(passes=1, memory_kib=8, lanes=1)
PASSWORD = "0f8-91c7-2b5d"


def make_staff_case(folder, **options):
    """A case whose clock stands still."""
    made = new_case(folder / "case", settings=Settings(keys_dir=folder / "keys"), name="Test", **options)
    return CaseFile(made.case, made.records, made.log, made.settings, StillClock())


def make_staff(case_file, roles=None):
    """Make, confirm, enrol and log in: name to role in, name to session token out."""
    codes = {}
    if not sessions.is_staffed(case_file):
        codes |= {made.name: made.enrolment_code for made in accounts.init_staff(case_file, *ADMINISTRATORS)}
    tokens = {name: enrol_and_sign_in(case_file, name, code) for name, code in codes.items()}
    asker, confirmer = (tokens.get(name) or sign_in(case_file, name) for name in ADMINISTRATORS)
    tokens |= dict(zip(ADMINISTRATORS, (asker, confirmer), strict=True))
    for name, role in (roles or {}).items():
        made = accounts.add_member(case_file, name, role=role, token=asker)
        if made.waits:
            made = accounts.confirm_change(case_file, name, token=confirmer)
        tokens[name] = enrol_and_sign_in(case_file, name, made.enrolment_code)
    return tokens


def enrol_and_sign_in(case_file, name, code):
    enrol(case_file, name, code)
    return sign_in(case_file, name)


def enrol(case_file, name, code, *, password=PASSWORD):
    """Enrol with a cheap hash; returns the secret of the one-time codes."""
    begun = enrolment.begin_enrolment(case_file, name, code=code, password=password, cost=CHEAP)
    totp_code = pyotp.TOTP(begun.secret).at(case_file.clock.now())
    enrolment.finish_enrolment(case_file, begun, totp_code=totp_code)
    return begun.secret


def sign_in(case_file, name, *, password=PASSWORD):
    """Log in; returns the session token, for RINGBACK_SESSION."""
    forget_step(case_file, name)
    code = one_time_code(case_file, name)
    return sessions.log_in(case_file, name, password=password, code=code, cost=CHEAP).token


def attempt(case_file, name="alice", *, password=PASSWORD, code=None, **source):
    """One attempt to log in, with the right password and code unless others are given."""
    code = code or one_time_code(case_file, name)
    return sessions.log_in(case_file, name, password=password, code=code, cost=CHEAP, **source)


def one_time_code(case_file, name):
    """The code that the person's device shows now."""
    return pyotp.TOTP(enrolled_secret(case_file, name)).at(case_file.clock.now())


def enrolled_secret(case_file, name):
    """The secret that only the person's device has."""
    with case_file.records.connect() as connection:
        sealed = connection.scalar(select(staff.c.totp_sealed).where(staff.c.name == name))
    return case_file.keys().unseal(sealed, about=totp_about(name))


def forget_step(case_file, name):
    """Let the same code count again, so that no test waits 30 seconds for the next one."""
    with altering(case_file) as connection:
        connection.execute(update(staff).where(staff.c.name == name).values(totp_last_step=None))


@contextmanager
def altering(case_file):
    """A transaction behind the audit log's back: what somebody with the database can do."""
    with writing(case_file.records).begin() as connection:
        yield connection


def refused(expected, function, /, *args, **options):
    """Call what must be refused with this code; returns the error."""
    with pytest.raises(RingbackError) as caught:
        function(*args, **options)
    assert caught.value.code == expected
    return caught.value


def entries(case_file, what):
    """The audit entries of one kind."""
    return [entry for entry in case_file.log.entries() if entry.what == what]


def staff_lines(case_file):
    """Name to line of the list of staff."""
    return {line.name: line for line in accounts.list_staff(case_file)}
