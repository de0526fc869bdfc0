"""The figures in plain words: what each is called, and what it counts. The exact definition stands on the page, too."""

from ringback.web.kernel.language import gettext as _


def label(key: str) -> str:
    """What a figure is called; its key where nobody has written words for it."""
    return _words().get(key, (key, ""))[0]


def meaning(key: str) -> str:
    """What a figure counts, in a sentence; "" where nobody has written one."""
    return _words().get(key, (key, ""))[1]


def _words() -> dict[str, tuple[str, str]]:
    return {
        "calls_total": (
            _("Calls in the records"),
            _("All calls in the records of the criminals' website, to any country."),
        ),
        "uk_calls": (_("Calls to UK numbers"), _("Calls to a number that we can read as a UK number for certain.")),
        "uk_calls_over_minute": (
            _("UK calls that lasted over a minute"),
            _("Somebody picked up, and the call went on for more than 60 seconds."),
        ),
        "uk_people_over_minute": (
            _("UK numbers called for over a minute"),
            _("Each number counts once, however often it was called."),
        ),
        "numbers_to_alert": (
            _("UK mobile numbers to be texted"),
            _("Mobile numbers that our rule picks out for a text. Others may have been called, too."),
        ),
        "peak_uk_people_per_minute": (
            _("UK numbers called in the busiest minute"),
            _("The most UK numbers that were called within one minute."),
        ),
        "accounts_total": (
            _("Accounts at the criminals' website"),
            _("Names that its users logged in with. One person can have several."),
        ),
    }
