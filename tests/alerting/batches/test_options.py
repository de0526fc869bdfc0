"""Choices: from a planner's options and case.toml to a choice that can be planned."""

from datetime import UTC, datetime, timedelta

import pytest

from alerting.planning_case import make_planning_case, refusals
from ringback.alerting.batches.options import Asked, make_choice
from ringback.alerting.wording.templates import render
from ringback.case.case_file import CaseFile
from ringback.case.folder import open_case
from ringback.errors import RingbackError

SETTINGS = """
[alerts]
force = "Example Police"
website = "the Example Police website"
sender_name = "ExamplePol"
price_per_part = "0.0197"
"""
DAY = ("2022-11-25 08:00-21:00",)


@pytest.fixture
def make(tmp_path):
    """A function from settings and options to the choice."""
    made = make_planning_case(tmp_path)

    def choose(settings=SETTINGS, **asked):
        text = made.case.toml.read_text().partition("\n[alerts]")[0]
        made.case.toml.write_text(text + "\n" + settings)
        case_file = CaseFile(open_case(made.case.path), made.records, made.log, made.settings, made.clock)
        return make_choice(case_file, Asked(**{"windows": DAY} | asked), member="alice")

    choose.case_file = made
    yield choose
    made.records.dispose()


def test_the_usual_choice(make):
    choice = make()
    assert render(choice.wording, "AB").startswith("Example Police: this number was called")
    assert "Replies to this text are not read." in choice.wording.template
    assert choice.sender == {"name": "outbox", "shown_as": "ExamplePol"}
    assert [(one.first_at.hour, one.until_at.hour) for one in choice.windows] == [(9, 20)]
    assert (choice.quiet_from, choice.quiet_until, choice.time_zone) == ("20:00", "09:00", "Europe/London")
    assert (choice.pace, choice.per_second, choice.daily_limit) == ("even", 49.0, 250_000)
    assert choice.notes == {
        "price_per_part": "0.0197",
        "synthetic": False,
        "cut": [
            ["2022-11-25T08:00:00+00:00", "2022-11-25T09:00:00+00:00"],
            ["2022-11-25T20:00:00+00:00", "2022-11-25T21:00:00+00:00"],
        ],
    }


def test_windows_are_in_british_time_whatever_the_seized_clock_was(make):
    case_file = make.case_file
    toml = case_file.case.toml
    toml.write_text(toml.read_text().replace("Europe/London", "America/New_York"))
    ((window),) = make(windows=("2023-07-01 10:00-19:00",)).windows
    assert window.first_at == datetime(2023, 7, 1, 9, tzinfo=UTC)


def test_a_sender_that_takes_replies_says_so(make):
    assert "Reply STOP" in make(SETTINGS + "takes_replies = true\n").wording.template


def test_typed_options_override_case_toml(make):
    choice = make(force="Sample Police", website="the Sample website", template="{force} {website} {reference}\n")
    assert render(choice.wording, "AB") == "Sample Police the Sample website AB"


def test_the_website_can_be_left_out(make):
    assert make('[alerts]\nforce = "Example Police"\n').wording.website == "the Example Police website"


@pytest.mark.parametrize(
    ("settings", "asked", "code", "told"),
    [
        ("", {}, "alert_setting_missing", "force"),
        ("[alerts]\nforce = 7\n", {}, "case_setting_bad", "alerts.force"),
        (SETTINGS + "takes_replies = 'no'\n", {}, "case_setting_bad", "alerts.takes_replies"),
        (SETTINGS.replace("0.0197", "2p"), {}, "case_setting_bad", "alerts.price_per_part"),
        (SETTINGS.replace("0.0197", "1.97"), {}, "case_setting_bad", "alerts.price_per_part"),
        (SETTINGS, {"sender": "pigeon"}, "sender_unknown", "pigeon"),
        (SETTINGS, {"windows": ("2022-11-25 21:00-23:00",)}, "windows_quiet", "20:00-09:00"),
        (SETTINGS, {"windows": ("2022-11-24 08:00-09:30",)}, "windows_bad", "over"),
        (SETTINGS, {"quiet": "21:00-09:00"}, "quiet_why_missing", "21:00-09:00"),
        (SETTINGS, {"quiet": "none", "quiet_why": "  "}, "quiet_why_missing", "none"),
        (SETTINGS + 'quiet_from = "23:00"\n', {}, "quiet_why_missing", "23:00-09:00"),
        (SETTINGS + 'quiet_from = ""\n', {}, "quiet_why_missing", "none"),
        (
            SETTINGS.replace('sender_name = "ExamplePol"', ""),
            {"sender": "notify"},
            "alert_setting_missing",
            "sender_name",
        ),
        (SETTINGS, {"sender": "notify"}, "notify_setting_bad", "key_type must be one of"),
        (SETTINGS + '[notify]\nkey_type = "live"\n', {"sender": "notify"}, "secret_missing", "notify-live"),
    ],
)
def test_what_cannot_be_chosen_is_refused_and_logged(make, settings, asked, code, told):
    with pytest.raises(RingbackError) as caught:
        make(settings, **asked)
    assert caught.value.code == code
    assert told in str(caught.value)
    assert refusals(make.case_file)[-1] == ("plan", code)


def test_longer_quiet_hours_need_no_reason_and_shorter_ones_do(make):
    assert make(quiet="19:00-10:00").windows[0].first_at.hour == 10
    choice = make(quiet="21:00-08:00", quiet_why="asked for by 07700 900123")
    assert choice.windows[0].until_at - choice.windows[0].first_at == timedelta(hours=13)
    assert choice.notes["quiet_why"] == "asked for by ***** ****23"


def test_quiet_hours_of_case_toml_are_kept(make):
    assert make(SETTINGS + 'quiet_from = "18:00"\n').windows[0].until_at.hour == 18


def test_a_synthetic_case_is_refused_before_the_providers_settings_are_read(tmp_path):
    case_file = make_planning_case(tmp_path / "made-up", synthetic=True)
    with pytest.raises(RingbackError) as caught:
        make_choice(case_file, Asked(windows=DAY, sender="notify"), member="alice")
    assert caught.value.code == "synthetic_never_sent"
