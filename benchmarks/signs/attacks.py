"""Ways in which a scam is written so that a filter does not see it."""

import random
import re

_LOOK_ALIKE = str.maketrans("aeiopcyx", "аеіорсух")
_LEET = str.maketrans("aeiost", "4310$7")
_WORD = re.compile(r"(?<![\w./@:-])[A-Za-z]{4,}(?![\w/@:-]|\.\w)")


def homoglyphs(text, rng):
    """Letters of another alphabet that look alike, in half of the words."""
    return _each(text, rng, lambda word: word.translate(_LOOK_ALIKE))


def zero_width(text, rng):
    """Characters that cannot be seen, inside of half of the words."""
    return _each(text, rng, lambda word: f"{word[:2]}\u200b{word[2:]}")


def spaced_letters(text, rng):
    """The letters of every fifth word set apart."""
    return _each(text, rng, " ".join, share=0.2)


def leetspeak(text, rng):
    """Digits and signs in place of letters, in every third word."""
    return _each(text, rng, lambda word: word.translate(_LEET), share=0.33)


def misspelling(text, rng):
    """One letter too few, too many, or two changed about, in every third long word."""

    def slip(word):
        if len(word) < 6:
            return word
        place = rng.randrange(1, len(word) - 2)
        return rng.choice(
            [
                word[:place] + word[place + 1 :],
                word[:place] + word[place] + word[place:],
                word[:place] + word[place + 1] + word[place] + word[place + 2 :],
            ]
        )

    return _each(text, rng, slip, share=0.33)


def split_lines(text, rng):
    """A line break in place of every third blank."""
    return re.sub(r" ", lambda found: "\n" if rng.random() < 0.33 else " ", text)


def wrapped(text, rng):
    """Inside a genuine template."""
    before = rng.choice([
        "NHS: this message is for you. ", "Royal Mail: thank you for using our service. ", "GOV.UK Notify: ",
        "Reminder from your council. ",
    ])  # fmt: skip
    after = rng.choice([
        " If you have any questions, visit www.gov.uk.", " Thank you. Please do not reply to this text.",
        " To stop these texts reply STOP. See www.nhs.uk",
    ])  # fmt: skip
    return before + text + after


ATTACKS = {
    "homoglyphs": homoglyphs,
    "zero-width characters": zero_width,
    "spaced letters": spaced_letters,
    "leetspeak": leetspeak,
    "misspelling": misspelling,
    "split over lines": split_lines,
    "wrapped in a genuine template": wrapped,
}


def attack(name, text, seed):
    """The text as that attack leaves it."""
    return ATTACKS[name](text, random.Random(f"{name}:{seed}"))


def _each(text, rng, change, *, share=0.5):
    return _WORD.sub(lambda found: change(found[0]) if rng.random() < share else found[0], text)
