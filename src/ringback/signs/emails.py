"""Reads an e-mail file (.eml): its words, and what its headers and HTML say."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import parseaddr
from html.parser import HTMLParser
from urllib.parse import urlsplit

from ringback.signs.facts import Envelope

_BLOCKS = frozenset(
    {
        "p",
        "div",
        "br",
        "tr",
        "li",
        "h1",
        "h2",
        "h3",
        "h4",
        "table",
        "ul",
        "ol",
        "blockquote",
        "hr",
        "section",
        "article",
    }
)
_HIDDEN = frozenset({"script", "style", "head", "title", "template"})
# A "<" that begins no tag. Python looks for the end of each as far as the text goes: 20,000 of them took a minute.
_OPEN_TAG = re.compile(r"<(?=[^<>]*(?:<|\Z))")
_PACKED = ("base64", "quoted-printable")
_CHECKS = re.compile(r"\b(spf|dkim|dmarc)=(?:hard|soft)?fail\b", re.IGNORECASE)


def read_email(content: bytes) -> tuple[str, Envelope]:
    """The words of an e-mail as its reader sees them, subject first, and its envelope.

    The HTML part is read as text, because mail programs show that; the plain part only if there is no HTML.

    Raises:
        ValueError: It is not an e-mail: it has neither a sender nor a subject.
    """
    message = message_from_bytes(content, policy=policy.default)
    if not isinstance(message, EmailMessage) or not (message["from"] or message["subject"]):
        raise ValueError("this is not an e-mail file: it has no From and no Subject line")
    body, html = _body(message)
    page = _read_html(body) if html else None
    text = page.text if page else body
    subject = _shown(message["subject"])
    name, address = parseaddr(_shown(message["from"]))
    _, reply_to = parseaddr(str(message["reply-to"] or ""))
    envelope = Envelope(
        sender_name=name,
        sender_domain=address.rpartition("@")[2].lower(),
        reply_domain=reply_to.rpartition("@")[2].lower(),
        failed=tuple(
            sorted({found[1].upper() for found in _CHECKS.finditer(str(message["authentication-results"] or ""))})
        ),
        attachments=tuple(part.get_filename() or "" for part in message.iter_attachments() if part.get_filename()),
        disguised=tuple(page.disguised) if page else (),
        links=tuple(dict.fromkeys(page.links)) if page else (),
    )
    return (f"{subject}\n\n{text}" if subject else text).strip(), envelope


def _body(message: EmailMessage) -> tuple[str, bool]:
    for kind in ("html", "plain"):
        part = message.get_body(preferencelist=(kind,))
        if part is not None:
            if plain := _read_unpacked(part):
                return plain, kind == "html"
            try:
                content = part.get_content()
            except (LookupError, UnicodeError):
                raw = part.get_payload(decode=True)
                content = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""
            return str(content), kind == "html"
    return "", False


def _read_unpacked(part: MIMEPart) -> str:
    """The text of a part that is UTF-8 as it stands, whatever its headers say: so a pasted e-mail is; '' for others."""
    raw = part.get_payload(decode=True)
    if str(part["content-transfer-encoding"] or "").strip().lower() in _PACKED or not isinstance(raw, bytes):
        return ""
    try:
        return "" if raw.isascii() else raw.decode()
    except UnicodeDecodeError:
        return ""


def _shown(header: object) -> str:
    """The text of a header, of which characters may stand there unpacked as UTF-8."""
    text = str(header or "").strip()
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.links: list[str] = []
        self.disguised: list[tuple[str, str]] = []
        self._hidden = 0
        self._target = ""
        self._shown: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag in _HIDDEN:
            self._hidden += 1
        if tag in _BLOCKS:
            self.parts.append("\n")
        if tag == "a":
            self._target, self._shown = named.get("href") or "", []

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        if tag in _BLOCKS:
            self.parts.append("\n")
        if tag == "a" and self._target:
            self._end_link()

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(re.sub(r"\s+", " ", data))
            self._shown.append(data)

    def _end_link(self) -> None:
        host = urlsplit(self._target).hostname if self._target.startswith(("http://", "https://")) else None
        shown = "".join(self._shown).strip()
        if host:
            address = re.match(r"(?:https?://)?(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)", shown, re.IGNORECASE)
            if address and address[1].lower() != host.removeprefix("www."):
                self.disguised.append((address[1].lower(), host))
            elif not address:
                self.links.append(host)
        self._target = ""

    @property
    def text(self) -> str:
        return re.sub(r"\n\s*\n+", "\n\n", re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(self.parts))).strip()


def _read_html(html: str) -> _Page:
    page = _Page()
    # Nor does a comment begin where none ends.
    ended = html.rfind("-->") + 1
    html = html[:ended] + html[ended:].replace("<!--", "&lt;!--")
    page.feed(_OPEN_TAG.sub("&lt;", html))
    page.close()
    return page
