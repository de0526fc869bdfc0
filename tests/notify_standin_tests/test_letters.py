"""Letters, spaces and the service's name: what the API shows of a text, and what a phone does."""

import pytest

from notify_standin_tests.clients import Plain, read_errors, send


def say(standin, plain, text, **options):
    """What the API says of that text: in the 201, by identifier and in the list; they must be the same."""
    template_id = standin.add_template("((text))")
    status, sent = plain.post(template_id=template_id, personalisation={"text": text}, **options)
    assert status == 201
    asked = plain.get(f"/v2/notifications/{sent['id']}")[1]
    listed = plain.get("/v2/notifications")[1]["notifications"][0]
    assert sent["content"]["body"] == asked["body"] == listed["body"]
    return sent["content"]["body"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("€{}[]~^\\| @£ñÑß", "€{}[]~^\\| @£ñÑß"),
        ("ŵŷâêîôûẁẃẅÿ ŴŶÂÊÎÔÛẀẂẄŸ", "ŵŷâêîôûẁẃẅÿ ŴŶÂÊÎÔÛẀẂẄŸ"),
        ("Łódź zażółć gęślą jaźń", "Lódz zazólc gesla jazn"),
        ("ç ã č", "c a c"),
        ("“quoted” ‘so’ – and — so…", "\"quoted\" 'so' - and - so..."),
        ("a\u200bb\u2060c\ufeffd", "abcd"),
        ("a\u00a0b\u202fc\td", "a b c d"),
        ("اردو Львів 中 🙂 œ", "???? ????? ? ? ?"),
        # What a letter is made up of is taken, even where that is no Latin letter either.
        ("Їжа", "І??"),
    ],
)
def test_letters_are_kept_made_plain_or_lost(standin, plain, text, shown):
    assert say(standin, plain, text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [("Łódź “اردو” – 中 🙂…", 'Łódź "اردو" - 中 🙂...'), ("a\u2011b\u2212c ‚d„ e\u200df", "a-b-c 'd\" ef")],
)
def test_since_the_autumn_of_2026_any_letter_is_kept_and_quotes_are_not(start, text, shown):
    standin = start(letters="any")
    assert say(standin, Plain(standin), text) == shown


def test_letters_can_be_changed_while_it_runs_and_others_are_refused(standin, plain, start):
    assert say(standin, plain, "ł") == "l"
    standin.set_service(letters="any")
    assert say(standin, plain, "ł") == "ł"
    with pytest.raises(ValueError, match="letters is one of: welsh, any"):
        standin.set_service(letters="all")
    with pytest.raises(ValueError, match="letters is one of"):
        start(letters="all")


def test_spaces_are_put_in_order(standin, plain):
    assert say(standin, plain, "  Metro  Police , here .\r\n\n\n\n Bye ") == "Metro Police, here.\n\nBye"


def test_the_length_is_that_of_the_text_before_its_letters_are_replaced(standin, plain):
    template_id = standin.add_template("((text))")
    assert plain.post(template_id=template_id, personalisation={"text": "x" * 917 + "…"})[0] == 201
    assert plain.post(template_id=template_id, personalisation={"text": "  " + "x" * 918})[0] == 201
    status, body = plain.post(template_id=template_id, personalisation={"text": "x" * 918 + "…"})
    assert (status, read_errors(body)[0][0]) == (400, "BadRequestError")


def test_a_phone_alone_shows_the_services_name(start):
    standin = start(service_name=" Metro Alerts ")
    plain = Plain(standin)
    assert say(standin, plain, "Metro Police: “hello”") == 'Metro Police: "hello"'
    assert [(row["body"], row["delivered_text"]) for row in standin.ledger()] == [
        ('Metro Police: "hello"', 'Metro Alerts: Metro Police: "hello"')
    ]


def test_the_name_is_shown_unless_it_is_turned_off(start):
    standin = start()
    plain = Plain(standin)
    for changes in {}, {"prefix_sms": False}, {"prefix_sms": True, "name": "Other"}:
        standin.set_service(**changes)
        say(standin, plain, "Hello")
    assert [row["delivered_text"] for row in standin.ledger()] == ["Alerts: Hello", "Hello", "Other: Hello"]
    assert [row["body"] for row in standin.ledger()] == ["Hello"] * 3
    off = start(prefix_sms=False)
    say(off, Plain(off), "Hello")
    assert [row["delivered_text"] for row in off.ledger()] == ["Hello"]


def test_the_name_is_not_counted_among_918_characters_but_is_billed(start):
    standin = start(service_name="n" * 20)
    plain = Plain(standin)
    assert say(standin, plain, "x" * 918) == "x" * 918
    say(standin, plain, "x" * 150)
    newest = plain.get("/v2/notifications")[1]["notifications"][0]
    assert newest["cost_details"]["billable_sms_fragments"] == 2


def test_the_201_of_the_official_client_shows_what_is_kept(standin, client):
    standin.set_template("“Ffôn” – ŵ ((reference))")
    assert send(client, standin, reference="A")["content"]["body"] == '"Ffôn" - ŵ A'
