"""The questions of a report, a page each: shown, read, kept, and on to the next."""

from flask import Response, abort, request

from ringback.victim_reports.drafts import Draft, draft_values
from ringback.web.kernel.app import Route
from ringback.web.kernel.contract import ANYBODY, BRIEFLY, contract
from ringback.web.public.pages.report import wording
from ringback.web.public.pages.report.fields import Form, Typed, make_fields, read_form
from ringback.web.public.pages.report.journey import Journey, OpenDraft, wants_to_save, within_limits
from ringback.web.public.pages.report.steps import BY_NAME, LOSSES, TEXT, Step, place_before
from ringback.web.public.service import PublicService

HAS_TEXT = "has_text"
_YES, _NO = "yes", "no"


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
        return _page(journey, step, found.draft if found else Draft())

    @contract(who=ANYBODY, limit="forms")
    def report_answer(name: str) -> Response:
        step, found = _step(name), journey.find()
        if found is None and (step.name != TEXT or not service.report_recipient):
            return journey.none()
        return within_limits(journey, lambda: _take(journey, step, found))

    return [
        ("/report", "report", report, ("GET",)),
        ("/report/question/<name>", "report_question", report_question, ("GET",)),
        ("/report/question/<name>", "report_answer", report_answer, ("POST",)),
    ]


def _step(name: str) -> Step:
    if name not in BY_NAME or name == LOSSES:
        abort(404)
    return BY_NAME[name]


def _take(journey: Journey, step: Step, found: OpenDraft | None) -> Response:
    before = found.draft if found else Draft()
    form = _read(journey, step, request.form, before)

    def keep(draft: Draft) -> Draft:
        # What is not asked any more after these answers goes.
        return draft.without(*step.keys).answered(form.texts)

    if form.faults and not wants_to_save():
        return _page(journey, step, before, form)
    if found is None:
        return journey.begin(keep(before))
    return journey.change(found, keep)


def _read(journey: Journey, step: Step, typed: Typed, draft: Draft) -> Form:
    values = draft_values(draft.without(*step.keys), journey.known)
    if step.name != TEXT:
        return read_form(typed, step.questions, values, journey.known)
    has_text = typed.get(HAS_TEXT, "")
    if has_text == _NO:
        return Form({"reference": ""}, {HAS_TEXT: has_text}, {})
    form = read_form(typed, step.questions, values, journey.known)
    form_typed = {**form.typed, HAS_TEXT: has_text}
    if has_text != _YES:
        return Form({}, form_typed, {HAS_TEXT: "missing"})
    if not form.texts.get("reference") and "reference" not in form.faults:
        return Form({}, form_typed, {**form.faults, "reference": "missing"})
    return Form(form.texts, form_typed, form.faults)


def _page(journey: Journey, step: Step, draft: Draft, form: Form | None = None) -> Response:
    fields = make_fields(step.questions, draft.answers, form)
    heading = wording.headings().get(step.name, fields[0].label)
    has_text = ""
    if step.name == TEXT:
        kept = {"reference": _YES if draft.answers["reference"] else _NO} if "reference" in draft.answers else {}
        has_text = form.typed.get(HAS_TEXT, "") if form else kept.get("reference", "")
    faults = {key: wording.fault_words(key, code) for key, code in form.faults.items()} if form else {}
    return journey.page(
        "text" if step.name == TEXT else "question",
        back=place_before(step.name, draft, journey.known),
        code=400 if form else 200,
        step=step.name,
        heading=heading,
        fields=fields,
        faults=faults,
        has_text=has_text,
    )
