"""Facts about a message beyond its words: where its links lead, whose its numbers are, how an e-mail was sent."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ringback.numbers.organisations import find_organisation
from ringback.signs.domains import have_one_owner, registered
from ringback.signs.imitations import How, Imitation, bears_name, imitated_name
from ringback.signs.links import LinkFacts, read_link
from ringback.signs.words import EMAIL, PHONE, URL, Words
from ringback.text.confusables import is_hidden
from ringback.text.phrases import Phrase

UNKNOWN = Phrase("We do not know this address.")
_PLAIN_ENDINGS = frozenset({"co.uk", "org.uk", "com", "org", "uk"})
# Whole hosts only, not beginnings of hosts: mail.hsbc.co.uk is the bank's.
_FREE_MAIL = re.compile(
    r"@(?:gmail|hotmail|outlook|yahoo|aol|proton|mail|gmx|icloud|googlemail)"
    r"\.(?:com|co\.[a-z]{2}|com\.[a-z]{2}|[a-z]{2})$|@gmx\.net$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact.

    Attributes:
        name: Its key, such as `link_look_alike`.
        reason: The fact in plain English.
        quote: The link, number or header that it is about, as written; '' for none.
        at: Where the quote begins in the text; -1 if it is not in the text.
        until: Where it ends there.
    """

    name: str
    reason: str
    quote: str = ""
    at: int = -1
    until: int = -1


@dataclass(frozen=True, slots=True)
class Envelope:
    """What an e-mail's headers and its HTML say.

    Attributes:
        sender_name: The name shown as its sender.
        sender_domain: The domain that it claims to come from.
        reply_domain: The domain that a reply goes to; '' if it is the same.
        failed: Checks of the sender that failed, by the receiving server's notes.
        attachments: Names of attached files.
        disguised: (what a link shows, where it leads) for links that show another address.
        links: Addresses of links that do not show their address.
    """

    sender_name: str = ""
    sender_domain: str = ""
    reply_domain: str = ""
    failed: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    disguised: tuple[tuple[str, str], ...] = ()
    links: tuple[str, ...] = field(default=())


def find_facts(words: Words, envelope: Envelope | None = None) -> list[Fact]:
    """All facts about a message."""
    found: list[Fact] = []
    said = "".join(token.word for token in words.tokens if token.word.isalnum())
    for token in words.tokens:
        quote = words.text[token.at : token.until]
        if token.word == URL:
            seen = "".join(one for one in quote if not is_hidden(one))
            facts = _link_facts(read_link(seen), said)
            found += [_placed(one, quote, token.at, token.until) for one in facts]
        elif token.word == PHONE:
            found.append(_placed(_phone_fact(quote), quote, token.at, token.until))
        elif token.word == EMAIL and _FREE_MAIL.search(quote):
            fact = Fact("free_mail", Phrase("It gives a free e-mail address. Official bodies have their own."))
            found.append(_placed(fact, quote, token.at, token.until))
    return found + (_envelope_facts(envelope) if envelope else [])


def _placed(fact: Fact, quote: str, at: int, until: int) -> Fact:
    return Fact(fact.name, fact.reason, quote, at, until)


def _link_facts(link: LinkFacts, said: str = "") -> list[Fact]:
    """Facts about one link; `said` is all words of the message run together."""
    if link.official:
        return [Fact("link_official", Phrase("The link is one that we know as an organisation’s own."))]
    name, _, ending = registered(link.host).partition(".")
    if (
        ending in _PLAIN_ENDINGS
        and len(name) > 4
        and name.isalpha()
        and name in said
        and not (link.looks_like or link.odd or bears_name(name))
    ):
        # A sender with a website of exactly the name that the message gives. Criminals seldom have one.
        return [Fact("link_named", Phrase("The link has the very name that the message gives, but we do not know it."))]
    if link.imitation:
        found = [Fact("link_look_alike", _look_alike(link.imitation, link.host))]
    elif link.open or link.shortener:
        found = [Fact("link_unknown", Phrase("Anyone can put a page or a link at this address."))]
    else:
        found = [Fact("link_unknown", UNKNOWN)]
    if link.shortener:
        found.append(Fact("link_shortener", Phrase("The link is shortened, so you cannot see where it goes.")))
    reasons = {
        "punycode": Phrase("The link has letters other than a to z. Some look like others."),
        "address_in_digits": Phrase("The link goes to a bare computer address."),
        "name_before_at": Phrase("The link shows one name but goes to another."),
        "file_to_install": Phrase("The link is to a file that installs something."),
        "chat_invite": Phrase("The link is to a group or chat in another app."),
        "many_hyphens": Phrase("The link has many hyphens. Few real websites do."),
    }
    return found + [Fact(f"link_{odd}", reasons[odd]) for odd in link.odd]


def _look_alike(found: Imitation, host: str) -> str:
    """How a link is made to look like another. It says only what can be seen, not whose the link is."""
    if found.how is How.begins:
        return Phrase(
            "The link is a look-alike: it shows “%(name)s” but leads to “%(host)s”.",
            name=found.name,
            host=registered(host),
        )
    if found.how is How.letters:
        return Phrase("The link is a look-alike: its letters only look like those of “%(name)s”.", name=found.name)
    if found.how is How.spelt:
        return Phrase("The link is spelt almost like “%(name)s”. Look-alikes are made like that.", name=found.name)
    return Phrase(
        "The link has “%(name)s” in it, but we do not know it as theirs. Look-alikes are made like that.",
        name=found.name,
    )


def _sender_look_alike(found: Imitation, host: str) -> str:
    """The same of the sender's address."""
    if found.how is How.begins:
        return Phrase(
            "The sender’s address is a look-alike: it shows “%(name)s” but leads to “%(host)s”.",
            name=found.name,
            host=registered(host),
        )
    if found.how is How.letters:
        return Phrase(
            "The sender’s address is a look-alike: its letters only look like those of “%(name)s”.", name=found.name
        )
    if found.how is How.spelt:
        return Phrase(
            "The sender’s address is spelt almost like “%(name)s”. Look-alikes are made like that.", name=found.name
        )
    return Phrase(
        "The sender’s address has “%(name)s” in it, but we do not know it as theirs. Look-alikes are made like that.",
        name=found.name,
    )


def _phone_fact(written: str) -> Fact:
    digits = re.sub(r"\D", "", written)
    e164 = (
        f"+44{digits[1:]}"
        if digits.startswith("0") and not digits.startswith("00")
        else f"+{digits.removeprefix('00')}"
    )
    if organisation := find_organisation(e164):
        reason = Phrase("The number is one that %(name)s publishes. A caller can still fake it.", name=organisation)
        return Fact("phone_published", reason)
    if e164.startswith("+447"):
        return Fact("phone_mobile", Phrase("The number to use is a mobile number."))
    if e164.startswith("+449"):
        return Fact("phone_premium", Phrase("The number is one that costs a lot to ring."))
    if not e164.startswith("+44"):
        return Fact("phone_abroad", Phrase("The number is not a UK one."))
    return Fact("phone_other", Phrase("It gives a number to ring."))


def _envelope_facts(envelope: Envelope) -> list[Fact]:
    found = []
    if envelope.failed:
        checks = ", ".join(envelope.failed)
        reason = Phrase("The check of who sent the e-mail failed (%(checks)s).", checks=checks)
        found.append(Fact("mail_check_failed", reason))
    if envelope.reply_domain and not have_one_owner(envelope.reply_domain, envelope.sender_domain):
        reason = Phrase(
            "Your answer would go to %(domain)s, not to where it says it comes from.", domain=envelope.reply_domain
        )
        found.append(Fact("mail_reply_elsewhere", reason))
    if envelope.sender_domain:
        found += _sender_facts(envelope)
    for shown, target in envelope.disguised:
        if not have_one_owner(shown, target):
            reason = Phrase("A link shows %(shown)s but goes to %(target)s.", shown=shown, target=target)
            found.append(Fact("link_disguised", reason))
    for target in envelope.links:
        found += [Fact(one.name, one.reason, target) for one in _link_facts(read_link(target))]
    if any(
        re.search(r"\.(?:exe|scr|js|vbs|bat|iso|img|html?|zip|docm|xlsm|lnk|apk)$", name, re.IGNORECASE)
        for name in envelope.attachments
    ):
        found.append(Fact("file_dangerous", Phrase("It has a file of a kind that can harm your computer.")))
    elif envelope.attachments:
        found.append(Fact("file_attached", Phrase("It has a file with it.")))
    return found


def _sender_facts(envelope: Envelope) -> list[Fact]:
    """Facts about the sender's address, compared with the sender's name."""
    facts = read_link(envelope.sender_domain)
    named = re.sub(r"[^a-z0-9]", "", envelope.sender_name.lower())
    if facts.imitation:
        return [Fact("mail_look_alike", _sender_look_alike(facts.imitation, facts.host))]
    official = facts.official and not _FREE_MAIL.search(f"@{facts.host}")
    name = imitated_name(named) if named and not official else ""
    if not name:
        return []
    if facts.open or facts.shortener:
        return [Fact("mail_unknown", Phrase("Anyone can write from this address."))]
    if name in re.sub(r"[^a-z0-9]", "", facts.host):
        reason = Phrase("The sender’s name is “%(name)s”. We do not know this address.", name=name)
        return [Fact("mail_unknown", reason)]
    return [Fact("mail_name_differs", Phrase("The sender’s name is not that of the address it came from."))]


def names_of(facts: Sequence[Fact]) -> set[str]:
    """The names of facts."""
    return {fact.name for fact in facts}
