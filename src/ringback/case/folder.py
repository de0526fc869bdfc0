"""The case folder: case.toml, exhibits/, runs/<id>/, current, records.sqlite, out/.

case.toml        what a person decides: name, time zone, period, dial plan, rules, mapping
exhibits/        read-only copies of what was seized (or nothing, where registered in place)
runs/<id>/       tables of one run as Parquet, and its manifest
matches/<id>/    reports tied to the calls of a run, once there are reports
current          the id of the run that counts; switched in one step
records.sqlite   exhibits, the audit log, staff and alerts (or in PostgreSQL, where case.toml names one)
out/             what the commands write for people
timeline.toml, organisation_numbers.csv    what people write for the public, if they do
"""

import fcntl
import json
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TextIO

from ringback.case_settings import CASE_FORMAT, DEFAULT_RULE, CaseSettings, read_settings, read_settings_file
from ringback.errors import RingbackError
from ringback.files.atomic import clear_dead_temp_files
from ringback.files.disk import unwritable
from ringback.files.private import open_plain, write_plain

_LOCK, _NEW_TOML, _NEW_CURRENT = ".run.lock", ".case.toml.new", ".current.new"
# Written by people, if at all: what the public is to read beside the results.
TIME_LINE, OWN_LIST = "timeline.toml", "organisation_numbers.csv"
# All files with fixed names in a case folder, beside the records.
OWN_NAMES = (
    *("case.toml", "current", "exhibits", "runs", "matches", "out", TIME_LINE, OWN_LIST),
    *(_LOCK, _NEW_TOML, _NEW_CURRENT),
)
# The life of a site if nobody has said when it began or ended.
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2099, 12, 31)

_TEMPLATE = """\
# A ringback case. Lines starting with # are notes; everything else is read.
format = {format}
id = "{id}"
name = {name}

# How times without a zone are to be read, and the life of the site: calls outside it are counted apart.
time_zone = {time_zone}
first_day = {first_day}
last_day = {last_day}

[dial_plan]
# How digits without a plus are read: as national numbers of these regions, in this order of preference,
# and as international numbers without their plus.
home_regions = ["GB", "US"]
bare_international = true

[rules]
alert = "{rule}"

[mapping]
# Which tables and columns are what: the preset "ringback", "asterisk" or "freeswitch". A table or a column that is
# called otherwise is named like this:
#   [tables.calls]
#   table = "cdr_archive"
#   columns = {{ started_at = "call_time", called_number = "destination" }}
#   time_format = "%d/%m/%Y %H:%M:%S"      # or "epoch", "epoch_ms", "epoch_us"; ISO 8601 needs nothing
# and an exhibit whose format or encoding cannot be seen from its content:
#   [exhibits.EX-001]
#   format = "csv"
#   delimiter = ";"
#   encoding = "cp1252"
#   set_aside = "damaged; EX-003 is a whole copy"      # an exhibit that is not to be read, and why
#   continues = "EX-001"                               # a part of a dump that was split; the two are read as one
preset = "{preset}"

# How people are warned. The texts name the website in words, never as a link.
#   [alerts]
#   force = "Example Police"
#   website = "the Example Police website"
#   sender_name = "ExamplePol"                    # what phones show, 11 characters at most
#   check_place = "the Example Police website, on the page about this text"
#   takes_replies = false                         # whether the sender can take replies at all
#   price_per_part = "0.0197"                     # pounds, for the preview
#   quiet_from = "20:00"                          # nothing is sent from then,
#   quiet_until = "09:00"                         # until then
# GOV.UK Notify, where texts are sent by it; its keys are kept beside the case's own, one file a type, never here.
#   [notify]
#   template_id = "..."
#   sms_sender_id = "..."
#   key_type = "live"                             # or "team", "test"
#   letters = "welsh"                             # which letters Notify keeps for you; or "any"
#   retention_days = 7                            # for how many days your service at Notify keeps its texts
# Whom people write to about the public service: an e-mail address, or a page. It is published.
#   [publishing]
#   security_contact = "security@police.example"  # for /.well-known/security.txt
#   privacy_contact = "data.protection@police.example"
#   accessibility_contact = "web@police.example"
# A PostgreSQL database for the records; without this they are a file in this folder.
#   [records]
#   url = "postgresql+psycopg://host/database"
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A case folder: the places in it, and its settings."""

    path: Path
    settings: CaseSettings

    @property
    def toml(self) -> Path:
        """The settings file."""
        return self.path / "case.toml"

    @property
    def exhibits_dir(self) -> Path:
        """Read-only copies of what was seized."""
        return self.path / "exhibits"

    @property
    def runs_dir(self) -> Path:
        """One folder per run."""
        return self.path / "runs"

    @property
    def matches_dir(self) -> Path:
        """One folder per set of matches of reports to calls; made with the first."""
        return self.path / "matches"

    @property
    def records(self) -> Path | str:
        """The database of exhibits, audit entries, staff and alerts: a file here, or an address from case.toml."""
        return self.settings.records_url or self.path / "records.sqlite"

    @property
    def out_dir(self) -> Path:
        """The folder of the commands' outputs for people."""
        return self.path / "out"

    @property
    def current(self) -> Path:
        """The file that names the current run."""
        return self.path / "current"

    def make_folders(self) -> None:
        """Make the folders of a case, for its owner alone. Existing folders stay as they are.

        Raises:
            RingbackError: `disk_full` or `output_unwritable`.
        """
        for folder in (self.path, self.exhibits_dir, self.runs_dir, self.out_dir):
            try:
                if not folder.is_dir():
                    folder.mkdir(parents=True)
                    folder.chmod(0o700)
            except OSError as error:
                raise unwritable(folder.absolute(), error) from error

    def find_current_run(self) -> str | None:
        """The id of the current run; None before the first run."""
        if not self.current.exists():
            return None
        return self.current.read_text().strip()

    def get_current_run(self) -> Path:
        """The folder of the current run.

        Raises:
            RingbackError: `run_none` before the first run.
        """
        run_id = self.find_current_run()
        if run_id is None:
            raise RingbackError("run_none", path=self.path)
        return self.runs_dir / run_id

    def continue_exhibit(self, ref: str, before: str) -> None:
        """Write into case.toml that an exhibit continues another one, as split files of a dump do."""
        text = self.toml.read_text(encoding="utf-8")
        head, line = f"[exhibits.{ref}]", f'continues = "{before}"'
        started = re.compile(rf"^{re.escape(head)}[^\n]*$", re.MULTILINE)
        if started.search(text):
            text = started.sub(lambda found: f"{found[0]}\n{line}", text, count=1)
        else:
            text = f"{text.rstrip()}\n\n{head}\n{line}\n"
        new = self.path / _NEW_TOML
        write_plain(new, text)
        new.replace(self.toml)
        self.settings.exhibits.setdefault(ref, {})["continues"] = before

    def switch_current(self, run_id: str) -> None:
        """Make a finished run the current one, atomically.

        Raises:
            RingbackError: `disk_full` or `output_unwritable`; then the old current run stays.
        """
        new = self.path / _NEW_CURRENT
        try:
            write_plain(new, run_id + "\n")
            new.replace(self.current)
        except OSError as error:
            new.unlink(missing_ok=True)
            raise unwritable(self.current, error) from error


def create_case(
    path: Path,
    *,
    name: str,
    time_zone: str = "Europe/London",
    first_day: date = FIRST_DAY,
    last_day: date = LAST_DAY,
    preset: str = "ringback",
    records_url: str = "",
    before: Callable[[str], object] = lambda _case_id: None,
) -> Case:
    """Make a new case folder. `before` is called with the case's id; if it fails, nothing is made.

    Raises:
        RingbackError: `case_exists` if there is a case, `case_setting_bad` for a wrong setting, `disk_full` or
            `output_unwritable`.
    """
    if (path / "case.toml").exists():
        raise RingbackError("case_exists", path=path)
    _check_place(path)
    text = _TEMPLATE.format(
        format=CASE_FORMAT,
        id=secrets.token_hex(8),
        name=json.dumps(name, ensure_ascii=False),
        time_zone=json.dumps(time_zone),
        first_day=first_day.isoformat(),
        last_day=last_day.isoformat(),
        rule=DEFAULT_RULE,
        preset=preset,
    )
    if records_url:
        text += f"\n[records]\nurl = {json.dumps(records_url)}\n"
    settings = read_settings(path / "case.toml", text)
    case = Case(path, settings)
    before(settings.id)
    case.make_folders()
    try:
        path.chmod(0o700)
        case.toml.write_text(text, encoding="utf-8")
    except OSError as error:
        raise unwritable(case.toml.absolute(), error) from error
    return case


def _check_place(path: Path) -> None:
    """Refuse a path where no folder can be made, before anything is made elsewhere."""
    above = next(one for one in (path, *path.absolute().parents) if one.exists())
    if not above.is_dir():
        raise RingbackError("output_unwritable", path=path.absolute(), problem=f"{above} is a file, not a folder")
    if not os.access(above, os.W_OK | os.X_OK):
        raise RingbackError("output_unwritable", path=path.absolute(), problem=f"you may not write to {above}")


def open_case(path: Path | str) -> Case:
    """Open a case folder.

    Raises:
        RingbackError: `case_missing`, `case_newer`, or `case_setting_bad` naming every bad line.

    >>> open_case("/nowhere/at/all")
    Traceback (most recent call last):
        ...
    ringback.errors.RingbackError: /nowhere/at/all is not a ringback case (there is no such folder)
    """
    path = Path(path)
    toml = path / "case.toml"
    if not toml.is_file():
        raise RingbackError("case_missing", path=path.absolute(), problem=_why_no_case(path, toml))
    return Case(path, read_settings_file(toml))


def _why_no_case(path: Path, toml: Path) -> str:
    if not path.exists():
        return "there is no such folder"
    if not path.is_dir():
        return "it is a file, and a case is a folder"
    return "its case.toml is no file" if toml.exists() else "it has no case.toml"


@contextmanager
def lock_run(case: Case) -> Iterator[None]:
    """Hold the lock for runs of a case. Everything else may use the case meanwhile.

    The operating system releases the lock when the process ends, even after a crash.

    Raises:
        RingbackError: `case_busy` when another process holds it.
    """
    with _lock_file(case) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            handle.seek(0)
            holder = handle.read().strip() or "unknown process"
            raise RingbackError("case_busy", path=case.path, holder=holder) from error
        # This text only serves the message of `case_busy`, so a full disk must not stop the run here.
        with suppress(OSError):
            os.ftruncate(handle.fileno(), 0)
            os.write(handle.fileno(), f"process {os.getpid()}".encode())
        _clear_leftovers(case)
        yield


def _clear_leftovers(case: Case) -> None:
    """Remove unfinished files of killed processes."""
    # Only a run writes this file, and no other run is active now.
    (case.path / _NEW_CURRENT).unlink(missing_ok=True)
    for folder in (case.path, case.exhibits_dir, case.out_dir):
        clear_dead_temp_files(folder)


def _lock_file(case: Case) -> TextIO:
    path = case.path / _LOCK
    try:
        return os.fdopen(open_plain(path, os.O_RDWR | os.O_CREAT | os.O_APPEND), "a+")
    except OSError as error:
        raise unwritable(path, error) from error
