"""Which code makes what the reference pages name: the tables that the analysis begins with, and the figures.

Functions stand here as such, and not as texts: one that is renamed or goes is missed at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ringback import schemas as t
from ringback.engine import time_zones
from ringback.ingest.call_parser import CallTexts
from ringback.ingest.duplicate_keys import save_repeated_keys
from ringback.ingest.exhibits import read_exhibits
from ringback.ingest.number_readings import save_readings
from ringback.numbers.organisations import organisation_numbers
from ringback.schemas.table import Table
from ringback.stages import figures
from ringback.stages.accounts import accounts
from ringback.stages.subjects import subjects_by_status_and_area
from ringback.stages.victims import victims


@dataclass(frozen=True, slots=True)
class Origin:
    """What something is made of, tables by their names; by which functions; and what these are given beside."""

    of: tuple[str, ...]
    by: tuple[Callable[..., Any], ...]
    given: tuple[str, ...] = ()


_EXHIBITS, _ORGANISATIONS = ("the exhibits",), ("the program's list of organisations",)
_CONTACTS = (t.RAW_ACCOUNTS.name, t.RAW_SUBJECTS.name, t.RAW_SITE_NUMBERS.name)

# Every table that no step of the analysis makes.
TABLE_ORIGINS: dict[str, Origin] = {
    **{
        table.name: Origin(_EXHIBITS, (read_exhibits,), ("mapping",))
        for table in t.RAW_TABLES.values()
        if table is not t.RAW_CALLS
    },
    t.UNREAD_ROWS.name: Origin(_EXHIBITS, (read_exhibits,), ("mapping",)),
    t.QUARANTINE.name: Origin(_EXHIBITS, (read_exhibits,), ("mapping",)),
    t.PARSED_CALLS.name: Origin(
        (*_EXHIBITS, *_ORGANISATIONS),
        (CallTexts.read,),
        ("mapping", "number plan", "time_zone", "first_at", "until_at"),
    ),
    t.SEEN_OPTIONS.name: Origin((*_EXHIBITS, *_CONTACTS), (CallTexts.read, save_readings), ("number plan",)),
    t.READINGS.name: Origin(_CONTACTS, (save_readings,), ("number plan",)),
    t.READING_OPTIONS.name: Origin((t.SEEN_OPTIONS.name,), (save_readings,)),
    t.REPEATED_KEYS.name: Origin((t.PARSED_CALLS.name,), (save_repeated_keys,)),
    t.ORGANISATION_NUMBERS.name: Origin(_ORGANISATIONS, (organisation_numbers,)),
    t.ZONE_OFFSETS.name: Origin((), (time_zones.zone_offsets,), ("time_zone",)),
    t.LOCAL_DAYS.name: Origin((), (time_zones.local_days,), ("time_zone", "first_at", "until_at")),
}


def _counted(table: Table, by: Callable[..., Any]) -> Origin:
    return Origin((table.name,), (by,))


# Each figure: the table that it is counted from, and what counts it. Where that is the stage that makes the table, the
# figure is the table's rows.
FIGURE_ORIGINS: dict[str, Origin] = {
    "calls_total": _counted(t.CALL_TALLY, figures.call_figures),
    "calls_connected": _counted(t.CALL_TALLY, figures.call_figures),
    "uk_calls": _counted(t.CALL_TALLY, figures.call_figures),
    "uk_calls_over_minute": _counted(t.LONG_CALLS, figures.long_call_figures),
    "uk_people_over_minute": _counted(t.LONG_CALLS, figures.long_call_figures),
    "numbers_to_alert": _counted(t.VICTIMS, victims),
    "accounts_total": _counted(t.ACCOUNTS, accounts),
    "accounts_active": _counted(t.ACCOUNTS, figures.account_figures),
    "revenue_gbp": _counted(t.PAYMENT_ROWS, figures.payment_figures),
    "first_call_at": _counted(t.CALLS_BY_DAY, figures.first_and_last_call),
    "last_call_at": _counted(t.CALLS_BY_DAY, figures.first_and_last_call),
    "peak_uk_people_per_minute": _counted(t.PEOPLE_BY_MINUTE, figures.peak_minute),
    "peak_minute": _counted(t.PEOPLE_BY_MINUTE, figures.peak_minute),
    "calls_by_region": _counted(t.CALL_TALLY, figures.calls_by_region),
    "organisations_imitated": _counted(t.CALL_TALLY, figures.calls_by_organisation),
    "subjects_by_status_and_area": _counted(t.SUBJECTS_BY_STATUS_AND_AREA, subjects_by_status_and_area),
}
