"""FreeSWITCH's JSON call records.

FreeSWITCH is not in Debian 12, so nothing here was written by it. The records are built from its own code: the fields
of switch_ivr_generate_json_cdr, url-encoded as switch_url_encode does it (encode-values is on unless somebody turns it
off), one object a file with a line end, as mod_json_cdr.c writes them.
"""

import io
import json
import tarfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback.sources.json.freeswitch import flatten, read_freeswitch_json
from sources.whole_exhibits import read_whole
from tiers import examples

UNSAFE = '\r\n #%&+:;<=>?@[\\]^`{|}"'


def url_encode(text):
    """Encode like switch_url_encode: these characters, controls and everything beyond ASCII."""
    return "".join(
        chr(byte) if 32 < byte < 127 and chr(byte) not in UNSAFE else f"%{byte:02X}"
        for byte in text.encode("utf-8", "surrogateescape")
    )


def record(number=1, *, encode=True, direction="inbound", newer=True, **variables):
    """One call leg; older versions repeat the key `callflow` for each profile, newer ones have a list."""
    held = {
        "direction": direction,
        "uuid": f"uuid-{number}",
        "call_uuid": f"call-{number}",
        "accountcode": "user7",
        "start_stamp": "2021-07-01 12:00:00",
        "start_epoch": "1625137200",
        "billsec": "65",
        "duration": "74",
        "hangup_cause": "NORMAL_CLEARING",
        "sip_from_uri": "user7@panel.example:5060",
    } | variables
    if encode:
        held = {name: url_encode(value) for name, value in held.items()}
    flow = {
        "dialplan": "XML",
        "profile_index": "1",
        "caller_profile": {
            "caller_id_name": "A 100%25 bank",
            "caller_id_number": "02079460018",
            "destination_number": "07700900123",
            "uuid": f"uuid-{number}",
        },
        "times": {"created_time": "1625137200000000"},
    }
    older = {**flow, "caller_profile": {**flow["caller_profile"], "destination_number": "9196"}}
    whole = {
        "core-uuid": "c0",
        "switchname": "panel",
        "channel_data": {"state": "CS_REPORTING", "direction": direction, "state_number": "11"},
        "variables": held,
        "app_log": {"applications": [{"app_name": "bridge", "app_data": "sofia/gateway/x"}]},
        "callflow": [flow, older],
    }
    if newer:
        return json.dumps(whole, separators=(",", ":")) + "\n"
    rest = json.dumps({key: value for key, value in whole.items() if key != "callflow"}, separators=(",", ":"))
    return f'{rest[:-1]},"callflow":{json.dumps(flow)},"callflow":{json.dumps(older)}}}\n'.replace("\n}", "}")


FIELDS = ("call_id", "leg", "account", "started_at", "presentation_number", "called_number", "duration", "disposition")
EXPECTED = ("call-1", "a", "user7", "2021-07-01T11:00:00Z", "02079460018", "07700900123", "65", None)


@pytest.mark.parametrize("encode", [True, False])
@pytest.mark.parametrize("newer", [True, False])
def test_a_record_is_read_with_its_preset(tmp_path, encode, newer):
    path = tmp_path / "a_uuid-1.cdr.json"
    path.write_text(record(encode=encode, newer=newer))
    found = read_whole(path, preset="freeswitch")
    assert found.format == "freeswitch_json"
    assert found.values(*FIELDS) == [EXPECTED]
    assert found.calls[0]["origin_table"] == "json_cdr"
    assert found.tally.rejections == []


def test_records_on_one_line_on_several_lines_and_in_a_list_are_read(tmp_path):
    records = [record(number) for number in range(1, 6)]
    spread = [json.dumps(json.loads(one), indent=2) for one in records]
    path = tmp_path / "all.json"
    for text in (
        "".join(records),
        "\n".join(spread),
        "[\n" + ",\n".join(one.strip() for one in records) + "\n]\n",
        "[" + ",\n".join(one.strip() for one in records) + "]",
        "[" + ",\n".join(spread) + "]",
        json.dumps(list(map(json.loads, records))),
        json.dumps(list(map(json.loads, records)), indent=2),
        json.dumps(list(map(json.loads, records)), indent="\t"),
        "".join(one.strip() for one in records),
        json.dumps({"rows": [{"id": "1", "key": "1", "value": {}, "doc": json.loads(one)} for one in records]}),
        json.dumps({"total": 5, "data": list(map(json.loads, records))}, indent=1),
        "\ufeff" + "".join(records),
    ):
        path.write_text(text, encoding="utf-8")
        found = read_whole(path, preset="freeswitch")
        assert [row["call_id"] for row in found.calls] == [f"call-{n}" for n in range(1, 6)], text[:40]
        assert found.tally.rejections == []


def test_damage_inside_one_long_line_is_reported(tmp_path):
    records = [record(number).strip() for number in range(4)]
    path = tmp_path / "a.json"
    path.write_text(f"[{records[0]},{records[1][:-9]},{records[2]},{records[3]}]")
    found = read_whole(path, preset="freeswitch")
    assert [row["call_id"] for row in found.calls][:1] + [row["call_id"] for row in found.calls][-2:] == [
        "call-0",
        "call-2",
        "call-3",
    ]
    assert any(one.damage for one in found.tally.rejections)


@pytest.mark.parametrize("count", [200, pytest.param(2000, marks=pytest.mark.slow)])
def test_thousands_in_one_archive(tmp_path, count):
    path = tmp_path / "json_cdr.tar"
    with tarfile.open(path, "w") as archive:
        for number in range(count):
            data = record(number, **{f"own_{number}": "x"}).encode()
            entry = tarfile.TarInfo(f"json_cdr/a_{number}.cdr.json")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    found = read_whole(path, preset="freeswitch")
    assert sorted(row["call_id"] for row in found.calls) == sorted(f"call-{n}" for n in range(count))
    assert found.tally.rejections == []
    assert {row["started_at"] for row in found.calls} == {"2021-07-01T11:00:00Z"}


def test_more_variables_than_there_may_be_columns_lose_no_call():
    text = "".join(record(number, **{f"own_{number}_{n}": "x" for n in range(100)}) for number in range(60))
    rejected = []
    batches = list(read_freeswitch_json(io.BytesIO(text.encode()), table="t", reject=rejected.append, batch_rows=10))
    assert sum(len(batch.rows) for batch in batches) == 60
    assert rejected == []
    last = batches[-1]
    assert len(last.columns) <= 2000
    assert {row[last.columns.index("callflow.0.caller_profile.destination_number")] for row in last.rows} == {
        "07700900123"
    }


def test_url_encoding_is_recognised_for_each_record_as_a_whole():
    encoded = flatten({"variables": {"a": "L%C3%A9on%20%2B", "b": "plain", "c": "%FF"}})
    assert encoded == {"variables.a": "L\u00e9on +", "variables.b": "plain", "variables.c": "\udcff"}
    plain = flatten({"variables": {"a": "100%25 sure", "b": "2021-07-01 12:00:00"}, "callflow": {"x": "%41"}})
    assert plain == {"variables.a": "100%25 sure", "variables.b": "2021-07-01 12:00:00", "callflow.0.x": "%41"}


def test_pins_and_recordings_are_quarantined(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(record(recording_file="/var/x.wav", otp="99", read_result="success"))
    held = dict(read_whole(path, preset="freeswitch").tally.quarantined)
    assert {column for _table, column in held} >= {"variables.otp", "variables.recording_file"}


def test_damage_costs_one_record(tmp_path):
    records = [record(number) for number in range(4)]
    path = tmp_path / "a.json"
    path.write_text(records[0] + records[1][:300] + "\n" + records[2] + "[1,2]\n" + records[3][:-40])
    found = read_whole(path, preset="freeswitch")
    assert [row["call_id"] for row in found.calls] == ["call-0", "call-2"]
    assert [(one.reason, one.damage) for one in found.tally.rejections] == [
        ("bad_json", False),
        ("not_an_object", False),
        ("torn_last_row", True),
    ]
    assert [row["origin_row"] for row in found.calls] == [1, 3]
    assert [row["origin_byte"] for row in found.calls] == [0, len(records[0]) + 301]


def test_other_json_is_not_taken_for_call_records(tmp_path):
    path = tmp_path / "calls.jsonl"
    path.write_text('{"account": "a", "started_at": "x", "called_number": "1", "duration": 3}\n')
    assert read_whole(path).format == "jsonl"


@settings(max_examples=examples(60), deadline=None)
@given(
    st.dictionaries(
        st.text(st.characters(codec="ascii", categories=["Ll"]), min_size=1, max_size=8),
        st.text(min_size=1, max_size=30),
        min_size=1,
        max_size=5,
    )
)
def test_whatever_a_variable_holds_is_read_back(variables):
    variables |= {"stamp": "2021-07-01 12:00:00"}
    clean = {name: value.encode("utf-8", "replace").decode() for name, value in variables.items()}
    text = json.dumps({"channel_data": {}, "variables": {name: url_encode(value) for name, value in clean.items()}})
    rejected = []
    (batch,) = read_freeswitch_json(io.BytesIO(text.encode()), table="t", reject=rejected.append)
    assert dict(zip(batch.columns, batch.rows[0], strict=True)) == {f"variables.{n}": v for n, v in clean.items()}
    assert rejected == []
