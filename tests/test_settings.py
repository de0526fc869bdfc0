"""Settings of the machine, from the environment."""

import pytest

from ringback.settings import check_memory_limit, load_settings


@pytest.mark.parametrize("text", ["1GB", "1.5 GiB", "2000mb", "1TB"])
def test_a_limit_of_memory_is_taken_as_given(monkeypatch, text):
    monkeypatch.setenv("RINGBACK_MEMORY_LIMIT", text)
    assert load_settings().memory_limit == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lots", "such as 4GB"),
        ("4", "such as 4GB"),
        ("-4GB", "such as 4GB"),
        ("4kB", "such as"),
        ("300MB", "at least 1GB"),
    ],
)
def test_a_limit_that_cannot_be_is_named(monkeypatch, text, words):
    with pytest.raises(ValueError, match=words):
        check_memory_limit(text)
    monkeypatch.setenv("RINGBACK_MEMORY_LIMIT", text)
    with pytest.raises(ValueError, match=f"RINGBACK_MEMORY_LIMIT: .*{words}"):
        load_settings()
