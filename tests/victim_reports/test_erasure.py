"""Erasing on a file: neither the key nor the content is left in the bytes of the records."""

import pytest

from report_contents import take
from ringback.errors import RingbackError
from ringback.records.reports import get_report
from ringback.victim_reports.erasure import erase


def row_of(case_file, report):
    with case_file.records.connect() as connection:
        return get_report(connection, report)


def held(case_file):
    """All bytes of the records, as somebody would copy them once no command runs."""
    case_file.close()
    return b"".join(path.read_bytes() for path in sorted(case_file.case.path.glob("records.sqlite*")))


@pytest.mark.parametrize("others", [0, 30])
def test_nothing_of_an_erased_report_is_left_in_the_file(case_file, others):
    report = take(case_file, story="a long story " * 800)
    for _one in range(others):
        take(case_file)
    before = row_of(case_file, report)
    assert before.key_sealed.encode() in held(case_file)
    erase(case_file, report, member="bob", why="asked for it")
    left = held(case_file)
    digests = (before.number_digest, before.contact_digest, before.status_digest)
    # The number's digest stands in the other reports, which are about the same number.
    gone = [before.key_sealed, before.sealed[:200], before.sealed[-200:], before.status_digest]
    gone += [] if others else digests
    for text in gone:
        assert text.encode() not in left


def test_an_erasure_without_a_reason_erases_nothing(case_file):
    report = take(case_file)
    with pytest.raises(RingbackError) as error:
        erase(case_file, report, member="bob", why="")
    assert error.value.code == "why_missing"
    assert row_of(case_file, report).sealed
