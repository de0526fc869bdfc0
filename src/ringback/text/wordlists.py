"""Word lists: text files among the data files, one word or phrase a line; `#` begins a comment."""

from ringback.text.data_files import kept_with_data, read_data


@kept_with_data(128)
def read_lines(name: str) -> tuple[str, ...]:
    """The lines of a file of `data/`, such as `wording/links.txt`, without blank lines and comments.

    >>> len(read_lines("wording/replies.txt")) > 0
    True
    """
    lines = (line.strip() for line in read_content(name).splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


@kept_with_data(128)
def read_words(name: str) -> frozenset[str]:
    """All words of a file of `data/`, without apostrophes."""
    return frozenset(" ".join(read_lines(name)).replace("'", "").split())


def read_content(name: str) -> str:
    """The whole text of a file of `data/`: of the data files that count now.

    Raises:
        LookupError: It is not among them.
    """
    return read_data(name).decode()
