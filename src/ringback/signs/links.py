"""Links in a message: what they lead to, and what is odd about them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from ringback.wordlists import read_lines, read_words

# `example` is no domain, and is what stands for one in writing about scams.
_ENDINGS = "|".join(sorted(read_words("wording/top_level_domains.txt") | {"example"}, key=lambda one: (-len(one), one)))
_HOST = r"(?:[a-z0-9_-]+\.)+"
LINK = (
    r"(?:h\s?t\s?t\s?p\s?s?|hxxps?)\s?:\s?/\s?/\s?[^\s<>\"']+|www\.[^\s<>\"']+"
    rf"|(?<![\w@.]){_HOST}(?:{_ENDINGS})(?![\w-]|\.\w)(?::\d+)?(?:[/?\#][^\s<>\"']*)?"
    rf"|(?<![\w@.])[a-z0-9-]+(?:\s?\[\.\]\s?|\s?\(dot\)\s?)(?:com|net|org|info|co|uk|example)\b(?:/[^\s<>\"']*)?"
)
_SCHEME = re.compile(r"^(?:h\s?t\s?t\s?p\s?s?|hxxps?)\s?:\s?/\s?/\s?|^www\.", re.IGNORECASE)
_TWO_PART = frozenset({"co.uk", "org.uk", "me.uk", "ltd.uk", "plc.uk", "net.uk", "com.au", "co.nz", "co.za", "com.br"})
_PUBLIC = (
    "gov.uk",
    "nhs.uk",
    "police.uk",
    "ac.uk",
    "sch.uk",
    "mod.uk",
    "parliament.uk",
    "gov.scot",
    "gov.wales",
    "nhs.net",
)
_CHAT_HOSTS = frozenset({"chat.whatsapp.com", "wa.me", "t.me", "telegram.me", "signal.me", "discord.gg", "line.me"})
_IP = re.compile(r"^\d{1,3}(?:\.\d{1,3}){3}$")


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """What is known of one link.

    Attributes:
        host: Where it leads, small letters.
        official: Whether the host is an official one, of an organisation or of the public sector.
        shortener: Whether it hides where it leads.
        looks_like: The official name that the host imitates; '' for none.
        odd: Other oddities: punycode, address in digits, a name before an @, a file to install, many hyphens.
    """

    host: str
    official: bool
    shortener: bool
    looks_like: str
    odd: tuple[str, ...]


def read_link(written: str) -> LinkFacts:
    """The facts of a link as it is written.

    >>> read_link("https://royalmail-redelivery.example/pay").looks_like
    'royalmail'
    >>> read_link("www.gov.uk/vehicletax").official
    True
    >>> read_link("bit.ly/3xyz").shortener
    True
    """
    rest = _SCHEME.sub("", written.strip().lower()).replace("[.]", ".").replace("(dot)", ".")
    odd: list[str] = []
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in authority:
        odd.append("name_before_at")
        authority = authority.rpartition("@")[2]
    host = re.sub(r"\s", "", authority).partition(":")[0].strip(".,;!)(").removeprefix("www.")
    if "xn--" in host or not host.isascii():
        odd.append("punycode")
    if _IP.match(host):
        odd.append("address_in_digits")
    if host.count("-") > 2:
        odd.append("many_hyphens")
    if registered(host) in _CHAT_HOSTS or host in _CHAT_HOSTS:
        odd.append("chat_invite")
    if re.search(r"\.(?:apk|exe|scr|msi|bat|zip|iso)$", rest):
        odd.append("file_to_install")
    official = is_official(host) and "chat_invite" not in odd
    imitated = "" if official else _imitated(host)
    return LinkFacts(host, official, registered(host) in _shorteners(), imitated, tuple(odd))


@lru_cache(maxsize=4096)
def is_address(written: str) -> bool:
    """Whether what looks like a link is one, and not two sentences without a blank between them.

    >>> is_address("tax-repay.example"), is_address("dont be upset.i".split()[-1]), is_address("bit.ly/2x")
    (True, False, True)
    """
    if _SCHEME.match(written) or "/" in written or "." not in written or "[.]" in written or written.count(".") > 2:
        return True
    host = written.partition(":")[0].lower()
    name, _, ending = host.rpartition(".")
    if ending in read_words("signs/plain_endings.txt") or re.search(r"[0-9-]", name):
        return True
    return "." in name and ending not in read_words("wording/english_words.txt") and len(ending) > 1


def registered(host: str) -> str:
    """The part of a host that somebody registered.

    >>> registered("a.b.royalmail.com"), registered("www.bbc.co.uk")
    ('royalmail.com', 'bbc.co.uk')
    """
    parts = host.split(".")
    kept = 3 if ".".join(parts[-2:]) in _TWO_PART else 2
    return ".".join(parts[-kept:])


def is_official(host: str) -> bool:
    """Whether a host is one that its organisation publishes, or belongs to the public sector."""
    return registered(host) in _official_domains() or any(host == one or host.endswith(f".{one}") for one in _PUBLIC)


@lru_cache(maxsize=1)
def _official_domains() -> frozenset[str]:
    return frozenset(line.split()[0] for line in read_lines("signs/official_domains.txt"))


@lru_cache(maxsize=1)
def _shorteners() -> frozenset[str]:
    return read_words("signs/shorteners.txt")


@lru_cache(maxsize=1)
def _names() -> tuple[tuple[str, str], ...]:
    """Names that official domains are known by, longest first, each with the name as it is said."""
    named = {line.split()[0].partition(".")[0].replace("-", "") for line in read_lines("signs/official_domains.txt")}
    more = read_words("signs/imitated_names.txt")
    return tuple((name, name) for name in sorted(named | more, key=lambda one: (-len(one), one)) if len(name) > 2)


@lru_cache(maxsize=4096)
def _imitated(host: str) -> str:
    labels = re.split(r"[.-]", host)
    whole = [label.replace("0", "o").replace("1", "l").replace("3", "e").replace("5", "s") for label in labels]
    run = "".join(whole)
    for name, said in _names():
        if name in whole or name in labels or (len(name) > 4 and (name in run or _near(name, whole))):
            return said
    return ""


def _near(name: str, labels: Iterable[str]) -> bool:
    """Whether a label is the name with one letter more, less or changed."""
    for label in labels:
        if len(name) > 5 and abs(len(label) - len(name)) <= 1 and label != name:
            if len(label) == len(name):
                if sum(a != b for a, b in zip(label, name, strict=True)) == 1:
                    return True
            else:
                short, long = sorted((label, name), key=len)
                if any(long[:place] + long[place + 1 :] == short for place in range(len(long))):
                    return True
    return False
