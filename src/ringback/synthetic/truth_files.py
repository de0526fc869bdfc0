"""Writes the truth beside the data. The pipeline never reads any of it."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ringback.synthetic import calendar
from ringback.synthetic.calls import OWN_KINDS, Calls
from ringback.synthetic.mess import CAUSES
from ringback.synthetic.population import Population
from ringback.synthetic.recovery import Recovered
from ringback.synthetic.rows import FIRST_LEG, REPEATED, REPEATED_OTHERWISE, Rows
from ringback.synthetic.truth import OVER_A_MINUTE, OVER_FIVE_MINUTES, Facts

_UTC = pa.timestamp("s", tz="UTC")
SCHEMA = pa.schema(
    [
        ("row", pa.int64()),
        ("call", pa.int64()),
        ("kind", pa.string()),
        ("actual_account", pa.string()),
        ("actual_called", pa.string()),
        ("recoverable_called", pa.string()),
        ("actual_started_at", _UTC),
        ("recoverable_started_at", _UTC),
        ("actual_duration_s", pa.int64()),
        ("ambiguous", pa.bool_()),
        ("settled", pa.bool_()),
        ("cause", pa.string()),
    ]
)
KINDS = ("call", "duplicate", "other_leg", "before_site", "own", "organisation")


def write_json(path: Path, value: object) -> None:
    """Write a value as indented JSON."""
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _e164(digits: NDArray[np.int64]) -> pa.Array:
    texts = pc.binary_join_element_wise(pa.scalar("+"), pc.cast(pa.array(digits), pa.string()), pa.scalar(""))
    return pc.if_else(pa.array(digits == 0), pa.scalar(None, pa.string()), texts)


def _named(names: tuple[str | None, ...], which: NDArray[np.integer]) -> pa.Array:
    return pa.array(names, pa.string()).take(pa.array(which.astype(np.int64)))


def _kinds(calls: Calls, call: NDArray[np.int32], kind: NDArray[np.uint8]) -> NDArray[np.int64]:
    own = calls.own[call]
    found = np.where(own == OWN_KINDS.index("organisation"), 5, np.where(own > 0, 4, 0))
    found = np.where(calls.in_life[call], found, 3)
    found = np.where((kind == REPEATED) | (kind == REPEATED_OTHERWISE), 1, found)
    return np.where(kind == FIRST_LEG, 2, found).astype(np.int64)


def row_truth(calls: Calls, people: Population, recovered: Recovered, *, rows: Rows, part: slice) -> pa.RecordBatch:
    """The truth of some rows of the calls file.

    Returns:
        `SCHEMA`, one row per row of the calls file.
    """
    call, kind = rows.call[part], rows.kind[part]
    leg = kind == FIRST_LEG
    phone = people.accounts.contact[calls.account[call]]
    # A first leg has another dialled number than its call, so of the call's mess only a wrong time affects it.
    late = recovered.at[call] != calls.at[call]
    cause = np.where(leg, np.where(late, CAUSES.index("repeated_hour"), 0), calls.cause[call])
    timed = recovered.counted[call] | ~calls.in_life[call]
    lasted = np.where(leg, calls.duration[call] + 5 + call % 25, calls.duration[call])
    columns = [
        pa.array(np.arange(part.start + 1, part.stop + 1)),
        pa.array(call.astype(np.int64) + 1),
        _named(KINDS, _kinds(calls, call, kind)),
        _named(tuple(people.accounts.names), calls.account[call]),
        _e164(np.where(leg, phone, calls.called[call])),
        _e164(np.where(leg, phone, recovered.called[call])),
        pa.array(calls.at[call]).cast(pa.timestamp("s")).cast(_UTC),
        pa.array(recovered.at[call], mask=~timed).cast(pa.timestamp("s")).cast(_UTC),
        pa.array(lasted.astype(np.int64)),
        pa.array(np.where(leg, False, recovered.ambiguous[call])),
        pa.array(np.where(leg, False, recovered.settled[call])),
        _named(CAUSES, cause),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def write_rows(path: Path, calls: Calls, people: Population, recovered: Recovered, *, rows: Rows) -> None:
    """Write `rows.parquet`."""
    with pq.ParquetWriter(path, SCHEMA, compression="zstd") as writer:
        for part in rows.chunks():
            writer.write_batch(row_truth(calls, people, recovered, rows=rows, part=part))


def write_victims(folder: Path, facts: Facts, which: str) -> None:
    """Write the called numbers that meet each rule, sorted.

    Args:
        folder: The folder to write to.
        facts: The facts of one of the two truths.
        which: "actual" or "recoverable".
    """
    for rule, suffix in ((OVER_A_MINUTE, ""), (OVER_FIVE_MINUTES, "_over_five_minutes")):
        numbers = sorted(f"+{number}" for number in facts.victims(rule).tolist())
        path = folder / f"victims_{which}{suffix}.csv"
        path.write_text("\n".join(["called_number", *numbers]) + "\n", "ascii")


def case_settings(form: str) -> dict[str, object]:
    """The settings that a case made from this seizure needs; nothing of the truth."""
    return {
        "first_day": calendar.FIRST_DAY,
        "last_day": calendar.LAST_DAY,
        "time_zone": calendar.TIME_ZONE,
        "home_regions": ["GB", "US"],
        "preset": "ringback",
        "format": form,
        "synthetic": True,
    }
