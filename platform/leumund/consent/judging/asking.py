"""Which fields public forms ask for, why, and what a form may not do: a form is read before it is used, as a text is.

No field without a purpose and a word on what it is for (requirements A19, A33, A34); no box of a consent that is ticked
or has to be ticked (GDPR Art. 4(11), 7(4)).
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import msgspec

from leumund.consent.judging.linting import Objection
from leumund.consent.texts.publishing import Text


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody fills in; ``why`` is the key of the sentence beside it that says what it is for."""

    name: str
    why: str
    is_mandatory: bool = True


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """A consent as a form shows it."""

    purpose: str
    is_ticked: bool = False
    is_mandatory: bool = False


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """A form; one that is ``advertising`` serves nothing but being written to, and needs an address for that alone."""

    fields: tuple[Field, ...]
    boxes: tuple[Box, ...] = ()
    advertising: bool = False


# By the template they stand in. The boxes are made from the published consents, never ticked and never required.
FORMS = {
    "landing": Form(
        fields=(
            Field(name="given_name", why="forms.why.given_name"),
            Field(name="family_name", why="forms.why.family_name"),
            Field(name="email", why="forms.why.email"),
        )
    ),
    "recommend": Form(fields=(Field(name="email", why="forms.why.recommend_email"),)),
    "portal_login": Form(fields=(Field(name="email", why="forms.why.login_email"),)),
    "rights": Form(
        fields=(
            Field(name="kind", why="rights.what"),
            Field(name="email", why="rights.email_hint"),
            Field(name="words", why="rights.words", is_mandatory=False),
        )
    ),
}
_ADDRESS = "email"


def box(purpose: str) -> str:
    """What the box of a consent for ``purpose`` is called in every form."""
    return f"consent_{purpose}"


def boxes(texts: Iterable[Text], *, ticked: Collection[str] = ()) -> list[dict[str, Any]]:
    """The consents as a form shows them, with the boxes of the purposes that are ``ticked``."""
    return [
        {
            "purpose": text.purpose,
            "title": text.title,
            "wording": text.wording,
            "name": box(text.purpose),
            "ticked": text.purpose in ticked,
        }
        for text in texts
    ]


def objections(form: Form) -> list[Objection]:
    """All that is wrong with ``form``."""
    return [*_of_fields(form), *_of_boxes(form)]


def _of_fields(form: Form) -> Iterator[Objection]:
    for field in form.fields:
        if not field.why:
            yield Objection("no_why", field=field.name, name=field.name)
        if form.advertising and field.is_mandatory and field.name != _ADDRESS:
            yield Objection("too_much", field=field.name, name=field.name)


def _of_boxes(form: Form) -> Iterator[Objection]:
    for box in form.boxes:
        if box.is_ticked:
            yield Objection("pre_ticked", field=box.purpose, found=box.purpose)
        if box.is_mandatory:
            yield Objection("coupling", field=box.purpose, found=box.purpose)
