"""What texts are written from, as it is now; and which published texts say something else by now."""

from collections.abc import Sequence
from typing import Any

import msgspec

from leumund.company import describing, processing
from leumund.company import rules as places
from leumund.company.describing import NotDescribed, Profile
from leumund.consent.texts import publishing
from leumund.consent.texts.drafting import Draft
from leumund.consent.texts.publishing import Text
from leumund.consent.texts.purposes import Controller, Purpose
from leumund.privacy.texts import composing
from leumund.privacy.texts.composing import Sources


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """A text that would be worded otherwise today; ``wording`` is how."""

    text: Text
    wording: str


async def sources(*, language: str) -> Sources:
    """All that a text in ``language`` may be rendered from now. Raises NotDescribed."""
    processors = await processing.listed()
    texts = await publishing.all_current()
    return Sources(
        controller=controller(await describing.profile()),
        processors=processors,
        asked=[(text.title, purpose(text)) for text in texts if (text.kind, text.language) == ("consent", language)],
        operator=next((one.name for one in processors if one.is_host), ""),
    )


async def drifted() -> list[Drift]:
    """The current texts that do not say any more what is configured, by kind, purpose and language."""
    found = []
    for language in (await describing.profile()).languages:
        known = await sources(language=language)
        found += [drift for text in await _published(language) if (drift := _drift(text, known))]
    return sorted(found, key=lambda drift: (drift.text.kind, drift.text.purpose, drift.text.language))


async def untrue() -> list[str]:
    """The texts that have drifted, by kind or purpose and language; none of a company that never said who it is."""
    try:
        return [f"{drift.text.purpose or drift.text.kind}.{drift.text.language}" for drift in await drifted()]
    except NotDescribed:
        return []


def controller(profile: Profile) -> Controller:
    """The company as its texts name it."""
    return Controller(
        name=profile.legal_name,
        address=places.controller(profile.legal_name, profile.imprint),
        email=profile.imprint.get("email") or profile.sender_email,
    )


def draft_of(text: Text) -> Draft:
    """What a published text was written from; one that came without a template is its own."""
    return Draft(
        kind=text.kind,
        purpose=text.purpose,
        language=text.language,
        title=text.title,
        template=text.data.get("template", text.wording),
        told=purpose(text) if text.kind == "consent" else None,
    )


def purpose(text: Text) -> Purpose:
    """What a consent is for, as data; of one that was published without, as far as its title says it."""
    told: dict[str, Any] = text.data.get("purpose", {"key": text.purpose, "about": text.title})
    return msgspec.convert(told | {"channels": text.channels or told.get("channels", [])}, Purpose)


async def _published(language: str) -> Sequence[Text]:
    return [text for text in await publishing.all_current() if text.language == language]


def _drift(text: Text, known: Sources) -> Drift | None:
    if "template" not in text.data:
        return None
    now = composing.compose(draft_of(text), known).wording
    return Drift(text=text, wording=now) if now != text.wording else None
