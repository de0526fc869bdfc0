"""A Spark of one's own on this machine, small and quick for small tables, for whoever asks."""

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

from ringback.engine.spark_session import close_session, find_missing, open_session

__all__ = ["find_missing", "running_spark"]

# Some hundred queries over a handful of rows: compiling and scheduling them would take longer than running them.
QUICK = {
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.ui.retainedExecutions": "1",
    "spark.ui.retainedJobs": "1",
    "spark.ui.retainedStages": "1",
    "spark.ui.retainedTasks": "1",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}


@contextmanager
def running_spark():
    """Start Spark with two threads, listening on this machine alone, and stop it and its Java process."""
    with tempfile.TemporaryDirectory(prefix="ringback-spark-") as folder:
        options = " ".join(f'--conf "{name}={value}"' for name, value in QUICK.items())
        os.environ["PYSPARK_SUBMIT_ARGS"] = f"{options} pyspark-shell"
        session, started = open_session(master="local[2]", memory_limit="1GB", spill=Path(folder))
        del os.environ["PYSPARK_SUBMIT_ARGS"]
        assert started
        try:
            yield session
        finally:
            close_session(session)
