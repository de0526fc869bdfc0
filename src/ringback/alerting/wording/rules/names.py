"""The checks for people's names: greetings, titles, first names, and whoever is introduced."""

from collections.abc import Iterator

from ringback.alerting.wording.rules.cue_lines import Cues
from ringback.alerting.wording.rules.faults import Fault, make_fault
from ringback.alerting.wording.rules.folded_text import FoldedText, Match, Token
from ringback.alerting.wording.rules.lexicons import read_cues, read_sections, read_words

_INTRODUCED = Cues(
    ["(my|his|her|your|the callers|the officers) name(|s) is", "(addressed|sent|account of|registered) to (mr|mrs|ms)"]
)


def find_names(folded: FoldedText, *, exempt: list[tuple[int, int]]) -> Iterator[Fault]:
    """People greeted or named.

    Args:
        folded: The text.
        exempt: Places of the force's own name and of its website.
    """
    tokens = folded.tokens
    for place, token in enumerate(tokens):
        inside = any(at <= token.at < until for at, until in exempt)
        if _greets(tokens, place, exempt):
            yield _fault(folded, token, tokens[place + 1])
        elif until := _titled(folded, place):
            yield _fault(folded, token, tokens[until])
        elif not inside and _is_first_name(folded, place):
            yield _fault(folded, token, token)
    for match in folded.matches(_INTRODUCED):
        yield make_fault("name", folded.text, *folded.original(match.at, match.until))
    for match in folded.matches(read_cues("introductions.txt")):
        if named := _introduced(folded, match, exempt):
            yield _fault(folded, named, named)


def _greets(tokens: list[Token], place: int, exempt: list[tuple[int, int]]) -> bool:
    word = tokens[place].word
    around = read_sections("names_around.txt")
    if word not in around["greetings"] or place + 1 == len(tokens):
        return False
    if word in around["greetings after good"] and not (place and tokens[place - 1].word == "good"):
        return False
    following = tokens[place + 1]
    if following.ends_before or following.comma_before or any(at <= following.at < until for at, until in exempt):
        return False
    return following.word not in read_words("salutations.txt") and following.word.isalpha()


def _titled(folded: FoldedText, place: int) -> int | None:
    """Place of the name after a title, over further titles and ranks."""
    titles = read_sections("titles.txt")
    tokens, after, always, ranked = folded.tokens, place, False, False
    while after < len(tokens) and after - place < 4:
        word = tokens[after].word
        if word in titles["always"]:
            always = True
        elif not (word in titles["capital"] and _is_capital(folded, tokens[after])):
            break
        ranked = True
        after += 1
    if not ranked or after == len(tokens):
        return None
    name = tokens[after]
    if name.word in read_sections("names_around.txt")["never a name"] or name.word in read_words("english_words.txt"):
        return None
    apart = folded.plain[tokens[after - 1].until : name.at]
    if not set(apart) <= set(". \n"):
        return None
    return after if always or _is_capital(folded, name) else None


def _introduced(folded: FoldedText, match: Match, exempt: list[tuple[int, int]]) -> Token | None:
    """The word after an introduction where it can only be a name: "is called Teejai"."""
    if match.last + 1 == len(match.tokens):
        return None
    token = match.tokens[match.last + 1]
    if token.ends_before or not token.word.isalpha() or not _is_capital(folded, token):
        return None
    if any(at <= token.at < until for at, until in exempt):
        return None
    word = token.word
    known = read_words("english_words.txt") | read_sections("names_around.txt")["bodies and languages"]
    return None if word in known or word.removesuffix("s") in known else token


def _is_first_name(folded: FoldedText, place: int) -> bool:
    tokens, around = folded.tokens, read_sections("names_around.txt")
    token = tokens[place]
    known = read_words("first_names.txt")
    if not _is_capital(folded, token) or (token.word not in known and token.word.removesuffix("s") not in known):
        return False
    if place and tokens[place - 1].word in around["before the name of a place"] and not token.ends_before:
        return False
    return place + 1 == len(tokens) or tokens[place + 1].word not in around["after the name of a place"]


def _is_capital(folded: FoldedText, token: Token) -> bool:
    return folded.cased[token.at].isupper()


def _fault(folded: FoldedText, first: Token, last: Token) -> Fault:
    return make_fault("name", folded.text, *folded.original(first.at, last.until))
