"""Languages by command, at a provider that does with letters what the real one does."""

import pytest

from cli.attempt_hands import TEMPLATE, read_on_phone, rehearse, with_provider
from notify_standin import NotifyStandin

POLISH = "{force}: na ten numer dzwonili przestępcy, żeby oszukać ludzi. Szukaj {website}. Numer {reference}."
WELSH = "{force}: galwyd y rhif hwn gan droseddwyr. Tŷ, môr, tŵr a gẃr. Chwiliwch am {website}. Cyfeirnod: {reference}."
NAMES = ("--force", "Example Police", "--website", "the Example Police website")


@pytest.fixture
def case(people_case):
    with NotifyStandin(seed=1, template_body=TEMPLATE, prefix_sms=False) as standin:
        people_case.standin = standin
        yield with_provider(people_case)


def plan_in(case, language, text):
    """Carol reads it, Notify has it as its template, and alice plans it."""
    path = case.path.parent / f"{language}.txt"
    path.write_text(text, encoding="utf-8")
    words = ("--language", language, "--template", path, *NAMES)
    assert case.alerts("carol", "translation", *words, "--yes", "--why", "x").code == 0
    there = text.replace("{force}", NAMES[1]).replace("{website}", NAMES[3]).replace("{reference}", "((reference))")
    case.standin.set_template(there)
    return case.plan("alice", "--sender", "notify", *words, "--per-second", "100")


def keeps_any_letter(case):
    return case.edit_toml('key_type = "live"', 'key_type = "live"\nletters = "any"')


def warn(case, first_words):
    """From rehearsal to the last text; the bodies that phones show."""
    assert rehearse(case, "bob").code == 0
    assert read_on_phone(case, first_words).code == 0
    assert case.approve().code == 0
    assert case.alerts("olga", "send", "B-001").json["end"] == "finished"
    return {row["delivered_text"].split(" Numer")[0].split(" Cyfeirnod")[0] for row in case.standin.ledger()}


def test_polish_is_refused_at_planning(case):
    done = plan_in(case, "pl", POLISH)
    assert (done.code, done.json["error"]) == (2, "wording_unwritable")
    assert "ę (latin small letter e with ogonek), ż (latin small letter z with dot above), ć" in " ".join(
        done.err.split()
    )
    assert case.log("batch_planned") == []


@pytest.mark.slow
def test_welsh_goes_from_planning_to_the_phone_as_it_was_read(case):
    assert plan_in(case, "cy", WELSH).code == 0
    assert warn(case, "Example Police: galwyd y rhif hwn") == {
        "Example Police: galwyd y rhif hwn gan droseddwyr. Tŷ, môr, tŵr a gẃr. Chwiliwch am the Example Police website."
    }


@pytest.mark.slow
def test_polish_goes_out_where_the_provider_keeps_any_letter_and_the_case_says_so(case):
    keeps_any_letter(case)
    case.standin.set_service(letters="any")
    done = plan_in(case, "pl", POLISH)
    assert done.code == 0, done.err
    assert done.json["sender"]["letters"] == "any"
    assert warn(case, "Example Police: na ten numer dzwonili") == {
        "Example Police: na ten numer dzwonili przestępcy, żeby oszukać ludzi. Szukaj the Example Police website."
    }


def test_a_case_that_says_so_in_vain_is_found_out_in_the_rehearsal(case):
    keeps_any_letter(case)
    assert plan_in(case, "pl", POLISH).code == 0
    done = rehearse(case, "bob")
    assert (done.code, done.json["end"], done.json["to_confirm"]) == (1, "halted", False)
    assert "the provider sent something else" in done.json["why"]
    assert case.approve().json["error"] == "rehearsal_missing"
    assert case.sent() == []
    said = case.run("alice", "alerts", "rehearse", "B-001", "--to", "bob").out
    assert "halted: the provider sent something else: the text differs" in " ".join(said.split())
    assert "first words" not in said


def test_a_wrong_setting_is_told(case):
    case.edit_toml('key_type = "live"', 'key_type = "live"\nletters = "all"')
    done = case.plan("alice", "--sender", "notify")
    assert done.json["error"] == "notify_setting_bad"
    assert "letters must be one of welsh, any" in " ".join(done.err.split())
