"""Cue files: every one is sound, and the syntax does what the docs say."""

import pytest

from ringback.signs.calendar import calendar_cues, read_events
from ringback.signs.cues import expansions, parse_cues, read_cue_file
from ringback.signs.findings import Ask, Sign
from ringback.signs.questionnaire import read_questions
from ringback.signs.spelling import CUE_FILES, HEADING
from ringback.signs.stories import parse_stories, read_stories
from ringback.signs.words import Words
from ringback.text.wordlists import read_content, read_lines

SIGNS = [str(sign) for sign in Sign]


def groups(text, *lines):
    return [match.cue.group for match in parse_cues(("[g] It is so.", *lines), name="test").find(Words(text))]


@pytest.mark.parametrize(
    ("line", "text", "found"),
    [
        ("(act|reply) now", "please act now", True),
        ("(act|reply) now", "act later", False),
        ("(the|) account", "account", True),
        ("within <n> (hours|days)", "within 24 hours", True),
        ("pay <money>", "Pay £2.99!", True),
        ("your ... locked", "your bank account is locked", True),
        ("your ... locked", "your dog barks. The door is locked", False),
        ("refund*", "refunded", True),
        ("pay * now", "pay it now", True),
        ("~ share (this|the) code", "share this code", True),
        ("~ share (this|the) code", "never share this code", False),
        ("~ share (this|the) code", "Do not worry. Share this code", True),
        ("pay now !! in the app", "pay now", True),
        ("pay now !! in the app", "pay now in the app", False),
    ],
)
def test_a_phrase_is_found_as_the_syntax_says(line, text, found):
    assert bool(groups(text, line)) == found


@pytest.mark.parametrize(
    "lines", [("act now",), ("[g] It is so.", "* now"), ("[g] It is so.", "... now"), ("[g] x", "~")]
)
def test_the_error_for_a_line_that_is_no_cue_names_its_file(lines):
    with pytest.raises(ValueError, match="myfile"):
        parse_cues(lines, name="myfile")


@pytest.mark.parametrize("name", CUE_FILES)
def test_every_cue_file_is_sound_and_names_its_source(name):
    cues = read_cue_file(name)
    assert "Source" in read_content(f"signs/cues/{name}.txt")
    assert all(reason.endswith(".") for reason in cues.reasons.values())
    used = {cue.group for found in (*cues.by_first.values(), *cues.by_stem.values()) for cue in found}
    assert used == set(cues.reasons)


@pytest.mark.parametrize("name", CUE_FILES)
def test_every_cue_fires_on_what_it_stands_for(name):
    cues = read_cue_file(name)
    samples = {
        "<url>": "pay-now.example",
        "<phone>": "07700 900123",
        "<money>": "£20",
        "<n>": "24",
        "<email>": "a@b.example",
    }
    dead = []
    for line in (line for line in read_lines(f"signs/cues/{name}.txt") if not HEADING.match(line)):
        if "<org>" in line:
            continue
        phrase = expansions(line)[-1].replace("*", "").replace("...", "")
        for mark, sample in samples.items():
            phrase = phrase.replace(mark, sample)
        if not any(match.cue.written == line for match in cues.find(Words(phrase))):
            dead.append(line)
    # Phrases with signs that are no words cannot be checked by a sample. There are only a few.
    assert len(dead) <= len(read_lines(f"signs/cues/{name}.txt")) * 0.2, dead


def test_asks_and_events_and_stories_are_all_known():
    assert set(read_cue_file("asks").reasons) == {str(ask) for ask in Ask}
    assert {"self_assessment", "winter_fuel"} <= set(read_events())
    assert all(event["source"].startswith("https://") for event in read_events().values())
    assert all(story.source.startswith("https://") and story.reason.endswith(".") for story in read_stories())
    marks = {mark for story in read_stories() for group in (*story.needed, story.excluded) for mark in group}
    cue_groups = {f"cue:{sign}.{group}" for sign in SIGNS for group in read_cue_file(sign).reasons}
    genuine = {f"genuine:{group}" for group in read_cue_file("genuine").reasons}
    for mark in marks:
        if mark.startswith("cue:"):
            assert mark in cue_groups
        elif mark.startswith("genuine:"):
            assert mark in genuine
        elif mark.startswith("ask:"):
            assert mark[4:] in set(Ask)
        elif mark.startswith("sign:"):
            assert mark[5:] in set(Sign)


def test_a_choice_of_the_questions_stands_for_cue_groups_that_exist():
    for question in read_questions():
        for choice in question.choices:
            for mark in choice.shows:
                name, _, group = mark.partition(".")
                if group and name != "story":
                    assert group in read_cue_file(name).reasons, mark


def test_the_calendar_follows_the_time_of_year_and_can_be_extended():
    from datetime import date

    text = Words("Your Christmas parcel delivery is waiting")
    assert [match.cue.group for match in calendar_cues(date(2026, 12, 1)).find(text)] == ["parcel_season"]
    assert not list(calendar_cues(date(2026, 6, 1)).find(text))
    more = (
        '[fair]\nname = "County fair"\nreason = "It uses the fair."\n'
        'cues = ["county fair (ticket|tickets)"]\nsource = "https://www.gov.uk"\n'
    )
    assert [m.cue.group for m in calendar_cues(more=more).find(Words("county fair tickets"))] == ["fair"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("[fair]\nname = 1\n", "fair has no reason"),
        ("fair = 1\n", r"begin with \[fair\]"),
        ("not toml", "calendar"),
        ('[f]\nname="a"\nreason="b."\ncues=["c d"]\nsource="https://x"\nmoths=[1]\n', "unknown field: moths"),
    ],
)
def test_a_calendar_with_a_fault_names_event_and_field(more, words):
    with pytest.raises(ValueError, match=words):
        calendar_cues(more=more)


def test_a_story_with_a_fault_names_story_and_field():
    with pytest.raises(ValueError, match="tale has no source"):
        parse_stories('[tale]\nreason = "r"\nall = [["a"]]\n')
