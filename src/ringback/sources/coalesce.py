"""Many small tables joined into few large ones: an archive may hold one file for each call."""

from collections.abc import Iterator

import pyarrow as pa

from ringback.sources.base import BATCH_ROWS


def gathered(tables: Iterator[tuple[str, pa.Table]], *, rows: int = BATCH_ROWS) -> Iterator[tuple[str, pa.Table]]:
    """The same rows of each role, in the same order, in tables of at least `rows` rows (but for the last).

    >>> small = [("calls", pa.table({"a": [n]})) for n in range(3)]
    >>> [(role, len(table)) for role, table in gathered(iter(small), rows=2)]
    [('calls', 2), ('calls', 1)]
    """
    held: dict[str, list[pa.Table]] = {}
    for role, table in tables:
        own = held.setdefault(role, [])
        own.append(table)
        if sum(map(len, own)) >= rows:
            yield role, pa.concat_tables(held.pop(role))
    for role, own in held.items():
        yield role, pa.concat_tables(own)
