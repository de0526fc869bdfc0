"""Words that mean "no value" become null, in columns of texts and in dictionaries; similar words stay."""

import pyarrow as pa
import pytest

from ringback.sources.fields.missing_values import is_nothing, without_words

NOTHING = [
    "NULL",
    "null",
    "Null",
    "\\N",
    "None",
    "none",
    "NONE",
    "nil",
    "n/a",
    "N/A",
    "(null)",
    "<NULL>",
    "-",
    "undefined",
]
SOMETHING = ["nullah", "nan", "na", "noneck", "N", "0", "--x", "fox", "nil2", "unknown", "anonymous"]


@pytest.mark.parametrize("word", NOTHING)
def test_words_for_nothing_are_null(word):
    for texts in (pa.array([word, "fox"]), pa.array([word, "fox"]).dictionary_encode()):
        assert without_words(texts).to_pylist() == [None, "fox"]
    assert is_nothing(f" {word} ")


def test_other_words_stay_and_so_does_the_column():
    texts = pa.array([*SOMETHING, None])
    assert without_words(texts) is texts
    coded = texts.dictionary_encode()
    assert without_words(coded) is coded
