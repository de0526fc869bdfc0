"""Recovery in a JSON document: where the rows go on after one that cannot be read."""

import re

from ringback.sources.json.rows import JsonTable
from ringback.sources.json.text_window import JsonText

_NEXT_OBJECT = re.compile(r"[},\n]\s*+,?\s*+(?=\{)")
_CLOSING = re.compile(r"\s*\][\]}\s]*\Z")
# More blanks than there ever are between two objects.
_LONGEST_GAP = 256
_LARGE = 1024 * 1024


def goes_on(text: JsonText, table: JsonTable) -> bool:
    """Whether rows follow inside a value that seems to be cut off by the end of the file."""
    at = text.pos + 1
    while found := _NEXT_OBJECT.search(text.text, at):
        at = found.end()
        tried = text.try_at(at)
        if isinstance(tried.value, dict) and table.is_like(tried.value):
            return True
    return False


def recover(text: JsonText, table: JsonTable) -> int:
    """Move to where the next row may begin, or the list may end; returns how many line ends were skipped."""
    passed = 0
    at = text.pos + 1
    while True:
        found = _NEXT_OBJECT.search(text.text, at)
        if found is None or (tried := text.try_at(found.end())).problem == "torn":
            # A value that may be a row and continues beyond the window is tried again.
            kept = found.start() if found else len(text.text) - _LONGEST_GAP
            if found and (text.ended or len(text.text) - kept > _LARGE):
                at = found.end()
                continue
            kept = max(text.pos, kept)
            passed += text.text.count("\n", text.pos, kept)
            at = max(at - kept, 0)
            text.pos = kept
            if text.fill():
                continue
            end = _CLOSING.search(text.text, text.pos)
            kept = end.start() if end else len(text.text)
        elif isinstance(tried.value, dict) and table.is_like(tried.value):
            kept = found.end()
        else:
            at = found.end()
            continue
        passed += text.text.count("\n", text.pos, kept)
        text.pos = kept
        return passed
