"""The campaign page: its content, the source of each fact, and what it never says."""

import json
import re
from dataclasses import asdict, replace
from html.parser import HTMLParser

import pytest
from sqlalchemy import update

from alert_rows import rows_of
from alerting.campaign_facts import NOON, PAGES, SETTINGS, make_campaign_case, make_facts
from ringback.alerting.model import references
from ringback.alerting.verification.campaign_page import read_facts, render_page, write_page
from ringback.errors import RingbackError
from ringback.records.alert_tables import batches
from ringback.records.db import writing
from ringback.records.tables import audit

SAMPLE = references.show(references.SAMPLE)
_VOID = {"meta", "link", "br", "img", "input", "hr"}


class Reading(HTMLParser):
    """The content of a page: its tags, whether they nest, its headings and its text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.headings, self.text, self.open = [], [], [], [], []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag in ("h1", "h2", "h3"):
            self.headings.append(tag)
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text.append(data)

    @property
    def words(self):
        return " ".join("".join(self.text).split())


@pytest.mark.parametrize("name", PAGES)
def test_the_page_needs_nothing_else_and_has_nothing_to_click(name):
    page = render_page(PAGES[name])
    found = Reading(page)
    assert not {"script", "img", "link", "iframe", "form", "button", "object"} & set(found.tags)
    assert [value for _tag, attribute, value in found.attributes if attribute in ("href", "src")] == ["#content"]
    assert "url(" not in page
    assert "@import" not in page
    assert not re.search(r"https?:|www\.", page)
    assert found.headings[0] == "h1"
    assert set(found.headings[1:]) == {"h2"}
    ids = [value for _tag, attribute, value in found.attributes if attribute == "id"]
    assert len(ids) == len(set(ids))
    assert {value for _tag, attribute, value in found.attributes if attribute == "aria-labelledby"} <= set(ids)


def test_the_page_shows_the_exact_text_the_sender_and_the_times():
    facts = make_facts()
    page = Reading(render_page(facts)).words
    for words in (facts.text, facts.sender_name, *facts.windows_in_words, *facts.never_asked, facts.check_place):
        assert words in page
    assert "43,218 texts sent by 11:30 on Friday 25 November 2022" in page
    assert facts.text.count(SAMPLE) == 1


def test_a_synthetic_page_does_not_say_that_texts_were_sent():
    page = Reading(render_page(make_facts(synthetic=True))).words
    assert "43,218 made-up texts written to a file, and sent to nobody, by 11:30" in page
    assert "texts sent by" not in page


def test_the_page_advises_where_to_turn():
    page = Reading(render_page(make_facts())).words
    for number in ("159", "7726", "0300 123 2040", "101", "999"):
        assert number in page
    for word in ("Report Fraud", "Police Scotland"):
        assert word in page


def test_only_a_synthetic_page_says_so_and_at_the_top():
    assert "ynthetic" not in Reading(render_page(make_facts())).words
    page = Reading(render_page(make_facts(synthetic=True))).words
    title, _again, rest = page.partition("genuine?")
    assert title.startswith("Synthetic – example only")
    assert rest.strip().removeprefix("Skip to the content ").startswith("Synthetic – example only")
    assert page.index("Nobody was sent this text") < page.index("Have you had a text")


@pytest.mark.parametrize(
    ("phase", "words"),
    [("not_begun", "No text has been sent yet"), ("under_way", "Texts are being sent"), ("paused", "Sending is paused"),
     ("over", "Sending has ended")],
)  # fmt: skip
def test_the_page_says_how_far_sending_is(phase, words):
    assert words in Reading(render_page(make_facts(phase=phase))).words


@pytest.mark.parametrize(("takes", "words"), [(True, "reply STOP"), (False, "Replies to this text are not read")])
def test_the_page_says_whether_replies_work(takes, words):
    page = Reading(render_page(make_facts(takes_replies=takes))).words
    assert words in page.partition("If you got the text")[2]


def test_what_comes_from_settings_cannot_become_markup():
    page = render_page(make_facts(force="<script>alert(1)</script>", sender_name='"><b>'))
    assert "<script" not in page
    assert "<b>" not in page


def test_a_page_that_would_show_a_persons_number_is_not_made():
    with pytest.raises(ValueError, match="looks like a phone number"):
        render_page(make_facts(check_place="the desk, on 020 7946 0123"))


def test_facts_come_from_the_frozen_batch_and_only_the_count_from_the_alerts(tmp_path):
    case_file = make_campaign_case(tmp_path)
    facts = read_facts(case_file, "B-001")
    assert (facts.force, facts.sender_name, facts.takes_replies) == ("Frozen Police", "FrozenPol", True)
    assert facts.text.startswith("Frozen Police: this number was called")
    assert SAMPLE in facts.text
    assert (facts.sent, facts.synthetic) == (2, True)
    # The window lasts until midnight; quiet hours begin at eight.
    assert facts.windows == (("2022-11-24T12:00:00+00:00", "2022-11-24T20:00:00+00:00"),)
    assert facts.windows_in_words == ("Thursday 24 November 2022, 12:00 to 20:00 GMT",)
    assert facts.counted_at_in_words == "12:00 on Thursday 24 November 2022"


def test_page_and_facts_are_written_side_by_side_and_replaced(tmp_path):
    case_file = make_campaign_case(tmp_path)
    out = tmp_path / "web" / "campaign"
    facts = write_page(case_file, "B-001", out, member="vera")
    write_page(case_file, "B-001", out, member="vera")
    assert sorted(path.name for path in out.iterdir()) == ["campaign.json", "index.html"]
    assert json.loads((out / "campaign.json").read_text()) == json.loads(json.dumps(asdict(facts)))
    assert (out / "index.html").read_text() == render_page(facts)
    entry = case_file.log.entries()[-1]
    assert (entry.what, entry.who, entry.read_facts()["sent"]) == ("campaign_page_written", "vera", 2)


def test_nothing_about_people_is_in_either_file(tmp_path):
    case_file = make_campaign_case(tmp_path)
    write_page(case_file, "B-001", tmp_path / "out", member="vera")
    told = "".join(path.read_text() for path in (tmp_path / "out").iterdir())
    for secret in ("98765", "98,765", "outreach", "landline", 'mobile"', "k1:", "sealed", "rb-", "pat", "alex"):
        assert not re.search(rf"(?<![a-z]){re.escape(secret)}(?![a-z])", told), secret
    shaped = set(re.findall(r"\b[A-Z]{4}-[A-Z]{4}-[A-Z]{3}\b", told))
    assert shaped == {SAMPLE}


@pytest.mark.parametrize("state", ["approved", "stopped", "halted", "finished"])
def test_a_batch_that_was_approved_has_a_page(tmp_path, state):
    assert read_facts(make_campaign_case(tmp_path, state=state), "B-001").sent == 2


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"state": "planned", "approved_by": None}, "batch_not_approved"),
        # Replaced by another before anybody approved it.
        ({"state": "finished", "approved_by": None}, "batch_not_approved"),
        ({"kind": "rehearsal"}, "batch_state_wrong"),
        ({"settings": SETTINGS | {"check_place": " "}}, "page_setting_missing"),
    ],
)
def test_no_other_batch_has_a_page(tmp_path, options, code):
    case_file = make_campaign_case(tmp_path, **options)
    with pytest.raises(RingbackError) as raised:
        write_page(case_file, "B-001", tmp_path / "out", member="vera")
    assert raised.value.code == code
    assert not (tmp_path / "out").exists()
    assert rows_of(case_file, audit)[-1].what != "campaign_page_written"


def test_an_altered_batch_has_no_page(tmp_path):
    case_file = make_campaign_case(tmp_path)
    with writing(case_file.records).begin() as connection:
        content = connection.scalar(batches.select().with_only_columns(batches.c.content))
        connection.execute(update(batches).values(content=content.replace("Frozen Police", "Forged Police")))
    with pytest.raises(RingbackError) as raised:
        read_facts(case_file, "B-001")
    assert raised.value.code == "batch_altered"


def test_the_phase_follows_the_batch(tmp_path):
    phases = {}
    for name, columns in {
        "not_begun": {},
        "under_way": {"started_at": NOON},
        "paused": {"started_at": NOON, "state": "halted"},
        "over": {"started_at": NOON, "state": "finished"},
    }.items():
        phases[name] = read_facts(make_campaign_case(tmp_path / name, **columns), "B-001").phase
    assert phases == {name: name for name in phases}


def test_sending_is_over_when_its_windows_are(tmp_path):
    case_file = make_campaign_case(tmp_path, started_at=NOON)
    case_file.clock.sleep(13 * 3600)
    assert read_facts(case_file, "B-001").phase == "over"


def test_an_unwritable_folder_is_an_error(tmp_path):
    case_file = make_campaign_case(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(RingbackError) as raised:
        write_page(case_file, "B-001", tmp_path / "file", member="vera")
    assert raised.value.code == "output_unwritable"


def test_texts_have_enough_contrast_with_their_background():
    """The style sheet's pairs of text and background colours have a contrast of at least 4.5 to 1."""
    pairs = [("#0b0c0c", "#fff"), ("#fff", "#d4351c"), ("#fff", "#0b0c0c"), ("#0b0c0c", "#f3f2f1"), ("#505a5f", "#fff")]
    pairs += [("#0b0c0c", "#e9e9eb"), ("#0b0c0c", "#fd0")]
    css = render_page(replace(make_facts()))
    for pair in pairs:
        assert all(colour in css for colour in pair)
        light, dark = sorted((_luminance(colour) for colour in pair), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, pair


def _luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(one * 2 for one in colour[1:])
    parts = [int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
