"""Makes a synthetic seizure: messy data like those of a seized panel, and their truth.

The same number of calls and the same seed always make the same rows and the same truth, in every format and byte for
byte.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ringback.errors import RingbackError
from ringback.files.disk import unwritable
from ringback.synthetic import calendar
from ringback.synthetic.calls import Calls, make_calls
from ringback.synthetic.dump import DumpOutput
from ringback.synthetic.formats import (
    FORMATS,
    CsvOutput,
    JsonLinesOutput,
    Output,
    ParquetOutput,
    possible_files,
)
from ringback.synthetic.mess import make_mess
from ringback.synthetic.payments import Payments, make_payments
from ringback.synthetic.population import NONE, Population, make_population
from ringback.synthetic.recovery import recover
from ringback.synthetic.report_files import write_reports
from ringback.synthetic.reports import make_report_truth
from ringback.synthetic.rows import NOTES, Rows, call_columns, contact_texts, make_rows
from ringback.synthetic.scale import quotas_for
from ringback.synthetic.tables import ACCOUNTS, CALLS, PAYMENTS, SITE_NUMBERS, SUBJECTS
from ringback.synthetic.truth import (
    OVER_A_MINUTE,
    OVER_FIVE_MINUTES,
    Facts,
    actual_facts,
    make_figures,
    make_gap,
    make_holds,
    recoverable_facts,
)
from ringback.synthetic.truth_files import case_settings, write_json, write_rows, write_victims

Progress = Callable[[str, int, int], None]


def _silent(_step: str, _done: int, _total: int) -> None:
    """Show nothing."""


def make_seizure(
    folder: Path, *, calls: int, seed: int, format: str = "csv", progress: Progress = _silent
) -> dict[str, object]:
    """Write a synthetic seizure and its truth into a folder.

    Args:
        folder: The folder to write; it may exist, but must not hold a seizure.
        calls: Calls in the life of the site, at least 1,000. Full scale is 10,000,000.
        seed: The same seed makes the same seizure.
        format: "csv", "jsonl", "parquet" or "mysqldump".
        progress: Called with (step, done, total); done and total are counts of rows.

    Returns:
        What to show on the terminal: folder, files, rows, and the main figures of the actual truth.

    Raises:
        RingbackError: `synth_impossible` for fewer than 1,000 calls or an unknown format, `output_exists` where the
            folder holds a seizure already.
    """
    quotas = quotas_for(calls)
    output = _open_output(folder, calls=calls, form=format)
    rng = np.random.default_rng(seed)
    progress("people", 0, calls)
    people = make_population(rng, quotas)
    progress("calls", 0, calls)
    made = make_calls(rng, quotas, people)
    untouched = make_mess(rng, made, people)
    recovered = recover(made, len(people.accounts))
    payments = make_payments(rng, quotas, people.accounts)
    layout = make_rows(rng, made, untouched)
    _write_tables(output, made, people, payments=payments, layout=layout, progress=progress)
    _write_subjects(folder, people)
    write_json(folder / "case_settings.json", case_settings(format))
    progress("truth", 0, len(layout))
    (folder / "truth").mkdir()
    write_rows(folder / "truth" / "rows.parquet", made, people, recovered, rows=layout)
    actual = actual_facts(made, people)
    recoverable = recoverable_facts(made, people, recovered)
    figures = make_figures(actual, people, payments)
    reached = make_figures(recoverable, people, payments)
    _write_truth(folder / "truth", {"actual": (actual, figures), "recoverable": (recoverable, reached)})
    write_json(folder / "truth" / "gap.json", make_gap(OVER_A_MINUTE, actual, recoverable, causes=made.cause))
    longer = make_gap(OVER_FIVE_MINUTES, actual, recoverable, causes=made.cause)
    write_json(folder / "truth" / "gap_over_five_minutes.json", longer)
    write_json(folder / "truth" / "holds.json", make_holds(figures, quotas, people))
    told = make_report_truth(seed, quotas, people, calls=made, recovered=recovered)
    write_reports(folder, seed, told, people, made)
    progress("truth", len(layout), len(layout))
    files = sorted(path.name for path in folder.iterdir() if path.is_file())
    summary = {"folder": str(folder), "format": format, "seed": seed, "files": ", ".join(files)}
    return {**summary, "rows": len(layout), "scale": quotas.scale, **_headlines(figures, reached)}


def _headlines(figures: dict[str, object], reached: dict[str, object]) -> dict[str, object]:
    keys = ("calls_total", "accounts_total", "uk_people_over_minute", "numbers_to_alert", "revenue_gbp")
    actual = {key: figures[key] for key in keys}
    return {**actual, "numbers_to_alert_recoverable": reached["numbers_to_alert"]}


def _write_truth(folder: Path, sides: dict[str, tuple[Facts, dict[str, object]]]) -> None:
    for which, (facts, figures) in sides.items():
        write_victims(folder, facts, which)
        write_json(folder / f"figures_{which}.json", figures)


def _open_output(folder: Path, *, calls: int, form: str) -> Output:
    if form not in FORMATS:
        raise RingbackError(
            "synth_impossible",
            calls=calls,
            problem=f"there is no format {form}",
            hint=f"name one of: {', '.join(FORMATS)}",
        )
    for name in possible_files():
        if (folder / name).exists():
            raise RingbackError("output_exists", path=folder / name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if form == "mysqldump":
            return DumpOutput(folder)
    except OSError as problem:
        raise unwritable(folder.absolute(), problem) from problem
    if form == "parquet":
        return ParquetOutput(folder)
    return JsonLinesOutput(folder) if form == "jsonl" else CsvOutput(folder)


def _account_columns(people: Population) -> list[list[str | None]]:
    accounts = people.accounts
    kept = np.flatnonzero(accounts.in_table)
    names = [accounts.names[at] for at in kept.tolist()]
    shown: list[str | None] = []
    for at, name in zip(kept.tolist(), names, strict=True):
        note = NOTES[at % 40] if at % 40 < len(NOTES) else name.title()
        shown.append(note)
    contact = contact_texts(accounts.contact[kept], accounts.contact_pools[kept])
    return [[*names], [*calendar.local_texts(accounts.created[kept])], shown, contact]


def _write_tables(
    output: Output, calls: Calls, people: Population, *, payments: Payments, layout: Rows, progress: Progress
) -> None:
    output.begin(ACCOUNTS)
    output.write(_account_columns(people))
    output.end()
    output.begin(CALLS)
    for part in layout.chunks():
        progress("rows", part.start, len(layout))
        output.write(call_columns(calls, people, layout, part))
    output.end()
    progress("rows", len(layout), len(layout))
    output.begin(PAYMENTS)
    output.write(payments.texts(people.accounts))
    output.end()
    output.begin(SITE_NUMBERS)
    output.write([contact_texts(people.site.digits, people.site.pools), list(people.site_uses)])
    output.end()
    output.close()


def _write_subjects(folder: Path, people: Population) -> None:
    tied = np.flatnonzero(people.accounts.subjects != NONE)
    owners = people.accounts.subjects[tied]
    subjects = people.subjects
    contact = contact_texts(subjects.contact[owners], subjects.contact_pools[owners])
    output = CsvOutput(folder)
    output.begin(SUBJECTS)
    output.write(
        [
            [people.accounts.names[at] for at in tied.tolist()],
            [subjects.names[at] for at in owners.tolist()],
            [subjects.statuses[at] for at in owners.tolist()],
            [subjects.areas[at] for at in owners.tolist()],
            contact,
        ]
    )
    output.end()
