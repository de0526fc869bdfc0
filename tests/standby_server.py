"""A real standby of a real PostgreSQL: it follows by streaming, is cut off, and takes over what it had by then."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import URL, make_url

from postgres_server import programs, system_user


class Standby:
    """A running standby.

    Args:
        folder: Its socket is here.
        port: The number in the socket's name.
    """

    def __init__(self, folder: Path, port: int) -> None:
        self._folder, self._port = folder, port

    def address(self, database: str) -> str:
        """The address of one of its databases, for SQLAlchemy."""
        query = {"host": str(self._folder), "port": str(self._port)}
        return str(URL.create("postgresql+psycopg", "postgres", None, database=database, query=query))

    def wait_until_at(self, position: str) -> None:
        """Wait until it has replayed the primary's log up to a place."""
        with self._connect() as connection:
            for _round in range(2400):
                query = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"
                if connection.execute(query, [position]).fetchone() == (True,):
                    return
                time.sleep(0.025)
        raise AssertionError("the standby does not catch up")

    def cut_off(self) -> None:
        """It hears no more of the primary, as when the line between them breaks."""
        with self._connect() as connection:
            connection.execute("ALTER SYSTEM SET primary_conninfo = ''")
            connection.execute("SELECT pg_reload_conf()")
            for _round in range(2400):
                if connection.execute("SELECT count(*) FROM pg_stat_wal_receiver").fetchone() == (0,):
                    return
                time.sleep(0.025)
        raise AssertionError("the standby still hears of the primary")

    def promote(self) -> None:
        """It takes over."""
        with self._connect() as connection:
            connection.execute("SELECT pg_promote(true, 60)")

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self._folder), port=self._port, user="postgres", dbname="postgres", autocommit=True
        )


@contextmanager
def running_standby(primary: str, port: int) -> Iterator[Standby]:
    """Make a standby of the primary at an address, start it, and stop it by its own folder."""
    folder = Path(tempfile.mkdtemp(prefix="ringback-standby-"))
    user, data = system_user(), folder / "data"
    if user:
        shutil.chown(folder, user)
    host = make_url(primary).query["host"]

    def run(*words: str) -> None:
        subprocess.run(words, check=True, capture_output=True, user=user, cwd="/", env={"LC_ALL": "C", **_path()})

    try:
        run(str(programs() / "pg_basebackup"), "-h", str(host), "-U", "postgres", "-D", str(data), "-R", "-c", "fast")
        options = f"-c port={port} -c unix_socket_directories={folder} -c listen_addresses= -c fsync=off"
        control = str(programs() / "pg_ctl")
        run(control, "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield Standby(folder, port)
        finally:
            run(control, "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _path() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "")}
