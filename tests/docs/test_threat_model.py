"""The threat model names files that are there: a defence that was moved or removed is noticed."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "explanation" / "threat-model-of-the-public-service.md"
PATH = re.compile(r"`((?:src|tests|deploy|benchmarks|requirements)/[\w./-]+|\.importlinter)`")


def test_every_file_that_is_to_hold_a_defence_is_there():
    named = PATH.findall(PAGE.read_text(encoding="utf-8"))
    assert len(set(named)) > 30
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_line_says_what_stops_them_or_what_does_not():
    rows = [line.strip("| ").split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines()]
    threats = [row for row in rows if len(row) == 4 and row[0] not in ("they",) and not row[0].startswith("---")]
    assert len(threats) > 15
    assert all(row[1].strip() or row[3].strip() for row in threats)
