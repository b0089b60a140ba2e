"""The wordings beside a form: terms, notice and consents, exactly as they stand when the page is made."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import msgspec

from leumund.consent.evidence import reading
from leumund.consent.judging import asking
from leumund.consent.texts import publishing
from leumund.consent.texts.publishing import NotPublished, Text
from leumund.programs.offers import Offer
from leumund.web import forms


class Conditions(msgspec.Struct, frozen=True):
    """What a version of a program promises and asks, as it was written when it was published."""

    version: UUID
    number: int
    wording: str


class Wordings(msgspec.Struct, frozen=True):
    """What one form shows in one language; every consent has a box of its own.

    ``given`` are the titles of those its reader gave before: they stand, and are not asked for again.
    """

    terms: Text
    notice: Text | None
    consents: list[Text]
    given: list[str] = []
    conditions: Conditions | None = None

    @property
    def texts(self) -> list[Text]:
        """Every version the form shows, so that it can prove what its reader saw."""
        return [self.terms, *([self.notice] if self.notice else []), *self.consents]

    def view(self, sent: Mapping[str, str], *, proven: bool) -> dict[str, Any]:
        """What the templates take; ``proven`` when the form that was ``sent`` showed these very words.

        No box is ticked for anybody: one that is was ticked by the very person, for the very words it stands by.
        """
        ticks = sent if proven else {}
        return {
            "terms": self.terms,
            "notice": self.notice,
            "conditions": self.conditions,
            "accepted": forms.ticked(ticks, "terms"),
            "consents": self.boxes(self.ticked(ticks)),
        }

    def boxes(self, ticked: Collection[str]) -> list[dict[str, Any]]:
        """The consents as a form shows them, with the boxes of the purposes that are ``ticked``."""
        return asking.boxes(self.consents, ticked=ticked)

    def ticked(self, sent: Mapping[str, str]) -> list[str]:
        """The purposes whose boxes were ticked."""
        return [purpose for purpose, chosen in self.chosen(sent).items() if chosen]

    def chosen(self, sent: Mapping[str, str]) -> dict[str, bool]:
        """Of every purpose that was offered, whether its box was ticked."""
        return {text.purpose: forms.ticked(sent, asking.box(text.purpose)) for text in self.consents}


async def shown(*, language: str, customer: UUID | None = None, offer: Offer | None = None) -> Wordings:
    """The current wordings in ``language``, for ``customer`` where we know who reads them, of what ``offer`` promises.

    Raises NotPublished without terms.
    """
    spoken = [text for text in await publishing.all_current() if text.language == language]
    terms = next((text for text in spoken if text.kind == "terms"), None)
    if terms is None:
        raise NotPublished(f"terms in {language}")
    notice = next((text for text in spoken if text.kind == "notice"), None)
    # First what is written to somebody, then what they are evaluated by: nobody meets the larger step first.
    consents = sorted((text for text in spoken if text.kind == "consent"), key=lambda text: text.evaluates)
    given = await _given(customer, language) if customer else set()
    return Wordings(
        terms=terms,
        notice=notice,
        consents=[text for text in consents if text.purpose not in given],
        given=[text.title for text in consents if text.purpose in given],
        conditions=_conditions(offer, language) if offer else None,
    )


def _conditions(offer: Offer, language: str) -> Conditions | None:
    """None of a version from before conditions were written: then the company's own terms say it all."""
    version = offer.version
    said = version.terms.get(language) or next(iter(version.terms.values()), "")
    return Conditions(version.id, version.number, said) if said else None


async def _given(customer: UUID, language: str) -> set[str]:
    """The purposes whose box could only confuse: left empty it would read like a no beside a standing yes."""
    standings = await reading.standing(customer=customer, language=language)
    return {each.purpose for each in standings if each.needs_no_asking}
