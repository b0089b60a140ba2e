"""Compose a text from its template and what is configured, and read it as a court would.

A consent takes its facts from its purpose; a notice from the register of what is stored, from whoever handles data, and
from the consents people are asked for. So what was published and what would be published now can be compared at any
time, and what differs is drift.
"""

from collections.abc import Sequence

import msgspec

from leumund.company import rules as places
from leumund.company.processing import Described
from leumund.consent.judging import linting
from leumund.consent.judging.linting import Objection, Written
from leumund.consent.texts import rendering
from leumund.consent.texts.drafting import Draft
from leumund.consent.texts.purposes import Controller, Purpose
from leumund.consent.texts.rendering import PlaceUnknown
from leumund.kit import language as languages
from leumund.privacy import explaining
from leumund.privacy.explaining import Explained

_LONGEST_TITLE = 200
# Without these there is nothing to render, or nothing to render it with.
_BEFORE_READING = frozenset({"empty", "channels"})


class Sources(msgspec.Struct, frozen=True, kw_only=True):
    """What texts in one language take their facts from; ``asked`` are the consents' titles and purposes."""

    controller: Controller
    processors: Sequence[Described]
    asked: Sequence[tuple[str, Purpose]]
    operator: str = ""


class Composed(msgspec.Struct, frozen=True, kw_only=True):
    """A draft with its wording as it would be published, and every objection to that."""

    draft: Draft
    wording: str
    objections: list[Objection]

    @property
    def data(self) -> dict[str, object]:
        """What is kept beside the wording: the template it came from, and the purpose it was rendered from."""
        told = {"purpose": msgspec.to_builtins(self.draft.told)} if self.draft.told else {}
        return {"template": self.draft.template, **told}


def compose(draft: Draft, sources: Sources) -> Composed:
    """``draft`` rendered and read; a template that cannot be rendered stands as it is."""
    missing = list(_unwritten(draft))
    if any(each.rule in _BEFORE_READING for each in missing):
        return Composed(draft=draft, wording=draft.template, objections=missing)
    try:
        wording = rendering.render(draft.template, facts=facts(draft, sources))
    except PlaceUnknown as fault:
        return Composed(
            draft=draft,
            wording=draft.template,
            objections=[*missing, Objection("place", place=fault.values["place"], known=fault.values["known"])],
        )
    written = Written(
        kind=draft.kind,
        language=draft.language,
        title=draft.title,
        wording=wording,
        controller=sources.controller.name,
        operator=sources.operator,
        template=draft.template,
        purpose=draft.told,
    )
    return Composed(draft=draft, wording=wording, objections=[*missing, *linting.objections(written)])


def facts(draft: Draft, sources: Sources) -> dict[str, str]:
    """What the places of ``draft`` may name."""
    if draft.told is not None:
        return rendering.facts_of_purpose(draft.told, sources.controller, draft.language)
    if draft.kind == "notice":
        return rendering.facts_of_company(sources.controller) | _facts_of_notice(sources, draft.language)
    return rendering.facts_of_company(sources.controller)


def _unwritten(draft: Draft) -> list[Objection]:
    faults = []
    if not draft.title or len(draft.title) > _LONGEST_TITLE:
        faults.append(Objection("title", field="title"))
    if not draft.template:
        faults.append(Objection("empty"))
    if draft.told is not None and not draft.told.channels:
        faults.append(Objection("channels", field="channels"))
    if draft.told is not None and not draft.told.about:
        faults.append(Objection("empty", field="about"))
    return faults


def _facts_of_notice(sources: Sources, language: str) -> dict[str, str]:
    stored = explaining.explain(language)
    return {
        "purposes": _list([_stored(each, language) for each in stored]),
        "periods": _list([f"{each.name}: {each.period}." for each in stored]),
        "consents": _list([_asked(title, purpose, language) for title, purpose in sources.asked]),
        "processors": _list([_handles(each, language) for each in sources.processors if each.role == "processor"]),
        "recipients": _recipients(sources.processors, language),
        "transfers": _transfers(sources.processors, language),
    }


def _list(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _stored(each: Explained, language: str) -> str:
    basis = languages.text("texts.basis", language, basis=each.basis, law=each.law)
    return f"{each.name}: {each.why} {basis}"


def _asked(title: str, purpose: Purpose, language: str) -> str:
    channels = rendering.channels(purpose, language)
    return f"{title}: {purpose.about}, {channels}, {rendering.frequency(purpose, language)}."


def _handles(each: Described, language: str) -> str:
    return f"{each.name}, {each.address}: {each.what_for.get(language, '')}."


def _recipients(processors: Sequence[Described], language: str) -> str:
    others = [_handles(each, language) for each in processors if each.role == "recipient"]
    if not others:
        return languages.text("texts.recipients.none", language)
    return languages.text("texts.recipients.lead", language) + "\n\n" + _list(others)


def _transfers(processors: Sequence[Described], language: str) -> str:
    outside = [each for each in processors if not places.in_eea(each.country)]
    if not outside:
        return languages.text("texts.transfers.none", language)
    lines = [
        f"{each.name}: " + languages.text(f"texts.safeguards.{each.safeguards}", language) + "." for each in outside
    ]
    return languages.text("texts.transfers.lead", language) + "\n\n" + _list(lines)
