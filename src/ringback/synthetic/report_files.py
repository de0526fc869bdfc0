"""Writes the reports as a national reporting centre exports them, and their truth.

Whether a report began with our text is a column of the export. Its reference is not: references are drawn when a batch
is planned, long after the seizure. Whoever needs them fills them in.
"""

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from ringback.schemas import SYNTHETIC_MARK
from ringback.synthetic.calls import Calls
from ringback.synthetic.misremembering import Told, tell
from ringback.synthetic.population import Population
from ringback.synthetic.reports import NO_CALL, ReportTruth

# In a folder of its own: nobody seized it, and no case takes it in as an exhibit.
FOLDER: Final = "reports"
FILE_NAME: Final = "reports.csv"
COLUMNS: Final = (
    "crime_reference", "received_at", "report_type", "has_our_text", "alert_reference", "alert_last_four",
    "number_called", "whose_phone", "call_date", "call_date_certainty", "call_time", "part_of_day", "caller_claimed",
    "number_shown", "call_length", "loss_gbp", "loss_method", "loss_date", "account_of_events", "reporter_name",
    "reporter_postcode",
)  # fmt: skip
TRUTH_COLUMNS: Final = (
    "crime_reference", "who", "number_told", "about", "called_by_the_site", "recoverable", "days_off", "loss_pence",
)  # fmt: skip
# The announcement, and how the reports came in after it.
_ANNOUNCED: Final = datetime(2022, 11, 24, 9, tzinfo=UTC)
_USUAL_DAYS: Final = 9.0
_METHODS: Final = ("transfer", "transfer", "transfer", "card", "cash", "crypto", "gift_card", "other")


def write_reports(folder: Path, seed: int, truth: ReportTruth, people: Population, calls: Calls) -> None:
    """Write `reports/reports.csv` and `truth/reports.csv`; the report of a row is the same in both.

    Args:
        folder: The folder of the seizure, with its truth/ folder.
        seed: The seed of the seizure.
        truth: What the reports are about.
        people: Everyone in the seizure.
        calls: The calls.
    """
    rng = np.random.default_rng([seed, len(truth), 2])
    told = tell(seed, truth, people, calls)
    came = np.sort(rng.exponential(_USUAL_DAYS, size=len(truth)))
    names = [f"{SYNTHETIC_MARK}NRC-{at + 1:05d}" for at in range(len(truth))]
    rows = [
        _row(rng, truth, at, one, name=name, days=float(days))
        for at, (one, name, days) in enumerate(zip(told, names, came.tolist(), strict=True))
    ]
    (folder / FOLDER).mkdir()
    _write(folder / FOLDER / FILE_NAME, COLUMNS, rows)
    _write(
        folder / "truth" / FILE_NAME,
        TRUTH_COLUMNS,
        [_truth(truth, at, one, name) for at, (one, name) in enumerate(zip(told, names, strict=True))],
    )


def _row(rng: np.random.Generator, truth: ReportTruth, at: int, told: Told, *, name: str, days: float) -> list[str]:
    received = _ANNOUNCED + timedelta(days=days)
    pence, how = int(truth.pence[at]), truth.told[at]
    whose = {"relative_exact": "relative", "own_instead_of_relative": "relative", "none": "unknown"}.get(how, "own")
    return [
        name,
        f"{received:%d/%m/%Y %H:%M}",
        "crime" if pence or rng.random() < 0.5 else "information",
        "yes" if how == "not_asked" else "no",
        "",
        "",
        _as_typed(rng, int(truth.typed[at])),
        whose,
        _british(told.day),
        told.sure,
        told.time,
        told.part,
        told.claimed,
        _as_typed(rng, told.shown),
        told.talk,
        f"{pence // 100}.{pence % 100:02d}" if pence else "",
        _METHODS[int(rng.integers(0, len(_METHODS)))] if pence else "",
        _british(told.statement),
        told.story,
        f"Synthetic Person {at + 1}",
        told.area,
    ]


def _truth(truth: ReportTruth, at: int, told: Told, name: str) -> list[str]:
    return [
        name,
        truth.who[at],
        truth.told[at],
        f"+{truth.number[at]}",
        "no" if truth.call[at] == NO_CALL else "yes",
        "yes" if truth.recoverable[at] else "no",
        "" if told.days_off is None else str(told.days_off),
        str(truth.pence[at]),
    ]


def _british(day: str) -> str:
    """An ISO day as the centre writes days: 24/11/2022."""
    return "/".join(reversed(day.split("-"))) if day else ""


def _as_typed(rng: np.random.Generator, number: int) -> str:
    """A UK number as people type it."""
    if not number:
        return ""
    national = f"0{str(number)[2:]}"
    forms = (national, f"{national[:5]} {national[5:]}", f"+{number}", f"{national[:5]}-{national[5:8]}-{national[8:]}")
    return forms[int(rng.integers(0, len(forms)))]


def _write(path: Path, header: tuple[str, ...], rows: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    path.write_text(text.getvalue(), "utf-8", newline="")
