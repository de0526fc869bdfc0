"""The analysis as a list: which table is made of which others, and by which stage."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ringback import schemas as t
from ringback.engine.base import Definitions
from ringback.engine.queries import StageQuery
from ringback.expressions import Table as Expression
from ringback.schemas.table import Table
from ringback.stages.accounts import accounts
from ringback.stages.ambiguous_numbers import dialling_habits
from ringback.stages.call_tally import call_tally
from ringback.stages.called_parties import called_parties
from ringback.stages.calls import adjusted_rows, calls, rejected_rows
from ringback.stages.figures import calls_by_day, people_by_minute
from ringback.stages.funnel import funnel
from ringback.stages.own_numbers import own_numbers
from ringback.stages.payments import payment_rows
from ringback.stages.rules import Rule
from ringback.stages.subjects import account_subjects, subjects, subjects_by_status_and_area
from ringback.stages.victims import long_calls, victims


@dataclass(frozen=True, slots=True)
class RunInputs:
    """What a run is given beside its tables.

    Attributes:
        rule: The alert rule.
        first_at: First moment of the site's life (aware).
        until_at: First moment after it (aware).
    """

    rule: Rule
    first_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """One table of the analysis.

    Attributes:
        table: What is made.
        stage: What makes it: takes the tables `of`, in that order, and gives an expression.
        of: The tables it is made of.
        inputs: What of `RunInputs` the stage takes, by name.
        saved: Whether a run saves its rows; else it is a view, made whenever it is asked for.
    """

    table: Table
    stage: Callable[..., Expression]
    of: tuple[Table, ...]
    inputs: tuple[str, ...] = ()
    saved: bool = True

    def query(self, inputs: RunInputs | None = None) -> StageQuery:
        """The query that makes the table.

        Args:
            inputs: What the run is given; a step without `inputs` needs none.
        """
        return StageQuery(self.stage, self.of, tuple((name, getattr(inputs, name)) for name in self.inputs))


# In order: a step needs only what was read of the exhibits, and the steps before it.
STEPS: tuple[Step, ...] = (
    Step(t.DIALLING_HABITS, dialling_habits, of=(t.PARSED_CALLS,)),
    Step(
        t.OWN_NUMBERS,
        own_numbers,
        of=(
            t.RAW_ACCOUNTS,
            t.RAW_SUBJECTS,
            t.RAW_SITE_NUMBERS,
            t.ORGANISATION_NUMBERS,
            t.READINGS,
            t.READING_OPTIONS,
        ),
    ),
    Step(
        t.ADJUSTED_ROWS,
        adjusted_rows,
        of=(t.PARSED_CALLS, t.REPEATED_KEYS, t.DIALLING_HABITS, t.READING_OPTIONS, t.OWN_NUMBERS),
        inputs=("first_at", "until_at"),
    ),
    Step(t.CALLS, calls, of=(t.PARSED_CALLS, t.ADJUSTED_ROWS), saved=False),
    Step(t.PAYMENT_ROWS, payment_rows, of=(t.RAW_PAYMENTS,)),
    Step(t.REJECTED_ROWS, rejected_rows, of=(t.UNREAD_ROWS, t.ADJUSTED_ROWS, t.PAYMENT_ROWS)),
    Step(t.ACCOUNT_SUBJECTS, account_subjects, of=(t.RAW_SUBJECTS,)),
    Step(t.SUBJECTS, subjects, of=(t.RAW_SUBJECTS,)),
    Step(t.LONG_CALLS, long_calls, of=(t.CALLS,), inputs=("rule",)),
    Step(t.VICTIMS, victims, of=(t.LONG_CALLS, t.ACCOUNT_SUBJECTS), inputs=("rule",)),
    Step(
        t.ACCOUNTS,
        accounts,
        of=(t.RAW_ACCOUNTS, t.CALLS, t.LONG_CALLS, t.PAYMENT_ROWS, t.ACCOUNT_SUBJECTS),
    ),
    Step(t.CALL_TALLY, call_tally, of=(t.CALLS,), inputs=("rule",)),
    Step(t.FUNNEL, funnel, of=(t.REJECTED_ROWS, t.CALL_TALLY, t.LONG_CALLS, t.ACCOUNT_SUBJECTS), inputs=("rule",)),
    Step(t.SUBJECTS_BY_STATUS_AND_AREA, subjects_by_status_and_area, of=(t.SUBJECTS,)),
    Step(t.PEOPLE_BY_MINUTE, people_by_minute, of=(t.CALLS,)),
    Step(t.CALLS_BY_DAY, calls_by_day, of=(t.CALLS, t.LOCAL_DAYS)),
    Step(t.CALLED_PARTIES, called_parties, of=(t.CALLS,), saved=False),
)
SAVED = tuple(step for step in STEPS if step.saved)
VIEWS = tuple(step for step in STEPS if not step.saved)


def define_views(engine: Definitions) -> None:
    """Define the tables that no run saves, in an engine or a script: most calls would only repeat PARSED_CALLS."""
    for step in VIEWS:
        engine.define(step.table, step.query())
