"""Write down all words of the web apps, for translators: web/<app>/locale/messages.pot.

    .venv/bin/python tools/catalogue.py           writes them
    .venv/bin/python tools/catalogue.py --check   tells which are out of date, and ends with 1 if any is

An app's catalogue has its own words; those of the kernel are in the kernel's. Jinja's `{% trans %}` and `_()` are read,
and Python's `gettext()` and `ngettext()`. So are the statements of advice that an app shows from data files.
"""

import io
import sys
import tomllib
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

WEB = Path(__file__).resolve().parents[1] / "src" / "ringback" / "web"
_METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
_OPTIONS = {"**/templates/**.html": {"extensions": "jinja2.ext.i18n", "silent": "false"}}
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
_DATA = WEB.parent / "data"
# Files of statements whose texts an app shows, by the app's folder.
_STATEMENTS = {"public": ("public/advice.toml", "signs/advice.toml")}
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
    for name in _STATEMENTS.get(folder.name, ()):
        for one in tomllib.loads((_DATA / name).read_text(encoding="utf-8"))["statements"].values():
            made.add(one["text"], locations=[(f"data/{name}", None)])
    text = io.BytesIO()
    write_po(text, made, omit_header=True, width=120, include_lineno=False)
    return _HEADER.format(name=folder.name) + text.getvalue().decode()


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
