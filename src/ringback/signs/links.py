"""Links in a message: where they lead, and what is odd about them."""

import re
import unicodedata
from dataclasses import dataclass

from ringback.signs.domains import (
    is_official,
    is_open,
    is_rented,
    is_theirs,
    official_domains,
    registered,
    suffix_length,
)
from ringback.signs.imitations import How, Imitation, bears_name, find_imitation, is_name
from ringback.text.data_files import kept_for_now, kept_with_data
from ringback.text.wordlists import read_words

# No longer than hosts can be: without an end, a row of thousands of dashes would be tried from each of them.
_HOST = r"(?:[a-z0-9_-]{1,63}\.){1,20}"
_LONGEST_HOST = 253
_SCHEME = re.compile(r"^(?:h\s?t\s?t\s?p\s?s?|hxxps?)\s?:\s?/\s?/\s?|^www\.", re.IGNORECASE)
_CHAT_HOSTS = frozenset({"chat.whatsapp.com", "wa.me", "t.me", "telegram.me", "signal.me", "discord.gg", "line.me"})
_IP = re.compile(r"^\d{1,3}(?:\.\d{1,3}){3}$")
_NO_HOST = re.compile(r"[^\w.-]")
# A number, or a number with its unit: "8am.call me" is two sentences.
_COUNTED = re.compile(r"^\d+[a-z]{0,4}$")
# Country endings that are no English word: the label before them may be a word ("lidl.ie").
_COUNTRIES = frozenset({
    "ae", "br", "ca", "ch", "cz", "de", "dk", "fi", "fr", "hk", "hu", "ie", "il", "jp", "kr", "mx", "ng", "nl", "nz",
    "pl", "pt", "ro", "se", "sg", "tr", "tw", "ua", "za",
})  # fmt: skip

# Endings that are nothing else, even after a number: 80488.biz.
_NEVER_WORDS = frozenset({
    "biz", "cc", "cn", "co", "com", "edu", "eu", "icu", "info", "net", "org", "ru", "top", "uk", "us", "vip", "xyz",
})  # fmt: skip


@kept_with_data(1)
def link_pattern() -> str:
    """The regular expression of links in any spelling, for text in small letters."""
    # `example` is not a real ending, but texts about scams use it.
    known = read_words("wording/top_level_domains.txt") | {"example"}
    endings = "|".join(sorted(known, key=lambda one: (-len(one), one)))
    return (
        r"(?:h\s?t\s?t\s?p\s?s?|hxxps?)\s?:\s?/\s?/\s?[^\s<>\"']+|www\.[^\s<>\"']+"
        rf"|(?<![\w@.]){_HOST}(?:{endings})(?![\w-]|\.\w)(?::\d+)?(?:[/?\#][^\s<>\"']*)?"
        r"|(?<![\w@.])[a-z0-9-]{1,63}(?:\s?\[\.\]\s?|\s?\(dot\)\s?)(?:com|net|org|info|co|uk|example)\b(?:/[^\s<>\"']*)?"
    )


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """What is known of one link.

    Attributes:
        host: Where it leads, in small letters.
        official: Whether the host is an official one, of an organisation or of the public sector.
        open: Whether it belongs to a service at which anybody can have a page.
        shortener: Whether it hides where it leads.
        imitation: What the host is made to look like; None for no imitation.
        odd: Other oddities: punycode, address in digits, a name before an @, a file to install, many hyphens.
    """

    host: str
    official: bool
    open: bool
    shortener: bool
    imitation: Imitation | None
    odd: tuple[str, ...]

    @property
    def looks_like(self) -> str:
        """The name or address that the host imitates; '' for none."""
        return self.imitation.name if self.imitation else ""

    @property
    def how(self) -> How | None:
        """How it imitates it."""
        return self.imitation.how if self.imitation else None


def read_link(written: str) -> LinkFacts:
    """The facts of a link in any spelling.

    >>> read_link("https://royalmail-redelivery.example/pay").looks_like
    'royalmail'
    >>> read_link("www.gov.uk/vehicletax").official
    True
    >>> read_link("bit.ly/3xyz").shortener
    True
    """
    rest = _SCHEME.sub("", written.strip().lower()).replace("[.]", ".").replace("(dot)", ".")
    odd: list[str] = []
    authority = re.split(r"[/?#\\]", rest, maxsplit=1)[0]
    if "@" in authority:
        odd.append("name_before_at")
        authority = authority.rpartition("@")[2]
    host = _read_host(authority)
    if "xn--" in host or not host.isascii():
        odd.append("punycode")
    if _IP.match(host):
        odd.append("address_in_digits")
    if host.count("-") > 2 and not is_theirs(host) and not is_rented(host):
        odd.append("many_hyphens")
    if registered(host) in _CHAT_HOSTS or host in _CHAT_HOSTS:
        odd.append("chat_invite")
    if re.search(r"\.(?:apk|exe|scr|msi|bat|zip|iso)$", rest):
        odd.append("file_to_install")
    shortener = registered(host) in read_words("signs/shorteners.txt")
    official = is_official(host) and "chat_invite" not in odd and not shortener
    return LinkFacts(host, official, is_open(host), shortener, find_imitation(host), tuple(odd))


def _read_host(authority: str) -> str:
    """The host that a browser would open: without port and marks, with odd forms of letters made plain."""
    plain = unicodedata.normalize("NFKC", re.sub(r"\s", "", authority)).lower().replace("。", ".")
    plain = plain.lstrip("([{<“‘\"'*_.")
    # The end of a host says whose it is.
    return _NO_HOST.split(plain, maxsplit=1)[0][-_LONGEST_HOST:].strip(".-_").removeprefix("www.")


@kept_for_now(4096)
def is_address(written: str) -> bool:
    """Whether a text that looks like a link is one, and not two sentences without a blank between them.

    >>> is_address("tax-repay.example"), is_address("dont be upset.i".split()[-1]), is_address("bit.ly/2x")
    (True, False, True)
    >>> is_address("octopus.energy"), is_address("8am.call"), is_address("evri.delivery")
    (True, False, True)
    """
    if _SCHEME.match(written) or "/" in written or "." not in written or "[.]" in written or written.count(".") > 2:
        return True
    host = written.partition(":")[0].lower()
    name, _, ending = host.rpartition(".")
    plain = ending in read_words("signs/plain_endings.txt")
    if _COUNTED.match(name) and ending not in _NEVER_WORDS:
        return False
    if plain or suffix_length(host) > 1 or re.search(r"[0-9-]", name) or _is_known(host, name, ending):
        return True
    if ending in _words():
        return False
    return ("." in name and len(ending) > 1) or (
        (len(ending) > 3 or ending in _COUNTRIES) and len(name) > 3 and name not in _words()
    )


def _is_known(host: str, name: str, ending: str) -> bool:
    """Whether it is an organisation's own address, or has an organisation's name and is not two sentences."""
    if ending in official_domains() and "." not in name:
        # "home.barclays" is one; "senthil.hsbc" is the name of somebody's account.
        return is_name(ending) and name in read_words("wording/english_words.txt")
    if len(ending) == 2:
        # "I saw it on amazon.it was cheap": a name, and the next word.
        said = bears_name(name) or name in _words()
        return is_theirs(host) and not said if ending not in _COUNTRIES else is_theirs(host) or is_name(name)
    return is_theirs(host) or (is_name(name) and ending not in read_words("wording/english_words.txt"))


@kept_with_data(1)
def _words() -> frozenset[str]:
    """Words with which a sentence may begin or end."""
    return read_words("signs/known_words.txt") | read_words("wording/english_words.txt")
