"""figures.json: every figure with its definition, period, rule and the rows it was counted from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Protocol

# Figures that are unknown rather than nought if no exhibit has their source: figure to source.
MAY_BE_UNKNOWN = {
    "numbers_to_alert": "subjects",
    "subjects_by_status_and_area": "subjects",
    "revenue_gbp": "payments",
}
NOT_KNOWN = "not known"


class FigureWords(Protocol):
    """What is the same for a figure in every case."""

    @property
    def unit(self) -> str:
        """What the value counts."""

    @property
    def definition(self) -> str:
        """What the figure is, in words; may hold `{rule_words}`."""

    @property
    def counted(self) -> str:
        """What its rows are."""


@dataclass(frozen=True, slots=True)
class FigureContext:
    """What the figures of one run share: the period in words, the alert rule and its wording, row counts by kind."""

    period: str
    rule: str
    rule_words: str
    rows: Mapping[str, int]


def build_figures(
    kinds: Mapping[str, FigureWords], values: Mapping[str, Any], context: FigureContext
) -> list[dict[str, Any]]:
    """The entries of figures.json, in the order of the definitions.

    Args:
        kinds: Key to unit and definition.
        values: Key to value: a number, a time, or rows.
        context: What all share.

    Raises:
        KeyError: A figure without a value.
    """
    return [
        {
            "key": key,
            "value": plain_value(values[key]),
            "unit": kind.unit,
            "definition": kind.definition.format(rule_words=context.rule_words),
            "period": context.period,
            "rule": context.rule if key == "numbers_to_alert" else "",
            "rows": context.rows[kind.counted],
        }
        for key, kind in kinds.items()
    ]


def plain_value(value: Any) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """A value as JSON holds it: money as a number with pence, times as UTC text.

    >>> plain_value(Decimal("12.50"))
    12.5
    """
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, Mapping):
        return {key: plain_value(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain_value(one) for one in value]
    return value
