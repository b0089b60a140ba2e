"""What a mail says, before it is dressed as text and HTML."""

import re
from collections.abc import Mapping
from urllib.parse import quote
from uuid import UUID

import msgspec

from leumund.company import rules as company_rules
from leumund.company.describing import Profile
from leumund.kit import digits, ground, language, tokens
from leumund.messages import kinds
from leumund.messages.kinds import KINDS, Kind
from leumund.messages.tables import Message
from leumund.messages.words import filling, tapping

_IMPRINT = ("represented_by", "register", "register_number", "vat_id", "phone", "email")
# What mail readers would turn into a link: a name is no place for one.
_LINKISH = re.compile(r"[/@:<>]|\.\w|www", re.IGNORECASE)
_LONGEST_NAME = 60
_PARAGRAPHS = re.compile(r"\n\s*\n")


class Link(msgspec.Struct, frozen=True):
    """Where to go, and what is written on it."""

    label: str
    url: str


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a mail in one language; ``scores`` stand in place of the button where a score is asked for."""

    language: str
    subject: str
    company: str
    greeting: str
    paragraphs: list[str]
    button: Link | None
    scores: list[Link]
    # What the ends of the scale are called; empty where nobody says.
    lowest: str
    highest: str
    note: str
    controller: str
    imprint: list[str]
    # To the legal pages, and with advertising the ways out of it.
    ways: list[Link]


class Words(msgspec.Struct, frozen=True):
    """What a company says itself in place of our own subject and text, in Liquid; ``id`` is that version's."""

    id: UUID | None
    subject: str
    wording: str


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What a letter is written from; ``language`` is one we have, ``words`` are the company's own, None for ours.

    With ``leads_to`` all links lead there instead of where the person's own would, and the letter holds no secret.
    """

    message: Message
    name: str
    language: str
    profile: Profile
    words: Words | None
    leads_to: str | None = None

    @property
    def form(self) -> Kind:
        """The kind of the mail."""
        return KINDS[self.message.kind]


def compose(draft: Draft) -> Letter:
    """The letter, with links signed for this company. Raises filling.Unfillable."""
    form, message, lang, profile = draft.form, draft.message, draft.language, draft.profile
    code = "······" if draft.leads_to else _code(form, message.subject_id)
    own, taps = _own(draft), tapping.taps(message, lang)
    # Whoever is told of one question and finds eight was lied to.
    several = "several." if form.asks_score and taps.more else ""

    reason = language.text(f"mail.reason.{message.question}", lang) if form.gives_reason else ""

    def say(part: str) -> str:
        told = {"company": profile.name, "question": message.question, "code": code, "reason": reason}
        key = f"{several}{part}" if part in ("subject", "text") else part
        return own.get(part) or language.text(f"mail.{message.kind}.{key}", lang, **told)

    def link(label: str, url: str) -> Link:
        return Link(label, draft.leads_to or url)

    url = draft.leads_to or _url(form, message.id if form.names_itself else message.subject_id, lang)
    return Letter(
        language=lang,
        subject=one_line(say("subject")),
        company=profile.name,
        greeting=_greeting(_name(form, draft.name), lang),
        paragraphs=_PARAGRAPHS.split(say("text").strip()),
        button=None if form.written else Link(say("button"), url),
        scores=[link(str(score), url.replace("?", f"?score={score}&")) for score in taps.marks],
        lowest=taps.low,
        highest=taps.high,
        note=say("note"),
        controller=company_rules.controller(profile.legal_name, profile.imprint),
        imprint=_imprint(profile, lang),
        ways=[
            link(language.text(f"mail.foot.{page}", lang), way)
            for page, way in _ways(message.id, lang, form=form).items()
        ],
    )


def values(draft: Draft) -> dict[str, str]:
    """What a company's own words may name in this mail, and what stands there then."""
    told = {"company": draft.profile.name}
    if draft.form.greets:
        told["name"] = _name(draft.form, draft.name)
    if draft.form.asks_score:
        told["question"] = draft.message.question
    return told


def one_line(text: str) -> str:
    """``text`` as a header may hold it: a line break would start a header of somebody else's choice."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def one_click(message: UUID) -> str:
    """Where one POST ends this mail's purpose (RFC 8058)."""
    return f"{ground.current().origin}/unsubscribe/{tokens.sign(kinds.UNSUBSCRIBE, message)}"


def _url(form: Kind, names: UUID | None, lang: str) -> str:
    if form.written:
        return ""
    if form.signed_for is None:
        return _page(form.path, lang)
    assert names is not None, "queued with its subject"
    return _page(form.path.format(token=quote(tokens.sign(form.signed_for, names))), lang)


def _code(form: Kind, subject_id: UUID | None) -> str:
    """What is typed in where the link leads; made anew here, since it is kept nowhere."""
    if not form.coded:
        return ""
    assert form.signed_for is not None, "a code is for what the link is for"
    assert subject_id is not None, "queued with its subject"
    return digits.of(form.signed_for, subject_id)


def _page(path: str, lang: str) -> str:
    return f"{ground.current().origin}{path}?lang={lang}"


def _ways(message: UUID, lang: str, *, form: Kind) -> dict[str, str]:
    """Where each link in the foot leads, by its name: out of advertising too, and to the rights of whom we write to."""
    pages = ("imprint", "privacy", "rights") if form.written else ("imprint", "privacy")
    legal = {page: _page(f"/{page}", lang) for page in pages}
    if not form.advertising:
        return legal
    preferences = _page(f"/preferences/{tokens.sign(kinds.PREFERENCES, message)}", lang)
    return {**legal, "unsubscribe": f"{one_click(message)}?lang={lang}", "preferences": preferences}


def _own(draft: Draft) -> dict[str, str]:
    """What the company says itself: of a letter as it was written, else filled in. Raises filling.Unfillable."""
    if draft.words is None:
        return {}
    if draft.form.written:
        return {"subject": draft.words.subject, "text": draft.words.wording}
    return _filled(draft.words, values(draft))


def _filled(words: Words, told: Mapping[str, str]) -> dict[str, str]:
    return {"subject": filling.fill(words.subject, told), "text": filling.fill(words.wording, told)}


def _name(form: Kind, name: str) -> str:
    """The name as a mail may say it; empty where it may not."""
    plain = " ".join(name.split())
    may = form.greets and len(plain) <= _LONGEST_NAME and not _LINKISH.search(plain)
    return plain if may else ""


def _greeting(name: str, lang: str) -> str:
    return language.text("mail.greeting.named" if name else "mail.greeting.nameless", lang, name=name)


def _imprint(profile: Profile, lang: str) -> list[str]:
    known = [(key, profile.imprint[key]) for key in _IMPRINT if profile.imprint.get(key)]
    return [f"{language.text('mail.imprint.' + key, lang)}: {value}" for key, value in known]
