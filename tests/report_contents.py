"""What reports say in tests: made-up people, drama numbers; and a report stored in a case."""

from datetime import date, time

from ringback.victim_reports.content import Happened, Loss, ReportContent, Reporter, Sure
from ringback.victim_reports.intake import TELEPHONE, take_report

NUMBER, SHOWN, CONTACT = "+447700900123", "+442079460001", "+447700900456"
SECRET_WORDS = "They said my savings at the building society were at risk"


def make_content(**changes):
    """A full report; `changes` are fields of it."""
    reporter = Reporter("Ann Example", "07700 900456", "ann@example.com", "LS1 4AP", True)
    values = {
        "called_number": NUMBER, "called_number_typed": "07700 900123", "called_on": date(2022, 11, 20),
        "called_on_sure": Sure.exact, "called_at": time(10, 15), "claimed": "my bank, Barclays",
        "shown_number": SHOWN, "shown_number_typed": "020 7946 0001", "happened": (Happened.moved_money,),
        "losses": (Loss(120050, on=date(2022, 11, 21)),), "story": SECRET_WORDS, "reporter": reporter,
    }  # fmt: skip
    return ReportContent(**{**values, **changes})


def take(case_file, *, who="alice", **changes):
    """Store a report taken by telephone; returns its id."""
    return take_report(case_file, make_content(**changes), way=TELEPHONE, who=who, why="a test").id


def logged(case_file, *kinds):
    """Facts of the audit entries of these kinds, with who and why."""
    entries = [entry for entry in case_file.log.entries() if entry.what in kinds]
    return [entry.read_facts() | {"who": entry.who, "why": entry.why} for entry in entries]
