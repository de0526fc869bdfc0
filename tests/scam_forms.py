"""The forms of the check for scams, sent as a visitor does; and a release's files with other words in one of them."""

import html
import re

from ringback.publishing.sign_files import FOLDER, sign_files

SCAM = (
    "HMRC: you are owed a tax refund of £286.50. Your claim expires today, so act now at"
    " https://hmrc-refund.example/claim or you will be fined."
)
MESSAGE = re.compile(r'<div class="ringback-message"[^>]*>(.*?)</div>', re.DOTALL)
HIDDEN = re.compile(r'<span class="govuk-visually-hidden">.*?</span>', re.DOTALL)
FORMS = {"message": "/scam-check", "answers": "/scam-check/questions"}


def send(service, to="message", **fields):
    """Send a form, as a visitor who has opened its page."""
    page = service.get(FORMS[to]).get_data(as_text=True)
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    return service.visitor.post(FORMS[to], data={"csrf_token": token, **fields}, base_url="https://localhost")


def words(answer):
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.get_data(as_text=True))))


def shown_message(answer):
    return html.unescape(re.sub(r"<[^>]*>", "", HIDDEN.sub("", MESSAGE.search(answer.get_data(as_text=True))[1])))


def changed(name, old, new):
    """The files of a release, in one of which some words are others."""
    files = sign_files()
    path = f"{FOLDER}/{name}"
    assert old in files[path].decode()
    return files | {path: files[path].decode().replace(old, new).encode()}
