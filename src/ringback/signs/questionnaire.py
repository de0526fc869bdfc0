"""The questionnaire for people who only remember a message: their answers replace its words."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ringback.signs.advice import things_that_happen
from ringback.signs.check import Check, check_findings
from ringback.signs.findings import Ask, Finding, Sign
from ringback.text.data_files import kept_with_data
from ringback.text.phrases import Phrase
from ringback.text.wordlists import read_content

_SIGNS, _ASKS = frozenset(Sign), frozenset(Ask)


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be chosen.

    Attributes:
        key: Its name in a file of answers.
        text: The text that people read.
        shows: Signs and asks that it stands for; `genuine.GROUP` for evidence against a scam.
    """

    key: str
    text: str
    shows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One question. Several choices may be true."""

    key: str
    text: str
    choices: tuple[Choice, ...]


@kept_with_data(1)
def read_questions() -> tuple[Question, ...]:
    """The questions of data/signs/questions.toml, then what has happened already.

    Raises:
        ValueError: A choice stands for something unknown; the message names the question and the choice.
    """
    questions = []
    for key, held in tomllib.loads(read_content("signs/questions.toml")).items():
        choices = []
        for choice, one in held["choices"].items():
            for mark in one["shows"]:
                if mark.partition(".")[0] not in _SIGNS | _ASKS | {"genuine"}:
                    raise ValueError(f"questions: {key}.{choice} shows {mark}, which is no sign and no ask")
            choices.append(Choice(choice, one["text"], tuple(one["shows"])))
        questions.append(Question(key, held["text"], tuple(choices)))
    happened = tuple(Choice(name, question, ()) for name, question in things_that_happen().items())
    return (*questions, Question("happened", Phrase("Has any of this happened already?"), happened))


def check_answers(answers: Mapping[str, Sequence[str]]) -> Check:
    """The answer for somebody who remembers a message.

    Args:
        answers: Key of a question to the keys of the choices that are true.

    Raises:
        ValueError: Unknown questions or choices; the message names all of them.

    >>> check_answers({"claimed": ["bank"], "asked": ["move_money", "keep_secret"], "said": ["hurry", "trouble"]}).band
    <Band.likely: 'likely_scam'>
    """
    questions = {question.key: question for question in read_questions()}
    faults = [f"there is no question {key}" for key in answers if key not in questions]
    findings: list[Finding] = []
    for key, chosen in answers.items():
        known = {choice.key: choice for choice in questions[key].choices} if key in questions else {}
        faults += [f"question {key} has no choice {one}" for one in chosen if known and one not in known]
        for one in chosen:
            findings += _findings(known[one]) if one in known else []
    if faults:
        raise ValueError("; ".join(faults))
    return check_findings(findings, happened=tuple(answers.get("happened", ())))


def _findings(choice: Choice) -> list[Finding]:
    found = []
    said = Phrase("You said: %(choice)s", choice=Phrase(choice.text))
    for mark in choice.shows:
        name, _, group = mark.partition(".")
        found.append(Finding(name, group or name, said, "", 0, 0, "answered"))
    return found
