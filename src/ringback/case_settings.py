"""Reading case.toml. All its faults are reported at once. An unknown setting is a fault."""

import difflib
import json
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ringback.errors import RingbackError
from ringback.files.disk import say_problem
from ringback.schemas.raw import ORIGIN, RAW_TABLES

CASE_FORMAT = 1
# No spoofing site lived outside these years, so another year is mistyped.
_YEARS = range(1900, 2200)
DEFAULT_RULE = "over-a-minute@1"

_TEXTS = ("id", "name", "time_zone")
TOP_LEVEL = frozenset({"format", *_TEXTS, "first_day", "last_day"})
# The settings of each section. Those of [tables.*] and [exhibits.*] are one level deeper.
SECTIONS: dict[str, frozenset[str]] = {
    "dial_plan": frozenset({"home_regions", "bare_international", "allow_drama"}),
    "rules": frozenset({"alert"}),
    "mapping": frozenset({"preset"}),
    "alerts": frozenset(
        {
            "force",
            "website",
            "sender_name",
            "check_place",
            "takes_replies",
            "price_per_part",
            "quiet_from",
            "quiet_until",
        }
    ),
    "notify": frozenset({"base_url", "template_id", "sms_sender_id", "key_type", "letters", "retention_days"}),
    "publishing": frozenset({"security_contact", "privacy_contact", "accessibility_contact"}),
    "records": frozenset({"url"}),
}
TABLE_SETTINGS = frozenset({"table", "columns", "time_format", "quarantine"})
CALL_SETTINGS = frozenset({"duration_unit", "decimal_mark", "answered", "inbound"})
EXHIBIT_SETTINGS = frozenset(
    {"format", "delimiter", "encoding", "table", "set_aside", "continues", "wal_of", "columns_from", "header"}
)
# An e-mail address, or a page: what may stand in a line of security.txt, and in a link of a page.
_HOST = r"(?:[a-z0-9-]+\.)+[a-z]{2,}"
_CONTACT = re.compile(rf"[\w.+-]+@{_HOST}|https://{_HOST}(?:/[\w.~/-]*)?", re.ASCII | re.IGNORECASE)
_ORIGIN_NAMES = {column.name for column in ORIGIN}


@dataclass(frozen=True, slots=True)
class CaseSettings:
    """The settings in case.toml, checked. The users of `dial_plan`, `tables` and `exhibits` check these further."""

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
    # These say how people are warned. They change no result of a run.
    alerts: dict[str, Any] = field(default_factory=dict)
    notify: dict[str, Any] = field(default_factory=dict)
    publishing: dict[str, Any] = field(default_factory=dict)
    records_url: str = ""

    def fingerprint(self) -> str:
        """Canonical text of all settings that can change a result."""
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


def read_settings_file(toml: Path) -> CaseSettings:
    """Read a case.toml.

    Raises:
        RingbackError: `file_unreadable`, or as `read_settings`.
    """
    try:
        text = toml.read_text(encoding="utf-8")
    except OSError as error:
        raise RingbackError("file_unreadable", path=toml.absolute(), problem=say_problem(error)) from error
    except UnicodeDecodeError as error:
        problem = f"it is not written as UTF-8 ({error.reason} at byte {error.start:,})"
        raise RingbackError("case_setting_bad", path=toml, field="the file", problem=problem) from error
    return read_settings(toml, text)


def read_settings(toml: Path, text: str) -> CaseSettings:
    """Parse the text of a case.toml.

    Raises:
        RingbackError: `case_newer`, or `case_setting_bad` naming every bad line.
    """
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RingbackError("case_setting_bad", path=toml, field="the file", problem=str(error)) from error
    if isinstance(found.get("format"), int) and found["format"] > CASE_FORMAT:
        raise RingbackError("case_newer", path=toml.parent, found=found["format"], known=CASE_FORMAT)
    faults = list(_find_faults(found))
    if faults:
        names = ", ".join(dict.fromkeys(name for name, _problem in faults))
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
        publishing=found.get("publishing", {}),
        records_url=found.get("records", {}).get("url", ""),
    )


def _find_faults(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every fault of the settings, not only the first."""
    sections = {*SECTIONS, "tables", "exhibits"}
    for name in sorted(set(found) - TOP_LEVEL - sections):
        yield name, _not_known(name, found[name], sections)
    for name in _TEXTS:
        if not isinstance(found.get(name), str) or not found[name].strip():
            yield name, "must be a text"
    for name in (*SECTIONS, "tables", "exhibits"):
        section = found.get(name, {})
        if not isinstance(section, dict):
            yield name, f"must be a section, written [{name}]"
        elif name in SECTIONS:
            yield from unknown_keys(f"[{name}]", section, SECTIONS[name])
    for section, key in (("rules", "alert"), ("mapping", "preset")):
        value = found[section].get(key, "") if isinstance(found.get(section), dict) else ""
        if not isinstance(value, str):
            yield f"{section}.{key}", "must be a text"
    yield from _find_address_faults(found.get("records"))
    yield from _find_contact_faults(found.get("publishing"))
    yield from _find_part_faults(found)
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


def _find_part_faults(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Faults of the sections [tables.*] and [exhibits.*], including unknown settings in them."""
    for name in ("tables", "exhibits"):
        parts = found.get(name, {})
        for key, section in parts.items() if isinstance(parts, dict) else ():
            if not isinstance(section, dict):
                yield f"{name}.{key}", f"must be a section, written [{name}.{key}]"
            elif name == "exhibits":
                yield from unknown_keys(f"[exhibits.{key}]", section, EXHIBIT_SETTINGS)
            elif key not in RAW_TABLES:
                yield f"[tables.{key}]", f"there is no such role{_suggest(key, RAW_TABLES)}"
            else:
                known = TABLE_SETTINGS | (CALL_SETTINGS if key == "calls" else frozenset())
                yield from unknown_keys(f"[tables.{key}]", section, known)
                columns = section.get("columns", {})
                fields = {one for one in RAW_TABLES[key].names if one not in _ORIGIN_NAMES}
                for one in sorted(set(columns) - fields) if isinstance(columns, dict) else ():
                    yield f"[tables.{key}] columns", f"has no field {one}{_suggest(one, fields)}"


def unknown_keys(section: str, found: Mapping[str, object], known: Collection[str]) -> Iterator[tuple[str, str]]:
    """Unknown settings of a section, each with what was probably meant."""
    for key in sorted(set(found) - set(known)):
        home = next((f"[{name}]" for name, keys in SECTIONS.items() if key in keys), "")
        if key in TOP_LEVEL:
            home = "the lines above the first section"
        elif key in TABLE_SETTINGS - {"table"} | CALL_SETTINGS:
            home = "[tables.calls], or the table that it is about"
        if home and home != section:
            yield section, f"has no setting {key}: it belongs into {home}"
        else:
            yield section, f"has no setting {key}{_suggest(key, known)}"


def _not_known(name: str, value: object, sections: Collection[str]) -> str:
    """The message about an unknown setting or section at the top level of the file."""
    if isinstance(value, dict):
        return f"there is no section [{name}]{_suggest(name, sections, brackets=True)}"
    home = next((section for section, keys in SECTIONS.items() if name in keys), None)
    if home:
        return f"there is no such setting here: it belongs into [{home}]"
    return f"there is no such setting{_suggest(name, TOP_LEVEL | set(sections))}"


def _suggest(name: str, known: Collection[str], *, brackets: bool = False) -> str:
    """A suggestion for an unknown name: the nearest known name, or all of them.

    >>> _suggest("sendername", SECTIONS["alerts"])
    '; did you mean sender_name?'
    >>> _suggest("colour", SECTIONS["rules"])
    '; there is: alert'
    """
    shown = {one: f"[{one}]" if brackets else one for one in known}
    folded, asked = {one.casefold(): one for one in known}, name.casefold().replace("-", "_")
    begun = [one for one in folded if one.startswith(f"{asked}_")]
    near = begun if len(begun) == 1 else difflib.get_close_matches(asked, folded, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {shown[folded[near[0]]]}?"
    return f"; there {'is' if len(shown) == 1 else 'are'}: {', '.join(sorted(shown.values()))}"


def _find_address_faults(records: object) -> Iterator[tuple[str, str]]:
    url = records.get("url", "") if isinstance(records, dict) else ""
    if not isinstance(url, str) or (url and not url.startswith("postgresql+psycopg://")):
        yield "records.url", 'must be an address like "postgresql+psycopg://user@host/database"'
    elif url and ":" in url.removeprefix("postgresql+psycopg://").split("/")[0].rpartition("@")[0]:
        yield "records.url", "must hold no password: put that into ~/.pgpass, or name a file in PGPASSFILE"


def _find_contact_faults(publishing: object) -> Iterator[tuple[str, str]]:
    for name, value in publishing.items() if isinstance(publishing, dict) else ():
        known = name in SECTIONS["publishing"]
        if known and not (isinstance(value, str) and _CONTACT.fullmatch(value)):
            yield f"publishing.{name}", "must be an e-mail address, or a page like https://www.example.org/contact"
