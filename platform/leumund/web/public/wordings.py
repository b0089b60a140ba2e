"""The wordings beside a form: terms, notice and consents, exactly as they stand when the page is made."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import msgspec

from leumund.consent import publishing
from leumund.consent.publishing import NotPublished, Text
from leumund.web import forms


class Wordings(msgspec.Struct, frozen=True):
    """What one form shows in one language; every consent has a box of its own."""

    terms: Text
    notice: Text | None
    consents: list[Text]

    def boxes(self) -> list[dict[str, Any]]:
        """The consents as the templates take them."""
        return [
            {"purpose": text.purpose, "title": text.title, "wording": text.wording, "name": _box(text)}
            for text in self.consents
        ]

    def chosen(self, sent: Mapping[str, str]) -> dict[str, bool]:
        """Of every purpose that was offered, whether its box was ticked."""
        return {text.purpose: forms.ticked(sent, _box(text)) for text in self.consents}

    def fingerprint(self) -> str:
        """Names exactly these versions, so that a form can prove what its reader saw."""
        shown = [self.terms, *([self.notice] if self.notice else []), *self.consents]
        return sha256(b"".join(text.id.bytes for text in shown)).hexdigest()[:16]


async def shown(*, language: str) -> Wordings:
    """The current wordings in ``language``, in one query. Raises NotPublished without terms."""
    spoken = [text for text in await publishing.all_current() if text.language == language]
    terms = next((text for text in spoken if text.kind == "terms"), None)
    if terms is None:
        raise NotPublished(f"terms in {language}")
    notice = next((text for text in spoken if text.kind == "notice"), None)
    return Wordings(terms=terms, notice=notice, consents=[text for text in spoken if text.kind == "consent"])


def _box(text: Text) -> str:
    return f"consent_{text.purpose}"
