"""ringback alerts translation, and planning in another language than English."""

import sys

import pytest

from alerting.batches.test_translation_approvals import WELSH

FORCE = ("--force", WELSH.force, "--website", WELSH.website)


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "welsh.txt"
    path.write_text(WELSH.template + "\n", encoding="utf-8")
    return path


def read(case, template, *words, name="bob"):
    return case.alerts(
        name, "translation", "--language", "cy", "--template", template, *FORCE, "--why", "for Wales", *words
    )


def failed(case, done, code):
    assert done.code == 2, done.out
    assert done.json["error"] == code
    assert case.alerts("vera", "list").json == []


def in_welsh(template):
    return ("--language", "cy", "--template", template, *FORCE)


def test_from_reading_to_approval(drama_case, template):
    case = drama_case
    failed(case, case.plan("alice", *in_welsh(template)), "alert_wording_blocked")
    done = read(case, template, "--yes")
    assert done.code == 0, done.err
    assert (done.json["language"], done.json["reader"]) == ("cy", "bob")
    assert done.json["text"].startswith("Heddlu Enghraifft: ffoniwyd y rhif hwn")
    assert "BCDF-GHJK-MNZ" in done.json["text"]
    assert "│ Heddlu Enghraifft: ffoniwyd y rhif │" in done.err
    made = case.planned("alice", *in_welsh(template))
    assert (made["language"], made["read_by"], made["text"]) == ("cy", "bob", done.json["text"])
    assert "language   cy: read, word for word, by bob" in case.run("carol", "alerts", "preview", "B-001").out
    assert case.approve("carol").code == 0
    assert case.alerts("olga", "send", "B-001").json["alerts"] == {"accepted": 4}
    assert {one["text"].partition(":")[0] for one in case.outbox()} == {"Heddlu Enghraifft"}
    ((told),) = case.log("translation_read")
    assert (told["who"], told["reader"], told["text_sha256"]) == ("bob", "bob", done.json["text_sha256"])


def test_without_a_word_of_agreement_nothing_is_noted(drama_case, template):
    failed(drama_case, read(drama_case, template), "translation_unconfirmed")
    assert drama_case.log("translation_read") == []


@pytest.mark.parametrize(("typed", "code"), [("y\n", 0), ("n\n", 2), ("\n", 2)])
def test_on_a_terminal_the_reader_is_asked(drama_case, template, monkeypatch, typed, code):
    monkeypatch.setattr("ringback.cli.translation.sys", _Terminal())
    words = ("--language", "cy", "--template", template, *FORCE, "--why", "x")
    done = drama_case.run("bob", "alerts", "translation", *words, stdin=typed)
    assert done.code == code, done.err
    assert "Do you read cy, and have you read all of this text" in done.err
    assert "ffoniwyd y rhif" in done.out
    assert len(drama_case.log("translation_read")) == (code == 0)


class _Terminal:
    """The program's `sys`, but that standard input is a terminal."""

    class stdin:  # noqa: N801 - stands for sys.stdin
        @staticmethod
        def isatty():
            return True

    def __getattr__(self, name):
        return getattr(sys, name)


@pytest.mark.parametrize("name", ["alice", "olga", "vera", "first.admin"])
def test_who_may_not_approve_may_not_read(drama_case, template, name):
    failed(drama_case, read(drama_case, template, "--yes", name=name), "staff_right_missing")


def test_the_reader_does_not_plan(drama_case, template):
    assert read(drama_case, template, "--yes").code == 0
    failed(drama_case, drama_case.plan("bob", *in_welsh(template)), "reader_is_planner")


def test_a_text_altered_after_its_reading_is_blocked(drama_case, template):
    assert read(drama_case, template, "--yes").code == 0
    template.write_text(WELSH.template.replace("Nid oes", "Mae"), encoding="utf-8")
    failed(drama_case, drama_case.plan("alice", *in_welsh(template)), "alert_wording_blocked")


def test_another_language_needs_its_own_template(drama_case):
    failed(drama_case, drama_case.plan("alice", "--language", "cy"), "template_missing")


def test_welsh_is_not_planned_as_english(drama_case, template):
    assert read(drama_case, template, "--yes").code == 0
    done = drama_case.plan("alice", "--template", template, *FORCE)
    failed(drama_case, done, "alert_wording_blocked")
    assert "does not read as English" in done.json["happened"]
    done = drama_case.plan("alice", "--language", "eng", "--template", template, *FORCE)
    failed(drama_case, done, "language_bad")
