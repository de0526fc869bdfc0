"""Look-alikes: every trick that makes an address look like an organisation's own is recognised."""

import pytest

from ringback.signs.facts import find_facts
from ringback.signs.imitations import How, find_imitation, imitated_name
from ringback.signs.words import Words

# A name and a real domain of each organisation.
NAMED = {
    "hsbc": "hsbc.co.uk", "barclays": "barclays.co.uk", "royalmail": "royalmail.com", "evri": "evri.com",
    "paypal": "paypal.com", "netflix": "netflix.com", "santander": "santander.co.uk", "natwest": "natwest.com",
    "lloydsbank": "lloydsbank.com", "monzo": "monzo.com", "revolut": "revolut.com", "vodafone": "vodafone.co.uk",
    "tesco": "tesco.com", "argos": "argos.co.uk", "microsoft": "microsoft.com", "facebook": "facebook.com",
    "instagram": "instagram.com", "whatsapp": "whatsapp.com", "spotify": "spotify.com", "klarna": "klarna.com",
    "coinbase": "coinbase.com", "waitrose": "waitrose.com", "morrisons": "morrisons.com",
    "sainsburys": "sainsburys.co.uk",
    "britishgas": "britishgas.co.uk", "virginmoney": "virginmoney.com", "hmrc": "hmrc.gov.uk", "dvla": "gov.uk",
    "barclaycard": "barclaycard.co.uk", "amazon": "amazon.co.uk", "parcelforce": "parcelforce.com",
    "mcafee": "mcafee.com",
    "costco": "costco.co.uk", "gumtree": "gumtree.com", "usps": "usps.com", "dhlexpress": "dhl.com",
}  # fmt: skip
_DIGITS = str.maketrans("oliesatb", "01135478")
_CYRILLIC = str.maketrans("aeopcyx", "аеорсух")


def _swap(name):
    place = next(place for place in range(1, len(name) - 1) if name[place] != name[place + 1])
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


# Each makes addresses out of a name and its domain.
TRICKS = {
    "words behind a hyphen": lambda name, _: [f"{name}-secure-login.com", f"{name}-redelivery.info", f"{name}-uk.top"],
    "words in front": lambda name, _: [f"my-{name}.online", f"secure-{name}.com", f"verify{name}.xyz"],
    "words run together": lambda name, _: [f"{name}login.com", f"{name}support.net", f"{name}refunds.co"],
    "below somebody else's": lambda name, _: [
        f"{name}.parcel-fee.info",
        f"{name}.verify.example",
        f"www.{name}.id7.top",
    ],
    "the real address first": lambda _, domain: [f"{domain}.verify.example", f"www.{domain}.id-12.info"],
    "the real address with hyphens": lambda _, domain: [f"{domain.replace('.', '-')}.example", f"{domain}-login.com"],
    "a page of a free host": lambda name, _: [f"{name}-login.web.app", f"{name}.weebly.com", f"my{name}.netlify.app"],
    "a letter twice": lambda name, _: [f"{name}{name[-1]}.com", f"{name}{name[-1]}-pay.info"],
    "digits for letters": lambda name, _: [f"{name.translate(_DIGITS)}.com"] if name.translate(_DIGITS) != name else [],
    "letters of another alphabet": lambda name, domain: [
        one for one in (f"{name.translate(_CYRILLIC)}-id.com", domain.translate(_CYRILLIC)) if not one.isascii()
    ],
    "two letters changed about": lambda name, _: [f"{_swap(name)}.com"] if len(name) > 5 else [],
    "a letter too few": lambda name, _: [f"{name[:2]}{name[3:]}-login.com"] if len(name) > 6 else [],
}


@pytest.mark.parametrize("trick", TRICKS)
def test_look_alikes_are_recognised(trick):
    made = [host for name, domain in NAMED.items() for host in TRICKS[trick](name, domain)]
    assert len(made) >= 15
    assert [host for host in made if find_imitation(host) is None] == []
    for host in made:
        reasons = [one.reason.lower() for one in find_facts(Words(f"Pay at https://{host}/x now"))]
        assert any("look-alike" in one for one in reasons), (host, reasons)


def test_there_are_many_look_alikes_of_many_kinds():
    made = {host for trick in TRICKS.values() for name, domain in NAMED.items() for host in trick(name, domain)}
    assert len(made) >= 500
    assert len(TRICKS) >= 6


@pytest.mark.parametrize(
    ("host", "name", "how"),
    [
        ("hsbc-secure-login.com", "hsbc", How.inside),
        ("royalmail.parcel-fee.info", "royalmail", How.inside),
        ("barclays.co.uk.verify.example", "barclays.co.uk", How.begins),
        ("gov.uk.com", "gov.uk", How.begins),
        ("paypa1.com", "paypal", How.spelt),
        ("rnicrosoft.com", "microsoft", How.spelt),
        ("arnazon.co.uk", "amazon", How.spelt),
        ("n0rton.com", "norton", How.spelt),
        ("natwsetlogin.com", "natwest", How.spelt),
        ("hallfax.co.uk", "halifax", How.spelt),
        ("hѕbc.co.uk", "hsbc.co.uk", How.letters),
        ("аpple-id.com", "apple", How.letters),
        ("xn--pypal-4ve.com", "paypal.com", How.letters),
        ("évri.com", "evri.com", How.letters),
        ("boots-hamper.example", "boots", How.inside),
        ("halifax.unlock-account.example", "halifax", How.inside),
        ("nationwide-secure.example", "nationwide", How.inside),
        ("royal-mail.info", "royalmail", How.inside),
    ],
)
def test_the_trick_of_a_look_alike_is_recognised(host, name, how):
    found = find_imitation(host)
    assert found is not None
    assert (found.name, found.how) == (name, how)


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("barclays.co.uk.verify.example", "it shows “barclays.co.uk” but leads to “verify.example”"),
        ("hsbc-login.example", "has “hsbc” in it, but we do not know it as theirs"),
        ("paypa1.com", "spelt almost like “paypal”"),
        ("hѕbc.co.uk", "its letters only look like those of “hsbc.co.uk”"),
    ],
)
def test_the_reason_says_what_can_be_seen_and_not_whose_it_is(host, reason):
    (fact,) = [one for one in find_facts(Words(f"Go to https://{host}/")) if one.name == "link_look_alike"]
    assert reason in fact.reason
    assert "not their" not in fact.reason


@pytest.mark.parametrize(
    "host", ["", ".", "..", "a" * 300, "-", "xn--", "xn--a.example", "1.2.3.4", "a-" * 80, "x." * 100]
)
def test_a_text_that_is_hardly_a_host_is_no_look_alike(host):
    assert find_imitation(host) is None


def test_names_of_senders():
    assert imitated_name("hsbc") == "hsbc"
    assert imitated_name("hmrcrefunds") == "hmrc"
    assert imitated_name("janemiller") == imitated_name("") == ""
