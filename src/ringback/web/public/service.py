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
        """A page: templates/public/NAME.html, which also gets `campaigns`, `website` and `judges_messages`."""
        release = self.releases.current()
        values |= {"campaigns": release.site["campaigns"], "website": release.site["website"]}
        return render_template(f"public/{name}.html", judges_messages=release.judged_by is not None, **values)
