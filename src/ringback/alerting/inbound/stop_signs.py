"""Emoji that mean STOP by themselves: a stop sign, no entry, a raised hand."""

import unicodedata
from functools import lru_cache

from ringback.text.wordlists import read_words

_POLITE = frozenset(
    {"please", "pls", "plz", "thanks", "thank", "you", "thx", "ta", "kindly", "now", "no", "more", "me"}
)
_THINGS = frozenset({"text", "texts", "txt", "txts", "sms", "message", "messages", "msg", "msgs", "texting", "spam"})
_TAKES_NO_ROOM = frozenset("\ufe0e\ufe0f\u200d\u2640\u2642")  # how a picture is shown, and for whom


def says_in_signs(text: str) -> bool:
    """Whether a text is a stop emoji, alone or with only polite words and the thing to stop.

    >>> [says_in_signs(text) for text in ("\U0001f6d1", "\u26d4 texts please", "\u270b hello", "please")]
    [True, True, False, False]
    """
    signs, others = 0, []
    for character in text:
        if character in _signs():
            signs += 1
            others.append(" ")
        elif character not in _TAKES_NO_ROOM and unicodedata.category(character) != "Sk":  # Sk: tones of skin
            others.append(character)
    words = "".join(one if one.isalnum() else " " for one in "".join(others)).lower().split()
    pictures = any(unicodedata.category(one) == "So" for one in others)
    question = "?" in others
    return signs > 0 and not pictures and not question and set(words) <= _POLITE | _THINGS


@lru_cache(maxsize=1)
def _signs() -> frozenset[str]:
    return frozenset(chr(int(code, 16)) for code in read_words("replies/stop_signs.txt"))
