"""The number plan: what phonenumbers says about every international number, compiled into one table of intervals."""

from functools import lru_cache
from pathlib import Path

import phonenumbers

from ringback.numbers.plan.cache import load_plan, save_plan
from ringback.numbers.plan.calling_codes import NO_NUMBER, TRUNK_DIGIT, UNSURE
from ringback.numbers.plan.compiler import compile_plan
from ringback.numbers.plan.intervals import LONGEST, Interval, NumberPlan
from ringback.settings import cache_dir

# Readings change when this changes: it belongs in every fingerprint of them.
METADATA_VERSION: str = phonenumbers.__version__

__all__ = [
    "LONGEST",
    "METADATA_VERSION",
    "NO_NUMBER",
    "TRUNK_DIGIT",
    "UNSURE",
    "Interval",
    "NumberPlan",
    "number_plan",
    "open_plan",
]


@lru_cache(maxsize=1)
def number_plan() -> NumberPlan:
    """This process's plan: loaded from the cache of this machine, or compiled and saved there."""
    return open_plan(cache_dir())


def open_plan(folder: Path) -> NumberPlan:
    """The plan in a cache folder; it is compiled where the folder has none for these metadata and this compiler.

    Args:
        folder: The cache folder; made when it is missing. Where nothing can be written, the plan is not saved.
    """
    plan = load_plan(folder)
    if plan is None:
        plan = compile_plan()
        save_plan(plan, folder)
    return plan
