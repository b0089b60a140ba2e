"""Render a text from its template: ``{name}`` is replaced by a fact, and nothing else happens to the words.

No expressions, no conditions: what a lawyer has read is what is published, but for facts that are known elsewhere.
"""

import re
from collections.abc import Mapping

from leumund.consent.texts.purposes import Controller, Purpose
from leumund.kit import language as languages
from leumund.kit.faults import Refused

_PLACE = re.compile(r"\{([^{}]*)\}")


class PlaceUnknown(Refused):
    """The template asks for a fact nobody knows, or has a brace that belongs to none."""


def render(template: str, *, facts: Mapping[str, str]) -> str:
    """``template`` with every place filled from ``facts``. Raises PlaceUnknown."""
    strange = sorted({place for place in _PLACE.findall(template) if place not in facts})
    strange += [brace for brace in "{}" if brace in _PLACE.sub("", template)]
    if strange:
        known = ", ".join(f"{{{name}}}" for name in sorted(facts))
        raise PlaceUnknown("errors.texts.place", field="template", place=strange[0], known=known)
    return _PLACE.sub(lambda place: facts[place[1]], template)


def facts_of_company(controller: Controller) -> dict[str, str]:
    """What every text may say of the company."""
    return {"company": controller.name, "address": controller.address, "email": controller.email}


def facts_of_purpose(purpose: Purpose, controller: Controller, language: str) -> dict[str, str]:
    """What a consent may say beside that: facts of its purpose, in words."""
    ways = languages.text(f"texts.withdrawal.{_way(purpose.channels)}", language, email=controller.email)
    return facts_of_company(controller) | {
        "about": purpose.about,
        "channels": channels(purpose, language),
        "frequency": frequency(purpose, language),
        "withdrawal": ways,
    }


def channels(purpose: Purpose, language: str) -> str:
    """Over what a person is reached, in words."""
    *first, last = [languages.text(f"texts.channel.{each}", language) for each in purpose.channels]
    return f"{', '.join(first)} {languages.text('texts.and', language)} {last}" if first else last


def frequency(purpose: Purpose, language: str) -> str:
    """How often at most, in words, or that nothing is promised."""
    if purpose.frequency_days <= 0:
        return languages.text("texts.frequency.open", language)
    return languages.plural("texts.frequency.days", language, purpose.frequency_days)


def _way(channels: list[str]) -> str:
    # An unsubscribe link stands in mails alone.
    return "link" if "email" in channels else "message"
