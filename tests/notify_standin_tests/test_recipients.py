"""Numbers: what the provider takes. Where no drama range exists, the number plan's own examples stand in."""

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from notify_standin_tests.clients import MOBILE, Plain, read_errors

NOT_VALID = ("ValidationError", "phone_number Number is not valid – double check the phone number you entered")
NOT_MOBILE = ("InvalidPhoneError", "Not a UK mobile number")
ABROAD = ("BadRequestError", "Cannot send to international mobile numbers")


def example(region, kind):
    number = phonenumbers.example_number_for_type(region, kind)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


@pytest.mark.parametrize(
    "spelling",
    [
        MOBILE,
        "07700 900 123",
        "+447700900123",
        "+44 (0)7700 900-123",
        "00447700900123",
        "447700900123",
        "7700900123",
        "0+447700900123",
        "+07700900123",
        "07700\u00a0900\u200b123",
    ],
)
def test_a_uk_mobile_in_any_usual_spelling(standin, plain, spelling):
    assert plain.post(phone_number=spelling)[0] == 201
    (row,) = standin.ledger()
    assert (row["number"], row["phone_number"]) == ("+447700900123", spelling)


@pytest.mark.parametrize("region", ["JE", "GG", "IM"])
def test_crown_dependencies_are_taken(standin, plain, region):
    number = example(region, PhoneNumberType.MOBILE)
    assert plain.post(phone_number=number)[0] == 201
    assert standin.ledger()[0]["number"] == number


def test_personal_numbers_are_taken(plain):
    assert plain.post(phone_number=example("GB", PhoneNumberType.PERSONAL_NUMBER))[0] == 201


@pytest.mark.parametrize(
    ("number", "error"),
    [
        ("020 7946 0123", NOT_MOBILE),
        ("0121 496 0123", NOT_MOBILE),
        ("01632 960123", NOT_VALID),
        (example("GB", PhoneNumberType.UAN), NOT_MOBILE),
        (example("GB", PhoneNumberType.TOLL_FREE), NOT_VALID),
        (example("GB", PhoneNumberType.PREMIUM_RATE), NOT_VALID),
        (example("GB", PhoneNumberType.PAGER), NOT_VALID),
        (example("FR", PhoneNumberType.MOBILE), ABROAD),
        (example("US", PhoneNumberType.MOBILE), ABROAD),
    ],
)
def test_others_are_a_400(standin, plain, number, error):
    status, body = plain.post(phone_number=number)
    assert status == 400
    assert read_errors(body) == [error]
    assert standin.ledger() == []


@pytest.mark.parametrize(
    ("allowed", "number"),
    [
        ({"allow_landline": True}, "020 7946 0123"),
        ({"allow_landline": True}, example("GB", PhoneNumberType.UAN)),
        ({"allow_international": True}, example("FR", PhoneNumberType.MOBILE)),
    ],
)
def test_unless_the_service_is_allowed_them(start, allowed, number):
    standin = start(**allowed)
    assert Plain(standin).post(phone_number=number)[0] == 201
