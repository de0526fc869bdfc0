"""A session of Spark: found, or started with options that keep a case's rows where they belong."""

import importlib.util
import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from ringback.errors import RingbackError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Without these the same query may give other rows, or miss some: they override a cluster's own defaults.
_EXACT = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_LTZ",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "true",
    "spark.sql.groupByOrdinal": "true",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.files.ignoreMissingFiles": "false",
}
_MEMORY = re.compile(r"(\d+)\s*([kmgt])i?b?", re.IGNORECASE)


def find_missing() -> str:
    """What has to be installed before Spark can run here; empty when all is there.

    Spark's Python package brings Spark itself; Java has to be on the machine.
    """
    missing = []
    if importlib.util.find_spec("pyspark") is None:
        missing.append("the Python package (pip install 'ringback[spark]')")
    home = os.environ.get("JAVA_HOME")
    if not (shutil.which("java", path=str(Path(home, "bin"))) if home else shutil.which("java")):
        where = f"; JAVA_HOME is {home}" if home else ""
        missing.append(f"Java 17 (on Debian or Ubuntu: apt-get install openjdk-17-jre-headless{where})")
    return " and ".join(missing)


def open_session(*, master: str, memory_limit: str, spill: Path) -> tuple["SparkSession", bool]:
    """A session of its own, and whether Spark was started for it: whoever started Spark stops it.

    Args:
        master: Where Spark runs, such as "local[2]" or "spark://host:7077".
        memory_limit: What Spark may use where it runs on this machine alone, such as "4GB".
        spill: Folder for what does not fit into memory, where it runs on this machine alone.

    Raises:
        RingbackError: `spark_missing` or `spark_failed`.
    """
    if missing := find_missing():
        raise RingbackError("spark_missing", missing=missing)
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    running = SparkSession.getActiveSession()
    if running is None:
        builder = SparkSession.builder.master(master).appName("ringback")
        for name, value in _start_options(master, memory_limit=memory_limit, spill=spill).items():
            builder = builder.config(name, value)
        try:
            running = builder.getOrCreate()
        except (PySparkException, Py4JError, OSError) as error:
            problem = f"it does not start with the master {master}: {first_line(error)}"
            raise RingbackError("spark_failed", problem=problem) from error
        # The log of a failed task may quote a row. Its error arrives anyway, and in that numbers are masked.
        running.sparkContext.setLogLevel("OFF")
        started = True
    else:
        started = False
    session = running.newSession()
    for name, value in _EXACT.items():
        session.conf.set(name, value)
    return session, started


def close_session(session: "SparkSession") -> None:
    """Stop Spark and the Java process that it ran in, and wait until that has ended."""
    from pyspark import SparkContext

    session.stop()
    gateway = SparkContext._gateway
    if gateway is None:
        return
    gateway.shutdown()
    # Java ends when its input is closed.
    gateway.proc.stdin.close()
    gateway.proc.wait()
    SparkContext._gateway = SparkContext._jvm = None


def first_line(error: BaseException) -> str:
    """The first line of a Spark error, which is what people need; the rest goes on for pages."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


def _start_options(master: str, *, memory_limit: str, spill: Path) -> dict[str, str]:
    options = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": str(spill / "warehouse"),
        "spark.hadoop.fs.permissions.umask-mode": "077",
    }
    if not master.startswith("local"):
        return options
    # One machine: nothing listens beyond it, and nothing of the case is spilled outside the case.
    return options | {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.local.dir": str(spill),
        "spark.driver.memory": _java_memory(memory_limit),
        "spark.sql.shuffle.partitions": "16",
    }


def _java_memory(limit: str) -> str:
    """A limit such as "4GB" as Java wants it.

    Raises:
        RingbackError: `spark_failed`.

    >>> _java_memory("4GB"), _java_memory("800 MiB")
    ('4g', '800m')
    """
    found = _MEMORY.fullmatch(limit.strip())
    if found is None:
        problem = f"RINGBACK_MEMORY_LIMIT is {limit!r}; Spark wants a whole number of MB or GB, such as 4GB"
        raise RingbackError("spark_failed", problem=problem)
    return found[1] + found[2].lower()
