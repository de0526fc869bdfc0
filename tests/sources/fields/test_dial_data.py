"""The number that a dial plan called, from the data of its last command."""

import pyarrow as pa
import pytest

from ringback.sources.fields.dial_data import find_dialled, with_dialled_data


@pytest.mark.parametrize(
    ("data", "number"),
    [
        ("SIP/trunk/07700900123,60", "07700900123"),
        ("SIP/trunk/+447700900123,60,tTr", "+447700900123"),
        ("PJSIP/07700900123@carrier,60", "07700900123"),
        ("DAHDI/g1/07700900123|60", "07700900123"),
        ("Local/07700900123@out/n", "07700900123"),
        ("SIP/a/07700900123&SIP/b/07700900123,20", "07700900123"),
        ("SIP/a/07700900123&SIP/a/07700900124,20", None),
        ("SIP/101,20", None),
        ("custom/welcome", None),
        ("", None),
        (None, None),
    ],
)
def test_the_one_number_of_a_dial_command_is_found(data, number):
    assert find_dialled(data) == number


def test_only_rows_without_a_number_of_their_own_take_it():
    called = pa.array(["s", "07700 900001", "s", None, "h"]).dictionary_encode()
    last = pa.array(["SIP/t/07700900009,60"] * 2 + ["Playback"] + ["SIP/t/07700900009"] * 2)
    assert with_dialled_data(called, last).to_pylist() == ["07700900009", "07700 900001", "s", None, "07700900009"]
