"""The words of a page that no catalogue has: in the made-up language they are those without accents."""

import re
from html import unescape
from html.parser import HTMLParser

# Attributes that people see or hear.
_SEEN = {"alt", "aria-label", "placeholder", "title", "content"}
_NOT_WORDS = {"width=device-width, initial-scale=1, viewport-fit=cover"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts = []
        self.hidden = 0

    def handle_starttag(self, tag, attrs):
        self.hidden += tag in ("script", "style")
        self.texts += [value or "" for name, value in attrs if name in _SEEN and value not in _NOT_WORDS]

    def handle_endtag(self, tag):
        self.hidden -= tag in ("script", "style")

    def handle_data(self, data):
        if not self.hidden:
            self.texts.append(data)


def plain_words(html):
    """Words of two or more plain letters that one sees or hears. None in `en-XA` if all are in catalogues."""
    reader = _Reader()
    reader.feed(html)
    return [word for text in reader.texts for word in re.findall(r"\b[A-Za-z]{2,}\b", unescape(text))]
