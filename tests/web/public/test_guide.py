"""The first page and those around it: what somebody reads who was called, or whose number was shown."""

import re
from pathlib import Path

import pytest

from public_case import CONTACTS, make_bundle
from public_visitor import Service
from ringback.publishing.sign_files import FOLDER, sign_files
from ringback.signs.advice import PAGE_ADVICE, read_statements
from ringback.text.data_files import DataFiles, read_data, use_data
from ringback.text.wordlists import read_content
from ringback.web import public
from ringback.web.kernel.app import add_routes
from ringback.web.kernel.contract import ANYBODY, contract
from ringback.web.public import service as service_module
from web.public.test_pages import words

TEMPLATES = sorted((Path(public.__file__).parent / "templates" / "public").glob("*.html"))
# Numbers that people are told to ring or text. 101 is also how to reach the force that runs the service: no advice.
HELPLINES = re.compile(r"\b(?:159|7726|0300|0808)\b")
DOORS = ["/check", "/not-texted", "/was-my-number-called", "/my-number-was-shown", "/texts"]


def main_of(answer):
    return answer.get_data(as_text=True).partition("<main")[2].partition("</main>")[0]


def test_the_bank_comes_before_all_else_on_the_first_page(service):
    page = main_of(service.get("/"))
    assert page.index("Ring your bank now") < page.index("What happened") < page.index("Five signs")
    assert 'href="tel:159"' in page
    steps = page.partition('id="what-to-do"')[2]
    places = [steps.index(one) for one in ("159", "0300", "101", "password", "0808", "get the money back")]
    assert places == sorted(places)


def test_all_five_signs_have_an_example_as_criminals_say_it(service):
    page = main_of(service.get("/"))
    for name in ("Authority", "Urgency", "Emotion", "Scarcity", "Current events"):
        assert f"<strong>{name}.</strong>" in page
    assert len(re.findall(r"<blockquote[^>]*>“[^”]+”</blockquote>", page)) == 5


def test_the_first_page_leads_to_every_errand(service):
    page = main_of(service.get("/"))
    assert set(DOORS) <= set(re.findall(r'href="([^"#]+)"', page))


def test_a_door_to_a_page_that_is_not_there_is_not_shown(service, monkeypatch):
    monkeypatch.delitem(service.app.view_functions, "number_shown")
    assert "My number was shown" not in words(service.get("/"))


def test_no_more_than_four_links_stand_below_the_name_of_the_service_whatever_pages_there_are(service):
    @contract(who=ANYBODY)
    def view():
        return "a page"

    more = [one for one in ("scam_check", "known_so_far") if one not in service.app.view_functions]
    add_routes(service.app, [(f"/{one}", one, view, ("GET",)) for one in more])
    links = re.findall(r'class="govuk-service-navigation__link" href="([^"]+)"', service.get("/").text)
    assert len(links) == 4
    assert links[0] == "/check"
    assert "/texts" not in links


def test_the_foot_of_every_page_leads_to_cookies_privacy_and_accessibility(service):
    for path in ("/", "/check", "/nowhere"):
        foot = service.get(path).get_data(as_text=True).partition("govuk-footer")[2]
        assert re.findall(r'href="(/[a-z]+)"', foot) == ["/cookies", "/privacy", "/accessibility"]


def test_who_asks_for_a_number_is_told_that_it_cannot_be_asked_and_why(service):
    page = words(service.get("/was-my-number-called"))
    assert "we do not look up numbers here" in page
    assert "Criminals would use it to find people" in page
    assert "No text does not mean no call" in page
    assert "need not report the call again" in page
    assert "We never text a landline" in page
    assert "<form" not in service.get("/was-my-number-called").text


def test_whose_number_was_shown_is_no_suspect_and_reads_no_reproach(service):
    page = words(service.get("/my-number-was-shown"))
    for told in ("You did nothing wrong", "not been hacked", "We do not suspect anybody", "Tell your phone company"):
        assert told in page


def test_every_statement_that_a_page_uses_has_a_public_source():
    used = [
        key for path in TEMPLATES for key in re.findall(r'(?:advice|sign)\("(\w+)"', path.read_text(encoding="utf-8"))
    ]
    assert len(used) > 30
    for key in used:
        assert read_statements()[key]["source"].startswith("https://"), key


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_page_names_a_helpline_in_words_of_its_own(path):
    text = re.sub(r'href="tel:159"|Ring your bank: 159|ring_159\w*', "", path.read_text(encoding="utf-8"))
    assert HELPLINES.findall(text) == []


def test_every_statement_of_the_pages_is_used_by_one():
    used = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES)
    own = re.findall(r"^\[statements\.(\w+)\]", read_content(PAGE_ADVICE), re.MULTILINE)
    assert [key for key in own if f'"{key}"' not in used] == []


def test_no_statement_has_a_sign_that_a_translation_would_take_for_a_placeholder():
    assert [key for key, one in read_statements().items() if "%" in one["text"]] == []


@pytest.mark.parametrize(
    ("held", "problem"),
    [
        ('[statements.a]\ntext = "Ring somebody."', "statement a has no text, or no source"),
        ('[statements.a]\ntext = "Ring somebody."\nsource = "a friend"', "no source that is a web page"),
        ('[statements.a]\nsource = "https://police.example"', "statement a has no text"),
        ('[statements.ring_159]\ntext = "x"\nsource = "https://police.example"', "also in signs/advice.toml: ring_159"),
    ],
)
def test_advice_without_a_source_is_shown_by_no_page(held, problem):
    files = DataFiles({PAGE_ADVICE: held.encode(), "signs/advice.toml": read_data("signs/advice.toml")})
    with use_data(files), pytest.raises(ValueError, match=re.escape(problem)):
        read_statements()


def test_a_key_that_is_in_no_file_gives_no_advice(service):
    with service.app.app_context(), pytest.raises(KeyError):
        service.app.jinja_env.globals["advice"]("trust_me")


def test_advice_is_that_of_the_release(service):
    files = sign_files()
    told = files[f"{FOLDER}/{PAGE_ADVICE}"].replace(b"They rush you.", b"They hurry you along.")
    assert "They hurry you along." not in service.get("/").text
    make_bundle(service.bundle, publication="P-002", judged_by=files | {f"{FOLDER}/{PAGE_ADVICE}": told})
    service.clock.sleep(2)
    assert "They hurry you along." in service.get("/").text


def test_advice_is_translated_with_the_page(tmp_path):
    page = words(Service(tmp_path / "bundle", language="en-XA").get("/"))
    assert "Ŕîñĝ ýöûŕ ƀåñķ ñöŵ" in page
    assert "Ring your bank now" not in page


def test_the_contacts_of_the_case_are_on_the_pages(service):
    assert f'href="{CONTACTS["privacy"]}" rel="noreferrer"' in service.get("/privacy").text
    assert f'href="mailto:{CONTACTS["accessibility"]}"' in service.get("/accessibility").text


def test_without_contacts_people_are_told_to_ring_the_force(tmp_path):
    service = Service(tmp_path / "bundle", contacts={})
    for path in ("/privacy", "/accessibility"):
        assert "Ring 101 and ask for Example Police." in words(service.get(path))
    assert service.get("/.well-known/security.txt").status_code == 404


def test_the_page_about_cookies_names_the_cookie_that_is_set(service):
    cookie = service.get("/check").headers["Set-Cookie"]
    name, _, rest = cookie.partition("=")
    assert name in words(service.get("/cookies"))
    # It goes with the browser, as the page says.
    assert "expires" not in rest.lower()
    assert "max-age" not in rest.lower()


def test_numbers_that_everybody_can_ring_are_links_and_other_digits_are_none(service):
    text = service.get("/").text
    for number in ("159", "101", "999", "03001232040", "08081689111"):
        assert f'href="tel:{number}"' in text, number
    told = str(service_module.with_links("Ring 159. 159 never <rings> you: £159, 1 159, 1590, 101."))
    assert told.count('href="tel:159"') == 1
    assert told.count("href=") == 2
    assert "&lt;rings&gt;" in told
