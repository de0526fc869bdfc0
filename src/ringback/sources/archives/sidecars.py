"""Which database a seized write-ahead log or journal belongs to: by its name, or as case.toml says."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

from ringback.errors import RingbackError
from ringback.sources.archives.detect import SIDECARS


class Named(Protocol):
    """What `find_database` and `find_logs` need to know of an exhibit."""

    @property
    def ref(self) -> str:
        """Its reference."""

    @property
    def name(self) -> str:
        """The name it was registered with."""

    @property
    def format(self) -> str:
        """The format it was registered with."""


Log = TypeVar("Log", bound=Named)


def find_database(log: Named, exhibits: Sequence[Named], sections: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The reference of the database that a log belongs to.

    That is the `wal_of` of case.toml, or else the one exhibit that has the log's name without "-wal".

    Returns:
        None where there is no such database.

    Raises:
        RingbackError: `sqlite_log_unclear` where several have the name.
    """
    told = sections.get(log.ref, {}).get("wal_of")
    if told:
        return str(told)
    name = log.name.removesuffix(SIDECARS.get(log.format, ""))
    found = [one.ref for one in exhibits if one.format == "sqlite" and one.name == name]
    if len(found) > 1:
        raise RingbackError("sqlite_log_unclear", exhibit=log.ref, name=name, count=len(found), found=", ".join(found))
    return found[0] if found else None


def find_logs(database: Named, exhibits: Sequence[Log], sections: Mapping[str, Mapping[str, Any]]) -> dict[str, Log]:
    """The logs that belong to a database, by the ending that SQLite gives their names.

    Raises:
        RingbackError: `sqlite_log_unclear`.
    """
    logs = [one for one in exhibits if one.format in SIDECARS]
    return {SIDECARS[one.format]: one for one in logs if find_database(one, exhibits, sections) == database.ref}
