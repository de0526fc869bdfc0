"""What every page of the public service stands on."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import current_app, render_template

from ringback.clock import Clock
from ringback.publishing.inbox.drafts import Drafts
from ringback.publishing.inbox.questions import Inbox
from ringback.signs.advice import read_advice
from ringback.text.wordlists import read_content
from ringback.web.kernel.kernel_app import KernelApp
from ringback.web.kernel.language import gettext
from ringback.web.public.releases import Releases

_INSIDE_NUMBER = re.compile(r"(?<=\d) (?=\d)")
ADVICE = "public/advice.toml"


@dataclass(frozen=True, slots=True)
class PublicService:
    """The app with what it answers from.

    Attributes:
        app: The app.
        releases: What is published.
        inbox: Where questions go.
        drafts: Where reports are written and sent.
        clock: The time.
    """

    app: KernelApp
    releases: Releases
    inbox: Inbox
    drafts: Drafts
    clock: Clock

    @property
    def report_recipient(self) -> str:
        """What reports are sealed to; '' where none are taken."""
        return self.releases.current().report_recipient

    @property
    def site(self) -> Mapping[str, Any]:
        """What the published pages say: see `publishing.preparation.Site`."""
        return self.releases.current().site

    @property
    def contacts(self) -> Mapping[str, str]:
        """Whom people write to, by what about. A release from before there were any has none."""
        found: Mapping[str, str] = self.site.get("contacts", {})
        return found

    def render(self, name: str, **values: object) -> str:
        """A page: templates/public/NAME.html, which also gets `campaigns`, `website` and `contacts`."""
        site = self.site
        return render_template(
            f"public/{name}.html",
            campaigns=site["campaigns"],
            website=site["website"],
            contacts=self.contacts,
            **values,
        )

    def empty_form(self, name: str, form: object) -> str:
        """The page of a form that nobody has filled in yet, with the token of the visitor who asks."""
        assert self.app.kept is not None
        return self.app.kept.form(name, lambda token: self.render(name, form=form, csrf_token=token))


def advice(key: str) -> str:
    """A statement of advice by its key, in the language of the app. Its public source stands beside it in the file.

    Raises:
        KeyError: There is no such statement: no page gives advice that has no source.
    """
    text = gettext(statements()[key]["text"])
    # A number to ring is not broken over two lines.
    return _INSIDE_NUMBER.sub("\N{NO-BREAK SPACE}", text)


def has_page(endpoint: str) -> bool:
    """Whether the app that answers has a page of this name."""
    return endpoint in current_app.view_functions


@cache
def statements() -> Mapping[str, Mapping[str, str]]:
    """All statements by key, each with `text` and `source`: those of the check of messages, and the pages' own.

    Raises:
        ValueError: A statement has no source, or a key stands in both files.
    """
    shared: dict[str, dict[str, str]] = read_advice()["statements"]
    own: dict[str, dict[str, str]] = tomllib.loads(read_content(ADVICE))["statements"]
    if twice := sorted(set(shared) & set(own)):
        raise ValueError(f"{ADVICE}: also in signs/advice.toml: {', '.join(twice)}")
    for key, one in own.items():
        if not one.get("text") or not str(one.get("source", "")).startswith("https://"):
            raise ValueError(f"{ADVICE}: statement {key} has no text, or no source that is a web page")
    return shared | own
