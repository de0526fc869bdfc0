"""Sections are put into case.toml, and nothing else in it changes."""

import tomllib

import pytest

from ringback.errors import RingbackError
from ringback.schema_matching.toml_writer import put_sections, write_sections

CALLS = '[tables.calls]\ntable = "cdr"\n'
PLAIN = '# a case\nname = "x"   # why\n\n[mapping]\npreset = "ringback"\n'


def test_a_new_section_goes_to_the_end():
    assert put_sections(PLAIN, {"calls": CALLS}) == PLAIN + "\n" + CALLS


def test_a_section_is_replaced_in_place_with_its_subsections():
    text = (
        '[a]\nx = 1\n\n[tables.calls]\ntable = "old"\n[tables.calls.columns]\naccount = "y"\n\n# of accounts\n'
        '[tables.accounts]\ntable = "z"\n'
    )
    new = put_sections(text, {"calls": CALLS})
    assert new == "[a]\nx = 1\n\n" + CALLS + '\n# of accounts\n[tables.accounts]\ntable = "z"\n'


@pytest.mark.parametrize(
    "text",
    [
        'tables = { calls = { table = "old" } }\n',
        '[tables]\ncalls = { table = "old" }\n',
        '[tables.calls]\ntable = "old"\ncolumns = { account = [\n["x"],\n"y"] }\n[b]\nz = 1\n',
    ],
)
def test_case_toml_is_not_changed_where_that_is_not_safe(text, tmp_path):
    path = tmp_path / "case.toml"
    path.write_text(text)
    try:
        new = put_sections(text, {"calls": CALLS})
    except ValueError:
        with pytest.raises(RingbackError) as caught:
            write_sections(path, {"calls": CALLS}, preset="ringback")
        assert caught.value.code == "mapping_unwritable"
        assert path.read_text() == text
    else:
        assert tomllib.loads(new)["tables"]["calls"] == {"table": "cdr"}


def test_a_faulty_setting_is_not_written(tmp_path):
    path = tmp_path / "case.toml"
    path.write_text(PLAIN)
    with pytest.raises(RingbackError) as caught:
        write_sections(path, {"calls": "[tables.calls]\nwrong = 1\n"}, preset="ringback")
    assert caught.value.code == "case_setting_bad"
    assert path.read_text() == PLAIN


def test_the_files_mode_stays(tmp_path):
    path = tmp_path / "case.toml"
    path.write_text(PLAIN)
    path.chmod(0o600)
    write_sections(path, {"calls": CALLS}, preset="ringback")
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]
