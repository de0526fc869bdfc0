"""Every key of case.toml is read by somebody, or refused with what was probably meant."""

import dataclasses
import re

import pytest

from ringback.case import folder as case_module
from ringback.case.folder import create_case, open_case
from ringback.case_settings import CALL_SETTINGS, EXHIBIT_SETTINGS, SECTIONS, TABLE_SETTINGS
from ringback.errors import RingbackError
from ringback.numbers.dial_plan import DialPlan
from ringback.schemas.raw import RAW_TABLES


@pytest.fixture
def case(tmp_path):
    return create_case(tmp_path / "case", name="Test")


def faults(case, more):
    """What is said of the settings with these lines; sections that the template has already get them at their head."""
    text = case.toml.read_text()
    head = more.partition("\n")[0]
    case.toml.write_text(text.replace(f"{head}\n", f"{more}\n", 1) if f"\n{head}\n" in text else f"{text}\n{more}\n")
    with pytest.raises(RingbackError) as caught:
        open_case(case.path)
    assert caught.value.code == "case_setting_bad"
    assert "case.toml" in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('[alerts]\nsendername = "X"', "[alerts]: has no setting sendername; did you mean sender_name?"),
        ('[alerts]\nSender_Name = "X"', "did you mean sender_name?"),
        ('[alerts]\nquiet-from = "20:00"', "did you mean quiet_from?"),
        ('[alerts]\ncolour = "X"', "[alerts]: has no setting colour; there are: check_place, force,"),
        ('[notify]\ntemplate = "X"', "did you mean template_id?"),
        ('[notify]\nsender_name = "X"', "[notify]: has no setting sender_name: it belongs into [alerts]"),
        ("[notify]\nretention_day = 7", "did you mean retention_days?"),
        ('[records]\nurls = "X"', "[records]: has no setting urls; did you mean url?"),
        ('[rules]\nalerts = "X"', "[rules]: has no setting alerts; did you mean alert?"),
        ('[mapping]\npresets = "X"', "[mapping]: has no setting presets; did you mean preset?"),
        ('[mapping]\ntime_format = "%d"', "[mapping]: has no setting time_format: it belongs into [tables.calls]"),
        ('[mapping]\ntime_zone = "UTC"', "it belongs into the lines above the first section"),
        ("[dial_plan]\nhome_region = ['GB']", "[dial_plan]: has no setting home_region; did you mean home_regions?"),
        ('[tables.calls]\ntabel = "x"', "[tables.calls]: has no setting tabel; did you mean table?"),
        ('[tables.call]\ntable = "x"', "[tables.call]: there is no such role; did you mean calls?"),
        ('[tables.accounts]\nduration_unit = "minutes"', "it belongs into [tables.calls]"),
        ('[tables.calls]\ncolumns = { called = "x" }', "columns: has no field called; did you mean called_number?"),
        ('[exhibits.EX-001]\nfromat = "csv"', "[exhibits.EX-001]: has no setting fromat; did you mean format?"),
        ('[exhibits.EX-001]\npart_of = "EX-002"', "[exhibits.EX-001]: has no setting part_of"),
        ('[publishing]\nsecurity = "x"', "[publishing]: has no setting security; did you mean security_contact?"),
        ('[publishing]\nsecurity_contact = "ring me"', "must be an e-mail address, or a page like https://"),
        ('[publishing]\nsecurity_contact = "a@police.example\\nContact: mailto:b@evil.example"', "must be an e-mail"),
        ('[publishing]\nprivacy_contact = "javascript:alert(1)"', "must be an e-mail address, or a page like https://"),
        ('[publishing]\nprivacy_contact = "https://police.example/?\'><script>"', "must be an e-mail address"),
        ("[publishing]\naccessibility_contact = 999", "must be an e-mail address, or a page like https://"),
        ('[alert]\nforce = "x"', "there is no section [alert]; did you mean [alerts]?"),
        ("[colours]\nred = 1", "there is no section [colours]; there are: [alerts], [dial_plan],"),
    ],
)
def test_a_key_that_nobody_reads_is_refused_with_what_was_meant(case, more, words):
    assert words in faults(case, more)


@pytest.mark.parametrize(
    ("line", "name"), [('alert = "over-a-minute@1"', "rules.alert"), ('preset = "ringback"', "mapping.preset")]
)
def test_what_has_to_be_a_text_is_one(case, line, name):
    text = case.toml.read_text()
    assert line in text
    case.toml.write_text(text.replace(line, f"{line.partition(' ')[0]} = 1"))
    with pytest.raises(RingbackError, match=f"{name}: must be a text"):
        open_case(case.path)


def test_a_key_of_a_section_above_all_sections_is_sent_there(case):
    case.toml.write_text(case.toml.read_text().replace("format = 1", 'format = 1\nforce = "X"\ntimezone = "UTC"'))
    with pytest.raises(RingbackError) as caught:
        open_case(case.path)
    assert "force: there is no such setting here: it belongs into [alerts]" in str(caught.value)
    assert "timezone: there is no such setting; did you mean time_zone?" in str(caught.value)


def test_all_unknown_keys_are_named_at_once(case):
    told = faults(case, '[alerts]\nfroce = "X"\nsendername = "X"\n[notify]\nkeytype = "live"')
    assert all(word in told for word in ("force?", "sender_name?", "key_type?"))


def test_every_key_that_the_file_itself_offers_is_known(case):
    # What stands in notes is in the section that a note began; all else in that of a line.
    sections, offered = {"": "", "#   ": ""}, set()
    for line in case_module._TEMPLATE.splitlines():
        if found := re.match(r"(#   |)\[([\w.-]+)\]", line):
            sections[found[1]] = found[2].partition(".")[0]
        elif (found := re.match(r"(#   |)(\w+) = ", line)) and sections[found[1]]:
            offered.add((sections[found[1]], found[2]))
    known = SECTIONS | {"tables": TABLE_SETTINGS | CALL_SETTINGS, "exhibits": EXHIBIT_SETTINGS}
    assert {one[0] for one in offered} == set(known)
    assert [(name, key) for name, key in sorted(offered) if key not in known[name]] == []


def test_every_key_that_is_known_can_be_written(case):
    assert SECTIONS["dial_plan"] == {one.name for one in dataclasses.fields(DialPlan)}
    lines = "".join(
        f"\n[{name}]\n" + "".join(f'{key} = "1"\n' for key in sorted(keys))
        for name, keys in SECTIONS.items()
        if name in ("alerts", "notify")
    )
    lines += "".join(
        f"\n[tables.{role}]\n" + "".join(f'{key} = "1"\n' for key in sorted(TABLE_SETTINGS - {"columns"}))
        for role in RAW_TABLES
    )
    lines += "\n[exhibits.EX-001]\n" + "".join(f'{key} = "1"\n' for key in sorted(EXHIBIT_SETTINGS))
    case.toml.write_text(case.toml.read_text() + lines)
    assert open_case(case.path).settings.alerts["force"] == "1"
