"""Asterisk's Master.csv and FreeSWITCH's CSV.

Neither program is in Debian 12, so nothing here was written by one of them. The files are built from what they
document: Asterisk's cdr_csv.c (its comment names the columns; texts are quoted, quotes in them doubled, numbers are not
quoted, a time that never was is empty) and cdr.conf.sample; FreeSWITCH's cdr_csv.conf.xml with the templates that it
comes with.
"""

import itertools

import pytest

from ringback.sources.delimited.cdr import ASTERISK, find_header, tell_cdr_csv
from ringback.sources.mapping import PRESETS
from sources.whole_exhibits import read_whole

UUID = "a5c9f6c0-e752-11e3-8bfb-65b6c3cdac7d"
CALLS = [
    ("user7", "02079460018", "07700 900123", "2021-07-01 12:00:00", 65, "ANSWERED"),
    ("user7", "02079460018", "07700 900124", "2021-07-01 12:05:00", 0, "NO ANSWER"),
    ("user,8", '"Bank" <02079460019>', "447700900125", "2021-12-31 23:59:59", 7, "BUSY"),
]
EXTRAS = {"uniqueid": "1625140800.12", "userfield": "", "peeraccount": "", "linkedid": "1625140800.11", "sequence": 3}


def _string(value):
    return '"' + str(value).replace('"', '""') + '"'


def asterisk_line(account, source, called, start, talk, disposition, *, extras=()):
    """A line as cdr_csv.c builds it."""
    answer = _string(start) if talk else ""
    fields = [
        _string(one)
        for one in (account, source, called, "default", f'"" <{source}>', "SIP/1-01", "", "Dial", "SIP/2,30")
    ]
    fields += [
        _string(start),
        answer,
        _string(start),
        str(talk + 9),
        str(talk),
        _string(disposition),
        _string("DOCUMENTATION"),
    ]
    for name in extras:
        fields.append(str(EXTRAS[name]) if name == "sequence" else _string(EXTRAS[name]))
    return ",".join(fields) + "\n"


SETTINGS = [
    (*unique, *user, *new)
    for unique, user, new in itertools.product(
        ((), ("uniqueid",)), ((), ("userfield",)), ((), ("peeraccount", "linkedid", "sequence"))
    )
]


@pytest.mark.parametrize("extras", SETTINGS, ids=lambda extras: "+".join(extras) or "plain")
@pytest.mark.parametrize("name", ["Master.csv", "Master.csv.1", "user7.csv", "Master.csv.2021"])
def test_master_csv_just_works_with_the_preset(tmp_path, name, extras):
    path = tmp_path / name
    path.write_text("".join(asterisk_line(*call, extras=extras) for call in CALLS))
    found = read_whole(path, preset="asterisk")
    assert found.format == "asterisk_csv"
    fields = ("account", "presentation_number", "called_number", "started_at", "duration", "disposition")
    assert found.values(*fields) == [(*call[:4], str(call[4]), call[5]) for call in CALLS]
    assert [row["origin_row"] for row in found.calls] == [1, 2, 3]
    assert {row["origin_table"] for row in found.calls} == {"cdr"}
    known = EXTRAS["linkedid"] if "linkedid" in extras else EXTRAS["uniqueid"] if "uniqueid" in extras else None
    assert {row["call_id"] for row in found.calls} == {known}
    assert found.tally.rejections == []


def test_the_columns_are_those_that_asterisk_documents():
    header = find_header(asterisk_line(*CALLS[0], extras=("uniqueid", "userfield")).encode())
    assert header == (*ASTERISK, "uniqueid", "userfield")
    assert len(header) == 18


# As in cdr_csv.conf.xml, the blank in front of one value of two of them included.
_FIRST = '"{cid}","{cid}","{dst}","ctx","{start}","{answer}","{end}","{all}","{talk}","{cause}","{uuid}",""'
TEMPLATES = {
    "example": _FIRST + ',"{acc}","PCMU","PCMU"',
    "sql": f'INSERT INTO cdr VALUES ({_FIRST}, "{{acc}}");',
    "snom": _FIRST + ', "{acc}","PCMU","PCMU","ua","","","",""',
    "linksys": _FIRST + ',"{acc}","PCMU","PCMU","ua","PS=1,OS=2"',
    "asterisk": '"{acc}","{cid}","{dst}","ctx","""x"" <{cid}>","sofia/a","","bridge","x","{start}","{answer}","{end}"'
    ',"{all}","{talk}","{cause}","","{uuid}",""',
}


def freeswitch_line(template, account, source, called, start, talk, cause):
    known = {"cid": source, "dst": called, "start": start, "end": start, "cause": cause, "uuid": UUID, "acc": account}
    return TEMPLATES[template].format(answer=start if talk else "", all=talk + 9, talk=talk, **known) + "\n"


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_that_freeswitch_comes_with_is_read(tmp_path, template):
    calls = [
        (*CALLS[0][:5], "NORMAL_CLEARING"),
        (*CALLS[1][:5], "NO_USER_RESPONSE"),
        ("user9", "anonymous", "07700 900126", "2021-07-02 00:00:00", 3, "NONE"),
    ]
    path = tmp_path / "Master.csv"
    path.write_text("".join(freeswitch_line(template, *call) for call in calls))
    found = read_whole(path, preset="freeswitch")
    assert found.format == "freeswitch_csv"
    fields = ("account", "presentation_number", "called_number", "started_at", "duration")
    assert found.values(*fields) == [(*call[:4], str(call[4])) for call in calls]
    assert {row["call_id"] for row in found.calls} == {UUID}
    # A hangup cause is no disposition: it would count as not answered.
    assert {row["disposition"] for row in found.calls} == {None}
    assert found.tally.rejections == []


def test_a_line_from_the_freeswitch_manual_is_recognised():
    # From the page "CDR" of its documentation, with drama numbers.
    line = b'"9007","9007","07700900123","public","2014-05-29 16:59:50","","2014-05-29 16:59:50","0","0",'
    line += b'"NORMAL_CLEARING","' + UUID.encode() + b'","","","",""\n'
    assert tell_cdr_csv(line) == "freeswitch_csv"


@pytest.mark.parametrize(
    "line",
    [
        "account,started_at,called_number,duration",
        ",".join(ASTERISK),
        asterisk_line(*CALLS[0]).replace("2021-07-01", "soon"),
        asterisk_line(*CALLS[0]).replace("ANSWERED", "HUNG UP"),
        "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16",
        "",
        "\x00\x00,\x00",
    ],
)
def test_other_csv_is_not_taken_for_call_records(line):
    assert tell_cdr_csv(line.encode()) is None


def test_a_damaged_first_line_does_not_hide_what_a_file_is(tmp_path):
    path = tmp_path / "Master.csv"
    path.write_text('07:00:00",65,\n' + "".join(asterisk_line(*call) for call in CALLS))
    found = read_whole(path, preset="asterisk")
    assert found.format == "asterisk_csv"
    assert len(found.calls) == 3
    assert len(found.reasons) == 1


def test_every_preset_has_all_roles():
    assert {len(preset) for preset in PRESETS.values()} == {len(PRESETS["ringback"])}
