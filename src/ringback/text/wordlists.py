"""Word lists: text files in the package's data folder, one word or phrase a line; `#` begins a comment."""

import importlib.resources
from functools import lru_cache


@lru_cache(maxsize=128)
def read_lines(name: str) -> tuple[str, ...]:
    """The lines of a file of `data/`, such as `wording/links.txt`, without blank lines and comments.

    >>> len(read_lines("wording/replies.txt")) > 0
    True
    """
    lines = (line.strip() for line in read_content(name).splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


@lru_cache(maxsize=128)
def read_words(name: str) -> frozenset[str]:
    """All words of a file of `data/`, without apostrophes."""
    return frozenset(" ".join(read_lines(name)).replace("'", "").split())


def read_content(name: str) -> str:
    """The whole text of a file of `data/`."""
    return importlib.resources.files("ringback").joinpath("data", *name.split("/")).read_text(encoding="utf-8")
