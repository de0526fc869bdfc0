"""An unusable time format is refused, with what to write instead."""

import pytest

from ringback.errors import RingbackError
from ringback.sources.fields.time_format_check import find_format_fault
from ringback.sources.mapping import make_mapping

GOOD = [
    "epoch",
    "epoch_ms",
    "epoch_us",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%d.%m.%y %H:%M",
    "%Y%m%d%H%M%S",
    "%y%m%d%H%M",
    "%Y-%m-%dT%H:%M:%S.%fZ",
    "%d/%b/%Y:%H:%M:%S %z",
    "%a, %d %b %Y %H:%M:%S %Z",
    "%A %d %B %Y %H.%M",
    "%Y-%j %H:%M",
    "%G-W%V-%u %H:%M",
    "%d/%m/%Y",
    "%H:%M %Z %d/%m/%Y",
]


@pytest.mark.parametrize("time_format", GOOD)
def test_a_usable_time_format_is_accepted(time_format):
    assert find_format_fault(time_format) is None
    make_mapping("ringback", {"calls": {"time_format": time_format}}, toml="case.toml")


BAD = {
    "dd/mm/yyyy": 'has no % in it; write "%d/%m/%Y"',
    "DD.MM.YYYY HH:mm:ss": 'has no % in it; write "%d.%m.%Y %H:%M:%S"',
    "yyyy-mm-dd hh:mm": 'has no % in it; write "%Y-%m-%d %H:%M"',
    "iso": 'has no % in it; write "%d/%m/%Y %H:%M:%S"',
    "ISO 8601": "ISO 8601 needs none",
    "seconds": 'or "epoch"',
    "": "has no % in it",
    "%d/%m/%Y %q": "%q stands for nothing",
    "%D %T": "%D stands for nothing",
    "%s": "%s stands for nothing",
    "%-d/%m/%Y": "%- stands for nothing",
    "%d/%m/%Y %": "stands for nothing",
    "%d/%m/%Y %H:%M:%S.%3f": "%3 stands for nothing",
    "%d/%d/%Y": "twice",
    "%d/%M/%Y": "%m is the month, %M the minute",
    "%d/%m %H:%M": "does not tell year, month and day",
    "%H:%M:%S": "does not tell year, month and day",
    "%Y %H:%M": "does not tell year, month and day",
    "%d/%m/%Y %I:%M:%S": "does not tell morning from afternoon",
    "%d/%m/%Y %M:%S": "does not tell the hour",
    "%G-%m-%d": "no form that a time can be read in",
}


@pytest.mark.parametrize("time_format", BAD)
def test_an_unusable_time_format_is_refused_with_what_to_write_instead(time_format):
    with pytest.raises(RingbackError) as caught:
        make_mapping("ringback", {"calls": {"time_format": time_format}}, toml="case.toml")
    assert caught.value.code == "case_setting_bad"
    assert "[tables.calls] time_format" in str(caught.value)
    assert BAD[time_format] in str(caught.value)


@pytest.mark.parametrize("value", [1, ["%d"], True])
def test_a_time_format_that_is_not_a_text_is_refused(value):
    with pytest.raises(RingbackError, match="time_format must be a text"):
        make_mapping("ringback", {"accounts": {"time_format": value}}, toml="case.toml")
