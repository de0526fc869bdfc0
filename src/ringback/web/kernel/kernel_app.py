"""Flask with contracts: what every request has to pass, and what every answer gets."""

import logging
import re
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from types import TracebackType
from typing import IO, Any

from flask import Flask, Request, Response, abort, request
from werkzeug.exceptions import RequestEntityTooLarge, TooManyRequests
from werkzeug.utils import redirect

from ringback.numbers.masking import mask_numbers
from ringback.web.kernel.contract import ANYBODY, BRIEFLY, NEVER, Contract, find_contract
from ringback.web.kernel.csrf import refuse_other_sites
from ringback.web.kernel.kept_pages import KeptPages
from ringback.web.kernel.limits import LIMITS, Limit, Limits, source_of
from ringback.web.kernel.proxy import STRAY

LARGEST_BODY = 64 * 1024
_METHODS = frozenset({"GET", "POST"})
# A path of ours, perhaps with a query: no host, no backslash (which browsers take for a slash), nothing unprintable.
_OWN_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")


@dataclass(frozen=True)
class Front:
    """Where an app stands.

    Attributes:
        trusted_hops: How many proxies stand in front of it. Each has to pass Host on as it came.
        base_path: The path that it is seen under, such as "/check-a-text"; "" for the root.
        hosts: The names that it answers to; a leading dot takes all below. Empty for any.
    """

    trusted_hops: int = 0
    base_path: str = ""
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rules:
    """How an app keeps the contracts of its routes.

    Attributes:
        audit: Logs an event. If it raises, the visitor gets the page for 500 in place of the answer.
        may: Whether the caller has a right.
        limits: The limits that contracts name.
        largest_body: The largest body of a request, in bytes, to a route whose contract does not say otherwise.
        session_keys: What else than the form token the session may hold.
        version: What pages are made from, by a name that changes with it; then pages are kept. None to keep none.
    """

    audit: Callable[[str], None] | None = None
    may: Callable[[str], bool] | None = None
    limits: Mapping[str, Limit] = field(default_factory=lambda: LIMITS)
    largest_body: int = LARGEST_BODY
    session_keys: frozenset[str] = frozenset()
    version: Callable[[], str] | None = None


ANYWHERE, NO_RULES = Front(), Rules()


class MemoryRequest(Request):
    """A request whose files stay in memory: none is ever on the disk of the host."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return BytesIO()


class KernelApp(Flask):
    """An app on the kernel. Make it with `make_app`.

    Attributes:
        log: Where it logs.
        base_path: The path that it is seen under; "" for the root.
        limits: How much of them is used up.
        rules: How it keeps the contracts.
        kept: The pages that it keeps; None where it keeps none.
    """

    request_class = MemoryRequest
    log: logging.Logger
    base_path: str
    limits: Limits
    rules: "Rules"
    kept: KeptPages | None = None

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,
        **options: Any,  # noqa: ANN401 - Flask's own
    ) -> None:
        """Add a route.

        Raises:
            RuntimeError: No contract, or one that this app cannot keep; or another method than GET and POST.
        """
        found = find_contract(view_func)
        self._check(rule, found)
        if self.kept and view_func and endpoint and found and found.cache is BRIEFLY:
            view_func = self.kept.keep(endpoint, view_func)
        if not _METHODS.issuperset(options.get("methods") or ("GET",)):
            raise RuntimeError(f"the route {rule} takes another method than GET or POST")
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options=False, **options)

    def check_contracts(self) -> None:
        """Check all routes, whatever way they came in.

        Raises:
            RuntimeError: A view has no contract, or one that this app cannot keep.
        """
        for rule in self.url_map.iter_rules():
            self._check(rule.rule, find_contract(self.view_functions.get(rule.endpoint)))

    def _check(self, rule: str, found: Contract | None) -> None:
        if found is None:
            raise RuntimeError(f"the route {rule} has no contract")
        if found.who != ANYBODY and self.rules.may is None:
            raise RuntimeError(f"the route {rule} asks for the right {found.who!r}, but this app knows of no rights")
        if found.who != ANYBODY and found.cache != NEVER:
            raise RuntimeError(f"the route {rule} is not for anybody, but its answers may be kept")
        if found.limit is not None and found.limit not in self.limits.limits:
            raise RuntimeError(f"the route {rule} has the limit {found.limit!r}, which is none of this app's")
        if found.audits is not None and self.rules.audit is None:
            raise RuntimeError(f"the route {rule} is to be audited, but this app has no log for that")

    def largest_body(self) -> int:
        """The largest body that any route takes, in bytes."""
        contracts = [find_contract(view) for view in self.view_functions.values()]
        return max([self.rules.largest_body, *(one.largest_body or 0 for one in contracts if one)])

    def find_contract(self) -> Contract | None:
        """The contract of the route that answers now; None if no route does."""
        return find_contract(self.view_functions.get(request.endpoint)) if request.endpoint else None

    def path_to(self, endpoint: str, **values: object) -> str:
        """The path of a route with the base path and without a host. Works outside of requests, too.

        Raises:
            BuildError: There is no such route, or a value is missing.
        """
        return self.url_map.bind("unused.invalid", script_name=self.base_path or "/").build(endpoint, values)

    def redirect_to(self, endpoint: str, **values: object) -> Response:
        """An answer that leads to a route (303: the browser asks for it by GET)."""
        answer = redirect(self.path_to(endpoint, **values), 303, Response)
        assert isinstance(answer, Response)
        return answer

    def process_response(self, response: Response) -> Response:
        """Finish an answer: whether it may be kept, whether it leads away, the cookie, and then its audit entry.

        Raises:
            RuntimeError: It leads to another place than a path of ours.
        """
        found, succeeded = self.find_contract(), response.status_code < 400
        cache = found.cache if found and succeeded else NEVER
        response.headers["Cache-Control"] = cache.value
        if not (found and found.indexed and succeeded):
            response.headers["X-Robots-Tag"] = "noindex"
        place = response.headers.get("Location", "")
        if place and not _OWN_PATH.fullmatch(place):
            raise RuntimeError("an answer would have led to another site")
        response = super().process_response(response)
        if found and found.audits is not None and self.rules.audit is not None and succeeded:
            self.rules.audit(found.audits)
        return response

    def log_exception(
        self,
        exc_info: tuple[type, BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> None:
        """Log a traceback with its numbers masked. The request is not logged."""
        self.log.error("%s", mask_numbers("".join(traceback.format_exception(exc_info[1]))))


def guard(app: KernelApp) -> None:
    """Refuse a request that its route's contract does not let through.

    Raises:
        HTTPException: 400, 403, 404, 413 or 429.
        RuntimeError: The route has no contract.
    """
    if request.environ[STRAY]:
        abort(404)
    if request.endpoint is None:
        # No such route or method: that answer comes later.
        return
    found = app.find_contract()
    if found is None:
        raise RuntimeError(f"the route {request.url_rule} has no contract")
    if request.method == "POST":
        refuse_other_sites(request)
    if found.limit is not None:
        wait_s = app.limits.wait_s(found.limit, source_of(request.remote_addr))
        if wait_s:
            raise TooManyRequests(retry_after=wait_s)
    if found.who != ANYBODY and not (app.rules.may is not None and app.rules.may(found.who)):
        abort(403)
    most = found.largest_body or app.rules.largest_body
    # Also the most that is read where no length is given, and that a form's fields may hold in memory.
    request.max_content_length = request.max_form_memory_size = most
    if (request.content_length or 0) > most:
        raise RequestEntityTooLarge
