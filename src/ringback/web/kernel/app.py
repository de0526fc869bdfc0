"""An app for people: Flask, with everything decided that every page needs and no page should decide for itself."""

import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from ringback.clock import Clock
from ringback.web.kernel.csrf import add_csrf
from ringback.web.kernel.headers import HeaderSetter
from ringback.web.kernel.kept_pages import KeptPages
from ringback.web.kernel.kernel_app import ANYWHERE, NO_RULES, Front, KernelApp, Rules, guard
from ringback.web.kernel.language import load_language
from ringback.web.kernel.limits import Limits
from ringback.web.kernel.pages import FOLDER, add_pages
from ringback.web.kernel.proxy import behind_proxies
from ringback.web.kernel.site import Site
from ringback.web.kernel.statics import RULE, StaticFiles

_SHORTEST_SECRET = 16

Route = tuple[str, str, Callable[..., Any], tuple[str, ...]]


def make_app(
    name: str,
    *,
    package: str,
    secret: str,
    site: Callable[[], Site],
    clock: Clock,
    front: Front = ANYWHERE,
    rules: Rules = NO_RULES,
    language: str = "en",
    layout: str = "kernel/base.html",
) -> KernelApp:
    """An app without routes yet.

    Args:
        name: What it is called in the log: "public".
        package: The package with its folders templates, static and locale.
        secret: What tokens and cookies are signed with. All processes of a service share it.
        site: What pages show around their content, asked anew for each.
        clock: The time.
        front: Where it stands.
        rules: How it keeps contracts.
        language: The language of the pages.
        layout: The template that error pages extend.

    Raises:
        LookupError: There is no catalogue for the language.
        ValueError: The base path is none, or the secret is too short.
    """
    if len(secret) < _SHORTEST_SECRET:
        raise ValueError("the secret is too short")
    app = KernelApp(package, static_folder=None, template_folder=None)
    app.log = logging.getLogger(f"ringback.{name}")
    app.base_path, app.rules, app.limits = front.base_path, rules, Limits(rules.limits, clock=clock)
    app.kept = KeptPages(rules.version, clock=clock) if rules.version else None
    app.config.update(
        SECRET_KEY=secret,
        MAX_CONTENT_LENGTH=rules.largest_body,
        PROPAGATE_EXCEPTIONS=False,
        PROVIDE_AUTOMATIC_OPTIONS=False,
        TRUSTED_HOSTS=list(front.hosts) or None,
    )
    # Each of these would redirect.
    app.url_map.merge_slashes = app.url_map.strict_slashes = app.url_map.redirect_defaults = False
    own = Path(app.root_path)
    statics = StaticFiles((FOLDER / "static", own / "static"))
    add_pages(
        app,
        site=site,
        language=load_language(language, (own / "locale", FOLDER / "locale")),
        statics=statics,
        layout=layout,
    )
    app.before_request(lambda: guard(app))
    add_csrf(app, session_keys=rules.session_keys)
    app.add_url_rule(RULE, "static", statics.view())
    outer = behind_proxies(HeaderSetter(app.wsgi_app), hops=front.trusted_hops, base_path=front.base_path)
    # As Flask's own documents do it.
    app.wsgi_app = outer  # type: ignore[assignment, method-assign]
    return app


def add_routes(app: KernelApp, routes: Iterable[Route]) -> None:
    """Add routes: for each its rule, its name, its view and its methods, which are GET and POST only.

    Raises:
        RuntimeError: A view has no contract, or one that the app cannot keep.
    """
    for rule, endpoint, view, methods in routes:
        app.add_url_rule(rule, endpoint, view, methods=methods)
