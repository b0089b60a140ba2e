"""The form as it is served: a signed token that says exactly what, so that its answer can be kept beside it.

The block of consents is rendered once more when the answer comes. Where it is no longer the same to the letter, because
a text or a template changed meanwhile, nobody can say what was read, and the form is shown again.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from leumund.consent.evidence import serving
from leumund.consent.evidence.serving import Served
from leumund.kit import tokens
from leumund.kit.tokens import BadToken
from leumund.theming import rendering
from leumund.theming.looks import Look
from leumund.web import forms
from leumund.web.public.wordings import Wordings

PURPOSE = "form"
TTL_SECONDS = 30 * 60
_BLOCK = "consent_block.html"


class Form(NamedTuple):
    """A form by its key, the template it stands in, and what it is about: its answer holds for nothing else.

    ``url`` is where it stands, without what names somebody in it.
    """

    key: str
    template: str
    url: str
    about: str


class _Proof(msgspec.Struct, frozen=True, array_like=True):
    """What the token says."""

    form: str
    about: str
    language: str
    texts: list[UUID]
    version: str
    sha256: str
    boxes: list[str]
    at: datetime
    # The version of the program whose conditions it showed.
    promised: UUID | None = None


class Serving(NamedTuple):
    """One form in one language, as a company's ``look`` wears it."""

    form: Form
    shown: Wordings
    look: Look
    language: str

    def token(self, sent: Mapping[str, str], *, at: datetime) -> str:
        """What the form carries; its boxes are those that ``sent`` ticked for these very words."""
        boxes = self.shown.ticked(sent) if self.proven(sent, at=at) else []
        proof = self._proof(boxes, at)
        return tokens.sign_until(PURPOSE, msgspec.json.encode(proof).decode(), at=at, ttl_seconds=TTL_SECONDS)

    def proven(self, sent: Mapping[str, str], *, at: datetime) -> bool:
        """Whether the form that was ``sent`` showed these very words."""
        return self._read(sent, at) is not None

    def served(self, sent: Mapping[str, str], *, at: datetime) -> Served:
        """The form as its sender was shown it. Raises OutOfDate, where that is not what it would be now."""
        proof = self._read(sent, at)
        if proof is None:
            raise forms.OutOfDate("errors.forms.out_of_date")
        return Served(
            form=self.form.key,
            version=proof.version,
            url=self.form.url,
            language=self.language,
            texts=proof.texts,
            html=self._block(proof.boxes),
            boxes=proof.boxes,
            at=proof.at,
        )

    def _read(self, sent: Mapping[str, str], at: datetime) -> _Proof | None:
        try:
            token = tokens.read_until(PURPOSE, sent.get("form_token", ""), at=at)
        except BadToken:
            return None
        proof = msgspec.json.decode(token, type=_Proof)
        return proof if proof == self._proof(proof.boxes, proof.at) else None

    def _proof(self, boxes: list[str], at: datetime) -> _Proof:
        return _Proof(
            form=self.form.key,
            about=self.form.about,
            language=self.language,
            texts=[text.id for text in self.shown.texts],
            version=rendering.version(self.form.template, look=self.look),
            sha256=serving.digest(self._block(boxes)),
            boxes=boxes,
            at=at,
            promised=self.shown.conditions.version if self.shown.conditions else None,
        )

    def _block(self, boxes: list[str]) -> str:
        return rendering.render(_BLOCK, look=self.look, lang=self.language, consents=self.shown.boxes(boxes)).strip()
