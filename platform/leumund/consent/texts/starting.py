"""Texts to begin with: templates that ship, which whoever advises a company has to review before they are published."""

from functools import cache
from importlib import resources
from typing import Any

import msgspec

from leumund.consent.texts.purposes import Purpose

_FOLDER = "templates"
_CONSENTS = "consents.toml"


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """A text with places for facts; ``purpose`` where it is a consent."""

    title: str
    template: str
    purpose: Purpose | None


def consents() -> list[str]:
    """The purposes there are templates for."""
    return list(_purposes())


def template(*, kind: str, purpose: str = "", language: str) -> Template:
    """The template of a text; a purpose we have none for begins as the one about recommending."""
    known = purpose if purpose in _purposes() else "recommendation"
    name = f"{kind}-{known}" if kind == "consent" else kind
    title, _, wording = _read(f"{name}.{language}.md").partition("\n")
    told = _purpose(purpose, known, language) if kind == "consent" else None
    return Template(title=title.removeprefix("# "), template=wording.strip(), purpose=told)


def _purpose(key: str, known: str, language: str) -> Purpose:
    said = _purposes()[known]
    return msgspec.convert(said | {"key": key, "about": said["about"][language]}, Purpose)


@cache
def _purposes() -> dict[str, dict[str, Any]]:
    told: dict[str, dict[str, Any]] = msgspec.toml.decode(_read(_CONSENTS))
    return told


def _read(name: str) -> str:
    return (resources.files(__package__) / _FOLDER / name).read_text("utf-8")
