"""Pages for errors: plain words, what to do next, help without us, and nothing of the request or the fault."""

import logging
import re

import pytest
from werkzeug.exceptions import Gone, ServiceUnavailable, UnsupportedMediaType

from ringback.web.kernel.contract import ANYBODY, contract
from ringback.web.kernel.pages import WITH_A_PAGE
from web.kernel.small_app import ROUTES, make_site, make_small_app

HEADINGS = {
    400: "Sorry, we could not understand that",
    403: "You cannot see this page",
    404: "Page not found",
    405: "This page cannot be used in that way",
    413: "That was too large",
    429: "Please wait a little",
    500: "Sorry, there is a problem with the service",
}


def raising(error):
    @contract(who=ANYBODY)
    def view():
        raise error

    return make_small_app(routes=[*ROUTES, ("/raise", "raise", view, ("GET",))])


@pytest.fixture
def answers(ask):
    """An answer of each kind."""
    app = make_small_app(front={"hosts": ("check.example",)})
    asked = {
        400: {"headers": {"Host": "evil.example"}},
        403: {"path": "/case"},
        404: {"path": "/nowhere"},
        405: {"method": "TRACE"},
        413: {"path": "/form", "method": "POST", "data": b"x" * 99_999},
        429: {"path": "/form", "method": "POST"},
        500: {"path": "/fault"},
    }
    for _time in range(2):
        ask(app, "/form", method="POST")
    return {code: ask(app, **options) for code, options in asked.items()}


def test_each_has_its_words_and_says_how_to_get_help_without_us(answers):
    assert tuple(answers) == WITH_A_PAGE
    for code, answer in answers.items():
        assert answer.status_code == code
        assert re.findall(r"<h1[^>]*>(.*?)</h1>", answer.text) == [HEADINGS[code]]
        assert f"<title>{HEADINGS[code]} – Check a text – Example Police</title>" in answer.text
        for words in ("ring 159", "159 never rings you", "0300 123 2040", "In Scotland", "on 101", "made-up records"):
            assert words in answer.text, (code, words)


def test_staff_are_not_told_how_to_report_fraud(ask):
    app = make_small_app(site=lambda: make_site(fraud_help=False))
    assert "159" not in ask(app, "/nowhere").text


@pytest.mark.parametrize(
    ("error", "code", "page"), [(Gone, 410, 400), (UnsupportedMediaType, 415, 400), (ServiceUnavailable, 503, 500)]
)
def test_other_errors_have_the_nearest_page(ask, error, code, page):
    answer = ask(raising(error()), "/raise")
    assert (answer.status_code, HEADINGS[page] in answer.text) == (code, True)


def test_a_fault_shows_nothing_and_is_logged_masked(app, ask, caplog):
    with caplog.at_level(logging.ERROR):
        answer = ask(app, "/fault?secret-of-the-request")
    assert answer.status_code == 500
    for words in ("Traceback", "ValueError", "cannot read", "07700", "fault", "small_app", "secret"):
        assert words not in re.sub(r"This is our fault", "", answer.text), words
    assert [record.name for record in caplog.records] == ["ringback.small"]
    logged = caplog.records[0].getMessage()
    assert "Traceback" in logged
    assert "ValueError: cannot read ***** ****23" in logged
    assert "07700" not in caplog.text
    assert "secret-of-the-request" not in caplog.text


def test_the_words_of_an_error_raised_by_a_view_are_not_shown(ask):
    answer = ask(raising(Gone("the number 07700 900123 <b>")), "/raise")
    assert "07700" not in answer.text


@pytest.mark.parametrize("testing", [True, False])
def test_faults_of_every_kind_get_the_page(ask, testing):
    for error in (
        ValueError(),
        KeyError("x"),
        RecursionError(),
        AssertionError(),
        UnicodeDecodeError("utf-8", b"", 0, 1, ""),
    ):
        app = raising(error)
        app.testing = testing
        assert ask(app, "/raise").status_code == 500


def test_if_not_even_an_error_page_can_be_made_there_is_a_plain_one(ask, caplog):
    def site():
        raise OSError("/srv/bundle/site.json of 07700 900123")

    for path, code in (("/", 500), ("/nowhere", 404)):
        answer = ask(make_small_app(site=site), path)
        assert answer.status_code == code
        assert "Try again later" in answer.text
        assert "bundle" not in answer.text
    assert "07700" not in caplog.text


def test_an_app_can_have_an_error_page_of_its_own(ask, tmp_path):
    app = make_small_app()
    assert "own words" not in ask(app, "/nowhere").text
    folder = tmp_path / "templates" / "kernel"
    folder.mkdir(parents=True)
    (folder / "404.html").write_text('{% extends "kernel/error.html" %}{% set heading = "own words" %}')
    own = make_small_app()
    own.jinja_loader.loaders[0].searchpath = [str(tmp_path / "templates")]
    assert "own words" in ask(own, "/nowhere").text


def test_a_page_shows_its_frame(app, ask):
    text = ask(app).text
    assert "Example only: this service shows made-up records" in text
    assert "Example Police" in text
    assert re.search(r'href="/" aria-current="page"', text)
    assert not re.search(r"crown|crest|gov\.uk|logotype", re.sub("govuk", "", text), re.IGNORECASE)
    for block in ("Skip to main content", "This is a new service", "This service is run by Example Police."):
        assert block in text


def test_a_real_service_has_neither_banner_nor_phase(ask):
    text = ask(make_small_app(site=lambda: make_site(synthetic=False, phase="", navigation=(), footer=()))).text
    for words in ("made-up", "phase-banner", "<nav", "<ul"):
        assert words not in text


def test_a_page_with_an_error_says_so_in_its_title(app, ask, open_form):
    client, token = open_form(app)
    answer = ask(app, "/form", client=client, method="POST", data={"csrf_token": token})
    assert answer.status_code == 422
    assert "<title>Error: Ask – Check a text – Example Police</title>" in answer.text
