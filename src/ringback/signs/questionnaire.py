"""The questionnaire for people who only remember a message: their answers replace its words."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ringback.signs.advice import things_that_happen
from ringback.signs.check import Check, check_findings
from ringback.signs.findings import Ask, Finding, Sign
from ringback.signs.stories import read_stories
from ringback.text.data_files import kept_with_data
from ringback.text.phrases import Phrase
from ringback.text.wordlists import read_content

_SIGNS, _ASKS = frozenset(Sign), frozenset(Ask)
# A choice may stand for a whole known scam.
_STORY = "story."
# The question whether it was a call or a message, and the answer that it was a call.
HOW, CALL = "how", "call"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be chosen.

    Attributes:
        key: Its name in a file of answers.
        text: The text that people read.
        shows: Signs and asks that it stands for; `story.NAME` for a known scam, `genuine.GROUP` for evidence against
            a scam.
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
                if not _is_known(mark):
                    raise ValueError(
                        f"questions: {key}.{choice} shows {mark}, which is no sign, no ask and no known scam"
                    )
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
    picked: list[Choice] = []
    for key, chosen in answers.items():
        known = {choice.key: choice for choice in questions[key].choices} if key in questions else {}
        faults += [f"question {key} has no choice {one}" for one in chosen if known and one not in known]
        picked += [known[one] for one in chosen if one in known]
    if faults:
        raise ValueError("; ".join(faults))
    findings = [finding for choice in picked for finding in _findings(choice)]
    marks = {mark for choice in picked for mark in choice.shows}
    told = answers.get(HOW, ())
    return check_findings(
        findings,
        stories=[story for story in read_stories() if _STORY + story.name in marks],
        happened=tuple(answers.get("happened", ())),
        chosen=". ".join(choice.text for choice in picked),
        # If it was both, the call is the greater danger. Nobody can stay on the line of a message.
        call=CALL in told or (not told and any(one.name == Ask.stay_on_line for one in findings)),
    )


def _is_known(mark: str) -> bool:
    if mark.startswith(_STORY):
        return any(story.name == mark.removeprefix(_STORY) for story in read_stories())
    return mark.partition(".")[0] in _SIGNS | _ASKS | {"genuine"}


def _findings(choice: Choice) -> list[Finding]:
    found = []
    said = Phrase("You said: %(choice)s", choice=Phrase(choice.text))
    for mark in choice.shows:
        if mark.startswith(_STORY):
            continue
        name, _, group = mark.partition(".")
        found.append(Finding(name, group or name, said, "", 0, 0, "answered"))
    return found
