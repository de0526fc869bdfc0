"""The tables of one run on disk: Parquet files that appear whole or not at all, and their manifest."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ringback.files.disk import unwritable
from ringback.files.private import write_plain
from ringback.progress import current_watcher
from ringback.schemas.table import Table


@dataclass(frozen=True, slots=True)
class SavedTable:
    """One saved table: rows, bytes and SHA-256 of its file."""

    rows: int
    bytes: int
    sha256: str


def part_name(table: Table, exhibit: str) -> str:
    """The name of that part of a table which came from one exhibit."""
    return f"{table.name}.{exhibit}"


class RunStore:
    """The folder of one run.

    A table is written to a temporary file, renamed, and then noted in `finished.json`; so a run that was
    interrupted goes on after its last finished table. `manifest.json` is written last. A table that is read from
    exhibits is saved in parts, one for each exhibit.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tables: dict[str, SavedTable] = {}
        self.facts: dict[str, Any] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(folder, error) from error
        folder.chmod(0o700)
        self._load(self.folder / "finished.json")

    @property
    def is_finished(self) -> bool:
        """Whether the run ended well: its manifest is there and tells of tables."""
        return bool(self.tables) and (self.folder / "manifest.json").exists()

    def path(self, name: str) -> Path:
        """Where a table is, or will be."""
        return self.folder / f"{name}.parquet"

    def part_names(self, name: str) -> list[str]:
        """The saved parts of a table: one, or one for each exhibit."""
        return [one for one in self.tables if one.partition(".")[0] == name]

    def parts(self, name: str) -> list[Path]:
        """The files of a table."""
        return [self.path(one) for one in self.part_names(name)]

    def rows(self, name: str) -> int:
        """Rows of a table, over all its parts."""
        return sum(self.tables[one].rows for one in self.part_names(name))

    def has(self, name: str) -> bool:
        """Whether a table is saved, and its file has the size it was saved with."""
        saved = self.tables.get(name)
        path = self.path(name)
        return saved is not None and path.exists() and path.stat().st_size == saved.bytes

    @contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        """Give a temporary file to write a table to; on leaving, it takes the table's place and is noted.

        Raises:
            RingbackError: `disk_full` or `output_unwritable`; nothing is left behind, and a table that was there stays.
        """
        temp = self.folder / f".{name}.parquet.part"
        try:
            yield temp
            rows = pq.read_metadata(temp).num_rows
            saved = SavedTable(rows, temp.stat().st_size, _digest(temp))
            temp.chmod(0o600)
            temp.replace(self.path(name))
        except OSError as error:
            raise unwritable(self.path(name), error) from error
        finally:
            with suppress(FileNotFoundError):
                temp.unlink()
        self.tables[name] = saved
        self._save(self.folder / "finished.json")

    def save_rows(self, name: str, table: pa.Table) -> None:
        """Save a table that is in memory."""
        with self.writing(name) as temp:
            # With statistics DuckDB would see that a filter keeps every row, and drop it: `visit_JoinLink` needs it.
            pq.write_table(table, temp, write_statistics=False)

    def save_text(self, name: str, text: str) -> None:
        """Save a text beside the tables, whole or not at all, and note its SHA-256.

        Raises:
            RingbackError: `disk_full` or `output_unwritable`.
        """
        self._replace(self.folder / name, text)
        self.note(texts=self.facts.get("texts", {}) | {name: _digest(self.folder / name)})

    def note(self, **facts: object) -> None:
        """Keep facts about the run with its tables."""
        self.facts.update(facts)
        self._save(self.folder / "finished.json")

    def finish(self, **facts: object) -> None:
        """Write the manifest: the run is complete."""
        self.facts.update(facts, finished_at=datetime.now(UTC).isoformat(timespec="seconds"))
        self._save(self.folder / "manifest.json", indent=1)

    def manifest_digest(self) -> str:
        """SHA-256 of the manifest; '' where there is none."""
        path = self.folder / "manifest.json"
        return _digest(path) if path.exists() else ""

    def find_damage(self, progress: Callable[[int], None] = lambda _n: None) -> list[str]:
        """Tables and texts whose files are not what was saved: names, in order.

        Args:
            progress: Called with the bytes of each table that was looked at.
        """
        found = []
        for name, saved in self.tables.items():
            if not self.path(name).exists() or _digest(self.path(name)) != saved.sha256:
                found.append(name)
            progress(saved.bytes)
        for name, digest in self.facts.get("texts", {}).items():
            path = self.folder / name
            if not path.exists() or _digest(path) != digest:
                found.append(name)
        return found

    def clear_leftovers(self) -> None:
        """Remove what a process that was killed left behind: unfinished tables and what the engine spilled."""
        for temp in self.folder.glob("*.part"):
            temp.unlink()
        shutil.rmtree(self.folder / ".spill", ignore_errors=True)
        if self.tables:
            current_watcher().note(f"resuming: {self._kept()}, and not made again")

    def _kept(self) -> str:
        """What an earlier process left whole, in words."""
        exhibits = len(self.facts.get("reading", {}))
        tables = sum("." not in name for name in self.tables)
        plural = ("" if exhibits == 1 else "s", "table was" if tables == 1 else "tables were")
        return f"{exhibits} exhibit{plural[0]} had been read and {tables} {plural[1]} finished"

    def empty(self) -> None:
        """Throw every table away: the run begins anew."""
        shutil.rmtree(self.folder)
        self.folder.mkdir(mode=0o700)
        self.tables, self.facts = {}, {}

    def _load(self, path: Path) -> None:
        manifest = self.folder / "manifest.json"
        source = manifest if manifest.exists() else path
        if not source.exists():
            return
        try:
            found = json.loads(source.read_text(encoding="utf-8"))
            self.tables = {name: SavedTable(**saved) for name, saved in found["tables"].items()}
            self.facts = found["facts"]
        except (ValueError, KeyError, TypeError, AttributeError):
            # Not what this program wrote: as good as no table at all, so the run is made again.
            self.tables, self.facts = {}, {}

    def _save(self, path: Path, *, indent: int | None = None) -> None:
        # Written after every table, so without line breaks: Python writes those ten times slower.
        tables = {
            name: {"rows": saved.rows, "bytes": saved.bytes, "sha256": saved.sha256}
            for name, saved in self.tables.items()
        }
        self._replace(path, json.dumps({"facts": self.facts, "tables": tables}, indent=indent, default=str))

    def _replace(self, path: Path, text: str) -> None:
        temp = path.with_suffix(".part")
        try:
            write_plain(temp, text)
            temp.replace(path)
        except OSError as error:
            raise unwritable(path, error) from error
        finally:
            with suppress(FileNotFoundError):
                temp.unlink()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
