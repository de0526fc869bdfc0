"""A file's name gives the table's name, whatever copying and compressing added to it."""

import pytest

from ringback.sources.filenames import table_of_file

COPIES = (
    "calls (2).csv", "calls(1).csv", "calls (12).csv.gz", "calls - Copy.csv", "calls - Copy (2).csv", "calls copy.csv",
    "calls copy 2.csv", "Copy of calls.csv", "Copy (3) of calls.csv", "COPY OF calls.csv", "Kopie von calls.csv",
    "calls - Kopie.csv", "calls - Kopie (2).csv", "calls Kopie 2.csv", "calls - copia.csv", "calls - Copia (3).csv",
    "Copia di calls.csv", "Copia de calls.csv", "calls - Copie.csv", "Copie de calls.csv", "Kopie van calls.csv",
    "calls - kopia.csv", "calls (copy).csv", "calls (another copy).csv", "calls (3rd copy).csv", "calls.csv (2).gz",
    "Copy of calls (2).csv", "export/calls (2).csv", "C:\\seized\\calls - Copy.csv", "calls (2).csv.zip",
    "calls - Copy - Copy.csv",
)  # fmt: skip
OTHERS = {
    "calls_2.csv": "calls_2", "calls 2.csv": "calls 2", "(2).csv": "(2)", "copy.csv": "copy", "copies.csv": "copies",
    "hardcopy.csv": "hardcopy", "calls_copy.csv": "calls_copy", "calls (2021).csv": "calls (2021)",
    "calls (old).csv": "calls (old)", "photocopy of calls.csv": "photocopy of calls", "cdr-2021.csv": "cdr-2021",
    "Kopie.csv": "Kopie", "copy of.csv": "copy of",
    " (2).csv": " (2)", "calls.2021.csv": "calls.2021", ".csv": ".csv",
}  # fmt: skip


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_is_the_table_that_was_copied(name):
    assert table_of_file(name) == "calls"


@pytest.mark.parametrize(("name", "table"), OTHERS.items())
def test_other_names_stay(name, table):
    assert table_of_file(name) == table
