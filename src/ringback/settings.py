"""The settings of the program: name, default, unit, help. They describe the machine.

A case's own settings (time zone, dial plan, rules) are in its case.toml.
"""

import os
import pwd
import re
from dataclasses import dataclass, field, fields
from pathlib import Path

ENGINES = ("duckdb", "spark")


def _home() -> Path:
    # An empty HOME counts as none: then the account database is asked.
    return Path(os.environ.get("HOME") or pwd.getpwuid(os.getuid()).pw_dir)


def _keys_dir() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or _home() / ".config") / "ringback" / "keys"


def cache_dir() -> Path:
    """The folder of files that can be made again.

    It never affects a result. So code below the commands, and other processes, may ask for it themselves.
    """
    named = os.environ.get("RINGBACK_CACHE")
    if named:
        return Path(named)
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or _home() / ".cache") / "ringback"
    except KeyError:  # an account unknown to the database, as in a container: nothing can be cached
        return Path(os.devnull) / "ringback"


def _about(variable: str, help_text: str) -> dict[str, str]:
    return {"variable": variable, "help": help_text}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the program may use of this machine.

    The settings are passed down. Nothing below the commands reads the environment, except to find the cache.
    """

    keys_dir: Path = field(
        default_factory=_keys_dir,
        metadata=_about("RINGBACK_KEYS", "folder of the cases' secret keys, outside every case folder"),
    )
    cache_dir: Path = field(
        default_factory=cache_dir,
        metadata=_about(
            "RINGBACK_CACHE", "folder of files that can be made again: compiled number plan, loops, SQL and templates"
        ),
    )
    workers: int = field(
        default_factory=lambda: os.cpu_count() or 1,
        metadata=_about("RINGBACK_WORKERS", "threads to use at most"),
    )
    memory_limit: str = field(
        default="1300MB",
        metadata=_about(
            "RINGBACK_MEMORY_LIMIT",
            "memory that a run may use, roughly, before it spills to disk, such as 4GB; at least 1GB",
        ),
    )
    engine: str = field(
        default="duckdb",
        metadata=_about("RINGBACK_ENGINE", "what runs the analysis: duckdb, or spark beyond one machine"),
    )
    spark_master: str = field(
        default="",
        metadata=_about(
            "RINGBACK_SPARK_MASTER",
            "where Spark runs, such as spark://host:7077; without it on this machine, with RINGBACK_WORKERS threads",
        ),
    )
    unpack_ratio: int = field(
        default=200,
        metadata=_about(
            "RINGBACK_UNPACK_RATIO",
            "bytes that each byte of a packed exhibit may unpack to, if it unpacks to more than RINGBACK_UNPACK_BYTES",
        ),
    )
    unpack_bytes: int = field(
        default=10_000_000_000,
        metadata=_about("RINGBACK_UNPACK_BYTES", "bytes that any packed exhibit may unpack to"),
    )
    unpack_files: int = field(
        default=1_000_000,
        metadata=_about("RINGBACK_UNPACK_FILES", "files that the archives of one exhibit may hold"),
    )


# With less than this, the program itself leaves no memory to the analysis.
_LEAST_BYTES = 10**9
_UNITS = {"MB": 10**6, "GB": 10**9, "TB": 10**12, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40}
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]i?B)\s*", re.IGNORECASE)


def read_size(text: str) -> int:
    """Parse an amount of memory. Returns bytes.

    Raises:
        ValueError: It is none.

    >>> read_size("4GB"), read_size("1.5 GiB")
    (4000000000, 1610612736)
    """
    found = _SIZE.fullmatch(text)
    if found is None or found[2].upper() not in _UNITS:
        raise ValueError(f"a memory limit is a number with MB, GB, TB, MiB, GiB or TiB, such as 4GB, not {text!r}")
    return int(float(found[1]) * _UNITS[found[2].upper()])


def check_memory_limit(text: str) -> str:
    """Check that a run can work with this memory limit. Returns it unchanged.

    Raises:
        ValueError: The text is no size, or too small.
    """
    if read_size(text) < _LEAST_BYTES:
        raise ValueError(f"a memory limit must be at least 1GB, not {text!r}: the program itself takes part of it")
    return text


def load_settings() -> Settings:
    """The settings of this process: the defaults, overridden by environment variables.

    Raises:
        ValueError: A variable does not fit its setting's type.
    """
    chosen: dict[str, object] = {}
    for one in fields(Settings):
        text = os.environ.get(one.metadata["variable"])
        if not text:
            continue
        if one.name == "engine" and text not in ENGINES:
            raise ValueError(f"{one.metadata['variable']} must be {' or '.join(ENGINES)}, not {text!r}")
        if isinstance(one.default, int) or one.name == "workers":
            if not text.isdigit() or int(text) < 1:
                raise ValueError(f"{one.metadata['variable']} must be a whole number from 1, not {text!r}")
            chosen[one.name] = int(text)
        elif one.name == "memory_limit":
            try:
                chosen[one.name] = check_memory_limit(text)
            except ValueError as error:
                raise ValueError(f"{one.metadata['variable']}: {error}") from error
        else:
            chosen[one.name] = Path(text) if one.name.endswith("_dir") else text
    return Settings(**chosen)  # type: ignore[arg-type]
