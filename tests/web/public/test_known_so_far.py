"""What we know so far, and the numbers to compare: what their pages show, and what they never say."""

import json
import re
from html import unescape

import pytest

from public_case import ENTRIES, NUMBERS, VALUES, known_facts, make_bundle, shown_files
from ringback.publishing.bundle_files import KNOWN, ORGANISATIONS, TIME_LINE
from ringback.publishing.known_figures import picture_files
from ringback.publishing.organisation_numbers import list_organisations
from ringback.publishing.suppression import round_down
from ringback.web.public.app import create_app
from web.kernel.page_words import plain_words
from web.public.test_pages import words

PICTURES = [f"{name}-{size}" for name in ("calls-over-time", "organisations-shown") for size in ("wide", "narrow")]


def figures_on(page):
    """Every figure of the page as it is written, by its key."""
    return {key: unescape(text) for key, text in re.findall(r'data-figure="(\w+)">([^<]*)<', page)}


def serve_again(service, **files):
    """Publish other content, and serve it."""
    told = {name: json.dumps(content).encode() for name, content in files.items()}
    make_bundle(service.bundle, publication="P-002", shown=told)
    service.clock.sleep(2)


def test_figures_on_the_page_are_those_of_the_run_rounded_down_to_tens(service):
    found = figures_on(service.get("/what-we-know").get_data(as_text=True))
    assert set(found) == set(VALUES)
    for key, value in VALUES.items():
        assert found[key] == (f"{round_down(value):,}" if value >= 10 else "fewer than 10")


def test_the_page_says_as_of_when_what_each_figure_counts_and_how_it_was_rounded(service):
    text = words(service.get("/what-we-know"))
    assert "The figures are of 23 November 2022." in text
    assert "This page was published on 25 November 2022." in text
    assert "rounded down to the nearest 10" in text
    for one in known_facts()["figures"]:
        assert one["definition"] in text
        assert one["period"] in text


def test_every_number_of_a_picture_is_in_the_table_beside_it(service):
    text = words(service.get("/what-we-know"))
    for name in PICTURES:
        answer = service.get(f"/figures/{name}.svg")
        assert answer.content_type == "image/svg+xml"
        assert answer.headers["Cache-Control"] == "public, max-age=60"
        drawn = answer.get_data(as_text=True)
        assert not re.search(r"<style|style=|<script|\bon\w+=|href|url\(", drawn)
        if name.startswith("organisations"):
            labels = re.findall(r">([\d,]+)</text>", drawn)
            assert labels
            assert all(one in text for one in labels)


def test_few_calls_are_drawn_and_told_as_few(service):
    text = words(service.get("/what-we-know"))
    assert "January 2021 31,000" in text
    assert "March 2022 fewer than 10" in text
    assert "December 2020 7" not in text
    assert "Few" not in re.findall(r"\b[A-Z]\w+\b", text.partition("Whose numbers were shown")[2])


def test_the_time_line_is_told_in_order_with_who_says_so(service):
    text = words(service.get("/what-we-know"))
    assert text.index(ENTRIES[0]["text"]) < text.index(ENTRIES[1]["text"])
    assert "8 November 2022" in text
    assert "Source: Example Police, 24 November 2022" in text


def test_without_a_run_and_a_time_line_the_page_says_that_nothing_is_published_yet(service):
    serve_again(service, **{KNOWN: {"no_figures": "run_none"}, TIME_LINE: [], ORGANISATIONS: []})
    text = words(service.get("/what-we-know"))
    assert "We have not published figures or dates yet" in text
    assert "In figures" not in text
    assert "What happened when" not in text
    assert "There is no list of numbers yet" in words(service.get("/numbers"))


def test_a_release_of_an_earlier_version_is_served_without_them(service):
    serve_again(service)
    assert "We have not published figures or dates yet" in words(service.get("/what-we-know"))
    assert service.get("/figures/calls-over-time-wide.svg").status_code == 404


def test_what_is_not_known_is_said_to_be_so(service):
    known = known_facts(VALUES | {"numbers_to_alert": None})
    serve_again(service, **{KNOWN: known})
    assert figures_on(service.get("/what-we-know").get_data(as_text=True))["numbers_to_alert"] == "not known"


def test_what_staff_wrote_is_escaped(service):
    nasty = "<script>alert(1)</script>\"'><img src=x>"
    rows = [NUMBERS[0] | {"organisation": nasty, "line": nasty, "source": nasty}]
    known = known_facts()
    known["organisations"] = [{"organisation": nasty, "at_least": 50}]
    entries = [{"date": "2022-11-08", "text": nasty, "source": nasty}]
    told = {KNOWN: known, TIME_LINE: entries, ORGANISATIONS: list_organisations(rows)}
    files = {name: json.dumps(content).encode() for name, content in told.items()} | picture_files(known)
    make_bundle(service.bundle, publication="P-002", shown=files)
    service.clock.sleep(2)
    (slug,) = service.releases.current().organisations
    for path in ("/what-we-know", "/numbers", f"/numbers/{slug}", "/figures/organisations-shown-wide.svg"):
        page = service.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.get_data(as_text=True)
        assert "<img src=x" not in page.get_data(as_text=True)


@pytest.mark.parametrize("name", ["x", "calls-over-time", "../site", "%2e%2e%2fsite", "calls-over-time-wide.svg%00"])
def test_a_picture_that_is_none_is_not_there(service, name):
    assert service.get(f"/figures/{name}.svg").status_code == 404


@pytest.mark.parametrize("name", ["x", "07700900123", "0121%20496%200123", "..", "example-bank-sons%00"])
def test_an_organisation_that_is_none_is_not_there_and_what_was_asked_is_not_repeated(service, name, caplog):
    answer = service.get(f"/numbers/{name}")
    assert answer.status_code == 404
    assert "07700900123" not in answer.get_data(as_text=True) + caplog.text
    assert "496" not in answer.get_data(as_text=True) + caplog.text


@pytest.mark.parametrize("path", ["/numbers", "/numbers/example-bank-sons", "/numbers/example-energy"])
def test_first_and_largest_it_says_that_a_shown_number_proves_nothing(service, path):
    page = service.get(path).get_data(as_text=True)
    (heading,) = re.findall(r"<h1[^>]*>([^<]*)</h1>", page)
    assert heading == "A number that is shown proves nothing"
    assert page.index("<h1") < page.index(
        '<ul class="govuk-list govuk-list--spaced' if path == "/numbers" else "<table"
    )
    assert not re.search(r"<(input|select|textarea|form)\b", page)


def test_no_page_says_that_a_number_is_not_theirs_and_each_says_that_some_may_be_missing(service):
    for path in ("/numbers", "/numbers/example-bank-sons", "/numbers/example-energy"):
        text = words(service.get(path))
        assert not re.search(r"\b(?:not|isn't|never) (?:theirs|belong|real|genuine number)|does not belong|fake", text)
        assert "is missing may be" in text


def test_each_number_has_its_source_and_day_and_says_how_to_reach_them_safely(service):
    text = words(service.get("/numbers/example-bank-sons"))
    assert "From examplebank.example, as listed on 24 November 2022" in text
    assert "or use the number on your card." in text


def test_every_word_of_the_pages_is_in_the_catalogue(service):
    app = create_app(service.releases, service.inbox, clock=service.clock, language="en-XA")
    told = json.dumps([NUMBERS, ENTRIES, known_facts(), service.releases.current().site])
    for path in ("/what-we-know", "/numbers", "/numbers/example-energy"):
        page = app.test_client().get(path, base_url="https://localhost").get_data(as_text=True)
        left = [one for one in plain_words(page) if not re.search(rf"\b{one}\b", told)]
        assert left == []


def test_the_made_up_bundle_has_what_a_publication_has():
    assert {KNOWN, TIME_LINE, ORGANISATIONS} < set(shown_files())
