"""What every page of the public service stands on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template

from ringback.clock import Clock
from ringback.publishing.inbox.questions import Inbox
from ringback.web.kernel.kernel_app import KernelApp
from ringback.web.public.releases import Releases


@dataclass(frozen=True, slots=True)
class PublicService:
    """The app with what it answers from.

    Attributes:
        app: The app.
        releases: What is published.
        inbox: Where questions go.
        clock: The time.
    """

    app: KernelApp
    releases: Releases
    inbox: Inbox
    clock: Clock

    @property
    def site(self) -> Mapping[str, Any]:
        """What the published pages say: see `publishing.preparation.Site`."""
        return self.releases.current().site

    def render(self, name: str, **values: object) -> str:
        """A page: templates/public/NAME.html, which also gets `campaigns` and `website`."""
        site = self.site
        return render_template(f"public/{name}.html", campaigns=site["campaigns"], website=site["website"], **values)

    def empty_form(self, name: str, form: object) -> str:
        """The page of a form that nobody has filled in yet, with the token of the visitor who asks."""
        assert self.app.kept is not None
        return self.app.kept.form(name, lambda token: self.render(name, form=form, csrf_token=token))
