"""Nothing of a report is in a file that opens, a log, an address, a session or an error; nobody sends it for others."""

import logging
import re
from urllib.parse import unquote

import pytest
from pyrage import DecryptError, decrypt
from pyrage.x25519 import Identity
from sqlalchemy import select, update

from public_case import GENUINE, LAST_FOUR
from report_visitor import TOLD, Reporter, sealed_of
from ringback.publishing.inbox import return_codes
from ringback.publishing.inbox.tables import drafts
from ringback.records.db import writing
from ringback.victim_reports import status_codes
from ringback.web.kernel.contract import ANYBODY, NEVER, find_contract

# What was typed, and what it is read to.
SECRETS = [
    "Barclays Fraudteam", "my account was emptied", "Mabel", "Quillfeather", "mabel@example.com", "900456", "900123",
    "79460987", "7946 0987", "1200.50", "120050", "2022-04-03", "moved_money", "CF10", GENUINE,
]  # fmt: skip
WITH_TEXT = {**TOLD, "has_text": "yes", "reference": GENUINE, "last_four": LAST_FOUR}


def held_by(host):
    """All bytes of all files of a public host."""
    return b"\n".join(path.read_bytes() for path in host.rglob("*") if path.is_file())


@pytest.fixture
def two_reports(service):
    """One that is being written, and one that was sent; with their codes."""
    writing_one = Reporter(service, WITH_TEXT)
    writing_one.write()
    return_code = writing_one.save()
    status_code = Reporter(service).report()
    return return_code, status_code


def test_with_the_public_hosts_files_alone_no_report_can_be_read(service, two_reports):
    held = held_by(service.bundle)
    for secret in (*SECRETS, *two_reports, *(return_codes.read(two_reports[0]), status_codes.read(two_reports[1]))):
        assert secret.encode() not in held, secret
        assert secret.encode("utf-16-le") not in held, secret
    (sealed,) = sealed_of(service)
    with pytest.raises(DecryptError):
        decrypt(sealed, [Identity.generate()])
    assert b"AGE-SECRET-KEY" not in held


def test_a_draft_opens_with_its_own_code_and_in_its_own_place_alone(service, two_reports):
    other = Reporter(service)
    other.write(until="/report/question/story")
    with service.inbox.engine.connect() as connection:
        rows = dict(connection.execute(select(drafts.c.id, drafts.c.sealed)).all())
    own = return_codes.derive(other.cookie(), secret=service.inbox.secret).id
    (stranger,) = set(rows) - {own}
    now = service.clock.now()
    with writing(service.inbox.engine).begin() as connection:
        connection.execute(update(drafts).where(drafts.c.id == own).values(sealed=rows[stranger]))
    assert service.drafts.read(other.cookie(), now=now) is None
    assert other.get("/report/question/story").status_code == 404
    assert service.drafts.read(return_codes.new_code(), now=now) is None


def test_nothing_of_what_was_typed_stays_after_sending_or_deleting(service):
    sent, deleted = Reporter(service), Reporter(service)
    sent.report()
    deleted.write()
    deleted.post("/report/delete")
    with service.inbox.engine.connect() as connection:
        assert connection.execute(select(drafts)).all() == []


def test_nothing_of_a_report_is_in_an_address_a_log_or_a_session(service, caplog):
    caplog.set_level(logging.DEBUG)
    reporter = Reporter(service, WITH_TEXT)
    code = None
    with caplog.at_level(logging.DEBUG):
        reporter.write()
        code = reporter.save()
        reporter.send()
        status = reporter.status_code()
    secrets = [*SECRETS, code, return_codes.read(code), status, status_codes.read(status)]
    told = "".join(record.getMessage() for record in caplog.records) + unquote("".join(reporter.seen))
    for secret in secrets:
        assert secret not in told, secret
    with reporter.visitor.session_transaction(base_url="https://localhost") as session:
        assert set(session) <= {"csrf_token"}


def test_what_breaks_is_logged_without_what_was_typed(service, caplog, monkeypatch):
    reporter = Reporter(service)
    reporter.write(until="/report/question/story")

    def fail(values, _keys):
        raise RuntimeError(f"cannot keep {len(values)} things")

    monkeypatch.setattr("ringback.publishing.inbox.drafts._seal", fail)
    answer = reporter.post("/report/question/story", story=TOLD["story"])
    assert answer.status_code == 500
    told = "".join(record.getMessage() for record in caplog.records) + answer.text
    assert "cannot keep" in told
    for secret in SECRETS:
        assert secret not in told, secret


def test_the_cookie_holds_a_random_code_alone_and_goes_with_the_browser(service):
    reporter = Reporter(service)
    sent = reporter.post("/report/question/text", has_text="no")
    cookies = {one.partition("=")[0]: one for one in sent.headers.getlist("Set-Cookie")}
    told = cookies["__Host-report"]
    value, *rest = (part.strip() for part in told.partition("=")[2].split(";"))
    assert return_codes.read(value) == value
    assert {one.lower() for one in rest} == {"secure", "httponly", "path=/", "samesite=strict"}


def test_whoever_has_no_cookie_sees_no_report(service, two_reports):
    stranger = Reporter(service)
    for rule in service.app.url_map.iter_rules():
        if rule.rule.startswith("/report"):
            page = stranger.get(rule.rule.replace("<name>", "story").replace("<place>", "1")).text
            assert not [one for one in SECRETS if one in page], rule.rule


@pytest.mark.parametrize("cookie", ["", "x", "BCDFGHJKMNPQRSTVWXZB", "B" * 20, "\0", "a" * 4000])
def test_a_cookie_that_is_no_code_of_ours_opens_nothing(service, cookie):
    reporter = Reporter(service)
    reporter.visitor.set_cookie("__Host-report", cookie, secure=True, domain="localhost")
    assert reporter.get("/report/answers").status_code == 404
    assert reporter.get("/report/sent").status_code == 404


def report_rules(service):
    return [one for one in service.app.url_map.iter_rules() if one.rule.startswith("/report")]


def test_every_page_of_a_report_is_for_anybody_kept_nowhere_and_found_by_no_search_engine(service):
    rules = report_rules(service)
    assert len(rules) >= 20
    for rule in rules:
        found = find_contract(service.app.view_functions[rule.endpoint])
        assert found.who == ANYBODY
        assert found.audits is None
        if rule.endpoint != "report":
            assert (found.cache, found.indexed) == (NEVER, False), rule.rule
        if "POST" in rule.methods:
            assert found.limit in ("forms", "codes", "reports", "files"), rule.rule
    assert find_contract(service.app.view_functions["report_returned"]).limit == "codes"
    assert find_contract(service.app.view_functions["report_status_asked"]).limit == "codes"
    assert find_contract(service.app.view_functions["report_send"]).limit == "reports"


def test_no_form_of_a_report_is_taken_without_its_token_or_from_another_site(service):
    reporter = Reporter(service)
    reporter.write()
    token = reporter.get("/report/answers").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    for rule in report_rules(service):
        if "POST" not in rule.methods:
            continue
        path = rule.rule.replace("<name>", "story").replace("<place>", "1")
        for data, headers in (
            ({}, {}),
            ({"csrf_token": "x"}, {}),
            ({"csrf_token": token}, {"Sec-Fetch-Site": "cross-site"}),
            ({"csrf_token": token}, {"Origin": "https://evil.example"}),
        ):
            answer = reporter.visitor.post(path, data=data, headers=headers, base_url="https://localhost")
            assert answer.status_code == 400, path
    assert sealed_of(service) == []
    assert TOLD["story"] in reporter.get("/report/question/story").text


def test_no_path_has_a_place_for_a_number_or_a_code(service):
    arguments = {name for rule in report_rules(service) for name in rule.arguments}
    assert arguments == {"name", "place"}
    reporter = Reporter(service)
    reporter.write()
    assert reporter.get("/report/question/07700900123").status_code == 404
    # Anything that is not the number of a loss is a new one.
    assert 'value="1200.50"' not in reporter.get("/report/loss/07700900123").text


def test_the_answers_page_is_not_shown_again_by_the_back_button(service):
    reporter = Reporter(service)
    reporter.write()
    assert reporter.get("/report/answers").headers["Cache-Control"] == "no-store"


def test_a_return_code_a_status_code_and_a_reference_are_never_the_same(service):
    reporter = Reporter(service)
    reporter.write()
    return_code = reporter.save()
    reporter.send()
    status = reporter.status_code()
    assert len({re.sub("-", "", one) for one in (return_code, status)}) == 2
    assert return_codes.read(status) is None
    assert status_codes.read(return_code) is None
    assert return_codes.read(GENUINE) is None
