"""The rule that ties a report to calls, as tables: reasons with their points and words, windows, thresholds.

A point is a tenth of a power of ten of a likelihood ratio: how much likelier something is if the report is about the
call than if it is about another. 10 points: ten times as likely; 20: a hundred times; -10: a tenth. Points add up, and
whole numbers add up to the same on every engine. The number's points include the odds that a report is about this site
at all (nine to one). The ratios are ours: worked out from how calls of such a site are spread over numbers, days,
organisations and lengths, and from guesses of how people misremember. No data trained them.

| what agrees | if it is this call | if it is another | ratio |
|---|---|---|---|
| number exact | 0.9 of reporters type it right | 1 in 30 UK numbers is in the calls | 30, times 9 for the odds |
| one digit wrong | 0.03, over 81 neighbours | 1 in 22 neighbours is in the calls | 0.008, times 9 |
| two digits swapped | 0.02, over 8 neighbours | 1 in 22 | 0.05, times 9 |
| one digit missing | 0.02, over 82 numbers with one more | 1 in 22 | 0.005, times 9 |
| the same day, sure of it | 0.4 | 1 in 420 days | 170 |
| the organisation | 0.7 | 1 in 17 calls | 12 |
| the number shown | 0.6 | 1 in 100 | 60 |
| talked 1 to 5 minutes | 0.6 | 1 in 13 | 8 |

A rule that was ever used is never changed: other points are another version beside it.
"""

from dataclasses import dataclass

VERSION = "matches/1"
# A number with fewer points is no candidate, unless it is the very number that was typed.
CANDIDATE_FROM = 7
# The best number is tied from here on (20 to 1), if the next is this much behind (ten times less likely).
LIKELY_FROM, MARGIN = 13, 10
# The last digits of a number, in which people err: in a UK number, all but the one that tells its kind.
DIGITS = 9
# Older events are dated too late, newer ones too early: so windows are wider on that side, this many times.
TELESCOPED, OLD_YEARS = 2, 3
# Days between a loss on the bank statement and the call before it.
STATEMENT_DAYS, STATEMENT_WEEK = 2, 7
# Seconds between the time told and the time of the call; how far a part of the day frays.
TIME_SAME_S, TIME_NEAR_S, PART_EDGE_S = 3_600, 10_800, 3_600
# Part of the day to its first second and its length in seconds.
PARTS_OF_DAY = {
    "morning": (18_000, 25_200),
    "afternoon": (43_200, 18_000),
    "evening": (61_200, 18_000),
    "night": (79_200, 25_200),
}
# Talk times as people tell them, in order, and the seconds from which each begins.
TALK_BANDS = {"under_1": 0, "minutes_1_5": 60, "minutes_5_15": 300, "minutes_15_60": 900, "over_60": 3_600}
# How sure the reporter is of the day, to days for "near" and days for "within the window".
DAY_WINDOWS = {"exact": (1, 7), "few_days": (3, 10), "month": (31, 62), "unsure": (45, 120)}


@dataclass(frozen=True, slots=True)
class Reason:
    """One finding about one part of a match: its points, and what it says."""

    points: int
    words: str


REASONS: dict[str, Reason] = {
    "text": Reason(99, "the report began with our text"),
    "number_exact": Reason(24, "the number reported was called"),
    "number_exact_other": Reason(23, "the number reported, of somebody else's phone, was called"),
    "digits_swapped": Reason(-3, "two neighbouring digits of the number are swapped"),
    "digits_swapped_other": Reason(-1, "two neighbouring digits of the number of somebody else's phone are swapped"),
    "digit_wrong": Reason(-11, "one digit of the number is another"),
    "digit_wrong_other": Reason(-8, "one digit of the number of somebody else's phone is another"),
    "digit_missing": Reason(-13, "one digit of the number is missing"),
    "digit_missing_other": Reason(-11, "one digit of the number of somebody else's phone is missing"),
    "exact_same": Reason(22, "called on the very day, of which the reporter is sure"),
    "exact_near": Reason(13, "called a day from the day of which the reporter is sure"),
    "exact_window": Reason(6, "called within days of the day of which the reporter is sure"),
    "exact_outside": Reason(-11, "not called around the day of which the reporter is sure"),
    "few_days_same": Reason(20, "called on the day remembered to within three days"),
    "few_days_near": Reason(15, "called within three days of the day remembered"),
    "few_days_window": Reason(6, "called within days of the day remembered to within three days"),
    "few_days_outside": Reason(-11, "not called around the day remembered to within three days"),
    "month_near": Reason(7, "called within a month of the day remembered roughly"),
    "month_window": Reason(0, "called within two months of the day remembered roughly"),
    "month_outside": Reason(-9, "not called within two months of the day remembered roughly"),
    "unsure_near": Reason(4, "called within weeks of a day of which the reporter is not sure"),
    "unsure_window": Reason(-1, "called within months of a day of which the reporter is not sure"),
    "unsure_outside": Reason(-5, "not called within months of a day of which the reporter is not sure"),
    "statement_days": Reason(18, "called on the day of the loss on the statement, or up to two days before"),
    "statement_week": Reason(9, "called within the week before the loss on the statement"),
    "time_same": Reason(6, "called within an hour of the time remembered"),
    "time_near": Reason(1, "called within three hours of the time remembered"),
    "time_other": Reason(-6, "called at another time of day than remembered"),
    "part_same": Reason(4, "called in the part of the day remembered"),
    "part_edge": Reason(1, "called within an hour of the part of the day remembered"),
    "part_other": Reason(-5, "called in another part of the day than remembered"),
    "organisation_same": Reason(11, "the call showed a number of the organisation that the caller claimed to be"),
    "organisation_other": Reason(-6, "the call showed a number of another organisation"),
    "organisation_none": Reason(-3, "the call showed no number of an organisation"),
    "shown_same": Reason(18, "the call showed the number that the phone showed"),
    "shown_other": Reason(-5, "the call showed another number than the phone"),
    "talk_under_1": Reason(0, "the talk lasted under a minute, as remembered"),
    "talk_minutes_1_5": Reason(9, "the talk lasted one to five minutes, as remembered"),
    "talk_minutes_5_15": Reason(13, "the talk lasted five to fifteen minutes, as remembered"),
    "talk_minutes_15_60": Reason(15, "the talk lasted fifteen minutes to an hour, as remembered"),
    "talk_over_60": Reason(15, "the talk lasted over an hour, as remembered"),
    "talk_next": Reason(2, "the talk was a little longer or shorter than remembered"),
    "talk_other": Reason(-6, "the talk was much longer or shorter than remembered"),
    "talk_answered": Reason(3, "the call was answered"),
    "talk_not_answered": Reason(-8, "the call was not answered"),
}
OUTCOMES = {
    "certain": "tied to its number for certain",
    "likely": "tied to its number",
    "for_a_person": "a person has to decide",
    "not_in_the_calls": "no call that it may be about was found",
}
OUTCOME_REASONS = {
    "text": "the report began with our text",
    "agrees": "the number and what is told of the call agree",
    "no_number": "the report names no number that could be read",
    "own_number": "the number belongs to an account, a subject, the site or an organisation",
    "ambiguous": "two numbers agree about equally well",
    "weak": "too little agrees",
    "no_call": "neither the number reported nor one like it was called",
}
