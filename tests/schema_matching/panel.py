"""A made-up panel: its files, and the right mapping."""

from dataclasses import dataclass, field
from datetime import timedelta

from schema_matching.exhibits import Table, iso


@dataclass(slots=True)
class Panel:
    """Files of a seizure, and their right mapping.

    Attributes:
        files: Name to content.
        calls: Right columns for the fields of calls; a tuple where any of several is right.
        accounts: The same for accounts.
        tables: Role to the right table.
        key: What investigators write down for an account: the value of the right account column.
        secrets: Values that must not appear anywhere.
        made: The calls themselves.
    """

    files: dict
    calls: dict
    accounts: dict
    tables: dict
    key: object
    made: object
    secrets: set = field(default_factory=set)


def extra(made):
    """Tables that a panel has beside its calls, and that must not be taken for calls."""
    rng = made.rng
    trunks = Table(
        "x", {"id": lambda r: r, "host": lambda r: f"gw{r}.example.net", "state": lambda _r: "1"}, range(1, 6)
    )
    prefixes = Table(
        "x",
        {
            "id": lambda r: r,
            "prefix": lambda r: 44 * 10 + r,
            "rate": lambda r: f"{0.001 * (r % 40 + 1):.5f}",
            "initblock": lambda r: 1 + r % 60,
        },
        range(1, 301),
    )
    logins = Table(
        "x",
        {
            "id": lambda r: r[0],
            "uid": lambda r: r[1].id,
            "ip": lambda r: r[1].ip,
            "at": lambda r: iso(r[1].created + timedelta(hours=r[0])),
            "seconds": lambda r: (r[0] * 7919) % 3000,
        },
        [(n, rng.choice(made.accounts)) for n in range(1, 500)],
    )
    return trunks, prefixes, logins


def named(table, name, renamed=None):
    columns = {(renamed or {}).get(column, column): read for column, read in table.columns.items()}
    return Table(name, columns, table.rows)
