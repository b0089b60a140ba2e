"""Texts and logo of a folder, and what the law asks of each wording (law.md 1 and 2)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from leumund.files import checking, shaping
from leumund.files.faults import Fault
from leumund.files.folder import Wording
from leumund.theming import logos

_MOST_BYTES = 200_000
_LONGEST_TITLE = 200
# A consent is given to one company (OLG Frankfurt 6 U 6/19), in the open (GDPR Art. 7(2)), and can be withdrawn.
_THIRD_PARTIES = re.compile(r"\b(Dritte[nr]?|Partnerunternehmen|third part(?:y|ies)|partner compan(?:y|ies))\b", re.I)
_HIDDEN_CONSENT = re.compile(r"\b(willige(?:n)? (?:ich |Sie )?ein|I consent|you consent)\b", re.I)
_WITHDRAWAL = re.compile(r"widerruf|withdraw", re.I)
_COMPLAINT = re.compile(r"Aufsichtsbehörde|beschwer|supervisory authority|complain", re.I)


class Unreadable(Exception):
    """The file is no text we could publish; the message says why."""


def names_of(purposes: Iterable[str]) -> list[str]:
    """The texts a folder holds in each language of its company."""
    return ["terms", "notice", *(f"consent-{purpose}" for purpose in purposes)]


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
        reasons = _reasons(name, text.wording, checking.at(plain, "legal_name", str, ""))
        faults += [Fault(file, key, reason) for key, reason in reasons]
    return texts, faults


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
    for name in names_of(checking.purposes(plain)):
        for lang in checking.spoken(plain):
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


def _reasons(name: str, wording: str, legal_name: str) -> Iterator[tuple[str, str]]:
    if legal_name not in wording:
        only = ", the only one it may be given to" if name.startswith("consent-") else ""
        yield "controller", f"does not name {legal_name}{only}"
    if name.startswith("consent-") and _THIRD_PARTIES.search(wording):
        yield "controller", "speaks of third parties; a consent is given to one company"
    if name == "terms" and _HIDDEN_CONSENT.search(wording):
        yield "consent", "hides a consent in the terms"
    if name != "terms" and not _WITHDRAWAL.search(wording):
        yield "withdrawal", "does not say that consent can be withdrawn"
    if name == "notice" and not _COMPLAINT.search(wording):
        yield "complaint", "does not name the supervisory authority"
