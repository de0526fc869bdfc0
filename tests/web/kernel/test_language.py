"""Languages: English as it is written, the made-up one, and one from a catalogue of its own."""

import re

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback.web.kernel.language import PSEUDO, disguise, load_language
from tiers import examples
from web.kernel.page_words import plain_words
from web.kernel.small_app import make_site, make_small_app

PAGES = [
    {"path": "/"}, {"path": "/form"}, {"path": "/nowhere"}, {"path": "/case"}, {"path": "/fault"}, {"method": "TRACE"},
    {"path": "/form", "method": "POST"}, {"path": "/form", "method": "POST", "data": b"x" * 99_999},
]  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_every_word_of_a_page_is_in_a_catalogue(ask, page):
    app = make_small_app(language=PSEUDO, site=lambda: make_site(force="ẊŶ"))
    answer = ask(app, **page)
    assert 'lang="en-XA"' in answer.text
    assert plain_words(answer.text) == []


def test_a_word_that_is_in_none_is_found(ask):
    app = make_small_app(language=PSEUDO, site=lambda: make_site(force="Plain Words"))
    assert set(plain_words(ask(app).text)) == {"Plain", "Words"}


def test_in_english_it_is_as_it_is_written(app, ask):
    answer = ask(app)
    assert "Was it <strong>Example Police</strong>?" in answer.text
    assert "2 texts" in answer.text
    assert 'lang="en"' in answer.text
    assert 'dir="ltr"' in answer.text


def test_the_made_up_language_keeps_placeholders_and_tags():
    text = disguise('Ring <a href="/x">%(name)s</a> 100%% of&nbsp;%(num)d')
    assert re.findall(r"<[^>]*>|%\(\w+\)[sd]|%%|&\w+;", text) == [
        '<a href="/x">',
        "%(name)s",
        "</a>",
        "%%",
        "&nbsp;",
        "%(num)d",
    ]
    assert not re.search("[a-zA-Z]", re.sub(r"<[^>]*>|%\(\w+\)[sd]|%%|&\w+;", "", text))


@settings(max_examples=examples(200), deadline=None)
@given(st.text("abcXYZ .,%<>&;()", min_size=1))
def test_it_is_a_third_longer(text):
    letters = sum(char.isalpha() for char in re.sub(r"<[^>]*>|%\(\w+\)[sd]|%%|&#?\w+;", "", text))
    assert sum(char.isalpha() for char in disguise(text)) >= letters * 4 / 3


def test_values_are_escaped_and_translations_are_not(ask):
    app = make_small_app(language=PSEUDO, site=lambda: make_site(force="<b>&"))
    assert "<strong>&lt;b&gt;&amp;</strong>" in ask(app).text


@pytest.fixture
def folders(tmp_path):
    def write(name, code, words):
        catalogue = Catalog(locale=code)
        for english, other in words.items():
            catalogue.add(english, other)
        path = tmp_path / name / code.replace("-", "_") / "LC_MESSAGES" / "messages.mo"
        path.parent.mkdir(parents=True)
        with path.open("wb") as file:
            write_mo(file, catalogue)
        return tmp_path / name

    return write


def test_a_language_is_looked_up_in_the_app_and_then_in_the_kernel(folders):
    own = folders("own", "cy", {"Start": "Dechrau"})
    kernel = folders("kernel", "cy", {"Start": "Other", "Menu": "Dewislen"})
    found = load_language("cy", (own, kernel))
    words = [found.translations.gettext(word) for word in ("Start", "Menu", "Neither")]
    assert (words, found.code, found.direction) == (["Dechrau", "Dewislen", "Neither"], "cy", "ltr")


def test_some_languages_run_from_right_to_left(folders):
    assert load_language("ur", (folders("own", "ur", {"Start": "x"}),)).direction == "rtl"


@pytest.mark.parametrize("code", ["cy", "xx", "", "../../etc", "en_GB", "/", "cy\0"])
def test_a_language_without_a_catalogue_does_not_start(code, tmp_path):
    with pytest.raises(LookupError):
        load_language(code, (tmp_path,))
