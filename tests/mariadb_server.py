"""A real MariaDB of one's own: started in a temporary directory, filled, dumped by the real mysqldump."""

import os
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pymysql  # type: ignore[import-untyped]

_SEARCH_PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"))
_START_SECONDS = 60
_INSERT_ROWS = 500

# The table as Asterisk documents it for cdr_adaptive_odbc and cdr_mysql, with the columns that came later.
CDR_TABLE = """
CREATE TABLE `cdr` (
  `calldate` datetime NOT NULL default '1000-01-01 00:00:00',
  `clid` varchar(80) NOT NULL default '',
  `src` varchar(80) NOT NULL default '',
  `dst` varchar(80) NOT NULL default '',
  `dcontext` varchar(80) NOT NULL default '',
  `channel` varchar(80) NOT NULL default '',
  `dstchannel` varchar(80) NOT NULL default '',
  `lastapp` varchar(80) NOT NULL default '',
  `lastdata` varchar(80) NOT NULL default '',
  `duration` int(11) NOT NULL default '0',
  `billsec` int(11) NOT NULL default '0',
  `disposition` varchar(45) NOT NULL default '',
  `amaflags` int(11) NOT NULL default '0',
  `accountcode` varchar(20) NOT NULL default '',
  `uniqueid` varchar(32) NOT NULL default '',
  `userfield` varchar(255) NOT NULL default '',
  `peeraccount` varchar(20) NOT NULL default '',
  `linkedid` varchar(32) NOT NULL default '',
  `sequence` int(11) NOT NULL default '0',
  KEY `calldate` (`calldate`),
  KEY `dst` (`dst`),
  KEY `accountcode` (`accountcode`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4
"""


def _find(*names: str) -> str | None:
    return next((found for name in names if (found := shutil.which(name, path=_SEARCH_PATH))), None)


def find_missing() -> str:
    """Name the programs that are missing for a real MariaDB; empty when all are there."""
    needed = {
        "mariadbd or mysqld": _find("mariadbd", "mysqld"),
        "mariadb-install-db": _find("mariadb-install-db"),
        "mysqldump or mariadb-dump": _find("mysqldump", "mariadb-dump"),
    }
    return ", ".join(name for name, found in needed.items() if found is None)


@dataclass(frozen=True)
class Server:
    """A running MariaDB that answers on a unix socket alone."""

    socket: str

    def connect(self, database: str | None = None, **options: Any) -> "pymysql.Connection[Any]":
        """Connect as root with any SQL accepted: zero dates, odd values, 4-byte text."""
        return pymysql.connect(
            unix_socket=self.socket,
            user="root",
            database=database,
            charset="utf8mb4",
            autocommit=True,
            sql_mode="",
            max_allowed_packet=1 << 28,
            **options,
        )


@contextmanager
def start_server() -> Iterator[Server]:
    """Run a MariaDB in a temporary directory, and stop exactly that one.

    Raises:
        RuntimeError: the programs are missing, or the server did not answer within a minute.
    """
    if missing := find_missing():
        raise RuntimeError(f"no real MariaDB: {missing} not found")
    # A socket's path may have about 100 bytes, so pytest's long tmp_path will not do.
    home = Path(tempfile.mkdtemp(prefix="rb", dir="/tmp"))
    log = home / "log"
    user = ["--user=root"] if os.geteuid() == 0 else []
    try:
        install = [str(_find("mariadb-install-db")), "--no-defaults", f"--datadir={home / 'data'}", *user]
        install += ["--auth-root-authentication-method=normal", "--skip-test-db"]
        with log.open("wb") as output:
            subprocess.run(install, stdout=output, stderr=output, check=True)
            process = subprocess.Popen(_command(home, user), stdout=output, stderr=output)
        try:
            server = Server(str(home / "s"))
            _wait(server, process, log)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _command(home: Path, user: list[str]) -> list[str]:
    return [
        str(_find("mariadbd", "mysqld")),
        "--no-defaults",
        f"--datadir={home / 'data'}",
        f"--socket={home / 's'}",
        f"--pid-file={home / 'pid'}",
        "--skip-networking",
        "--skip-log-bin",
        "--character-set-server=utf8mb4",
        "--max-allowed-packet=256M",
        "--innodb-buffer-pool-size=64M",
        "--innodb-flush-log-at-trx-commit=0",
        *user,
    ]


def _wait(server: Server, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            server.connect().close()
        except pymysql.err.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"MariaDB did not start:\n{log.read_text(errors='replace')[-2000:]}")


def dump_to_file(server: Server, database: str, path: Path, *options: str) -> Path:
    """Dump a database with the real mysqldump (no options file read) into `path`."""
    command = [str(_find("mysqldump", "mariadb-dump")), "--no-defaults", f"--socket={server.socket}"]
    command += ["--user=root", "--max-allowed-packet=256M", *options, database]
    with path.open("wb") as output:
        subprocess.run(command, stdout=output, check=True)
    return path


def dump(server: Server, database: str, *options: str) -> bytes:
    """Dump a database with the real mysqldump; the dump's bytes."""
    with tempfile.TemporaryDirectory() as home:
        return dump_to_file(server, database, Path(home) / "dump.sql", *options).read_bytes()


def create_database(server: Server, database: str) -> None:
    """Make an empty utf8mb4 database, replacing one of the same name."""
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS `{database}`")
        cursor.execute(f"CREATE DATABASE `{database}` CHARACTER SET utf8mb4")


def load_cdr(connection: "pymysql.Connection[Any]", rows: Iterable[Mapping[str, object]]) -> int:
    """Create the documented Asterisk `cdr` table if need be and insert the rows; how many there were.

    Args:
        connection: To the database that shall hold the table.
        rows: Column name to value. All rows name the same columns; the others take their defaults.
    """
    total = 0
    with connection.cursor() as cursor:
        cursor.execute(CDR_TABLE.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS", 1))
        source = iter(rows)
        while batch := list(islice(source, _INSERT_ROWS)):
            names = list(batch[0])
            columns = ", ".join(f"`{name}`" for name in names)
            marks = ", ".join(["%s"] * len(names))
            values = [[row[name] for name in names] for row in batch]
            cursor.executemany(f"INSERT INTO `cdr` ({columns}) VALUES ({marks})", values)
            total += len(batch)
    return total


def ordinary_calls(count: int, *, seed: int = 1) -> Iterator[dict[str, object]]:
    """Make up plausible `cdr` rows between drama numbers, the same for the same seed."""
    chance = random.Random(seed)
    start = datetime(2021, 7, 1, tzinfo=UTC)
    for number in range(count):
        source = f"0121496{chance.randrange(1000):04d}"
        called = f"07700900{chance.randrange(1000):03d}"
        at = start + timedelta(seconds=chance.randrange(420 * 86_400))
        talk = max(0, int(chance.expovariate(1 / 70)) - 20)
        yield {
            "calldate": at.strftime("%Y-%m-%d %H:%M:%S"),
            "clid": f'"Bank {number % 9}" <{source}>',
            "src": source,
            "dst": called,
            "dcontext": "from-panel",
            "channel": f"SIP/panel-{number:08x}",
            "dstchannel": f"SIP/carrier-{number:08x}",
            "lastapp": "Dial",
            "lastdata": f"SIP/carrier/{called},60,tT",
            "duration": talk + chance.randrange(30),
            "billsec": talk,
            "disposition": "ANSWERED" if talk else chance.choice(["NO ANSWER", "BUSY", "FAILED"]),
            "amaflags": 3,
            "accountcode": f"user{chance.randrange(200)}",
            "uniqueid": f"{int(at.timestamp())}.{number}",
            "userfield": "",
            "peeraccount": "",
            "linkedid": f"{int(at.timestamp())}.{number}",
            "sequence": number,
        }


HOSTILE_TEXTS = (
    "",
    "NULL",
    "'",
    "''",
    '"',
    "`",
    "\\",
    "\\\\",
    "ends in a backslash\\",
    "\\'",
    "\\%\\_%_",
    "');INSERT INTO `cdr` VALUES ('x');--",
    "),(",
    "\nINSERT INTO `cdr` VALUES (1);\n",
    "-- Dump completed",
    "\n-- Dump completed on 2022-11-24\n",
    "# not a comment",
    "/* not a comment */",
    "/*!40101 SET x=1 */",
    "*/",
    "a;b;;c",
    "DELIMITER ;;",
    "".join(map(chr, range(32))) + "\x7f",
    "\0",
    "\x1a",
    "\r\n",
    "tab\there",
    "0x41",
    "b'1'",
    "_binary 'x'",
    "\u00e9\u00fc\u00df \u65e5\u672c\u8a9e \u0627\u0644\u0639\u0631\u0628\u064a\u0629",
    "\U0001f4de\U0001f3f4\U000e0067\U000e0062\U000e007f",
    "\U0010fffd\ufeff\u2028",
    "  spaces  ",
)


def hostile_calls() -> Iterator[dict[str, object]]:
    """Make up `cdr` rows with every nasty text in every text column that has room, and zero dates."""
    for number, text in enumerate(HOSTILE_TEXTS):
        yield {
            "calldate": "0000-00-00 00:00:00" if number % 2 else "2022-02-00 00:00:00",
            "clid": text,
            "src": text,
            "dst": text,
            "lastdata": text[::-1],
            "duration": -number,
            "billsec": number * 1_000_000,
            "userfield": text * 3,
            "uniqueid": f"hostile-{number}",
        }
