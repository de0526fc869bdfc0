"""A sliding window of text over a JSON file: values are decoded one by one, in files of any length."""

import codecs
import io
import json
import re
from typing import Any, NamedTuple

from ringback.sources.json.values import FLAT
from ringback.sources.streams import EarlyEnd

# No real row is this long.
LONGEST_VALUE = 16 * 1024 * 1024
_CHUNK = 1024 * 1024
# A word, a number or an escape that the window cuts off is no longer than this.
_LONGEST_WORD = 16
_BLANK = re.compile(r"[ \t\r\n]*+")
_SEPARATORS = re.compile(r"[ \t\r\n,\x1e]*+")
# What may follow the place of an error if the file merely ends inside a value.
_CUT = re.compile(r"[\w.+\\-]{0,16}\s*")
_BEFORE = 256
# How deep objects are searched for lists of rows.
DEEPEST = 6


class Decoded(NamedTuple):
    """The result of decoding a value.

    Attributes:
        value: The value; None if it cannot be read.
        end: The place after it; if it cannot be read, the place of the error.
        problem: "", or why it cannot be read: "torn" (the file ends first), "bad", "deep" or "long".
    """

    value: Any
    end: int
    problem: str = ""


class JsonText:
    """A window over a file's text. `pos` only moves forward, and the text before it is dropped.

    Args:
        end: The bytes, UTF-8; undecodable ones are kept as surrogate escapes.

    Attributes:
        text: The characters in the window.
        pos: The current place in `text`.
        ended: Whether the file has no more text.
        before: Some characters before the window.
    """

    def __init__(self, end: EarlyEnd) -> None:
        self._reader = io.BufferedReader(end, _CHUNK)
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self.text = ""
        self.pos = 0
        self.ended = False
        self.before = ""
        self._mark = self._byte = 0
        self.fill()
        if self.text.startswith("\ufeff"):
            self.pos = 1

    def fill(self) -> bool:
        """Drop the text before `pos` and read as much as is left, at least a chunk; False if nothing came."""
        if self.ended:
            return False
        self.byte()
        self.before = (self.before + self.text[max(0, self.pos - _BEFORE) : self.pos])[-_BEFORE:]
        left = len(self.text) - self.pos
        pieces, missing = [self.text[self.pos :]], max(_CHUNK, left)
        while missing > 0 and not self.ended:
            data = self._reader.read(missing)
            missing -= len(data)
            self.ended = not data
            pieces.append(self._decoder.decode(data, final=self.ended))
        self.text, self.pos, self._mark = "".join(pieces), 0, 0
        return len(self.text) > left

    def byte(self) -> int:
        """The byte of the file at the current place."""
        passed = self.text[self._mark : self.pos]
        self._byte += len(passed) if passed.isascii() else len(passed.encode("utf-8", "surrogateescape"))
        self._mark = self.pos
        return self._byte

    def begins_line(self) -> bool:
        """Whether there are only blanks before this place on its line."""
        before = self.before + self.text[max(0, self.pos - _BEFORE) : self.pos]
        return not before.rpartition("\n")[2].strip(" \t\r\ufeff")

    def peek(self, *, separators: bool = False) -> str:
        """Move past blanks (and commas, if asked) and return the character there; "" at the end."""
        run = _SEPARATORS if separators else _BLANK
        while True:
            match = run.match(self.text, self.pos)
            self.pos = match.end() if match else self.pos
            if self.pos < len(self.text):
                return self.text[self.pos]
            if not self.fill():
                return ""

    def after(self) -> str:
        """The next character after the current one that is not blank, without moving."""
        while True:
            match = _BLANK.match(self.text, self.pos + 1)
            if match and match.end() < len(self.text):
                return self.text[match.end()]
            if len(self.text) - self.pos > LONGEST_VALUE or not self.fill():
                return ""

    def decode(self, longest: int = LONGEST_VALUE) -> Decoded:
        """Decode the value at the current place, without moving past it.

        Args:
            longest: Characters after which a value is given up as too long.
        """
        while True:
            text, pos = self.text, self.pos
            done, string = None, False
            try:
                value, end = FLAT.raw_decode(text, pos)
            except RecursionError:
                return Decoded(None, pos, "deep")
            except json.JSONDecodeError as error:
                string = error.msg.startswith("Unterminated")
                if error.pos < len(text) - _LONGEST_WORD and not string:
                    return Decoded(None, error.pos, "bad")
                length = error.pos - pos
            else:
                done, length = Decoded(value, end), end - pos
                if length > longest:
                    return Decoded(None, end, "long")
                # A number may continue beyond the window.
                if end < len(text) or self.ended or text[end - 1] in '}]"':
                    return done
            if len(text) - pos > longest:
                return Decoded(None, pos + length, "long")
            if not self.fill():
                if done:
                    return Decoded(done.value, self.pos + length)
                # An error before the end of the file is not merely a cut.
                place = self.pos + length
                return Decoded(None, place, "torn" if string or _CUT.fullmatch(self.text, place) else "bad")

    def behind(self, found: Decoded) -> tuple[str, Decoded]:
        """The next character after a value, but for separators; and the value with its place, which may have moved."""
        length = found.end - self.pos
        while True:
            match = _SEPARATORS.match(self.text, self.pos + length)
            here = self.text[match.end() : match.end() + 1] if match else ""
            if here or not self.fill():
                return here, found._replace(end=self.pos + length)

    def try_at(self, at: int) -> Decoded:
        """Decode the value at a place as far as the window goes; "torn" if it may continue beyond it."""
        try:
            return Decoded(*FLAT.raw_decode(self.text, at))
        except RecursionError:
            return Decoded(None, at, "deep")
        except json.JSONDecodeError as error:
            cut = error.pos >= len(self.text) - _LONGEST_WORD or error.msg.startswith("Unterminated")
            return Decoded(None, error.pos, "torn" if cut else "bad")

    def key(self) -> str | None:
        """Read a key and its colon and move to the value; None if there is no key here."""
        if self.peek(separators=True) != '"':
            return None
        found = self.decode()
        if found.problem or not isinstance(found.value, str):
            return None
        self.pos = found.end
        if self.peek() != ":":
            return None
        self.pos += 1
        self.peek()
        return found.value


def find_lists(text: str, at: int, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Paths of the lists of objects inside the object at a place, as far as the text can be read.

    >>> find_lists('{"took": 3, "hits": {"total": 1, "hits": [{"_id": "1"}]}}', 0)
    [('hits', 'hits')]
    """
    found: list[tuple[str, ...]] = []
    try:
        while True:
            at = _SEPARATORS.match(text, at + 1).end()  # type: ignore[union-attr]
            if text[at : at + 1] != '"':
                return found
            key, at = FLAT.raw_decode(text, at)
            at = _BLANK.match(text, at).end()  # type: ignore[union-attr]
            if text[at : at + 1] != ":":
                return found
            at = _BLANK.match(text, at + 1).end()  # type: ignore[union-attr]
            here = text[at : at + 1]
            if here == "[":
                inner = _BLANK.match(text, at + 1).end()  # type: ignore[union-attr]
                if text[inner : inner + 1] == "{":
                    found.append((*path, key))
            elif here == "{" and len(path) < DEEPEST:
                found += find_lists(text, at, (*path, key))
            _value, at = FLAT.raw_decode(text, at)
            at = _BLANK.match(text, at).end()  # type: ignore[union-attr]
            if text[at : at + 1] != ",":
                return found
    except (ValueError, RecursionError):
        return found
