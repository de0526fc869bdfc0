"""A small made-up app on the kernel, which has one route of every kind."""

from flask import render_template, request, session

from ringback.web.kernel.app import add_routes, make_app
from ringback.web.kernel.contract import ANYBODY, BRIEFLY, contract
from ringback.web.kernel.kernel_app import Front, Rules
from ringback.web.kernel.language import gettext, ngettext
from ringback.web.kernel.limits import Limit
from ringback.web.kernel.site import Link, Site
from still_clock import StillClock

SECRET = "a secret of the tests"
LIMITS = {"forms": Limit(burst=3, per_second=0.1), "few": Limit(burst=1, per_second=0.001)}


def make_site(**changes):
    facts = {
        "service": gettext("Check a text"),
        "force": "Example Police",
        "synthetic": True,
        "home": "start",
        "phase": gettext("beta"),
        "navigation": (Link(gettext("Start"), "start"), Link(gettext("Ask"), "form")),
        "footer": (Link(gettext("Start"), "start"),),
    }
    return Site(**facts | changes)


@contract(who=ANYBODY, cache=BRIEFLY, indexed=True)
def start():
    return render_template("start.html", count=ngettext("%(num)s text", "%(num)s texts", 2))


@contract(who=ANYBODY)
def form():
    return render_template("form.html", word=request.args.get("word", ""))


@contract(who=ANYBODY, limit="forms")
def take():
    if "word" not in request.form:
        return render_template("form.html", word="", missing=True), 422
    return render_template("taken.html", word=request.form["word"])


@contract(who=ANYBODY, limit="few")
def few():
    return "few"


@contract(who=ANYBODY, audits="looked")
def looked():
    return "looked", (404 if "missing" in request.args else 200)


@contract(who="see cases")
def case():
    return "case"


@contract(who=ANYBODY)
def fault():
    raise ValueError("cannot read 07700 900123")


@contract(who=ANYBODY)
def away():
    answer = request.args.get("to", "")
    return "", 303, {"Location": answer}


@contract(who=ANYBODY)
def item(name):
    return render_template("taken.html", word=name)


@contract(who=ANYBODY)
def chatty():
    session["number"] = "07700 900123"
    return "kept"


@contract(who=ANYBODY, cache=BRIEFLY)
def kept_form():
    return render_template("form.html", word="")


ROUTES = [
    ("/", "start", start, ("GET",)),
    ("/form", "form", form, ("GET",)),
    ("/form", "take", take, ("POST",)),
    ("/few", "few", few, ("GET",)),
    ("/looked", "looked", looked, ("GET",)),
    ("/case", "case", case, ("GET",)),
    ("/fault", "fault", fault, ("GET",)),
    ("/away", "away", away, ("GET",)),
    ("/item/<name>", "item", item, ("GET",)),
    ("/folder/", "folder", form, ("GET",)),
    ("/chatty", "chatty", chatty, ("GET",)),
    ("/kept-form", "kept_form", kept_form, ("GET",)),
]


def make_small_app(*, site=make_site, clock=None, language="en", routes=ROUTES, front=None, **rules):
    """The app; whatever is not named is of its rules."""
    rules = {"audit": lambda event: None, "may": lambda right: False, "limits": LIMITS} | rules
    app = make_app(
        "small",
        package=__name__,
        secret=SECRET,
        site=site,
        clock=clock or StillClock(),
        front=Front(**front or {}),
        rules=Rules(**rules),
        language=language,
    )
    add_routes(app, routes)
    return app
