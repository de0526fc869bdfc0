"""The questions of a report, a page each: shown, read, kept, and on to the next."""

from flask import Response, abort, request

from ringback.publishing.inbox.drafts import LARGEST_DRAFT
from ringback.victim_reports.drafts import Draft, draft_values
from ringback.web.kernel.app import Route
from ringback.web.kernel.contract import ANYBODY, BRIEFLY, contract
from ringback.web.public.pages.report import wording
from ringback.web.public.pages.report.fields import Form, make_fields, read_form
from ringback.web.public.pages.report.journey import Journey, OpenDraft, wants_to_save, within_limits
from ringback.web.public.pages.report.steps import BY_NAME, TEXT, Place, Step, place_before, place_of
from ringback.web.public.service import PublicService

HAS_TEXT = "has_text"
_YES, _NO = "yes", "no"
# A long story in an alphabet of which a form sends each letter as twelve.
_LARGEST_ANSWER = 2 * LARGEST_DRAFT


def routes(service: PublicService) -> list[Route]:
    """The routes of the first page and of the questions."""
    journey = Journey(service)

    @contract(who=ANYBODY, cache=BRIEFLY, indexed=True)
    def report() -> str:
        return service.render("report/start" if service.report_recipient else "report/closed")

    @contract(who=ANYBODY)
    def report_question(name: str) -> Response:
        step, found = _step(name), journey.find()
        if found is None and (step.name != TEXT or not service.report_recipient):
            return journey.none()
        draft = found.draft if found else Draft()
        return _text_page(journey, draft) if step.name == TEXT else _page(journey, step, draft)

    @contract(who=ANYBODY, limit="forms", largest_body=_LARGEST_ANSWER)
    def report_answer(name: str) -> Response:
        step, found = _step(name), journey.find()
        if found is None and (step.name != TEXT or not service.report_recipient):
            return journey.none()
        return within_limits(
            journey, lambda: _take_text(journey, found) if step.name == TEXT else _take(journey, step, found)
        )

    @contract(who=ANYBODY)
    def report_reference() -> Response:
        found = journey.find()
        if not service.report_recipient:
            return journey.none()
        return _page(journey, BY_NAME[TEXT], found.draft if found else Draft())

    @contract(who=ANYBODY, limit="forms")
    def report_reference_told() -> Response:
        if not service.report_recipient:
            return journey.none()
        return within_limits(journey, lambda: _take_reference(journey, journey.find()))

    return [
        ("/report", "report", report, ("GET",)),
        ("/report/question/<name>", "report_question", report_question, ("GET",)),
        ("/report/question/<name>", "report_answer", report_answer, ("POST",)),
        ("/report/reference", "report_reference", report_reference, ("GET",)),
        ("/report/reference", "report_reference_told", report_reference_told, ("POST",)),
    ]


def _step(name: str) -> Step:
    if name not in BY_NAME or not BY_NAME[name].keys:
        abort(404)
    return BY_NAME[name]


def _take(journey: Journey, step: Step, found: OpenDraft | None) -> Response:
    before = found.draft if found else Draft()
    values = draft_values(before.without(*step.keys), journey.known)
    return _keep(journey, step, found, read_form(request.form, step.questions, values, journey.known))


def _keep(journey: Journey, step: Step, found: OpenDraft | None, form: Form) -> Response:
    """Keep what can be read, and lead on; or show the page again with what is wrong."""
    before = found.draft if found else Draft()

    def keep(draft: Draft) -> Draft:
        # What is not asked any more after these answers goes.
        return draft.without(*step.keys).answered(form.texts)

    if form.faults and not wants_to_save():
        return _page(journey, step, before, form)
    if found is None:
        return journey.begin(keep(before))
    return journey.change(found, keep)


def _take_text(journey: Journey, found: OpenDraft | None) -> Response:
    """Whether they have our text: with a yes, its reference is asked for."""
    has_text = request.form.get(HAS_TEXT, "")
    if has_text == _YES and not wants_to_save():
        return journey.go(Place("report_reference"))
    if has_text != _NO and not wants_to_save():
        return _text_page(journey, found.draft if found else Draft(), is_missing=True)
    texts = {"reference": ""} if has_text == _NO else {}
    return _keep(journey, BY_NAME[TEXT], found, Form(texts, {}, {}))


def _take_reference(journey: Journey, found: OpenDraft | None) -> Response:
    form = read_form(request.form, BY_NAME[TEXT].questions, {}, journey.known)
    if not form.texts.get("reference"):
        # Who comes here said that they have it. A half is not kept.
        form = Form({}, form.typed, {"reference": "missing", **form.faults})
    elif form.faults:
        form = Form({}, form.typed, form.faults)
    return _keep(journey, BY_NAME[TEXT], found, form)


def _text_page(journey: Journey, draft: Draft, *, is_missing: bool = False) -> Response:
    reference = draft.answers.get("reference")
    chosen = "" if reference is None else (_YES if reference else _NO)
    faults = {HAS_TEXT: wording.fault_words(HAS_TEXT, "missing")} if is_missing else {}
    return journey.page("text", code=400 if is_missing else 200, faults=faults, chosen=chosen)


def _page(journey: Journey, step: Step, draft: Draft, form: Form | None = None) -> Response:
    fields = make_fields(step.questions, draft.answers, form)
    is_text = step.name == TEXT
    return journey.page(
        "question",
        back=place_of(step) if is_text else place_before(step.name, draft, journey.known),
        code=400 if form else 200,
        step=step.name,
        action=journey.path(Place("report_reference_told") if is_text else Place("report_answer", step.name)),
        heading=wording.headings().get(step.name, fields[0].label),
        fields=fields,
        faults={key: wording.fault_words(key, code) for key, code in form.faults.items()} if form else {},
    )
