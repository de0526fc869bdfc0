"""Rows in one file, the names of their columns in another: mydumper, mysqldump --tab, MySQL Shell, dumps of no data."""

import gzip
import io
import tarfile
import zipfile

import pytest
import zstandard

from ringback.errors import RingbackError
from ringback.sources.sqldump.definitions import Defining, Definitions, defining_names
from ringback.sources.sqldump.mysql_tables import find_creation
from sources.whole_exhibits import read_whole

CREATE = """/*!40101 SET NAMES binary*/;
CREATE TABLE `{table}` (
  `calldate` datetime NOT NULL,
  `dst` varchar(80) NOT NULL DEFAULT '',
  `billsec` int(11) NOT NULL DEFAULT 0,
  `accountcode` varchar(20) DEFAULT NULL,
  PRIMARY KEY (`calldate`)
) ENGINE=InnoDB;
"""
HEADED = f"-- MySQL dump 10.13\n{CREATE}-- Dump completed on 2021-09-01  0:00:01\n"
SWAPPED = CREATE.replace("`dst`", "`x`").replace("`accountcode`", "`dst`").replace("`x`", "`accountcode`")
ROWS = [("2021-07-01 14:55:02", f"077009001{n:02}", str(60 + n), "fox") for n in range(6)]
TAB = "".join("\t".join(row) + "\n" for row in ROWS)
COMMAS = ("calldate\tdst\tbillsec\taccountcode\n" + TAB).replace("\t", ",")
MAPPED = {"calls": {"table": "cdr", "columns": {"account": "accountcode", "started_at": "calldate",
          "called_number": "dst", "duration": "billsec"}}}  # fmt: skip
NUMBERS = [row[1] for row in ROWS]


def inserts(rows=ROWS, table="cdr"):
    values = ",\n".join("('{}','{}',{},'{}')".format(*row) for row in rows)
    return f"/*!40101 SET NAMES binary*/;\n/*!40103 SET TIME_ZONE='+00:00' */;\nINSERT INTO `{table}` VALUES{values};\n"


def _write(folder, **files):
    folder.mkdir(exist_ok=True)
    paths = []
    for name, data in files.items():
        path = folder / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        paths.append(path)
    return paths


def _numbers(found):
    return [row["called_number"] for row in found.calls]


LAYOUTS = {
    "mydumper": ("panel.cdr-schema.sql", CREATE, "panel.cdr.00000.sql", inserts()),
    "mydumper, chunked twice": ("panel.cdr-schema.sql", CREATE, "panel.cdr.00001.00002.sql", inserts()),
    "mydumper, in one file": ("panel.cdr-schema.sql", CREATE, "panel.cdr.sql", inserts()),
    "no data, and no creation": ("structure.sql", HEADED, "data.sql", inserts()),
    "mysqldump --tab": ("cdr.sql", HEADED, "cdr.txt", TAB),
    "mysql shell": ("panel@cdr.sql", CREATE, "panel@cdr@@0.tsv", TAB),
    "tab, other separators": ("cdr.sql", CREATE, "cdr.txt", TAB.replace("\t", ",")),
    "tab, with a header": ("cdr.sql", CREATE, "cdr.txt", "calldate\tdst\tbillsec\taccountcode\n" + TAB),
    "commas, with a header": ("cdr.sql", CREATE, "cdr.txt", COMMAS),
}  # fmt: skip
COMPRESSIONS = {"": bytes, ".gz": gzip.compress, ".zst": lambda data: zstandard.ZstdCompressor().compress(data)}


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_definitions_in_another_exhibit_are_used(layout, compression, tmp_path):
    defining, create, data, rows = LAYOUTS[layout]
    pack = COMPRESSIONS[compression]
    create = create.format(table="cdr").encode()
    [first, second] = _write(
        tmp_path / "dump", **{defining + compression: pack(create), data + compression: pack(rows.encode())}
    )
    for name in (None, f"dump/{second.name}"):
        found = read_whole(second, tables=MAPPED, others=[first], name=name)
        assert _numbers(found) == NUMBERS
        assert found.tally.rejections == []


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_definitions_in_the_same_archive_are_used_in_any_order(layout, kind, order, tmp_path):
    defining, create, data, rows = LAYOUTS[layout]
    files = [(f"dump/{defining}", create.format(table="cdr")), (f"dump/{data}", rows), ("dump/metadata", "Started\n")]
    path = tmp_path / f"dump.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in files[::order]:
                archive.writestr(name, text)
    else:
        with tarfile.open(path, "w:gz" if kind.endswith("gz") else "w") as archive:
            for name, text in files[::order]:
                entry = tarfile.TarInfo(name)
                entry.size = len(text)
                archive.addfile(entry, io.BytesIO(text.encode()))
    found = read_whole(path, tables=MAPPED)
    assert found.format == "archive"
    assert _numbers(found) == NUMBERS
    assert found.tally.rejections == []


def test_each_database_has_its_own_definition(tmp_path):
    one, other, data = _write(
        tmp_path,
        **{
            "a.cdr-schema.sql": SWAPPED.format(table="cdr"),
            "b.cdr-schema.sql": CREATE.format(table="cdr"),
            "b.cdr.00000.sql": inserts(),
        },
    )
    assert _numbers(read_whole(data, tables=MAPPED, others=[one, other])) == NUMBERS


def test_contradictory_definitions_are_refused(tmp_path):
    one, other, data = _write(
        tmp_path,
        **{
            "a.sql": SWAPPED.format(table="cdr"),
            "b.sql": CREATE.format(table="cdr"),
            "data.sql": inserts(),
        },
    )
    with pytest.raises(RingbackError, match=r"EX-002 \(a.sql\), EX-003 \(b.sql\)") as caught:
        read_whole(data, tables=MAPPED, others=[one, other])
    assert caught.value.code == "columns_unclear"
    found = read_whole(data, tables=MAPPED, others=[one, other], columns_from="EX-003")
    assert _numbers(found) == NUMBERS


def test_a_dump_with_rows_of_its_own_does_not_lend_its_columns(tmp_path):
    other, data = _write(tmp_path, **{"other.sql": SWAPPED.format(table="cdr") + inserts(), "data.sql": inserts()})
    with pytest.raises(RingbackError) as caught:
        read_whole(data, tables=MAPPED, others=[other])
    assert caught.value.code == "mapping_column_missing"


def test_columns_that_fit_no_row_are_reported(tmp_path):
    narrow = CREATE.replace("  `billsec` int(11) NOT NULL DEFAULT 0,\n", "  `billsec` int, `more` int,\n")
    for data_name, rows in (("cdr.txt", TAB), ("data.sql", inserts())):
        other, data = _write(tmp_path, **{"cdr.sql": narrow.format(table="cdr"), data_name: rows})
        found = read_whole(data, tables=MAPPED, others=[other])
        assert found.calls == []
        assert {one.reason for one in found.tally.rejections if one.damage} <= {"columns_unfit", "no_rows"}
        assert any(one.damage for one in found.tally.rejections)


def test_a_text_beside_a_dump_of_several_tables_keeps_its_own_header(tmp_path):
    both = CREATE.format(table="cdr") + CREATE.format(table="users")
    other, data = _write(tmp_path, **{"calls.sql": both, "calls.txt": "calldate\tdst\tbillsec\taccountcode\n" + TAB})
    found = read_whole(data, tables={"calls": {**MAPPED["calls"], "table": "calls"}}, others=[other])
    assert _numbers(found) == NUMBERS


def test_header_in_case_toml_wins(tmp_path):
    other, data = _write(tmp_path, **{"cdr.sql": SWAPPED.format(table="cdr"), "cdr.txt": TAB})
    found = read_whole(data, tables=MAPPED, others=[other], header=["calldate", "dst", "billsec", "accountcode"])
    assert _numbers(found) == NUMBERS


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("dump/panel.cdr.00001.sql.zst", ("dump/panel.cdr-schema.sql",)),
        ("panel.cdr.sql", ("panel.cdr-schema.sql",)),
        ("CDR.TXT", ("cdr.sql",)),
        ("panel@cdr@@3.tsv.zst", ("panel@cdr@@3-schema.sql", "panel@cdr.sql")),
        ("calls.jsonl", ()),
    ],
)
def test_names_of_defining_files(name, names):
    assert defining_names(name) == names


def test_other_files_are_searched_once_and_only_on_request():
    asked = []

    def find():
        asked.append(1)
        creation = find_creation(CREATE.format(table="cdr").partition("\n")[2])
        assert creation
        return [Defining("EX-002", "cdr.sql", (creation,), False)]

    definitions = Definitions(find, exhibit="EX-001")
    assert definitions.of_text("calls.csv.gz.001") is None
    assert asked == []
    assert definitions.of_text("cdr.txt") is not None
    assert definitions.of_table("data.sql", "", "CDR") is not None
    assert definitions.of_table("data.sql", "", "users") is None
    assert asked == [1]
