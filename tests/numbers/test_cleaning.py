"""Raw text to dialled digits."""

import pytest

from ringback.numbers.cleaning import Dialled, clean_number, fold_text

DRAMA = "07700900123"


@pytest.mark.parametrize("blank", ["\u00a0", "\u2003", "\u3000", "\u202f", "\t", "\n", "\u2800"])
def test_every_blank_is_a_space(blank):
    assert fold_text(f"07700{blank}900123") == "07700 900123"


@pytest.mark.parametrize("invisible", list("\u200b\u200d\u2060\ufeff\u200e\u202a\u2066\u00ad\ufe0f"))
def test_what_cannot_be_seen_is_gone(invisible):
    assert fold_text(f"{invisible}07700{invisible}900123{invisible}") == "07700900123"


@pytest.mark.parametrize("dash", list("-\u2010\u2011\u2013\u2014\u2212\uff0d\ufe63\u30fc"))
def test_every_dash_is_a_dash(dash):
    assert fold_text(f"07700{dash}900123") == "07700-900123"


@pytest.mark.parametrize("zero", ["\uff10", "\u0660", "\u06f0", "\u0966", "\u0e50", "\U0001d7ce"])
def test_digits_of_every_script_are_digits(zero):
    written = "".join(chr(ord(zero) + int(digit)) for digit in DRAMA)
    assert clean_number(written) == Dialled(False, DRAMA)


@pytest.mark.parametrize(
    ("raw", "plus", "digits"),
    [
        ("(07700) 900.123", False, DRAMA),
        ("07700/900-123", False, DRAMA),
        ("'07700900123", False, DRAMA),
        ('="07700900123"', False, DRAMA),
        ("\uff0b44 7700 900123", True, "447700900123"),
        ("+44.7700.900123", True, "447700900123"),
        ('"A Name, Ltd <x>" <sip:+447700900123@192.0.2.1:5060>;tag=1', True, "447700900123"),
        ("SIPS:07700900123@192.0.2.1;user=phone", False, DRAMA),
        ("sip:07700900123:secret@example.org?subject=1", False, DRAMA),
        ("sip:%2B447700900123@example.org", True, "447700900123"),
        ("sip:7700900123;phone-context=+44@example.org;user=phone", True, "447700900123"),
        ("sip:07700900123;user=phone", False, DRAMA),
        ("tel:+44-7700-900123;ext=12", True, "447700900123"),
        ("tel:07700900123;phone-context=+44", True, "4407700900123"),
        ("tel:07700900123;phone-context=example.org", False, DRAMA),
        ("tel:+447700900123;phone-context=+1", True, "447700900123"),
        ("07700 900123 ext 12", False, DRAMA),
        ("07700 900123 ext. 12", False, DRAMA),
        ("07700 900123 Extension 12", False, DRAMA),
        ("07700 900123x12", False, DRAMA),
        ("07700 900123 ;ext=12", False, DRAMA),
        ("07700 900123 #12", False, DRAMA),
        ("*67 07700 900123", False, DRAMA),
        ("*82-07700-900123", False, DRAMA),
        ("#31#07700900123", False, DRAMA),
        ("*31#+447700900123 x12", True, "447700900123"),
        ("07700900123.0", False, DRAMA),
        ("447700900123.00", False, "447700900123"),
        ("447700900123,0", False, "447700900123"),
        ("4.47700900123E+11", False, "447700900123"),
        ("4,47700900123e11", False, "447700900123"),
        ("4.477009001230E+11", False, "447700900123"),
    ],
)
def test_wrapping_comes_off(raw, plus, digits):
    assert clean_number(raw) == Dialled(plus, digits)


@pytest.mark.parametrize(
    ("raw", "kept", "dropped"),
    [
        ("+44 (0)20 7946 0123", "4402079460123", "442079460123"),
        ("+44-(0)-20 7946 0123", "4402079460123", "442079460123"),
        ("(+44) [0] 20 7946 0123", "4402079460123", "442079460123"),
        ("0044(0)2079460123", "004402079460123", "00442079460123"),
        ("44(0)2079460123", "4402079460123", "442079460123"),
    ],
)
def test_a_bracketed_zero_after_a_country_code_can_go(raw, kept, dropped):
    dialled = clean_number(raw)
    assert (dialled.digits, dialled.without_zero) == (kept, dropped)


@pytest.mark.parametrize("raw", ["(0)20 7946 0123", "(020) 7946 0123", "020 7946 0123"])
def test_other_brackets_are_only_brackets(raw):
    assert clean_number(raw) == Dialled(False, "02079460123")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (None, "empty"),
        ("", "empty"),
        ("\u00a0\u200b", "empty"),
        (" - ", "empty"),
        ('"A Name" <>', "empty"),
        ("Anonymous", "withheld"),
        ("RESTRICTED", "withheld"),
        ("private number", "withheld"),
        ("Number withheld", "withheld"),
        ("unavailable", "withheld"),
        ("<unknown>", "withheld"),
        ("Caller ID blocked", "withheld"),
        ("No Caller ID", "withheld"),
        ('"Anonymous" <sip:anonymous@anonymous.invalid>', "withheld"),
        ("sip:unavailable@unknown.invalid", "withheld"),
        ("4.47701E+11", "eaten_by_spreadsheet"),
        ("4,47701E+11", "eaten_by_spreadsheet"),
        ("4.47701e11", "eaten_by_spreadsheet"),
        ("4E+11", "eaten_by_spreadsheet"),
        ("1-800-FLOWERS", "not_a_number"),
        ("unknown person", "not_a_number"),
        ("07700900123@example.org", "not_a_number"),
        ("sip:192.0.2.1", "not_a_number"),
        ("07700900123?", "not_a_number"),
        ("07700900123\x00", "not_a_number"),
        ("44+7700900123", "not_a_number"),
        ("*123#", "not_a_number"),
        ("+", "not_a_number"),
        ("\ud800", "not_a_number"),
        ("•••••••••23", "not_a_number"),
    ],
)
def test_what_has_no_digits_says_why(raw, reason):
    assert clean_number(raw) == Dialled(False, "", "", reason)
