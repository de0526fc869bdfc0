"""What every page of the public service stands on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template
from markupsafe import Markup, escape

from ringback.clock import Clock
from ringback.publishing.inbox.drafts import Drafts
from ringback.publishing.inbox.questions import Inbox
from ringback.signs.advice import read_statements
from ringback.text.data_files import PACKAGED, use_data
from ringback.web.kernel.kernel_app import KernelApp
from ringback.web.kernel.language import translate
from ringback.web.public.releases import Releases

_OF_THE_SCAM_CHECK = ("scam_check", "scam_questions")
# Numbers that everybody can ring. 7726 is for texts.
_HELPLINE = re.compile(r"(?<![\d£])(?<!\d )(?:159|101|999|0300 123 2040|0808 168 9111)(?![\d,.]\d|\d)")


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
            called_between=self.called_between,
            **values,
        )

    def empty_form(self, name: str, form: object) -> str:
        """The page of a form that nobody has filled in yet, with the token of the visitor who asks."""
        assert self.app.kept is not None
        return self.app.kept.form(name, lambda token: self.render(name, form=form, csrf_token=token))

    def advice(self, key: str) -> Markup:
        """A statement of advice by its key, in the language of the app: what the release says, as it was approved.

        The numbers in it that everybody can ring are links.

        Raises:
            KeyError: There is no such statement: no page gives advice that has no source.
        """
        with use_data(self.releases.current().judged_by or PACKAGED):
            text = translate(read_statements()[key]["text"])
        return with_links(text)

    def has_page(self, endpoint: str) -> bool:
        """Whether there is a page of this name now. A release may lack what the check for scams judges by."""
        if endpoint in _OF_THE_SCAM_CHECK and self.releases.current().judged_by is None:
            return False
        return endpoint in self.app.view_functions

    @property
    def called_between(self) -> tuple[date, date] | None:
        """The first and the last month in which calls were made, as published; None where nothing was."""
        rows = self.releases.current().known.get("calls_over_time", {}).get("rows", [])
        return (date.fromisoformat(rows[0][0]), date.fromisoformat(rows[-1][0])) if rows else None


def with_links(text: str) -> Markup:
    """A statement as HTML. Of each number only the first is a link, and none is broken over two lines."""
    parts, seen, at = [], set(), 0
    for found in _HELPLINE.finditer(text):
        number = found[0]
        shown = escape(number.replace(" ", "\N{NO-BREAK SPACE}"))
        parts.append(escape(text[at : found.start()]))
        link = Markup('<a class="govuk-link" href="tel:{}">{}</a>').format(number.replace(" ", ""), shown)
        parts.append(shown if number in seen else link)
        seen.add(number)
        at = found.end()
    return Markup("").join([*parts, escape(text[at:])])
