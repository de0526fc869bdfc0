"""Normalising the spelling of a reply: look-alike letters, stretched and spaced words, misspellings.

"ѕт0p", "STOOOP", "s t o p" and "stpo" all become "stop"; "dont txt me" becomes "dont text me". A correct word, such as
"shop", stays as it is.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from ringback.numbers.masking import without_invisible
from ringback.text.confusables import fold_character
from ringback.text.wordlists import read_lines, read_words

LONGEST = 2000  # characters; the rest of a text is not read

_BREAKS = re.compile(r"([.!?;:,\n/|()]+|\s[-]+\s)")
_WORDS = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_SPACED = re.compile(r"(?<![^\W_])(?:[a-z0][ .\-_*/,]{1,3}){2,}[a-z0](?![^\W_])")
_CHUNK = re.compile(r"\S+")
_ROUND_SIGN = re.compile(
    "(?<=[^\\W\\d_])[\u2b55\u25cb\u25ef\u25cf\u25ce\u25c9\u26aa\u26ab\U0001f534\U0001f6d1]\ufe0f?(?=[^\\W\\d_])"
)
_AROUND = ".,!?;:\"'()[]{}*<>#~-_/"
_ODD = re.compile(r"[0-9$@|!+()]")
_SIGNS = str.maketrans("013457$@|!+8", "oieastsaiitb")
_SIGNS_L = str.maketrans("013457$@|!+8", "oleastsalltb")
_TAIL_DIGITS = re.compile(r"\d+$")
_TORN = re.compile(r"[a-z]+(?:[.\-_*/~'][a-z]+)+[.!]*")
_NO_LETTER = re.compile(r"[^a-z]")
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_DOUBLED = re.compile(r"([a-z])\1+")
_SHORTEST_FUZZY = 4
_KEYWORDS = frozenset({"stop", "texts", "texting", "messages", "remove", "unsubscribe", "cancel", "leave", "dont"})
_SHORT_WORDS = frozenset({"me", "my", "it", "us", "no", "to", "do", "of", "be", "is"})
_LONGEST_WORD = 12
_MOST_PIECES = 5
_LONG = 9  # letters from which two may be wrong


@dataclass(frozen=True, slots=True)
class Clause:
    """The words between two punctuation marks.

    Attributes:
        words: In small letters, without apostrophes, in normalised spelling.
        question: Whether a question mark ends it.
    """

    words: tuple[str, ...]
    question: bool


def fold(text: str) -> str:
    """A text in plain letters, capitals kept: no look-alikes, no accents, no characters without width."""
    plain = _ROUND_SIGN.sub("o", without_invisible(text[:LONGEST].replace("\r", "\n")))
    return "".join(map(fold_character, plain)).replace("`", "'")


def read_clauses(folded: str) -> list[Clause]:
    """The clauses of a folded text; those without words are left out.

    >>> [clause.words for clause in read_clauses("Plz st0p txting me!! STOOOP")]
    [('please', 'stop', 'texting', 'me'), ('stop',)]
    """
    plain = _SPACED.sub(_join_letters, folded.lower().replace("&", " and "))
    plain = _CHUNK.sub(_read_signs, plain)
    parts = _BREAKS.split(plain)
    clauses = []
    for place in range(0, len(parts), 2):
        words = _meant([word.replace("'", "") for word in _WORDS.findall(parts[place])])
        if words:
            mark = parts[place + 1] if place + 1 < len(parts) else ""
            clauses.append(Clause(tuple(words), "?" in mark))
    return clauses


def _join_letters(found: re.Match[str]) -> str:
    letters = re.sub(r"[^a-z0]", "", found[0]).replace("0", "o")
    for word in ("stop", "unsubscribe", "cancel", "remove", "quit", "optout", "end"):
        if letters == word or (letters.startswith(word) and letters[len(word) :] in _spellings()):
            return f"{word} {letters[len(word) :]}"
    return found[0]


def _read_signs(found: re.Match[str]) -> str:
    """Letters for the digits and signs in a word, if that makes a word that matters: "st0p"."""
    chunk = found[0]
    if _TORN.fullmatch(chunk) and (letters := _NO_LETTER.sub("", chunk)) in _joined():
        return letters  # "st.op"
    if _ODD.search(chunk) is None:
        return chunk
    core = chunk.replace("()", "o").strip(_AROUND)
    for read in (core, _TAIL_DIGITS.sub("", core)):
        for signs in (_SIGNS, _SIGNS_L):
            word = read.translate(signs)
            if word != chunk and (word in _words_that_matter() or _unstretched(word) in _words_that_matter()):
                return word + " " + "".join(one for one in chunk[-1:] if one in "?.,!:;")
    return chunk


def _meant(words: list[str]) -> list[str]:
    meant: list[str] = []
    place = 0
    while place < len(words):
        pair = "".join(words[place : place + 2])
        if place + 1 < len(words) and pair in _joined() and _is_piece(words[place], words[place + 1]):
            meant.append(pair)
            place += 2
            continue
        meant += _respelt(words[place]).split()
        place += 1
    return meant


def _is_piece(first: str, second: str) -> bool:
    """Whether two words side by side are one word torn apart: "st op", "un subscribe"."""
    return len(first) == 1 or first not in _known() or second not in _known()


@lru_cache(maxsize=4096)
def _respelt(word: str) -> str:
    if word in _spellings():
        return _spellings()[word]
    if word in _known() or word.isdigit():
        return word
    plain = _unstretched(word)
    if plain != word and (plain in _spellings() or plain in _known()):
        return _spellings().get(plain, plain)
    single = _DOUBLED.sub(r"\1", word)
    if single != word and single in _words_that_matter():
        return _spellings().get(single, single)
    if apart := _split_joined(plain):
        return apart
    near = [one for one in sorted(read_words("replies/respelt.txt")) if _is_near(plain, one)]
    return min(near, key=lambda one: _distance(plain, one), default=plain)


def _split_joined(word: str) -> str:
    """Words that matter, separated if they are run together: "stoptextingme", "nomoretexts"; '' for anything else."""
    found: dict[int, list[str]] = {0: []}
    for until in range(2, len(word) + 1):
        for at in range(max(0, until - _LONGEST_WORD), until - 1):
            piece = word[at:until]
            if at in found and until not in found and (piece in _words_that_matter() or piece in _SHORT_WORDS):
                found[until] = [*found[at], piece]
    pieces = found.get(len(word), [])
    if len(pieces) < 2 or len(pieces) > _MOST_PIECES or _KEYWORDS.isdisjoint(pieces):
        return ""
    return " ".join(_spellings().get(one, one) for one in pieces)


def _unstretched(word: str) -> str:
    """A word with each run of three or more of one letter cut to one, or to two if that makes a known word."""
    twice = _STRETCHED.sub(r"\1\1", word)
    return twice if twice in _known() else _STRETCHED.sub(r"\1", word)


def _is_near(word: str, meant: str) -> bool:
    """Whether two words differ by one letter added, missing or changed, or by two letters swapped."""
    most = 2 if len(meant) >= _LONG else 1
    if len(word) < _SHORTEST_FUZZY or abs(len(word) - len(meant)) > most:
        return False
    return _distance(word, meant) <= most


def _distance(one: str, other: str) -> int:
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        now = [row]
        for column, sought in enumerate(other, 1):
            cost = min(last[column] + 1, now[column - 1] + 1, last[column - 1] + (letter != sought))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == sought:
                cost = min(cost, before[column - 2] + 1)
            now.append(cost)
        before, last = last, now
    return last[-1]


@lru_cache(maxsize=1)
def _spellings() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in read_lines("replies/spellings.txt"):
        meant, _, written = line.partition(": ")
        found |= dict.fromkeys(written.split(), meant)
    return found


@lru_cache(maxsize=1)
def _words_that_matter() -> frozenset[str]:
    words = re.findall(r"[a-z]{3,}", " ".join(line for line in read_lines("replies/stop.txt") if line[0] != "["))
    return frozenset(words) | frozenset(_spellings())


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return _words_that_matter() | read_words("wording/english_words.txt") | read_words("replies/not_misspelt.txt")


@lru_cache(maxsize=1)
def _joined() -> frozenset[str]:
    return frozenset(
        {"stop", "unsubscribe", "cancel", "remove", "texting", "message", "messages", "dont", "unsub", "optout"}
    )
