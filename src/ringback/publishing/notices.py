"""The seizure notice: static pages for the seized site's own address, for any web server to serve.

Two groups come there: people whose number was called, who follow a trace, and the site's customers. Both find a page of
their own behind the first one. There is no script, no form and nothing fetched from elsewhere.
"""

from functools import cache

from jinja2 import Environment

from ringback.publishing.bundle_files import NOTICES
from ringback.reporting.masking import assert_no_numbers
from ringback.reporting.page_templates import page_environment

# The only numbers on the pages.
_ALLOWED = ("0300 123 2040",)
PAGES = ("index.html", "victims.html", "customers.html")


def notice_files(force: str, website: str, *, synthetic: bool) -> dict[str, bytes]:
    """The pages and their style, by path inside a release.

    Args:
        force: Who seized the site.
        website: The force's website, named in words.
        synthetic: Whether the case is made up, which every page then says.

    Raises:
        ValueError: A page would show something like a person's phone number.
    """
    environment = _environment()
    files = {}
    for name in PAGES:
        page = environment.get_template(f"{name}.j2").render(force=force, website=website, synthetic=synthetic)
        assert_no_numbers(page, allowed=_ALLOWED)
        files[f"{NOTICES}/{name}"] = page.encode()
    style, _path, _fresh = environment.loader.get_source(environment, "notice.css") if environment.loader else ("",) * 3
    return files | {f"{NOTICES}/notice.css": style.encode()}


@cache
def _environment() -> Environment:
    return page_environment("ringback.publishing")
