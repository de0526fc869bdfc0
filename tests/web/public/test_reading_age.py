"""Every page of the public service is easy to read: by each of three formulas, for somebody of about 11."""

import pytest

from public_visitor import Service
from reading_age import Grades, collect_pages, grade, read_sentences

# US school grades: 6 is the aim (11 to 12 years), 7 the most.
MOST = 7.0
# They have to say what the law says, in its words (controller, Data Protection Act, Accessibility Regulations), or
# what a figure counts, word for word as the report says it.
EXACT, MOST_OF_EXACT = ("/privacy", "/accessibility", "/what-we-know"), 9.0


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    service = Service(tmp_path_factory.mktemp("reading") / "bundle")
    yield collect_pages(service)
    service.inbox.engine.dispose()


def test_every_page_can_be_read_by_somebody_of_eleven(pages):
    hard = {}
    for name, page in pages.items():
        found = grade(read_sentences(page))
        most = MOST_OF_EXACT if name in EXACT else MOST
        if max(found.flesch_kincaid, found.ari, found.coleman_liau) > most:
            hard[name] = found
    assert hard == {}


def test_pages_are_found_by_their_routes_and_answers_are_among_them(pages):
    assert {"/", "/check", "/privacy", "/texts/B-001", "genuine", "not confirmed", "errors"} <= set(pages)
    assert "/health" not in pages
    for name in ("/", "genuine", "not confirmed", "/was-my-number-called"):
        assert grade(read_sentences(pages[name])).words > 100, name


def test_hard_words_and_long_sentences_are_found_out():
    hard = grade(
        ["In accordance with applicable legislation, notification of individuals potentially affected is anticipated."]
    )
    assert min(hard.flesch_kincaid, hard.ari, hard.coleman_liau) > 12
    long = grade([" ".join(["the dog and the cat ran to the old house"] * 5)])
    assert long.flesch_kincaid > 15


def test_the_formulas_are_the_published_ones():
    # Counted by hand: 15 words, 15 syllables, 41 letters, 3 sentences.
    found = grade(["The cat sat on the mat.", "It was a fat cat.", "The sun was hot."])
    assert (found.words, found.sentences) == (15, 3)
    assert found.flesch_kincaid == pytest.approx(0.39 * 5 + 11.8 - 15.59)
    assert found.ari == pytest.approx(4.71 * 41 / 15 + 0.5 * 5 - 21.43)
    assert found.coleman_liau == pytest.approx(0.0588 * 100 * 41 / 15 - 0.296 * 100 * 3 / 15 - 15.8)
    assert grade([]) == Grades(0, 0, 0, 0, 0)


def test_only_sentences_are_measured():
    page = """<p>Outside.</p><main><h1>Unintelligibility</h1>
    <p>Ring your <strong>bank</strong> now. Dial 159, <a href="/">or
    ask</a>.</p><ul><li><a href="/x">Incomprehensibility</a></li><li>a line without an end</li></ul>
    <label>Terminology</label><script>var x = "no words";</script></main><p>Outside.</p>"""
    assert read_sentences(page) == ["Ring your bank now.", "Dial 159, or ask.", "a line without an end"]
