"""What a mail says, before it is dressed as text and HTML."""

import re
from urllib.parse import quote
from uuid import UUID

import msgspec

from leumund.company import rules as company_rules
from leumund.company.describing import Profile
from leumund.kit import ground, language, tokens
from leumund.messages.kinds import KINDS, Kind
from leumund.messages.tables import Message

_IMPRINT = ("represented_by", "register", "register_number", "vat_id", "phone", "email")
_SCORES = range(11)
# What mail readers would turn into a link: a name is no place for one.
_LINKISH = re.compile(r"[/@:<>]|\.\w|www", re.IGNORECASE)
_LONGEST_NAME = 60


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
    button: Link
    scores: list[Link]
    lowest: str
    highest: str
    note: str
    controller: str
    imprint: list[str]
    legal: list[Link]
    unsubscribe: Link | None


def compose(*, message: Message, name: str, lang: str, profile: Profile) -> Letter:
    """The letter of a message, with links signed for this company; ``lang`` is a language we have."""
    form = KINDS[message.kind]

    def say(part: str) -> str:
        return language.text(f"mail.{message.kind}.{part}", lang, company=profile.name, question=message.question)

    url = _url(form, message.subject_id, lang)
    return Letter(
        language=lang,
        subject=say("subject"),
        company=profile.name,
        greeting=_greeting(name if form.greets else "", lang),
        paragraphs=say("text").split("\n\n"),
        button=Link(say("button"), url),
        scores=[Link(str(score), url.replace("?", f"?score={score}&")) for score in _SCORES] if form.asks_score else [],
        lowest=language.text("surveys.scale.lowest", lang),
        highest=language.text("surveys.scale.highest", lang),
        note=say("note"),
        controller=company_rules.controller(profile.legal_name, profile.imprint),
        imprint=_imprint(profile, lang),
        legal=[
            Link(language.text(f"mail.foot.{page}", lang), _page(f"/{page}", lang)) for page in ("imprint", "privacy")
        ],
        unsubscribe=_unsubscribe(message.id, lang) if message.purpose else None,
    )


def one_click(message: UUID) -> str:
    """Where one POST ends this mail's purpose (RFC 8058)."""
    return f"{ground.current().origin}/unsubscribe/{tokens.sign('unsubscribe', message)}"


def _url(form: Kind, subject_id: UUID | None, lang: str) -> str:
    if form.signed_for is None:
        return _page(form.path, lang)
    assert subject_id is not None, "queued with its subject"
    return _page(form.path.format(token=quote(tokens.sign(form.signed_for, subject_id))), lang)


def _page(path: str, lang: str) -> str:
    return f"{ground.current().origin}{path}?lang={lang}"


def _unsubscribe(message: UUID, lang: str) -> Link:
    return Link(language.text("mail.foot.unsubscribe", lang), f"{one_click(message)}?lang={lang}")


def _greeting(name: str, lang: str) -> str:
    plain = " ".join(name.split())
    if not plain or len(plain) > _LONGEST_NAME or _LINKISH.search(plain):
        return language.text("mail.greeting.nameless", lang)
    return language.text("mail.greeting.named", lang, name=plain)


def _imprint(profile: Profile, lang: str) -> list[str]:
    known = [(key, profile.imprint[key]) for key in _IMPRINT if profile.imprint.get(key)]
    return [f"{language.text('mail.imprint.' + key, lang)}: {value}" for key, value in known]
