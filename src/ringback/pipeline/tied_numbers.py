"""The numbers of reports that began with our text. A report holds only the keyed digest of its number.

A digest cannot be turned back. So the numbers that a text may have gone to are digested, until each is found: first
those of the run's victims, then all that were called at length.
"""

from collections.abc import Callable, Iterable

import pyarrow as pa

from ringback.case.case_file import CaseFile
from ringback.engine.base import Engine
from ringback.engine.parquet import arrow_schema
from ringback.engine.queries import Tables
from ringback.expressions import Table as Expression
from ringback.keys import KeyRing
from ringback.schemas.reports import TIED_NUMBERS


def find_tied_numbers(engine: Engine, reports: pa.Table, case_file: CaseFile) -> pa.Table:
    """The numbers of reports that have one by our text, as far as they are known. Returns TIED_NUMBERS.

    Args:
        engine: The run's tables.
        reports: REPORTS.
        case_file: The case, for its keys.

    Raises:
        RingbackError: `key_missing`, where a report has such a number.
    """
    pairs = zip(reports["report"].to_pylist(), reports["number_digest"].to_pylist(), strict=True)
    wanted = {report: digest for report, digest in pairs if digest is not None}
    found: dict[str, str] = {}
    if wanted:
        keys = case_file.keys()
        for query in (_victims, _called_long):
            lacking = set(wanted.values()) - found.keys()
            if lacking:
                found |= find_digests(engine.rows(query).column("called_number").to_pylist(), lacking, keys)
    tied = [(report, int(found[digest][1:])) for report, digest in wanted.items() if digest in found]
    columns = list(zip(*tied, strict=True)) if tied else [(), ()]
    schema = arrow_schema(TIED_NUMBERS)
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema)


def find_digests(numbers: Iterable[str], wanted: set[str] | frozenset[str], keys: KeyRing) -> dict[str, str]:
    """The numbers, in E.164, that have one of these keyed digests: digest to number."""
    names = {digest.partition(":")[0] for digest in wanted}
    digests: list[Callable[[str], str]] = [key.digest for key in keys.keys if key.name in names]
    return {value: number for number in numbers for digest in digests if (value := digest(number)) in wanted}


def _victims(m: Tables) -> Expression:
    return m.victims.select("called_number")


def _called_long(m: Tables) -> Expression:
    numbers = m.long_calls.filter(m.long_calls.called_number.notnull()).select("called_number").distinct()
    return numbers.select(called_number="+" + numbers.called_number.cast("string"))
