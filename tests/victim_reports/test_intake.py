"""Taking a report: its status code, its digests, and what is refused."""

import re

import pytest
from sqlalchemy import update

from report_contents import CONTACT, NUMBER, logged, make_content, take
from ringback.alerting.model.references import new_reference
from ringback.errors import RingbackError
from ringback.keys import CaseKey, KeyRing
from ringback.records.alert_tables import alerts, batches
from ringback.records.db import writing
from ringback.records.reports import get_report
from ringback.victim_reports import status_codes
from ringback.victim_reports.content import Happened, Kind, Loss, ReportContent, Reporter
from ringback.victim_reports.intake import TELEPHONE, take_report


def row_of(case_file, report):
    with case_file.records.connect() as connection:
        return get_report(connection, report)


def test_the_status_code_is_told_once_and_kept_only_as_a_keyed_digest(case_file):
    taken = take_report(case_file, make_content(), way=TELEPHONE, who="alice", why="a test")
    assert re.fullmatch(r"[CDFHJKMNPRTVWX234679]{4}(-[CDFHJKMNPRTVWX234679]{4}){2}", taken.status_code)
    row = row_of(case_file, taken.id)
    code = status_codes.read(taken.status_code.lower().replace("-", " "))
    assert row.status_digest == status_codes.status_digest(case_file.keys(), code)
    kept = case_file.case.path.glob("records.sqlite*")
    assert not any(
        code.encode() in path.read_bytes() or taken.status_code.encode() in path.read_bytes() for path in kept
    )


def test_status_codes_are_unlike_each_other_and_unlike_references():
    codes = {status_codes.new_status_code() for _one in range(1000)}
    assert len(codes) == 1000
    assert all(len(one) >= 12 for one in codes)
    assert status_codes.read(new_reference()) is None


def test_a_code_is_found_after_the_keys_were_rotated(case_file):
    ring = case_file.keys()
    newer = KeyRing((*ring.keys, CaseKey("k2", b"another key for tests only, here")))
    code = status_codes.new_status_code()
    assert status_codes.status_digest(ring, code) in status_codes.status_digests(newer, code)


def test_a_report_is_found_by_the_same_digest_as_an_alert_to_its_number(case_file):
    row = row_of(case_file, take(case_file))
    assert row.number_digest == case_file.key().digest(NUMBER)
    assert row.check_digest is None


def test_a_report_that_begins_with_our_text_is_tied_to_its_alert(case_file, our_text):
    reference, last_four, number = our_text
    report = take(case_file, reference=reference, last_four=last_four, called_number="", called_number_typed="")
    row = row_of(case_file, report)
    with case_file.records.connect() as connection:
        alert = connection.execute(alerts.select()).one()
    assert row.check_digest == alert.check_digest
    assert row.number_digest == alert.number_digest == case_file.key().digest(number)
    assert logged(case_file, "report_taken")[0]["began_with_our_text"] is True


@pytest.mark.parametrize("wrong", ["reference", "digits", "stopped"])
def test_a_reference_that_is_not_ours_is_refused(case_file, our_text, wrong):
    reference, last_four, _number = our_text
    if wrong == "stopped":
        with writing(case_file.records).begin() as connection:
            connection.execute(update(alerts).values(state="waiting"))
            connection.execute(update(batches).values(state="stopped"))
    else:
        reference, last_four = (new_reference(), last_four) if wrong == "reference" else (reference, "0000")
    with pytest.raises(RingbackError) as error:
        take(case_file, reference=reference, last_four=last_four)
    assert error.value.code == "report_faulty"
    assert "no text of ours" in str(error.value)
    assert logged(case_file, "report_taken") == []


@pytest.mark.parametrize(
    "content",
    [
        ReportContent(), ReportContent(happened=(Happened.nothing,)), ReportContent(reporter=Reporter("Ann")),
        make_content(losses=(Loss(0),)), make_content(story="x" * 20_001), make_content(reference="BCDFGHJKMNZ"),
        make_content(happened=(Happened.nothing,)),
    ],
)  # fmt: skip
def test_a_faulty_report_is_refused_without_repeating_it(case_file, content):
    with pytest.raises(RingbackError) as error:
        take_report(case_file, content, way=TELEPHONE, who="alice", why="a test")
    assert error.value.code == "report_faulty"
    assert NUMBER not in str(error.value)


def test_the_same_contact_has_the_same_digest_however_it_is_written(case_file):
    rows = [
        row_of(case_file, take(case_file, reporter=Reporter(number=number)))
        for number in ("07700 900456", CONTACT, "(07700) 900-456")
    ]
    assert len({one.contact_digest for one in rows}) == 1
    other = row_of(case_file, take(case_file, reporter=Reporter(email="Ann@Example.com ")))
    same = row_of(case_file, take(case_file, reporter=Reporter(email="ann@example.com")))
    assert other.contact_digest == same.contact_digest != rows[0].contact_digest
    assert row_of(case_file, take(case_file, reporter=Reporter())).contact_digest is None


def test_information_is_kept_as_such(case_file):
    assert row_of(case_file, take(case_file, kind=Kind.information)).kind == "information"
