"""Domains: who owns an address, which part of it was registered, and where anybody can have a page."""

import re

from ringback.text.data_files import kept_for_now, kept_with_data
from ringback.text.wordlists import read_lines, read_words

_BRACKETED = re.compile(r"\s*\([^)]*\)")
_PLAIN = re.compile(r"[^a-z0-9 ]")
# Everything below these domains belongs to the public sector of the United Kingdom.
PUBLIC = (
    "gov.uk", "nhs.uk", "police.uk", "ac.uk", "sch.uk", "mod.uk", "parliament.uk", "judiciary.uk", "gov.scot",
    "gov.wales", "llyw.cymru", "nhs.scot", "nhs.wales", "nhs.net",
)  # fmt: skip


def plain_name(name: str) -> str:
    """The name of an organisation without capitals, marks and text in brackets.

    >>> plain_name("Sainsbury's Bank"), plain_name("AIB (NI and GB)"), plain_name("M&S Bank")
    ('sainsburys bank', 'aib', 'mands bank')
    """
    return " ".join(_PLAIN.sub(" ", _BRACKETED.sub("", name).lower().replace("'", "").replace("&", "and")).split())


def registered(host: str) -> str:
    """The part of a host that somebody registered.

    >>> registered("a.b.royalmail.com"), registered("www.bbc.co.uk"), registered("hsbc.com.example")
    ('royalmail.com', 'bbc.co.uk', 'com.example')
    """
    return ".".join(host.split(".")[-(suffix_length(host) + 1) :])


def suffix_length(host: str) -> int:
    """How many labels the public suffix has, below which domains are registered: 1 for .com, 2 for .co.uk."""
    parts = host.split(".")
    return 2 if len(parts) > 1 and parts[-2] in _suffixes().get(parts[-1], ()) else 1


def is_official(host: str) -> bool:
    """Whether the pages of a host are by a known organisation, or by the public sector of the United Kingdom.

    Pages that anybody can make at an organisation's address are not: sites.google.com.
    """
    return bool(_tail(host, frozenset(PUBLIC)) or owners(host)) and not is_open(host)


def is_theirs(host: str) -> bool:
    """Whether a host belongs to a known organisation, even if others make its pages.

    A host that others can have for themselves below its domain (royalmail.web.app) does not belong to it.
    """
    return bool(is_public(host) or owners(host)) and open_host(host) in {"", host}


def is_public(host: str) -> bool:
    """Whether only a public body, of any country, can have a host."""
    return _tail(host, frozenset(PUBLIC)) != "" or _tail(host, read_words("signs/governments.txt")) != ""


def is_open(host: str) -> bool:
    """Whether anybody can have a page at a host."""
    return open_host(host) != ""


def open_host(host: str) -> str:
    """The service of which a host is part and at which anybody can have a page; '' for none."""
    return _tail(host, read_words("signs/open_hosts.txt"))


def is_rented(host: str) -> bool:
    """Whether a host is part of a service that organisations rent under their own name."""
    return _tail(host, read_words("signs/tenant_hosts.txt")) != ""


@kept_for_now(4096)
def owners(host: str) -> frozenset[str]:
    """The organisations to whose domains a host belongs, by their first name.

    >>> sorted(owners("track.evri.link")), sorted(owners("home.barclays")), sorted(owners("evri.link.example"))
    (['Evri'], ['Barclays'], [])
    """
    parts = host.split(".")
    found = (_owned().get(".".join(parts[place:]), frozenset()) for place in range(len(parts)))
    return frozenset[str]().union(*found)


def have_one_owner(one: str, other: str) -> bool:
    """Whether two hosts belong to the same organisation."""
    return registered(one) == registered(other) or bool(owners(one) & owners(other))


@kept_with_data(1)
def read_organisations() -> dict[str, frozenset[str]]:
    """Plain name of each organisation in `official_domains.txt` to its domains.

    Raises:
        ValueError: A line is malformed; the message quotes it.
    """
    return {name: frozenset(found) for name, found in _read()[0].items()}


def official_domains() -> frozenset[str]:
    """All domains of organisations; one without a dot is a whole top-level domain."""
    return frozenset(_owned())


@kept_with_data(1)
def _owned() -> dict[str, frozenset[str]]:
    return {domain: frozenset(found) for domain, found in _read()[1].items()}


@kept_with_data(1)
def _read() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Name to domains, and domain to the first names of its owners."""
    names: dict[str, set[str]] = {}
    owned: dict[str, set[str]] = {}
    other_names: dict[str, tuple[str, ...]] = {}
    for line in read_lines("signs/official_domains.txt"):
        head, colon, tail = line.partition(": ")
        domains = tail.split()
        if not colon or not domains:
            raise ValueError(f"official_domains.txt: {line!r} is not a name, a colon and domains; write it so")
        first, *more = (name.strip() for name in head.split("|"))
        other_names[first] = (*other_names.get(first, ()), *more)
        for name in (first, *other_names[first]):
            names.setdefault(plain_name(name), set()).update(domains)
        for domain in domains:
            owned.setdefault(domain, set()).add(first)
    return names, owned


@kept_with_data(1)
def _suffixes() -> dict[str, frozenset[str]]:
    rows = (line.split() for line in read_lines("signs/public_suffixes.txt"))
    return {last: frozenset(before) for last, *before in rows}


def _tail(host: str, known: frozenset[str]) -> str:
    """The longest end of a host that is one of the known domains; '' for none."""
    parts = host.split(".")
    ends = (".".join(parts[place:]) for place in range(len(parts)))
    return next((end for end in ends if end in known), "")
