"""Matches of reports as lines of the terminal: the list, one report, and the figures. All numbers are masked."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ringback.records.report_losses import BASES
from ringback.results.matches import MatchList
from ringback.stages.match_rule import OUTCOME_REASONS, OUTCOMES

_HEAD = ("report", "outcome", "why", "number", "points", "score", "calls", "decided")


def list_lines(found: MatchList, shown: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """One line per report, then how many came to what.

    Args:
        found: The matches.
        shown: Its reports, as `MatchList.as_dicts` gives them.
    """
    rows = [_HEAD, *(_cells(one) for one in shown)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(_HEAD))]
    # Not a table of rich: on a narrow screen, or in a file, it cuts off the reports' ids.
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    yield ""
    counted = Counter((one["outcome"], one["reason"]) for one in found.outcomes.values())
    for outcome, words in OUTCOMES.items():
        for (one, reason), count in sorted(counted.items()):
            if one == outcome:
                yield f"{count:>8,}  {outcome}, {reason}: {words}: {OUTCOME_REASONS[reason]}"


def report_lines(one: Mapping[str, Any]) -> Iterator[str]:
    """One report, with its numbers, their points and the reasons for them."""
    yield f"{one['report']}: {one['words']}"
    if one["decision"]:
        yield f"a person {one['decision']} it{': ' + one['decided_about'] if one['decided_about'] else ''}"
    if one["number"] and not one["numbers"]:
        yield f"{one['number']}: no call to it is in this run"
    for number in one["numbers"]:
        own = f", the {number['own']}'s own" if number["own"] else ""
        yield f"{number['rank']}. {number['number']}{own}: {number['points']} points, score {number['score']:.4f}"
        for part in number["parts"].values():
            yield f"  {part['points']:>+4}  {part['words']}"
        call = number["best_call"]
        yield f"        {call['started_at']} ({call['exhibit']} {call['table']} row {call['row']})"


def figure_lines(figures: Sequence[Mapping[str, Any]], decided: Mapping[str, int]) -> Iterator[str]:
    """The figures in short; figures.json has them with their definitions.

    Args:
        figures: Entries of figures.json.
        decided: What people decided, as `MatchList.count_decisions` gives it.
    """
    values = {one["key"]: one["value"] for one in figures}
    yield ""
    yield f"{values['reports_total']:>8,}  reports"
    yield f"{values['reports_matched']:>8,}  tied to a number"
    undecided = f"{decided['undecided']:,} of them undecided" if values["reports_for_a_person"] else ""
    yield f"{values['reports_for_a_person']:>8,}  for a person{', ' + undecided if undecided else ''}"
    yield f"{values['reporters_not_in_the_calls']:>8,}  not in the calls"
    yield f"{values['numbers_reported_never_alerted']:>8,}  numbers reported, and never alerted"
    yield f"{values['victims_reported_never_alerted']:>8,}  of them under the alert rule"
    yield f"{decided['confirmed']:>8,}  confirmed by a person, {decided['rejected']:,} rejected"
    for basis in BASES:
        if lost := values[f"loss_{basis}"]:
            yield loss_line(basis, lost[0])


def loss_line(basis: str, lost: Mapping[str, Any]) -> str:
    """The losses of one basis. They are never added to those of another.

    >>> lost = {"total": 30, "mean": 10.0, "median": 15.0, "largest": 20.5, "reports": 3, "with_loss": 2}
    >>> loss_line("reported", lost)
    'loss reported: £30 in all, mean £10, median £15, largest £20.50 (3 reports, 2 with a loss)'
    """
    sums = {name: _pounds(lost[name]) for name in ("total", "mean", "median", "largest")}
    return (
        f"loss {basis}: {sums['total']} in all, mean {sums['mean']}, median {sums['median']},"
        f" largest {sums['largest']} ({lost['reports']:,} reports, {lost['with_loss']:,} with a loss)"
    )


def _pounds(value: float | None) -> str:
    if value is None:
        return "none"
    return f"£{value:,.2f}".removesuffix(".00")


def _cells(one: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        one["report"],
        one["outcome"],
        one["reason"],
        one["number"] or "",
        "" if one["points"] is None else str(one["points"]),
        "" if one["score"] is None else f"{one['score']:.4f}",
        str(one["calls"]),
        one["decision"] or "",
    )
