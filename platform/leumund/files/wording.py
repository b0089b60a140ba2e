"""Texts and logo of a folder, and what the linter says to each wording."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from leumund.company import rules as places
from leumund.company.processing import Described
from leumund.consent.texts.drafting import Draft
from leumund.consent.texts.purposes import Controller, Purpose
from leumund.files import checking, finding, shaping
from leumund.files.faults import Fault
from leumund.files.folder import Company, Consent, Wording
from leumund.privacy.texts import composing
from leumund.privacy.texts.composing import Sources
from leumund.theming import logos

_MOST_BYTES = 200_000
_LONGEST_TITLE = 200


class Unreadable(Exception):
    """The file is no text we could publish; the message says why."""


def names_of(purposes: Iterable[str]) -> list[str]:
    """The texts a folder holds in each language of its company; the notice, which tells of the others, is the last."""
    return ["terms", *(f"consent-{purpose}" for purpose in purposes), "notice"]


def read_texts(folder: Path, plain: Mapping[str, Any]) -> tuple[dict[tuple[str, str], Wording], list[Fault]]:
    """Every text by name and language, and what is wrong with them."""
    texts, faults = {}, []
    for name, lang in _wanted(plain):
        file = f"texts/{name}.{lang}.md"
        try:
            text = _read(folder / file)
        except Unreadable as fault:
            faults.append(Fault(file, "file", str(fault)))
            continue
        texts[name, lang] = text
    return texts, faults


def objections(company: Company, texts: Mapping[tuple[str, str], Wording]) -> list[Fault]:
    """What may not be published of ``texts``, as far as a folder by itself can tell."""
    return [
        Fault(f"texts/{name}.{lang}.md", objection.rule, checking.said(objection))
        for name, lang in texts
        for objection in composing.compose(draft(company, texts, name, lang), _sources(company, texts, lang)).objections
    ]


def draft(company: Company, texts: Mapping[tuple[str, str], Wording], name: str, lang: str) -> Draft:
    """A text of the folder as it is to be published."""
    kind, _, key = name.partition("-")
    text = texts[name, lang]
    told = _purpose(key, company.consents[key], lang) if key else None
    return Draft(kind=kind, purpose=key, language=lang, title=text.title, template=text.wording, told=told)


def _purpose(key: str, consent: Consent, lang: str) -> Purpose:
    told = msgspec.structs.asdict(consent)
    return msgspec.convert(told | {"key": key, "about": consent.about[lang]}, Purpose)


def _sources(company: Company, texts: Mapping[tuple[str, str], Wording], lang: str) -> Sources:
    imprint = msgspec.structs.asdict(company.imprint)
    address = places.controller(company.legal_name, imprint)
    asked = [(texts[f"consent-{key}", lang].title, _purpose(key, one, lang)) for key, one in company.consents.items()]
    return Sources(
        controller=Controller(name=company.legal_name, address=address, email=company.imprint.email),
        processors=processors(company),
        asked=asked,
    )


def processors(company: Company) -> list[Described]:
    """Who handles data beside the operator."""
    return [msgspec.convert(msgspec.structs.asdict(one), Described) for one in company.processors]


def strays(folder: Path, plain: Mapping[str, Any]) -> list[Fault]:
    """Texts that company.toml does not ask for: they would silently not be published."""
    wanted = {f"{name}.{lang}.md" for name, lang in _wanted(plain)}
    found = sorted(path.name for path in (folder / "texts").glob("*") if path.name not in wanted)
    return [Fault(f"texts/{name}", "file", "belongs to no language or consent of company.toml") for name in found]


def read_logo(folder: Path) -> tuple[str | None, list[Fault]]:
    """The logo where there is one, as SVG we may show."""
    path = folder / "logo.svg"
    if not path.exists():
        return None, []
    try:
        # Read as bytes, so that what is written back is the same to the byte.
        svg = _bytes(path).decode("utf-8")
        logos.check(svg)
    except (UnicodeDecodeError, Unreadable) as fault:
        reason = "is no UTF-8" if isinstance(fault, UnicodeDecodeError) else str(fault)
        return None, [Fault("logo.svg", "file", reason)]
    except logos.NotALogo as fault:
        return None, [Fault("logo.svg", "logo", checking.said(fault))]
    return svg, []


def _wanted(plain: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in names_of(finding.purposes(plain)):
        for lang in finding.spoken(plain):
            yield name, lang


def _read(path: Path) -> Wording:
    """Raises Unreadable."""
    try:
        text = _bytes(path).decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise Unreadable("is no UTF-8") from None
    title, _, wording = text.partition("\n")
    title, wording = title.removeprefix("# ").strip() if title.startswith("# ") else "", wording.strip()
    if not title or not wording:
        raise Unreadable("begins with '# ' and its title, and the wording follows")
    if len(title) > _LONGEST_TITLE:
        raise Unreadable(f"has a title of more than {_LONGEST_TITLE} characters")
    if shaping.is_unwritable(text):
        raise Unreadable("holds a control character")
    return Wording(title=title, wording=wording)


def _bytes(path: Path) -> bytes:
    """Raises Unreadable."""
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        raise Unreadable("is missing") from None
    except OSError as fault:
        raise Unreadable(f"cannot be read: {fault.strerror}") from None
    if len(content) > _MOST_BYTES:
        raise Unreadable("is too large")
    return content
