"""A small book of raw number texts and their readings, written by hand: stages take readings as they are given.

The texts called ambiguous or unreadable are words, not digits: what a text looks like is no business of a stage.
"""

from typing import Any

Row = dict[str, Any]


def reading(raw: str, e164: str | None = None, how: str | None = None, **values: Any) -> Row:
    """A row of READINGS: a UK mobile unless told otherwise; unread without a number."""
    read = e164 is not None
    return {
        "raw": raw,
        "e164": e164,
        "kind": "mobile" if read else None,
        "region": "GB" if read else None,
        "how": how,
        "ambiguous": False,
        "reason": None if read else "invalid",
    } | values


def _either(raw: str, uk: str, us: str) -> tuple[Row, list[Row]]:
    """A text that is a UK number to one reader and a US number to another."""
    options = [
        {"raw": raw, "rank": 1, "e164": uk, "kind": "mobile", "region": "GB", "how": "bare-national:GB"},
        {"raw": raw, "rank": 2, "e164": us, "kind": "mobile_or_landline", "region": "US", "how": "bare-national:US"},
    ]
    return reading(raw, uk, "bare-national:GB", ambiguous=True), options


US = {"kind": "mobile_or_landline", "region": "US"}
LANDLINE = {"kind": "landline"}
EITHER_1, OPTIONS_1 = _either("either 1", "+447700900101", "+12125550101")
EITHER_2, OPTIONS_2 = _either("either 2", "+447700900102", "+12125550102")
UK_MOBILES = {
    "07700 900001": reading("07700 900001", "+447700900001", "trunk:GB"),
    "+44 7700 900001": reading("+44 7700 900001", "+447700900001", "plus"),
    "447700900001": reading("447700900001", "+447700900001", "bare-international"),
    "07700 900002": reading("07700 900002", "+447700900002", "trunk:GB"),
    "+447700900003": reading("+447700900003", "+447700900003", "plus"),
}
# What an account types that dials national numbers bare: nine each of one habit and the other.
BARE_UK = {
    f"77009002{n:02}": reading(f"77009002{n:02}", f"+4477009002{n:02}", "bare-national:GB") for n in range(1, 10)
}
BARE_US = {
    f"21255501{n:02}": reading(f"21255501{n:02}", f"+121255501{n:02}", "bare-national:US", **US) for n in range(11, 20)
}
OTHERS = {
    "020 7946 0001": reading("020 7946 0001", "+442079460001", "trunk:GB", **LANDLINE),
    "Jersey": reading("Jersey", "+447700900301", "trunk:GB", region="JE"),
    "+12125550150": reading("+12125550150", "+12125550150", "plus", **US),
    "freephone": reading("freephone", "+441214960009", "plus", kind="toll_free", region="001"),
    "either 1": EITHER_1,
    "either 2": EITHER_2,
    "account's own": reading("account's own", "+447700900401", "plus"),
    "subject's own": reading("subject's own", "+447700900402", "plus"),
    "site's own": reading("site's own", "+447700900403", "plus"),
    "bank": reading("bank", "+441214960001", "plus", **LANDLINE),
    "tax": reading("tax", "+441214960002", "plus", **LANDLINE),
    "": reading("", reason="empty"),
    "anonymous": reading("anonymous", reason="withheld"),
    "4.477E+11": reading("4.477E+11", reason="eaten_by_spreadsheet"),
    "999": reading("999", reason="short_code"),
}
BOOK: dict[str, Row] = {**UK_MOBILES, **BARE_UK, **BARE_US, **OTHERS}
READINGS: list[Row] = list(BOOK.values())
OPTIONS: list[Row] = OPTIONS_1 + OPTIONS_2
ORGANISATIONS: list[Row] = [
    {"e164": "+441214960001", "organisation": "A Bank", "sector": "bank"},
    {"e164": "+441214960002", "organisation": "The Tax Office", "sector": "tax"},
]
