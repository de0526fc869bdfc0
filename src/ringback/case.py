"""The case folder: case.toml, exhibits/, runs/<id>/, current, records.sqlite, out/.

case.toml        what a person decides: name, time zone, period, dial plan, rules, mapping
exhibits/        read-only copies of what was seized (or nothing, where registered in place)
runs/<id>/       tables of one run as Parquet, and its manifest
current          the id of the run that counts; switched in one step
records.sqlite   exhibits, the audit log, staff and alerts (or in PostgreSQL, where case.toml names one)
out/             what the commands write for people
"""

import fcntl
import json
import os
import re
import secrets
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ringback.disk import unwritable
from ringback.errors import RingbackError
from ringback.parts import clear_dead_parts
from ringback.private_files import open_plain, write_plain

CASE_FORMAT = 1
DEFAULT_RULE = "over-a-minute@1"
_LOCK, _NEW_TOML, _NEW_CURRENT = ".run.lock", ".case.toml.new", ".current.new"
# All that stands in a case folder under a name that anybody can know, beside the records.
OWN_NAMES = ("case.toml", "current", "exhibits", "runs", "out", _LOCK, _NEW_TOML, _NEW_CURRENT)
# The life of a site of which nobody has said when it began or ended.
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2099, 12, 31)
# No site that spoofed numbers lived outside these years: one was mistyped, and the calendar ends somewhere.
_YEARS = range(1900, 2200)

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
# A PostgreSQL database for the records; without this they are a file in this folder.
#   [records]
#   url = "postgresql+psycopg://host/database"
"""


@dataclass(frozen=True, slots=True)
class CaseSettings:
    """What case.toml says, checked. `dial_plan`, `tables` and `exhibits` are checked by whoever uses them."""

    id: str
    name: str
    time_zone: str
    first_day: date
    last_day: date
    alert_rule: str = DEFAULT_RULE
    preset: str = "ringback"
    dial_plan: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    exhibits: dict[str, dict[str, Any]] = field(default_factory=dict)
    # How people are warned; they change no result of a run.
    alerts: dict[str, Any] = field(default_factory=dict)
    notify: dict[str, Any] = field(default_factory=dict)
    records_url: str = ""

    def fingerprint(self) -> str:
        """Canonical text of everything that can change a result."""
        facts = {
            "time_zone": self.time_zone,
            "first_day": str(self.first_day),
            "last_day": str(self.last_day),
            "alert_rule": self.alert_rule,
            "preset": self.preset,
            "dial_plan": self.dial_plan,
            "tables": self.tables,
            "exhibits": self.exhibits,
        }
        return json.dumps(facts, sort_keys=True, default=str)


@dataclass(frozen=True, slots=True)
class Case:
    """An open case: where its parts are, and its settings."""

    path: Path
    settings: CaseSettings

    @property
    def toml(self) -> Path:
        """The file of settings."""
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
    def records(self) -> Path | str:
        """The database of exhibits, audit entries, staff and alerts: a file here, or an address in case.toml."""
        return self.settings.records_url or self.path / "records.sqlite"

    @property
    def out_dir(self) -> Path:
        """What the commands write for people."""
        return self.path / "out"

    @property
    def current(self) -> Path:
        """The file that names the run that counts."""
        return self.path / "current"

    def find_current_run(self) -> str | None:
        """The id of the run that counts, or None before the first."""
        if not self.current.exists():
            return None
        return self.current.read_text().strip()

    def get_current_run(self) -> Path:
        """The folder of the run that counts.

        Raises:
            RingbackError: `run_none` before the first run.
        """
        run_id = self.find_current_run()
        if run_id is None:
            raise RingbackError("run_none", path=self.path)
        return self.runs_dir / run_id

    def continue_exhibit(self, ref: str, before: str) -> None:
        """Write into case.toml that an exhibit continues another one, as parts of a dump do."""
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
        """Make a finished run the one that counts, in one step.

        Raises:
            RingbackError: `disk_full` or `output_unwritable`; what was current stays current.
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
    """Make a new case folder; `before` is called with the case's id, and nothing is made when it fails.

    Raises:
        RingbackError: `case_exists` where there is a case, `case_setting_bad` for a setting that cannot be.
    """
    if (path / "case.toml").exists():
        raise RingbackError("case_exists", path=path)
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
    settings = _read_settings(path / "case.toml", text)
    case = Case(path, settings)
    before(settings.id)
    for folder in (path, case.exhibits_dir, case.runs_dir, case.out_dir):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
    case.toml.write_text(text, encoding="utf-8")
    return case


def open_case(path: Path | str) -> Case:
    """Open a case folder.

    Raises:
        RingbackError: `case_missing`, `case_newer`, or `case_setting_bad` naming every bad line.

    >>> open_case("nowhere")
    Traceback (most recent call last):
        ...
    ringback.errors.RingbackError: nowhere is not a ringback case (it has no case.toml)
    """
    path = Path(path)
    toml = path / "case.toml"
    if not toml.is_file():
        raise RingbackError("case_missing", path=path)
    return Case(path, _read_settings(toml, toml.read_text(encoding="utf-8")))


def _read_settings(toml: Path, text: str) -> CaseSettings:
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RingbackError("case_setting_bad", path=toml, field="the file", problem=str(error)) from error
    if isinstance(found.get("format"), int) and found["format"] > CASE_FORMAT:
        raise RingbackError("case_newer", path=toml.parent, found=found["format"], known=CASE_FORMAT)
    faults = list(_find_faults(found))
    if faults:
        names = ", ".join(name for name, _problem in faults)
        problems = "; ".join(f"{name}: {problem}" if len(faults) > 1 else problem for name, problem in faults)
        raise RingbackError("case_setting_bad", path=toml, field=names, problem=problems)
    return CaseSettings(
        id=found["id"],
        name=found["name"],
        time_zone=found["time_zone"],
        first_day=found["first_day"],
        last_day=found["last_day"],
        alert_rule=found.get("rules", {}).get("alert", DEFAULT_RULE),
        preset=found.get("mapping", {}).get("preset", "ringback"),
        dial_plan=found.get("dial_plan", {}),
        tables=found.get("tables", {}),
        exhibits=found.get("exhibits", {}),
        alerts=found.get("alerts", {}),
        notify=found.get("notify", {}),
        records_url=found.get("records", {}).get("url", ""),
    )


def _find_faults(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every fault of the settings, not the first."""
    known = {"format", "id", "name", "time_zone", "first_day", "last_day", "dial_plan", "rules", "mapping"}
    known |= {"tables", "exhibits", "alerts", "notify", "records"}
    for name in sorted(set(found) - known):
        yield name, "there is no such setting"
    for name in ("id", "name", "time_zone"):
        if not isinstance(found.get(name), str) or not found[name].strip():
            yield name, "must be a text"
    for name in ("dial_plan", "rules", "mapping", "tables", "exhibits", "alerts", "notify", "records"):
        if not isinstance(found.get(name, {}), dict):
            yield name, f"must be a section, written [{name}]"
    yield from _find_address_faults(found.get("records"))
    for section in ("tables", "exhibits"):
        parts = found.get(section, {})
        for key, value in parts.items() if isinstance(parts, dict) else ():
            if not isinstance(value, dict):
                yield f"{section}.{key}", f"must be a section, written [{section}.{key}]"
    if isinstance(found.get("time_zone"), str) and found["time_zone"].strip():
        try:
            ZoneInfo(found["time_zone"])
        except (ZoneInfoNotFoundError, ValueError, OSError):
            yield "time_zone", f'{found["time_zone"]!r} is not a known time zone, such as "Europe/London"'
    days = [found.get("first_day"), found.get("last_day")]
    for name, value in zip(("first_day", "last_day"), days, strict=True):
        if not isinstance(value, date) or isinstance(value, datetime):
            yield name, "must be a date, written 2020-12-01 without quotes"
            return
        if value.year not in _YEARS:
            yield name, f"lies outside the years {_YEARS.start} to {_YEARS.stop - 1}"
    if days[0] > days[1]:  # type: ignore[operator]
        yield "last_day", "lies before first_day"


def _find_address_faults(records: object) -> Iterator[tuple[str, str]]:
    url = records.get("url", "") if isinstance(records, dict) else ""
    if not isinstance(url, str) or (url and not url.startswith("postgresql+psycopg://")):
        yield "records.url", 'must be an address like "postgresql+psycopg://user@host/database"'
    elif url and ":" in url.removeprefix("postgresql+psycopg://").split("/")[0].rpartition("@")[0]:
        yield "records.url", "must hold no password: put that into ~/.pgpass, or name a file in PGPASSFILE"


@contextmanager
def lock_run(case: Case) -> Iterator[None]:
    """Hold the one lock of a case's runs; everything else may use the case meanwhile.

    The lock is the operating system's: it ends with the process, however that ends.

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
        # Only for the words of `case_busy`: a full disk must not stand in the way of it.
        with suppress(OSError):
            os.ftruncate(handle.fileno(), 0)
            os.write(handle.fileno(), f"process {os.getpid()}".encode())
        _clear_leftovers(case)
        yield


def _clear_leftovers(case: Case) -> None:
    """Remove what killed processes began and nobody will finish."""
    # Only a run writes this one, and there is no other run now.
    (case.path / _NEW_CURRENT).unlink(missing_ok=True)
    for folder in (case.path, case.exhibits_dir, case.out_dir):
        clear_dead_parts(folder)


def _lock_file(case: Case) -> TextIO:
    path = case.path / _LOCK
    try:
        return os.fdopen(open_plain(path, os.O_RDWR | os.O_CREAT | os.O_APPEND), "a+")
    except OSError as error:
        raise unwritable(path, error) from error
