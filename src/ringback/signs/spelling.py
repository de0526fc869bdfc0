"""Spelling: known words, and the known word that a misspelt or disguised word stands for."""

import re
from collections.abc import Iterator
from itertools import pairwise

from ringback.text.data_files import kept_for_now, kept_with_data
from ringback.text.wordlists import read_lines, read_words

CUE_FILES = ("authority", "urgency", "emotion", "scarcity", "current_events", "asks", "genuine")
HEADING = re.compile(r"^\[([a-z_]+)\]\s*(.*)$")
_LEET = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g", "@": "a", "$": "s", "€": "e"}
_TABLES = (
    str.maketrans(_LEET | {"1": "i", "!": "i", "|": "l"}),
    str.maketrans(_LEET | {"1": "l", "!": "l", "|": "l"}),
)
_SHORTEST_MENDED = 6  # letters; shorter words have too many neighbours
_MOST_LETTERS = 48
_LONGEST_WORD = 18
_LONE_WORDS = frozenset({"a", "i"})


@kept_with_data(1)
def cue_words() -> frozenset[str]:
    """Every plain word in the cues."""
    lines = (line for name in CUE_FILES for line in read_lines(f"signs/cues/{name}.txt") if not HEADING.match(line))
    text = " ".join(lines).replace("'", "")
    return frozenset(word for word in re.findall(r"(?<![<\w])[a-z]+(?![\w>*])", text) if len(word) > 1)


@kept_with_data(1)
def known_words() -> frozenset[str]:
    """Every usual word of ordinary messages, and every word of the cues."""
    return read_words("signs/known_words.txt") | cue_words()


def is_known(word: str) -> bool:
    """Whether a word is one of the known words.

    >>> is_known("account"), is_known("acc0unt")
    (True, False)
    """
    return word in known_words()


def undo_leet(word: str) -> str:
    """A word with digits and signs read as letters; unchanged if that gives no known word.

    >>> undo_leet("acc0unt"), undo_leet("b4"), undo_leet("2nd")
    ('account', 'b4', '2nd')
    """
    if len(word) > 3:
        for table in _TABLES:
            plain = word.rstrip("!").translate(table)
            if plain.isalpha() and is_known(plain):
                return plain
    return re.sub(r"[^a-z0-9]", "", word) or word


@kept_for_now(16384)
def mend_word(word: str) -> str:
    """The only word of the cues that is one slip away from an unknown word; else the word unchanged.

    A slip is one letter too many, one too few, a wrong one, or two neighbours swapped.

    >>> mend_word("suspeneded"), mend_word("acccount"), mend_word("golf")
    ('suspended', 'account', 'golf')
    """
    if len(word) < _SHORTEST_MENDED or len(word) > _LONGEST_WORD or not word.isalpha() or is_known(word):
        return word
    near: set[str] = set()
    index = _deletions()
    for key in {word, *_shortened(word)}:
        near |= {one for one in index.get(key, ()) if is_one_slip(word, one)}
    return min(near) if len(near) == 1 else word


@kept_with_data(1)
def _deletions() -> dict[str, tuple[str, ...]]:
    """Long words of the cues, by the word itself and by the word without any one of its letters."""
    found: dict[str, list[str]] = {}
    for word in sorted(cue_words()):
        if len(word) >= _SHORTEST_MENDED:
            for key in {word, *_shortened(word)}:
                found.setdefault(key, []).append(word)
    return {key: tuple(words) for key, words in found.items()}


def _shortened(word: str) -> Iterator[str]:
    return (word[:place] + word[place + 1 :] for place in range(len(word)))


def is_one_slip(one: str, other: str) -> bool:
    """Whether two words differ by one letter changed, left out or added, or by two neighbours swapped."""
    if len(one) == len(other):
        apart = [place for place in range(len(one)) if one[place] != other[place]]
        if len(apart) == 2:
            first, second = apart
            return second == first + 1 and one[first] == other[second] and one[second] == other[first]
        return len(apart) == 1
    short, long = sorted((one, other), key=len)
    return len(long) == len(short) + 1 and short in set(_shortened(long))


def join_letters(spans: list[tuple[str, int, int]], plain: str) -> Iterator[tuple[str, int, int]]:
    """Join letters that were set apart ("u r g e n t") into words; everything else stays."""
    place = 0
    while place < len(spans):
        until = place
        while (
            until < len(spans) and until - place < _MOST_LETTERS and _is_lone(spans, until, plain, first=until == place)
        ):
            until += 1
        if until - place >= 4:
            yield from _split(spans[place:until])
            place = until
        else:
            yield spans[place]
            place += 1


def _is_lone(spans: list[tuple[str, int, int]], place: int, plain: str, *, first: bool) -> bool:
    word, at, _ = spans[place]
    if len(word) != 1 or not word.isalpha():
        return False
    return first or (at - spans[place - 1][2] <= 2 and "\n" not in plain[spans[place - 1][2] : at])


def _split(letters: list[tuple[str, int, int]]) -> Iterator[tuple[str, int, int]]:
    """The fewest known words that the letters make; all letters as one word if they make none."""
    text = "".join(word for word, _, _ in letters)
    known, likely = known_words(), cue_words() | _LONE_WORDS
    # (cost of the words, where the last one begins). Few words are cheap, and words of the cues are cheaper.
    best: list[tuple[float, int] | None] = [(0.0, 0)] + [None] * len(text)
    for end in range(1, len(text) + 1):
        for start in range(max(0, end - _LONGEST_WORD), end):
            before = best[start]
            word = text[start:end]
            if before is None or word not in (known if len(word) > 1 else _LONE_WORDS):
                continue
            cost = before[0] + (1.0 if word in likely else 1.2)
            if best[end] is None or cost < best[end][0]:  # type: ignore[index]
                best[end] = (cost, start)
    if best[-1] is None:
        yield text, letters[0][1], letters[-1][2]
        return
    cuts = [len(text)]
    while cuts[-1]:
        cuts.append(best[cuts[-1]][1])  # type: ignore[index]
    cuts.reverse()
    for start, end in pairwise(cuts):
        yield text[start:end], letters[start][1], letters[end - 1][2]
