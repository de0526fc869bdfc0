"""A run that nobody disturbs: what every killed run has to come to, and how long it takes."""

import hashlib
import shutil
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from typer.testing import CliRunner

from ringback.cli.main import app
from soak.commands import Command

CALLS = 12_000
_ONE_AT_A_TIME = threading.Lock()


@dataclass
class Undisturbed:
    """A case before its run, and what its run comes to.

    Attributes:
        folder: Its folder: `fresh`, the case before any run, and `keys`.
        environment: Where the case's keys are.
        tables: SHA-256 of each table's rows, sorted by all columns, by file name.
        victims: The list of victims, as bytes.
        length_s: Seconds of the run, forked.
        whole_s: Seconds of the run as a user starts it.
    """

    folder: Path
    environment: dict
    tables: dict
    victims: bytes
    length_s: float
    whole_s: float

    @property
    def fresh(self):
        """The case before its run; to be copied."""
        return self.folder / "fresh"


def make_undisturbed(folder: Path, *, calls=CALLS, format_="csv", seed=7) -> Undisturbed:
    """Make a seizure and a case from it, and run a copy in peace."""
    folder.mkdir(parents=True)
    environment = {"RINGBACK_KEYS": str(folder / "keys"), "RINGBACK_WORKERS": "2"}
    seizure, fresh = folder / "seizure", folder / "fresh"
    command(environment, "synth", seizure, "--calls", calls, "--seed", seed, "--format", format_)
    life = ["--first-day", "2020-12-01", "--last-day", "2022-11-24", "--synthetic"]
    command(environment, "case", "new", fresh, "--name", "Soak", *life)
    files = [one for one in sorted(seizure.iterdir()) if one.is_file() and one.name != "case_settings.json"]
    command(environment, "exhibit", "add", fresh, *files)
    # Whoever copies the case copies its keys too, with the mark as it is now.
    shutil.copytree(folder / "keys", folder / "fresh-keys")
    case = folder / "undisturbed"
    shutil.copytree(fresh, case)
    length_s = _time(environment, folder, "run", case)
    start_s = _time(environment, folder, "--version", whole=True)
    tables, victims = read_tables(case), list_victims(case, environment)
    return Undisturbed(folder, environment, tables, victims, length_s=length_s, whole_s=start_s + length_s)


def _time(environment, folder, *words, whole=False):
    began = time.monotonic()
    run = Command(*words, folder=folder, environment=environment, whole=whole)
    code = run.wait(600)
    assert code == 0, f"{words[0]} ended with {code}: {run.err}"
    return time.monotonic() - began


def command(environment, *words):
    """Give a command in this process; returns its output. It has to do well."""
    # The runner puts its hands on standard output, which there is once for all lanes.
    with _ONE_AT_A_TIME:
        done = CliRunner().invoke(app, [str(word) for word in words], env=environment)
    if done.exit_code != 0:
        raise AssertionError(f"{words[0]} ended with {done.exit_code}: {done.stdout} {done.stderr} {done.exception!r}")
    return done.stdout


def read_tables(case: Path) -> dict:
    """What the one run of a case holds: a digest of each table's rows, whatever their order in the file."""
    [run] = (case / "runs").iterdir()
    return {path.name: _digest(path) for path in sorted(run.glob("*.parquet"))}


def _digest(path):
    table = pq.read_table(path)
    if table.num_rows:
        table = table.sort_by([(name, "ascending") for name in table.column_names])
    sink = pa.BufferOutputStream()
    combined = table.replace_schema_metadata().combine_chunks()
    with pa.ipc.new_stream(sink, combined.schema) as writer:
        writer.write_table(combined)
    return f"{table.num_rows} rows {hashlib.sha256(sink.getvalue()).hexdigest()}"


def list_victims(case: Path, environment) -> bytes:
    """The list of victims as CSV."""
    file = case.with_name(f"{case.name}-victims.csv")
    command(environment, "victims", case, "--out", file, "--why", "soak")
    found = file.read_bytes()
    file.unlink()
    return found
