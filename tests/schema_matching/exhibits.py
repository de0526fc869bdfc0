"""Writes tables as files: delimited text, JSON lines, and a dump like mysqldump's."""

import json
from dataclasses import dataclass
from datetime import UTC


@dataclass(slots=True)
class Table:
    """A seized table: its name, its columns with their values for a row, and its rows."""

    name: str
    columns: dict
    rows: list

    @property
    def names(self):
        return list(self.columns)

    def values(self):
        for row in self.rows:
            yield [None if (value := read(row)) is None else str(value) for read in self.columns.values()]


def csv_file(table, *, delimiter=","):
    def quoted(value):
        value = value or ""
        return '"' + value.replace('"', '""') + '"' if delimiter in value or '"' in value or "\n" in value else value

    lines = [delimiter.join(table.names)]
    lines += [delimiter.join(quoted(value) for value in row) for row in table.values()]
    return "\n".join(lines) + "\n"


def jsonl_file(table):
    return "".join(json.dumps(dict(zip(table.names, row, strict=True))) + "\n" for row in table.values())


def dump_file(*tables, types=None):
    parts = ["-- MySQL dump 10.19  Distrib 10.3.34-MariaDB\n"]
    for table in tables:
        kinds = [(types or {}).get(name, "varchar(255) DEFAULT NULL") for name in table.names]
        columns = ",\n".join(f"  `{name}` {kind}" for name, kind in zip(table.names, kinds, strict=True))
        parts.append(f"CREATE TABLE `{table.name}` (\n{columns}\n) ENGINE=InnoDB;\n")
        rows = [
            "(" + ",".join("NULL" if value is None else _quoted(value) for value in row) + ")" for row in table.values()
        ]
        for at in range(0, len(rows), 500):
            parts.append(f"INSERT INTO `{table.name}` VALUES {','.join(rows[at : at + 500])};\n")
    parts.append("-- Dump completed on 2022-11-24 18:05:11\n")
    return "".join(parts)


def _quoted(value):
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"


def iso(timestamp):
    return None if timestamp is None else timestamp.strftime("%Y-%m-%d %H:%M:%S")


def epoch(timestamp):
    return None if timestamp is None else str(int(timestamp.replace(tzinfo=UTC).timestamp()))


def hms(seconds):
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
