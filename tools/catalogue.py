"""Write down all words of the web apps, for translators: web/<app>/locale/messages.pot.

    .venv/bin/python tools/catalogue.py           writes them
    .venv/bin/python tools/catalogue.py --check   tells which are out of date, and ends with 1 if any is

An app's catalogue has its own words; those of the kernel are in the kernel's. Jinja's `{% trans %}` and `_()` are read,
and Python's `gettext()` and `ngettext()`. The public app also says what the check for scams says: the sentences of its
data files, and each `Phrase("...")` of its modules.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from ringback.alerting.verification.campaign_page import NEVER_ASKED
from ringback.signs.judging_data import list_sentences

WEB = Path(__file__).resolve().parents[1] / "src" / "ringback" / "web"
SIGNS = WEB.parent / "signs"
_SAYS_SIGNS = WEB / "public"
_METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
_OPTIONS = {"**/templates/**.html": {"extensions": "jinja2.ext.i18n", "silent": "false"}}
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
_PHRASES = {"Phrase": None}
_HEADER = """# The words of ringback's {name} pages. Made by tools/catalogue.py: do not change it by hand.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def catalogue(folder: Path) -> str:
    """The catalogue of the package in a folder."""
    made = Catalog(charset="utf-8")
    found = extract_from_dir(folder, _METHODS, _OPTIONS, keywords=_KEYWORDS, comment_tags=("Translators:",))
    for name, _line, message, comments, context in sorted(found, key=lambda one: (one[0], one[1])):
        # No numbers of lines: a catalogue changes when words do.
        made.add(message, locations=[(name, None)], auto_comments=comments, context=context)
    for name, message in _signs() if folder == _SAYS_SIGNS else ():
        made.add(message, locations=[(name, None)])
    text = io.BytesIO()
    write_po(text, made, omit_header=True, width=120, include_lineno=False)
    return _HEADER.format(name=folder.name) + text.getvalue().decode()


def _signs() -> Iterator[tuple[str, str]]:
    """(file, sentence) of all that the check for scams says, of the advice, and of what we never ask."""
    found = extract_from_dir(SIGNS, [("**.py", "python")], keywords=_PHRASES)
    yield from sorted((f"signs/{name}", message) for name, _line, message, *_rest in found)
    yield from ((f"data/{name}", sentence) for name, sentence in list_sentences())
    yield from (("campaign_page.py", sentence) for sentence in NEVER_ASKED)


def packages() -> list[Path]:
    """The packages that have pages."""
    return sorted(path.parent for path in WEB.glob("*/templates"))


def main(arguments: list[str]) -> int:
    """Write or check; returns the exit code."""
    stale = []
    for folder in packages():
        path, text = folder / "locale" / "messages.pot", catalogue(folder)
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(path.relative_to(WEB))
        if "--check" not in arguments:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for path in stale:
        print(f"{'out of date' if '--check' in arguments else 'written'}: {path}")
    return int("--check" in arguments and bool(stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
