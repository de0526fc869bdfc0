"""What can be wrong with an answer: a code, and what is said of it. No value is ever repeated."""

FAULT_WORDS = {
    "missing": "this is needed",
    "too_long": "that is too long",
    "too_many": "those are too many",
    "unreadable_number": "that cannot be read as a phone number",
    "unclear_number": "that could be more than one number; begin with + and the country's code, or with 0",
    "unreadable_day": "that is no day; write it as 24/11/2022, 24 November 2022 or yesterday",
    "future_day": "that day is still to come",
    "early_day": "that is too long ago; look at the year",
    "unreadable_time": "that is no time of day; write it as 14:30 or 2.30pm",
    "unreadable_sum": "that is no sum of money; write it as 1200, £1,200.50, 10k or 3m",
    "unclear_sum": "that sum can be read in two ways; write pounds and pence as 1200.50",
    "not_sterling": "that is not in pounds; write what it was in pounds",
    "not_positive": "a sum of money has to be above 0",
    "too_large": "that is more than was ever lost; were pence typed as pounds?",
    "more_than_lost": "more came back than was lost",
    "unknown_choice": "that is none of the answers",
    "contradicts": "those answers cannot all be right",
    "mistyped_reference": "that is no reference of ours; compare it letter by letter with the text",
    "unknown_reference": "no text of ours has this reference with these last four digits",
    "four_digits": "that is not four digits",
    "unreadable_email": "that is no e-mail address",
    "unknown_field": "a report has no such field",
    "empty": "the row says nothing that a report holds",
}


class AnswerFault(Exception):  # noqa: N818 - a fault of the answer, not of the program
    """An answer that cannot be taken.

    Args:
        code: A key of `FAULT_WORDS`.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(FAULT_WORDS[code])
