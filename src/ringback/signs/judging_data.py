"""All data files that the check reads: their names, whether they are sound, and the sentences in them."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping

from ringback.numbers.organisations import organisation_names
from ringback.signs.advice import PAGE_ADVICE, read_advice, read_statements
from ringback.signs.calendar import calendar_cues, read_events
from ringback.signs.check import check_signs
from ringback.signs.cues import read_cue_file
from ringback.signs.domains import read_organisations
from ringback.signs.facts import Envelope
from ringback.signs.model import read_model
from ringback.signs.questionnaire import check_answers, read_questions
from ringback.signs.spelling import CUE_FILES
from ringback.signs.stories import read_stories
from ringback.text.confusables import read_homoglyphs
from ringback.text.wordlists import read_content, read_words

_LISTS = (
    "signs/around_words.txt", "signs/called_people.txt", "signs/callers.txt", "signs/governments.txt",
    "signs/imitated_names.txt", "signs/known_words.txt", "signs/lure_words.txt", "signs/names_with_capital.txt",
    "signs/near_words.txt", "signs/negators.txt", "signs/not_senders.txt", "signs/open_hosts.txt",
    "signs/organisation_names.txt", "signs/own_words.txt", "signs/plain_endings.txt", "signs/plain_names.txt",
    "signs/public_suffixes.txt", "signs/shorteners.txt", "signs/tenant_hosts.txt", "wording/english_words.txt",
    "wording/first_names.txt", "wording/top_level_domains.txt",
)  # fmt: skip
_CUES = tuple(f"signs/cues/{name}.txt" for name in CUE_FILES)
ADVICE, QUESTIONS, MODEL = "signs/advice.toml", "signs/questions.toml", "signs/model.json"
# Every file that the check of a message or the questionnaire reads, and the advice of the pages.
NEEDED = (
    ADVICE, PAGE_ADVICE, "signs/calendar.toml", MODEL, "signs/official_domains.txt", QUESTIONS, "signs/stories.toml",
    "organisations.csv", "wording/homoglyphs.csv", *_CUES, *_LISTS,
)  # fmt: skip
# Goes through everything once: a link, a look-alike, a number, a misspelt word, an e-mail.
_SAMPLE = "HMRC: you are owed a refnud. Act now at hmrc-refund.example or ring 020 7946 0123, and tell nobody."


def check_data() -> None:
    """Read all data files that count now, and judge a message by them. Afterwards nobody has to wait for them.

    Raises:
        ValueError: Faults, each with the name of its file: one that is not there or cannot be read, advice without a
            source or with a dead reference, a choice that stands for nothing.
    """
    readers: dict[str, Callable[[], object]] = {
        ADVICE: read_advice,
        PAGE_ADVICE: read_statements,
        QUESTIONS: read_questions,
        MODEL: read_model,
        "signs/calendar.toml": lambda: (read_events(), calendar_cues()),
        "signs/official_domains.txt": read_organisations,
        "signs/stories.toml": read_stories,
        "organisations.csv": organisation_names,
        "wording/homoglyphs.csv": read_homoglyphs,
        **{path: _cue_reader(name) for path, name in zip(_CUES, CUE_FILES, strict=True)},
        **{path: _list_reader(path) for path in _LISTS},
    }
    faults = [f"{path}: {problem}" for path, read in readers.items() if (problem := _find_problem(read))]
    if not faults and (problem := _find_problem(_judge_sample)):
        faults = [f"a message cannot be judged: {problem}"]
    if faults:
        raise ValueError("; ".join(faults))


def list_sentences() -> Iterator[tuple[str, str]]:
    """(file, sentence) of every English sentence in the files that the public reads, for translators."""
    shared = read_advice()["statements"]
    for key, one in read_statements().items():
        yield ADVICE if key in shared else PAGE_ADVICE, one["text"]
    for one in read_advice()["happened"].values():
        yield ADVICE, one["question"]
    for held in tomllib.loads(read_content(QUESTIONS)).values():
        yield QUESTIONS, held["text"]
        for choice in held["choices"].values():
            yield QUESTIONS, choice["text"]
    reasons: Mapping[str, Mapping[str, str]] = {
        path: read_cue_file(name).reasons for path, name in zip(_CUES, CUE_FILES, strict=True)
    }
    for path, by_group in reasons.items():
        for reason in filter(None, by_group.values()):
            yield path, reason
    for event in read_events().values():
        yield "signs/calendar.toml", event["reason"]
    for story in read_stories():
        yield "signs/stories.toml", story.reason


def _find_problem(read: Callable[[], object]) -> str:
    """What is wrong with a file; '' if it can be read."""
    try:
        read()
    except KeyError as error:
        return f"{error.args[0]} is missing"
    except (LookupError, ValueError, TypeError, AttributeError, re.error) as error:
        return str(error)
    return ""


def _cue_reader(name: str) -> Callable[[], object]:
    return lambda: read_cue_file(name)


def _list_reader(path: str) -> Callable[[], object]:
    return lambda: read_words(path)


def _judge_sample() -> None:
    check_signs(_SAMPLE, envelope=Envelope("HMRC", "hmrc-refund.example"))
    check_signs(_SAMPLE, kind="call")
    check_answers({question.key: [choice.key for choice in question.choices] for question in read_questions()})
