"""Domains of organisations: every organisation has some, and none of them is ever called a fake or somebody else's."""

import re

import pytest

from ringback.numbers.organisations import organisation_names
from ringback.signs.domains import (
    have_one_owner,
    is_official,
    is_open,
    is_rented,
    is_theirs,
    official_domains,
    owners,
    plain_name,
    read_organisations,
    registered,
)
from ringback.signs.facts import Envelope, find_facts
from ringback.signs.imitations import bears_name, find_imitation
from ringback.signs.links import is_address, read_link
from ringback.signs.words import URL, Words
from ringback.text.wordlists import read_lines, read_words

# Facts about links or senders that imitate somebody, or that are unknown.
_AGAINST = re.compile(
    r"look-alike|spelt|not their|not theirs|pretend|fake|do not know|not that of|free e-mail", re.IGNORECASE
)
_FREE_MAIL = {
    "gmail.com", "outlook.com", "hotmail.com", "hotmail.co.uk", "icloud.com", "googlemail.com", "yahoo.com",
    "yahoo.co.uk",
    "aol.com", "aol.co.uk",
}  # fmt: skip
# A top-level domain of an organisation needs a label before it.
DOMAINS = [domain if "." in domain else f"home.{domain}" for domain in sorted(official_domains())]
SPELLINGS = {
    "bare": "Details are at {0} for you",
    "with www": "Details are at www.{0} for you",
    "with a path": "Details are at https://{0}/help/page-1 for you",
    "a part of it": "Details are at https://help.{0}/ for you",
    "in capitals": "Details are at HTTPS://{1}/HELP for you",
    "at the end": "Details are at https://www.{0}.",
    "a mail address": "Write to info@{0} or help@mail.{0} for details",
    "with port and query": "Details are at https://{0}:443/?id=12&x=y for you",
    "in brackets": "Details (https://{0}) for you, or <www.{0}>, or “{0}”",
    "mixed case": "Details are at https://{2}/Help for you",
}


def _mixed(domain):
    return "".join(one.upper() if place % 2 else one for place, one in enumerate(domain))


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_domain_of_an_organisation_is_called_a_fake(spelling):
    wrong = []
    for domain in DOMAINS:
        text = SPELLINGS[spelling].format(domain, domain.upper(), _mixed(domain))
        found = [one for one in find_facts(Words(text)) if domain not in _FREE_MAIL or one.name != "free_mail"]
        wrong += [(domain, one.reason) for one in found if _AGAINST.search(one.reason)]
    assert wrong == []


@pytest.mark.parametrize("spelling", [one for one in SPELLINGS if one not in {"bare", "a mail address"}])
def test_every_domain_of_an_organisation_is_seen_as_a_link(spelling):
    texts = {domain: SPELLINGS[spelling].format(domain, domain.upper(), _mixed(domain)) for domain in DOMAINS}
    unseen = [one for one, text in texts.items() if URL not in {token.word for token in Words(text).tokens}]
    assert unseen == []


def test_no_mail_of_an_organisation_is_called_another_s():
    wrong = []
    for name, domains in read_organisations().items():
        for domain in domains - _FREE_MAIL:
            if not is_open(domain) and not read_link(domain).shortener:
                envelope = Envelope(sender_name=name.title(), sender_domain=f"mail.{domain}", reply_domain=domain)
                wrong += [(name, domain, one.reason) for one in find_facts(Words("Hello"), envelope)]
    assert wrong == []


def test_every_organisation_that_the_check_knows_has_a_domain():
    held = read_organisations()
    run_together = {name.replace(" ", "") for name in held}
    own_labels = {registered(one).split(".")[0] for one in official_domains() if "." in one}
    listed = {*read_lines("signs/organisation_names.txt"), *organisation_names()}
    assert [name for name in sorted(listed) if not held.get(plain_name(name))] == []
    imitated = read_words("signs/imitated_names.txt")
    assert [name for name in sorted(imitated) if name not in run_together | own_labels] == []


def test_the_domains_are_sound():
    endings = read_words("wording/top_level_domains.txt")
    for domain in official_domains():
        assert re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*", domain), domain
        assert domain.rpartition(".")[2] in endings, domain
    # None of these belongs to anybody; domains below them do.
    assert not official_domains() & {"co.uk", "org.uk", "me.uk", "com", "org", "net", "uk", "uk.com", "info", "app"}
    assert len(official_domains()) > 1500


@pytest.mark.parametrize(
    "host",
    [
        "costco.co.uk", "dhl.co.uk", "mydhl.express.dhl", "track.evri.link", "uk.norton.com", "home.mcafee.com",
        "gumtree.com",
        "tools.usps.com", "irs.gov", "rnli.org.uk", "octopus.energy", "ryml.me", "amzn.eu", "a.co", "home.barclays",
        "business.hsbc.uk", "email.firstdirect.com", "expat.hsbc.com", "apps.apple.com", "spoti.fi", "nflx.it",
        "dpd.ie",
        "americanexpress.co.uk", "studentfinancewales.co.uk", "supportcentre-rbs.co.uk", "tvl.co.uk", "england.nhs.uk",
    ],
)  # fmt: skip
def test_domains_that_were_called_somebody_else_s_are_official(host):
    assert is_official(host)
    assert read_link(f"https://{host}/x").looks_like == ""


@pytest.mark.parametrize(
    "host",
    ["docs.google.com", "sites.google.com", "evil.web.app", "paypal.me", "chat.whatsapp.com", "x.s3.amazonaws.com"],
)
def test_pages_that_anybody_can_make_are_not_official(host):
    assert not is_official(host)
    assert read_link(host).looks_like == ""


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("florist.example", "We do not know this address."),
        # A name alone with another ending: organisations have many that nobody has listed.
        ("evri.de", "We do not know this address."),
        ("costco.co.za", "We do not know this address."),
        ("norton.co", "We do not know this address."),
        ("hsbc.example", "We do not know this address."),
        ("netflix.com.br", "We do not know this address."),
        ("barclaysafrica.co.za", "We do not know this address."),
        ("careers.vodafone.gr", "We do not know this address."),
        # The organisation's own pages at a service that it rents.
        ("santander.wd3.myworkdayjobs.com", "We do not know this address."),
        # Words, places and surnames that are in a name or near one.
        ("iceland-travel.com", "We do not know this address."),
        ("purchase-orders.com", "We do not know this address."),
        ("ireland.com", "We do not know this address."),
        ("horton.com", "We do not know this address."),
        ("minted.com", "We do not know this address."),
        ("eatingupper.finance", "We do not know this address."),
        ("nationwidecranehire.co.uk", "We do not know this address."),
        ("citizensadvice-barnet.org.uk", "We do not know this address."),
        ("starting-point.co.uk", "We do not know this address."),
        ("disneyonice.example", "We do not know this address."),
        ("barclaysquare.co.uk", "We do not know this address."),
        ("spotifyforartists.example", "We do not know this address."),
        ("applecross.org", "We do not know this address."),
        ("largosmith.com", "We do not know this address."),
        ("police.govt.nz", "We do not know this address."),
        ("cdc.gov.au", "We do not know this address."),
        ("sites.google.com", "Anyone can put a page or a link at this address."),
        ("t.co", "Anyone can put a page or a link at this address."),
    ],
)
def test_an_unknown_address_is_only_called_unknown(host, said):
    facts = find_facts(Words(f"Please see https://{host}/x"))
    assert [one.reason for one in facts if one.name in {"link_unknown", "link_look_alike", "link_official"}] == [said]
    assert {one.name for one in facts} <= {"link_unknown", "link_shortener"}


def test_hosts_of_different_owners_are_distinguished():
    assert owners("tracking.evri.link") == {"Evri"}
    assert owners("evri.link.example") == owners("notevri.com") == owners("link") == owners("") == set()
    assert have_one_owner("www.evri.com", "track.evri.link")
    assert have_one_owner("a.florist.example", "b.florist.example")
    assert not have_one_owner("evri.com", "dpd.co.uk")
    assert is_theirs("hsbc.com")
    assert not any(map(is_theirs, ["hsbc.com.example", "royalmail.web.app"]))
    assert is_rented("hsbc.zendesk.com")
    assert not is_rented("zendesk.com.example")


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("a.b.example", "b.example"),
        ("www.bbc.co.uk", "bbc.co.uk"),
        ("x.amazon.com.au", "amazon.com.au"),
        ("evil.uk.com", "evil.uk.com"),
        ("api.id.me", "id.me"),
        ("localhost", "localhost"),
    ],
)
def test_the_registered_part_of_a_host_is_found(host, own):
    assert registered(host) == own


@pytest.mark.parametrize(
    ("shown", "target", "disguised"),
    [
        ("evri.com", "track.evri.link", False),
        ("hsbc.co.uk", "links.email.hsbc.com", False),
        ("florist.example", "mail.florist.example", False),
        ("hsbc.co.uk", "hsbc-login.example", True),
        ("evri.com", "dpd.co.uk", True),
        ("gov.uk", "gov.uk.example", True),
    ],
)
def test_a_link_is_disguised_only_where_it_leads_to_somebody_else(shown, target, disguised):
    facts = find_facts(Words("Hello"), Envelope(disguised=((shown, target),)))
    assert ("link_disguised" in {one.name for one in facts}) == disguised


@pytest.mark.parametrize(
    ("name", "domain", "fact"),
    [
        ("HSBC", "btconnect.example", "mail_name_differs"),
        ("HSBC", "gmail.com", "mail_name_differs"),
        ("HSBC Alerts", "outlook.com", "mail_name_differs"),
        ("Norton", "norton.co", "mail_unknown"),
        ("Evri", "evri.de", "mail_unknown"),
        ("PayPal", "paypal-secure.example", "mail_look_alike"),
        ("Jane Miller", "florist.example", None),
    ],
)
def test_a_sender_is_said_to_differ_only_where_the_name_is_not_in_the_address(name, domain, fact):
    facts = find_facts(Words("Hello"), Envelope(sender_name=name, sender_domain=domain))
    assert [one.name for one in facts] == ([fact] if fact else [])


@pytest.mark.parametrize(
    "written",
    [
        "octopus.energy", "evri.link", "hsbc.express", "barclays.bank", "aviva.insurance", "evri.delivery",
        "visit.london",
        "mygov.scot", "gov.wales", "cash.app", "parcel.online", "fee.site", "win.top", "pay.xyz", "deal.shop",
        "help.live",
        "so.energy", "advicedirect.scot", "lidl.ie", "spotify.link", "tide.co", "amazon.de", "ryml.me",
        "kxqvo.properties",
        "hsbc.com.mt", "80488.biz", "track.amsterdam.network", "home.barclays", "group.dhl",
    ],
)  # fmt: skip
def test_new_endings_are_seen_as_links(written):
    assert is_address(written)
    for text in (f"go to {written} today", f"See {written.title()}, please", f"it is at {written}."):
        assert URL in {token.word for token in Words(text).tokens}, text


@pytest.mark.parametrize(
    "text",
    [
        "see you at 5.the bus was late", "meet me at 8.call when you are there", "I was upset.i went home",
        "ok.see you then",
        "got it on amazon.it was cheap", "we went home.next week we go again", "the time is 8am.call me",
        "I paid 500.buy some",
        "back at work.today was long", "it is good.love you", "I like sky.news is on now", "in 2014.call them",
        "she said yes.how nice", "no way.here we are", "can you come.read this", "I have no energy.I am tired",
    ],
)  # fmt: skip
def test_two_sentences_without_a_blank_are_no_link(text):
    assert URL not in {token.word for token in Words(text).tokens}


def test_lists_that_speak_of_the_same_names_agree():
    unknown = [name for name in sorted(read_words("signs/plain_names.txt")) if not bears_name(name)]
    assert unknown == [], "plain_names.txt is about names that are known; take these out"
    assert not read_words("signs/lure_words.txt") & read_words("signs/own_words.txt")
    assert all(find_imitation(host) is None for host in read_words("signs/tenant_hosts.txt"))
    assert all(find_imitation(host) is None for host in read_words("signs/open_hosts.txt"))
    assert all(find_imitation(host) is None for host in read_words("signs/shorteners.txt"))
