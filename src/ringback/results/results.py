"""What comes out of a run: the funnel, the figures, and the report; written to out/."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import ringback
from ringback import schemas as t
from ringback.case.case_file import CaseFile
from ringback.case.integrity import find_run_damage
from ringback.engine.duckdb import DuckDBEngine
from ringback.engine.store import RunStore
from ringback.errors import RingbackError
from ringback.files.output import write_private
from ringback.numbers.masking import mask_numbers
from ringback.pipeline.findings import Findings, find_findings
from ringback.pipeline.fingerprint import fingerprint
from ringback.pipeline.knowledge import Gap, as_far_as_known, find_gaps
from ringback.pipeline.reconciliation import reconciled_funnel
from ringback.pipeline.steps import VIEWS, define_views
from ringback.reporting.figures import MAY_BE_UNKNOWN, FigureContext, build_figures
from ringback.reporting.funnel import FunnelStep, funnel_as_dicts
from ringback.reporting.report import ReportContent, render_report
from ringback.stages import figures as figure_stages
from ringback.stages.rules import Rule, get_rule

_CURVE_POINTS = 200
_BUSIEST = 20
# Figures about calls to people. They leave out own numbers, as far as these are known.
ABOUT_PEOPLE = ("uk_calls_over_minute", "uk_people_over_minute", "peak_uk_people_per_minute", "organisations_imitated")


@dataclass(frozen=True)
class Results:
    """The results of one finished run, worked out when asked for.

    Attributes:
        case_file: The case.
        store: The run's tables.
        engine: An engine over them.
        is_outdated: Whether the exhibits, settings or program are no longer those of the run.
    """

    case_file: CaseFile
    store: RunStore
    engine: DuckDBEngine
    is_outdated: bool = False

    @cached_property
    def reading(self) -> list[dict[str, Any]]:
        """The notes on reading, one per exhibit."""
        return list(self.store.facts["reading"].values())

    @cached_property
    def funnel(self) -> list[FunnelStep]:
        """The funnel, checked to add up.

        Raises:
            RingbackError: `run_unreconciled`.
        """
        return [
            replace(step, label=as_far_as_known(step.label, self.gaps, step=step.step))
            for step in reconciled_funnel(self.engine)
        ]

    @cached_property
    def figures(self) -> list[dict[str, Any]]:
        """The entries of figures.json."""
        engine = self.engine
        calls = engine.dicts(lambda m: figure_stages.call_figures(m.call_tally))[0]
        times = engine.dicts(lambda m: figure_stages.first_and_last_call(m.calls_by_day))[0]
        long_calls = engine.dicts(lambda m: figure_stages.long_call_figures(m.long_calls))[0]
        accounts = engine.dicts(lambda m: figure_stages.account_figures(m.accounts))[0]
        paid = engine.dicts(lambda m: figure_stages.payment_figures(m.payment_rows))[0]
        peak = engine.dicts(lambda m: figure_stages.peak_minute(m.people_by_minute))
        subjects = engine.dicts(lambda m: m.subjects_by_status_and_area.order_by("status", "area"))
        tables = self.store.tables
        values = {
            **calls,
            **times,
            **long_calls,
            **accounts,
            "numbers_to_alert": tables["victims"].rows,
            "accounts_total": tables["accounts"].rows,
            "revenue_gbp": paid["revenue_gbp"] or 0,
            "peak_uk_people_per_minute": peak[0]["people"] if peak else 0,
            "peak_minute": peak[0]["minute"] if peak else None,
            "calls_by_region": engine.dicts(lambda m: figure_stages.calls_by_region(m.call_tally)),
            "organisations_imitated": engine.dicts(lambda m: figure_stages.calls_by_organisation(m.call_tally)),
            "subjects_by_status_and_area": subjects,
        }
        rows = {
            "calls": calls["calls_total"],
            "accounts": tables["accounts"].rows,
            "payments": paid["payments"],
            "minutes": tables["people_by_minute"].rows,
            "subjects": tables["subjects"].rows,
        }
        missing = {gap.key for gap in self.gaps} | ({"payments"} if not self._payments_told else set())
        values |= {figure: None for figure, told_by in MAY_BE_UNKNOWN.items() if told_by in missing}
        context = FigureContext(self.store.facts["period"], self.rule.key, self.rule_words, rows)
        figures = build_figures(figure_stages.FIGURES, values, context)
        for one in figures:
            if one["key"] in ABOUT_PEOPLE:
                one["definition"] = as_far_as_known(one["definition"], self.gaps, step="people")
        return figures

    @property
    def rule(self) -> Rule:
        """The alert rule of the run, whatever case.toml says now."""
        return get_rule(self.store.facts["rule"])

    @property
    def is_synthetic(self) -> bool:
        """Whether the records are made up: one of the log, the register and the run is enough to say so."""
        return self.case_file.is_synthetic or bool(self.store.facts["synthetic"])

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """What no exhibit says about who is a victim and who is not."""
        return find_gaps(self.engine)

    @property
    def _payments_told(self) -> bool:
        return bool(self.store.rows("raw_payments"))

    @property
    def rule_words(self) -> str:
        """The rule in words, and what no exhibit says about it."""
        return as_far_as_known(self.rule.words, self.gaps)

    @property
    def alarms(self) -> list[str]:
        """Findings that may mean that people are missing."""
        return self._findings.alarms

    @property
    def findings(self) -> list[str]:
        """What a reader of the results must know first, alarms before notes."""
        found = self._findings.alarms + self._findings.notes
        if self.is_outdated:
            found.insert(0, "the case has changed since this run: these are the run's results; run it again")
        return [mask_numbers(finding) for finding in found]

    @cached_property
    def _findings(self) -> Findings:
        return find_findings(self.engine, self.gaps)

    @cached_property
    def quarantined(self) -> list[dict[str, Any]]:
        """Columns that were counted and not read."""
        return self.engine.dicts(t.QUARANTINE)

    def as_dict(self) -> dict[str, Any]:
        """The content of figures.json."""
        return {
            "case": self.case_file.case.settings.name,
            "synthetic": self.is_synthetic,
            "run": self.store.folder.name,
            "ringback": ringback.__version__,
            "figures": self.figures,
            "funnel": funnel_as_dicts(self.funnel),
            "findings": self.findings,
            "quarantined": self.quarantined,
        }

    def write(self) -> Path:
        """Write out/figures.json and out/report.html; returns the report's path.

        Raises:
            RingbackError: `output_unwritable`.
        """
        out = self.case_file.case.out_dir
        report = out / "report.html"
        write_private(out / "figures.json", json.dumps(self.as_dict(), indent=1, ensure_ascii=False) + "\n")
        write_private(report, render_report(self.report_content()))
        return report

    def report_content(self) -> ReportContent:
        """Everything the report shows."""
        rule = self.rule
        days = [
            (datetime.fromisoformat(row["day"]).date(), row["calls"], row["uk_calls"])
            for row in self.engine.dicts(t.CALLS_BY_DAY)
        ]
        return ReportContent(
            case_name=self.case_file.case.settings.name,
            synthetic=self.is_synthetic,
            run_id=self.store.folder.name,
            made_at=datetime.now(UTC).replace(microsecond=0),
            time_zone=self.store.facts["time_zone"],
            ringback_version=ringback.__version__,
            rule=rule.key,
            rule_words=self.rule_words,
            figures=self.figures,
            funnel=self.funnel,
            calls_by_day=days,
            peak_minutes=self._peak_minutes(),
            account_shares=self._account_shares(),
            busiest_accounts=self._busiest_accounts(),
            exhibits=[
                {
                    "exhibit": note["exhibit"],
                    "name": note["name"],
                    "bytes": note["bytes"],
                    "sha256": note["sha256"],
                    "rows": sum(note["rows"].values()),
                    "rejected": sum(sum(reasons.values()) for reasons in note["rejected"].values()),
                    "damage": note["damage"],
                }
                for note in self.reading
            ],
            findings=self.findings,
            gaps=[gap.words for gap in self.gaps],
            audit_head=self.case_file.log.head(),
        )

    def _peak_minutes(self) -> list[tuple[datetime, int]]:
        """Every minute of the hour before and after the peak, in local time, with the people called in it."""
        near = self.engine.dicts(lambda m: figure_stages.minutes_around_peak(m.people_by_minute))
        if not near:
            return []
        people = {row["minute"]: row["people"] for row in near}
        first = near[0]["peak"] - figure_stages.PEAK_WINDOW
        zone = ZoneInfo(self.store.facts["time_zone"])
        all_minutes = [first + timedelta(minutes=count) for count in range(121)]
        return [(one.astimezone(zone).replace(tzinfo=None), people.get(one, 0)) for one in all_minutes]

    def _account_shares(self) -> list[tuple[float, float]]:
        made = self.engine.rows(lambda m: m.accounts.order_by(m.accounts.calls.desc(), "account").select("calls"))
        calls: list[int] = made.column("calls").to_pylist()
        total = sum(calls)
        if not total:
            return []
        step = max(1, len(calls) // _CURVE_POINTS)
        points, running = [(0.0, 0.0)], 0
        for place, count in enumerate(calls, start=1):
            running += count
            if place % step == 0 or place == len(calls):
                points.append((place / len(calls), running / total))
        return points

    def _busiest_accounts(self) -> list[dict[str, Any]]:
        found = self.engine.dicts(lambda m: figure_stages.busiest_accounts(m.accounts, _BUSIEST))
        wanted = ("account", "subject", "status", "calls", "uk_people_over_minute", "paid_gbp")
        unknown = {} if self._payments_told else {"paid_gbp": None}
        return [{name: row[name] for name in wanted} | unknown for row in found]


@contextmanager
def open_results(case_file: CaseFile, *, checked: RunStore | None = None) -> Iterator[Results]:
    """The results of the current run.

    Args:
        case_file: The case.
        checked: The tables of a run that this process has just made or checked; they are not hashed again.

    Raises:
        RingbackError: `run_none`, `run_damaged` when a table is not what the run saved, or `run_other_version` when
            an earlier version of the program made it and saved other tables.
    """
    store = RunStore(case_file.case.get_current_run())
    if checked is None or checked.folder != store.folder:
        damaged = find_run_damage(case_file, store) if store.is_finished else ["manifest"]
    else:
        damaged = []
    if damaged:
        raise RingbackError("run_damaged", table=", ".join(damaged), run=store.folder.name)
    settings = case_file.settings
    with DuckDBEngine(store, memory_limit=settings.memory_limit, threads=settings.workers) as engine:
        define_views(engine)
        views = {step.table for step in VIEWS}
        if any(not store.part_names(one.name) for one in t.TABLES if one not in views):
            raise RingbackError("run_other_version", run=store.folder.name, path=case_file.case.path)
        outdated = store.folder.name != fingerprint(case_file, case_file.dial_plan(), case_file.exhibits)
        yield Results(case_file, store, engine, outdated)
