"""Templates, what they can use, and the pages for errors. No error page repeats anything of the request."""

import logging
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from importlib import resources
from pathlib import Path

from flask import Response, render_template, request
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]
from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BuildError
from werkzeug.routing.exceptions import RoutingException

from ringback.web.kernel.kernel_app import KernelApp
from ringback.web.kernel.language import Language, use_language
from ringback.web.kernel.site import Site
from ringback.web.kernel.statics import StaticFiles
from ringback.web.kernel.times import day_in_words, month_in_words, time_in_words, window_in_words

FOLDER = Path(__file__).parent
WITH_A_PAGE = (400, 403, 404, 405, 413, 429, 500)
_FROM_THE_ERROR = ("Allow", "Retry-After")
# If a page cannot be made, not even that for an error.
_LAST_RESORT = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sorry, there is a problem with the service</title></head>
<body><main><h1>Sorry, there is a problem with the service</h1><p>Try again later.</p></main></body></html>
"""


def add_pages(
    app: KernelApp, *, site: Callable[[], Site], language: Language, statics: StaticFiles, layout: str
) -> None:
    """Give an app its templates and error pages.

    Args:
        app: The app.
        site: What is shown around the content of a page, asked anew for each.
        language: The language of the pages.
        statics: The static files.
        layout: The template that error pages extend.
    """
    govuk = resources.files("govuk_frontend_jinja").joinpath("templates")
    app.jinja_loader = ChoiceLoader(
        [
            # First, so that an app can have an error page of its own: templates/kernel/404.html.
            FileSystemLoader(Path(app.root_path) / "templates"),
            FileSystemLoader(FOLDER / "templates"),
            PrefixLoader({"govuk_frontend_jinja": FileSystemLoader(str(govuk))}),
        ]
    )
    app.jinja_options = {
        "autoescape": True,
        "extensions": ["jinja2.ext.i18n"],
        "trim_blocks": True,
        "lstrip_blocks": True,
    }
    app.config["TEMPLATES_AUTO_RELOAD"] = False
    use_language(app.extensions, language)
    # Of the extension.
    app.jinja_env.install_gettext_translations(language.translations, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals.update(
        path_to=app.path_to,
        static_path=lambda name: app.base_path + statics.path(name),
        language=language,
        layout=layout,
    )
    app.jinja_env.filters.update(
        day=day_in_words,
        month=month_in_words,
        time=lambda text: time_in_words(datetime.fromisoformat(text)),
        window=lambda texts: window_in_words(datetime.fromisoformat(texts[0]), datetime.fromisoformat(texts[1])),
    )
    app.context_processor(lambda: {"site": site()})
    app.register_error_handler(HTTPException, lambda error: _answer_refusal(app, error))
    app.register_error_handler(Exception, lambda error: _answer_fault(app, error))


def _answer_refusal(app: KernelApp, error: HTTPException) -> Response:
    if isinstance(error, RoutingException):
        # A redirect of the router's own. All that could make it do so is turned off.
        return _answer_fault(app, error)
    code = error.code or 500
    known = code if code in WITH_A_PAGE else (400 if code < 500 else 500)
    name = "expired" if isinstance(error, CSRFError) else str(known)
    answer = _render(app.log, name, code, again=_find_page(app) if name == "expired" else None)
    for header, value in error.get_headers():
        if header == "Allow":
            answer.headers[header] = ", ".join(sorted(value.split(", ")))
        elif header in _FROM_THE_ERROR:
            answer.headers[header] = value
    return answer


def _answer_fault(app: KernelApp, error: Exception) -> Response:
    app.log_exception((type(error), error, error.__traceback__))
    return _render(app.log, "500", 500)


def _render(log: logging.Logger, name: str, code: int, *, again: str | None = None) -> Response:
    try:
        page = render_template(f"kernel/{name}.html", again=again)
    except Exception as error:  # noqa: BLE001 - whatever it is, there has to be an answer
        log.error("cannot make the page %s: %s", name, type(error).__name__)
        page = _LAST_RESORT
    return Response(page, status=HTTPStatus(code), content_type="text/html; charset=utf-8")


def _find_page(app: KernelApp) -> str | None:
    """The path of the page whose form was sent: the same path by GET. None if there is none."""
    rule = request.url_rule
    if rule is None:
        return None
    for other in app.url_map.iter_rules():
        if other.rule == rule.rule and "GET" in (other.methods or ()):
            try:
                return app.path_to(other.endpoint, **(request.view_args or {}))
            except BuildError:
                return None
    return None
