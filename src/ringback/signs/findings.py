"""Findings of a check: a sign or an ask, the words that show it, and the cue that matched."""

from bisect import bisect_left
from dataclasses import asdict, dataclass
from enum import StrEnum


class Sign(StrEnum):
    """The five signs of a scam that the National Cyber Security Centre names."""

    authority = "authority"
    urgency = "urgency"
    emotion = "emotion"
    scarcity = "scarcity"
    current_events = "current_events"


class Ask(StrEnum):
    """What a reader may be asked to do."""

    money_transfer = "money_transfer"
    bank_details = "bank_details"
    one_time_code = "one_time_code"
    login = "login"
    personal_details = "personal_details"
    remote_access = "remote_access"
    gift_card = "gift_card"
    crypto = "crypto"
    click_link = "click_link"
    call_back = "call_back"
    reply = "reply"
    open_attachment = "open_attachment"
    keep_secret = "keep_secret"  # noqa: S105 - the name of an ask
    stay_on_line = "stay_on_line"
    move_to_app = "move_to_app"


# Names of asks in the labelled data, where they differ from ours.
ASK_OF_DATA = {"call_or_press": Ask.call_back, "otp": Ask.one_time_code}


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a sign, an ask or something genuine was found.

    Attributes:
        name: The sign or ask; `genuine` for what genuine senders write.
        group: The group of the cue.
        reason: The reason in plain English, to be followed by the quote.
        quote: The words as they are in the text.
        at: Where they begin in the text.
        until: Where they end there.
        cue: The cue that matched, as written in its file.
    """

    name: str
    group: str
    reason: str
    quote: str
    at: int
    until: int
    cue: str

    def as_dict(self) -> dict[str, object]:
        """The finding for `--json`."""
        return asdict(self)


def without_overlaps(findings: list[Finding]) -> list[Finding]:
    """The findings in the order of the text. Of findings with the same name that share words, only the longest."""
    kept: list[Finding] = []
    # The places that are taken, in order, for each name. None of them share words, so the last one that begins before
    # a finding ends is the only one to look at: a long message may have thousands.
    taken: dict[str, tuple[list[int], list[int]]] = {}
    for one in sorted(findings, key=lambda one: (one.at - one.until, one.at, one.group)):
        starts, ends = taken.setdefault(one.name, ([], []))
        place = bisect_left(starts, one.until)
        if not place or ends[place - 1] <= one.at:
            starts.insert(place, one.at)
            ends.insert(place, one.until)
            kept.append(one)
    return sorted(kept, key=lambda one: (one.at, one.until, one.name))
