"""Words that mean "no value" in seized text: `NULL`, `\\N`, `None`, `n/a`."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ringback.jit import text_buffers
from ringback.sources.fields.text_columns import ASCII_BLANKS, is_ascii

# In small letters. A login may be `na` or `nan`: such words are left as they are.
WORDS = ("null", "(null)", "<null>", "[null]", "\\n", "none", "nil", "n/a", "#n/a", "undefined", "-", "--")
_LONGEST = max(map(len, WORDS))
_WORDS = pa.array(WORDS)
_SPELLINGS = pa.array(sorted({one for word in WORDS for one in (word, word.upper(), word.capitalize())} | {"\\N"}))


def is_nothing(text: str) -> bool:
    """Whether a text means "no value".

    >>> is_nothing("NULL"), is_nothing("N/A"), is_nothing("nullah")
    (True, True, False)
    """
    return len(text) <= _LONGEST + 2 and text.strip().casefold() in WORDS


def without_words(texts: pa.Array) -> pa.Array:
    """Texts, or a dictionary of them, with null for each word that means "no value".

    >>> without_words(pa.array(["fox", "NULL", None, "none"])).to_pylist()
    ['fox', None, None, None]
    """
    if pa.types.is_dictionary(texts.type):
        if is_ascii(texts.dictionary):
            plain = pc.ascii_lower(pc.utf8_trim(texts.dictionary, characters=ASCII_BLANKS))
            if not pc.any(pc.is_in(plain, _WORDS)).as_py():
                return texts
        words = texts.dictionary.to_pylist()
        empty = [word is not None and is_nothing(word) for word in words]
        if not any(empty):
            return texts
        kept = pa.array([None if none else word for word, none in zip(words, empty, strict=True)], pa.string())
        return kept.take(texts.indices).dictionary_encode()
    _data, bounds = text_buffers(texts)
    # Most texts are longer than any such word.
    short = np.flatnonzero(np.diff(bounds) <= _LONGEST)
    empty = pc.is_in(texts.take(pa.array(short)), _SPELLINGS).to_numpy(zero_copy_only=False)
    if not empty.any():
        return texts
    found = np.zeros(len(texts), np.bool_)
    found[short] = empty
    return pc.if_else(pa.array(found), None, texts)
