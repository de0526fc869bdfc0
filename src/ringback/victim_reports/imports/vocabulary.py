"""What the columns of such exports are called, field by field. Pure."""

import re
import unicodedata

# Field to the names that its column may have, most telling first. A name is a set of words; small words do not count.
_NAMES: dict[str, tuple[str, ...]] = {
    "centre_reference": (
        "crime reference", "crime reference number", "crime number", "crime ref", "crime no", "nfrc",
        "report reference", "report number", "report id", "case reference", "case number", "urn", "reference number",
        "unique reference",
    ),
    "received_on": (
        "date reported", "reported date", "reported on", "reported at", "report date", "date received", "received",
        "received at", "date submitted", "submitted", "submitted at", "report created", "created", "created at",
    ),
    "kind": ("report type", "report kind", "kind", "crime or information", "crime information"),
    "reference": (
        "alert reference", "text reference", "text message reference", "sms reference", "police text reference",
        "our reference", "reference in text",
    ),
    "last_four": ("alert last four", "last four", "last 4", "last four digits", "last 4 digits"),
    "called_number": (
        "called number", "number called", "phone called", "telephone called", "victim phone", "victim phone number",
        "victim number", "victim mobile", "victim mobile number", "victim telephone", "victim telephone number",
    ),
    "shown_number": (
        "suspect number", "suspect phone", "suspect phone number", "suspect telephone", "suspect telephone number",
        "suspect mobile", "shown number", "number shown", "displayed number", "number displayed", "caller number",
        "caller id", "calling number", "incoming number", "offender number", "spoofed number", "presented number",
    ),
    "called_on": (
        "incident date", "date incident", "incident", "offence date", "date offence", "call date", "date call",
        "called on", "date called", "date committed", "date occurred", "occurred", "incident start date",
        "date fraud", "fraud date", "when happened",
    ),
    "whose": ("whose phone", "whose number", "phone owner"),
    "called_on_sure": ("call date certainty", "date certainty", "certainty date", "how sure date"),
    "part_of_day": ("part of day", "time of day"),
    "talk_time": ("call length", "length call", "call duration", "duration call", "talk time"),
    "called_at": ("incident time", "time incident", "call time", "time call", "called at", "time called"),
    "claimed": (
        "organisation claimed", "claimed organisation", "organization claimed", "claimed be", "claimed",
        "caller claimed", "impersonated organisation", "impersonated", "organisation impersonated",
        "company impersonated",
        "bank impersonated", "pretended be", "suspect organisation", "suspect company",
    ),
    "loss": (
        "loss amount", "amount lost", "loss", "total loss", "financial loss", "loss value", "value loss", "gross loss",
        "fraud loss", "amount loss", "money lost", "reported loss",
    ),
    "loss_returned": (
        "amount recovered", "recovered amount", "recovered", "amount refunded", "refund", "refunded", "reimbursed",
        "amount returned", "money returned", "money recovered",
    ),
    "loss_on": ("payment date", "date payment", "transaction date", "date transaction", "loss date", "date loss"),
    "loss_kind": ("payment method", "method payment", "payment type", "how paid", "loss method", "loss kind"),
    "story": (
        "description", "incident description", "incident details", "what happened", "narrative", "summary",
        "incident summary", "free text", "circumstances", "details", "modus operandi", "story", "report text",
        "account events",
    ),
    "name": (
        "victim name", "reporter name", "full name", "victim full name", "complainant name", "complainant", "name",
    ),
    "first_name": ("first name", "victim first name", "reporter first name", "forename", "victim forename"),
    "last_name": ("last name", "surname", "victim surname", "victim last name", "reporter surname", "family name"),
    "contact_number": (
        "contact number", "contact phone", "contact telephone", "contact phone number", "contact telephone number",
        "reporter phone", "reporter number", "reporter telephone", "reporter mobile", "phone", "phone number",
        "telephone", "telephone number", "mobile", "mobile number", "home phone",
    ),
    "email": ("email", "email address", "victim email", "reporter email", "contact email", "victim email address"),
    "postcode": ("postcode", "post code", "victim postcode", "reporter postcode", "victim post code"),
    "wants_to_be_told": ("wants be told", "wants updates", "updates wanted", "wants told"),
}  # fmt: skip
FIELDS = tuple(_NAMES)
# Without one of these, a row says nothing that can be acted on.
TELLING = ("reference", "called_number", "shown_number", "called_on", "claimed", "loss", "story")

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[a-z]+|[0-9]+")
_SMALL = frozenset({"of", "the", "a", "in", "to", "was", "that", "is", "gbp", "on", "for", "did", "they", "your", "s"})


def words(column: str) -> tuple[str, ...]:
    """The words of a column's name, without small ones.

    >>> words("Date of Incident"), words("victimPhone_Number"), words("Loss (£)")
    (('date', 'incident'), ('victim', 'phone', 'number'), ('loss',))
    """
    plain = unicodedata.normalize("NFKD", _CAMEL.sub(" ", column)).casefold().replace("e-mail", "email")
    return tuple(one for one in _WORD.findall(plain) if one not in _SMALL)


def scores(column: str) -> dict[str, float]:
    """Field to how well a column's name fits it: 3 for a known name, 2.5 for its words in another order, 2 or less if
    there are more words.

    >>> scores("Suspect number"), scores("shoe size")
    ({'shown_number': 3.0}, {})
    """
    found: dict[str, float] = {}
    have = words(column)
    if not have:
        return {}
    for field, known in _WORDS.items():
        best = max((_score(have, one) for one in known), default=0.0)
        if best:
            found[field] = best
    return found


def _score(have: tuple[str, ...], known: tuple[str, ...]) -> float:
    if have == known or "".join(have) == "".join(known):
        return 3.0
    if sorted(have) == sorted(known):
        return 2.5
    if len(known) > 1 and set(known) <= set(have):
        # The fewer other words, the better.
        return 1.0 + len(known) / len(have)
    return 0.0


_WORDS = {field: tuple(dict.fromkeys(words(name) for name in names)) for field, names in _NAMES.items()}
