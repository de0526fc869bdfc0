"""How hard the public pages are to read: three school grades, counted from the words of a page alone.

    PYTHONPATH=src:tests python -m reading_age     prints a table, page by page

The grades are those of US schools: grade 6 is a reader of 11 or 12. Flesch-Kincaid counts syllables; ARI and
Coleman-Liau count letters. Only sentences are measured. Headings, buttons, labels, tables and lists of links are left
out, for they are short and would flatter a page. A line without a full stop is a sentence.
"""

import re
import sys
import tempfile
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

LEFT_OUT = {
    "h1",
    "h2",
    "h3",
    "a",
    "button",
    "label",
    "script",
    "style",
    "svg",
    "figcaption",
    "caption",
    "summary",
    "th",
    "td",
}
_BREAKS = {
    "p", "li", "td", "dd", "blockquote", "div", "h1", "h2", "h3", "ul", "ol", "dl", "tr", "th", "dt", "form", "label",
    "figure",
}  # fmt: skip
_VOID = {"br", "img", "input", "hr", "meta", "link", "path"}
_WORD = re.compile(r"[A-Za-zÀ-ž]+(?:['’-][A-Za-zÀ-ž]+)*")
_VOWELS = re.compile(r"[aeiouy]+")
_END = re.compile(r"(?<=[.!?])[\"”')]*\s+")
_SHORTEST = 3


@dataclass(frozen=True)
class Grades:
    """School grades of a text, and how many words and sentences it has."""

    flesch_kincaid: float
    ari: float
    coleman_liau: float
    words: int
    sentences: int


def syllables(word: str) -> int:
    """About how many syllables an English word has.

    >>> [syllables(one) for one in ("text", "police", "money", "called", "wanted", "people", "criminal", "area")]
    [1, 2, 2, 1, 2, 2, 3, 2]
    """
    word = re.sub(r"[^a-z]", "", word.lower())
    count = len(_VOWELS.findall(word))
    silent = (r"[^aeiouyl]e$", r"[aeiouy]le$", r"[^aeioudt]ed$", r"[^aeiouscgzx]es$")
    count -= any(re.search(one, word) for one in silent)
    return max(1, count)


def grade(sentences: list[str]) -> Grades:
    """The grades of some sentences. What has digits is no word: a number to ring is not read, but dialled."""
    split = [[one for one in _WORD.findall(sentence) if len(one) > 1 or one in "aAI"] for sentence in sentences]
    split = [words for words in split if len(words) >= _SHORTEST]
    words = [word for sentence in split for word in sentence]
    if not words:
        return Grades(0, 0, 0, 0, 0)
    letters = sum(len(re.sub(r"[^A-Za-zÀ-ž]", "", word)) for word in words)
    long, per_word = len(words) / len(split), letters / len(words)
    return Grades(
        flesch_kincaid=0.39 * long + 11.8 * sum(map(syllables, words)) / len(words) - 15.59,
        ari=4.71 * per_word + 0.5 * long - 21.43,
        coleman_liau=5.88 * per_word - 29.6 / long - 15.8,
        words=len(words),
        sentences=len(split),
    )


class _Sentences(HTMLParser):
    """Collects the sentences inside <main>."""

    def __init__(self) -> None:
        super().__init__()
        self.inside, self.open, self.text, self.found = 0, [], "", []

    def handle_starttag(self, tag, _attributes):
        if tag == "main":
            self.inside += 1
        if not self.inside or tag in _VOID:
            return
        if tag in _BREAKS:
            self.finish()
        self.open.append(tag)

    def handle_endtag(self, tag):
        if self.inside and tag in self.open:
            while self.open.pop() != tag:
                pass
        if tag in _BREAKS:
            self.finish()
        self.inside -= tag == "main"

    def handle_data(self, data):
        # A link in a sentence is a part of it; a line that is a link alone is not.
        alone = not self.text.strip() and LEFT_OUT.intersection(self.open)
        if self.inside and not alone and not {"script", "style"}.intersection(self.open):
            self.text += data

    def finish(self):
        text = " ".join(self.text.split())
        self.found += [one for one in _END.split(text) if one]
        self.text = ""


def read_sentences(page: str) -> list[str]:
    """The sentences inside <main> of a page."""
    parser = _Sentences()
    parser.feed(page)
    parser.close()
    parser.finish()
    return parser.found


def collect_pages(service) -> dict[str, str]:
    """Every page of the public service by its name: all that need no argument, the campaign's, and each answer.

    Args:
        service: A `public_visitor.Service`.
    """
    rules = service.app.url_map.iter_rules()
    paths = sorted(rule.rule for rule in rules if "GET" in rule.methods and not rule.arguments)
    answers = {path: service.get(path) for path in [*paths, "/texts/B-001", "/nowhere", f"/check/{'0' * 32}"]}
    pages = {path: one.text for path, one in answers.items() if one.mimetype == "text/html"}
    return pages | service.answers()


def main() -> int:
    """Print the table; returns the exit code."""
    from public_visitor import Service

    with tempfile.TemporaryDirectory() as folder:
        pages = collect_pages(Service(Path(folder) / "bundle"))
    sys.stdout.write(f"{'page':28} {'words':>6} {'a sentence':>11} {'F-K':>6} {'ARI':>6} {'C-L':>6}\n")
    for name, page in pages.items():
        found = grade(read_sentences(page))
        long = found.words / max(1, found.sentences)
        sys.stdout.write(
            f"{name:28} {found.words:6} {long:11.1f} {found.flesch_kincaid:6.1f} {found.ari:6.1f}"
            f" {found.coleman_liau:6.1f}\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
