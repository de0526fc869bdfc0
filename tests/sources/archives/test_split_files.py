"""Split dumps are read as one, in the order of their names; missing and damaged files are named."""

import gzip
from pathlib import Path

import pytest

from ringback.case.case_file import new_case, open_case_file
from ringback.case.registration import register
from ringback.errors import RingbackError
from ringback.ingest.exhibits import seized_file
from ringback.settings import Settings
from ringback.sources.archives.split_files import find_split_name, in_order
from ringback.sources.exhibit_reader import read_exhibit
from ringback.sources.mapping import make_mapping
from ringback.sources.options import check_options
from ringback.sources.reading_tally import ReadingTally

HEAD = b"-- MySQL dump 10.19\nCREATE TABLE `calls` (`account` text, `started_at` text, `called_number` text, "
HEAD += b"`duration` int);\n"
TAIL = b";\n-- Dump completed on 2022-11-24\n"
ROW = b"('u%d','2021-07-01 10:00:00','07700 900%03d',%d)"


def dump(rows=3000):
    return HEAD + b"INSERT INTO `calls` VALUES " + b",".join(ROW % (n, n % 1000, n) for n in range(rows)) + TAIL


def cut(data, folder, names):
    """Write data into one split file per name; returns their paths."""
    size = -(-len(data) // len(names))
    paths = [folder / name for name in names]
    for at, path in enumerate(paths):
        path.write_bytes(data[at * size : (at + 1) * size])
    return paths


@pytest.fixture
def case_file(tmp_path):
    return new_case(tmp_path / "case", settings=Settings(keys_dir=tmp_path / "keys"), name="Parts")


def read_all(case_file):
    """Read every exhibit as a run does: rows by exhibit, and the rejections."""
    case = open_case_file(case_file.case.path, settings=case_file.settings)
    check_options(case.case.settings.exhibits, exhibits=[one.ref for one in case.exhibits], toml="case.toml")
    mapping = make_mapping("ringback", {}, toml="case.toml")
    rows, rejections = {}, []
    for exhibit in case.exhibits:
        tally = ReadingTally()
        read = list(read_exhibit(seized_file(case, exhibit, case.exhibits), mapping, tally=tally))
        rows[exhibit.ref] = [row for _role, table in read for row in table.to_pylist()]
        rejections += tally.rejections
    return rows, rejections


NAMES = [
    ["d.sql.00", "d.sql.01", "d.sql.02"],
    ["d.sql.aa", "d.sql.ab", "d.sql.ac"],
    ["d.sql.part1", "d.sql.part2", "d.sql.part3"],
    ["d.001", "d.002", "d.003"],
    [f"d.sql.part{n}" for n in range(1, 12)],
]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("names", NAMES, ids=lambda names: names[-1])
def test_split_files_are_read_like_the_whole_file(case_file, tmp_path, names, packed):
    data = dump()
    paths = cut(gzip.compress(data) if packed else data, tmp_path, names)
    # In a shell's alphabetical order, and reversed.
    for path, _name in in_order([(path, "") for path in sorted(paths, reverse=True)]):
        register(case_file, path)
    rows, rejections = read_all(case_file)
    assert rejections == []
    assert [len(found) for found in rows.values()] == [3000] + [0] * (len(names) - 1)
    for number, row in enumerate(rows["EX-001"]):
        assert row["account"] == f"u{number}"
        assert row["origin_row"] == number + 1
        assert data[row["origin_byte"] :].startswith(ROW % (number, number % 1000, number))


def test_each_part_is_an_exhibit_of_its_own_and_case_toml_says_how_they_follow(case_file, tmp_path):
    paths = cut(dump(), tmp_path, NAMES[0])
    added = [register(case_file, path, in_place=True) for path in paths]
    assert len({one.sha256 for one in added}) == 3
    assert {one.format for one in added} == {"mysqldump"}
    text = case_file.case.toml.read_text()
    assert '[exhibits.EX-002]\ncontinues = "EX-001"\n' in text
    assert '[exhibits.EX-003]\ncontinues = "EX-002"\n' in text


def test_a_missing_middle_part_is_named(case_file, tmp_path):
    paths = cut(dump(), tmp_path, NAMES[0])
    register(case_file, paths[0])
    with pytest.raises(RingbackError, match=r"d\.sql\.01") as caught:
        register(case_file, paths[2])
    assert caught.value.code == "split_part_missing"
    assert len(case_file.exhibits) == 1


def test_parts_joined_by_hand_are_put_in_order_and_a_gap_is_named(case_file, tmp_path):
    paths = cut(dump(), tmp_path, NAMES[0])
    for path in (paths[2], paths[0]):
        register(case_file, path, format_="mysqldump")
    with case_file.case.toml.open("a") as toml:
        toml.write('[exhibits.EX-002]\ncontinues = "EX-001"\n')
    with pytest.raises(RingbackError, match=r"d\.sql\.01 is missing between EX-002 \(d\.sql\.00\) and EX-001"):
        read_all(case_file)
    register(case_file, paths[1], format_="mysqldump")
    rows, rejections = read_all(case_file)
    # EX-003 continues EX-002. By the names EX-002 comes before EX-001, although case.toml says otherwise.
    assert rejections == []
    assert [len(found) for found in rows.values()] == [0, 3000, 0]


@pytest.mark.parametrize(
    ("sections", "fault"),
    [
        ('[exhibits.EX-002]\ncontinues = "EX-009"\n', "no exhibit"),
        ('[exhibits.EX-002]\ncontinues = "EX-002"\n', "in a circle"),
        ('[exhibits.EX-002]\ncontinues = "EX-001"\n[exhibits.EX-001]\ncontinues = "EX-002"\n', "in a circle"),
        ('[exhibits.EX-002]\ncontinues = "EX-001"\n[exhibits.EX-003]\ncontinues = "EX-001"\n', "so does another"),
    ],
)
def test_contradictory_sections_of_split_files_are_refused(case_file, tmp_path, sections, fault):
    for name in ("a.sql", "b.sql", "c.sql"):
        (tmp_path / name).write_bytes(dump(3) + name.encode())
        register(case_file, tmp_path / name)
    with case_file.case.toml.open("a") as toml:
        toml.write(sections)
    with pytest.raises(RingbackError, match=fault):
        read_all(case_file)


def test_damage_names_the_split_file_in_which_it_lies(case_file, tmp_path):
    data = bytearray(dump())
    at = data.index(b"'u1700'")
    data[at : at + 7] = b"'u1,)0;"
    for path in cut(bytes(data), tmp_path, NAMES[0]):
        register(case_file, path)
    rows, rejections = read_all(case_file)
    assert len(rows["EX-001"]) >= 1700
    assert any("(EX-002, byte " in one.detail for one in rejections if one.damage)


def test_a_missing_last_file_is_damage_in_the_file_before(case_file, tmp_path):
    paths = cut(dump(), tmp_path, NAMES[0])
    for path in paths[:2]:
        register(case_file, path)
    _rows, rejections = read_all(case_file)
    assert [(one.reason, "(EX-002, byte" in one.detail) for one in rejections] == [("torn_statement", True)]


@pytest.mark.parametrize("name", ["dump.sql", "dump.sql.gz", "calls.csv", "Master.csv.1", "full.log.aa", "x.20210701"])
def test_names_that_are_not_of_split_files(name):
    part = find_split_name(name)
    assert part is None or (part.previous not in {None, name} and name == "dump.sql.gz")


def test_files_that_merely_have_a_number_are_not_joined(case_file, tmp_path):
    for name in ("calls.01", "calls.02", "d.sql.gz"):
        data = b"account,started_at,called_number,duration\nu,2021-07-01,%s,1\n" % name.encode()
        (tmp_path / name).write_bytes(gzip.compress(dump(2)) if name.endswith("gz") else data)
        register(case_file, Path(tmp_path / name))
    assert "\n[exhibits." not in case_file.case.toml.read_text()
    assert [len(found) for found in read_all(case_file)[0].values()] == [1, 1, 2]
