"""Texts and logo of a folder, and what the law asks of each wording (law.md 1 and 2)."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from leumund.files.checking import at, said
from leumund.files.faults import Fault
from leumund.files.folder import Wording
from leumund.kit import language
from leumund.theming import logos

_MOST_BYTES = 200_000
# A consent is given to one company (OLG Frankfurt 6 U 6/19), in the open (GDPR Art. 7(2)), and can be withdrawn.
_THIRD_PARTIES = re.compile(r"\b(Dritte[nr]?|Partnerunternehmen|third part(?:y|ies)|partner compan(?:y|ies))\b", re.I)
_HIDDEN_CONSENT = re.compile(r"\b(willige(?:n)? (?:ich |Sie )?ein|I consent|you consent)\b", re.I)
_WITHDRAWAL = re.compile(r"widerruf|withdraw", re.I)
_COMPLAINT = re.compile(r"Aufsichtsbehörde|beschwer|supervisory authority|complain", re.I)


def names_of(purposes: list[str]) -> list[str]:
    """The texts a folder holds in each language of its company."""
    return ["terms", "notice", *(f"consent-{purpose}" for purpose in purposes)]


def read_texts(folder: Path, plain: Mapping[str, Any]) -> tuple[dict[tuple[str, str], Wording], list[Fault]]:
    """Every text by name and language, and what is wrong with them."""
    texts, faults = {}, []
    spoken = [lang for lang in at(plain, "languages", list, []) if lang in language.LANGUAGES]
    for name in names_of(list(at(plain, "consents", dict, {}))):
        for lang in spoken:
            file = f"texts/{name}.{lang}.md"
            found = _read(folder / file)
            if isinstance(found, str):
                faults.append(Fault(file, "file", found))
            else:
                texts[name, lang] = found
                reasons = _reasons(name, found.wording, at(plain, "legal_name", str, ""))
                faults += [Fault(file, key, reason) for key, reason in reasons]
    return texts, faults


def read_logo(folder: Path) -> tuple[str | None, list[Fault]]:
    """The logo where there is one, as SVG we may show."""
    path = folder / "logo.svg"
    if not path.is_file():
        return None, []
    try:
        svg = path.read_bytes().decode("utf-8")
        logos.check(svg)
    except UnicodeDecodeError:
        return None, [Fault("logo.svg", "file", "is no UTF-8")]
    except logos.NotALogo as fault:
        return None, [Fault("logo.svg", "logo", said(fault))]
    return svg, []


def _read(path: Path) -> Wording | str:
    """The text, or the reason why it is none."""
    if not path.is_file():
        return "is missing"
    if path.stat().st_size > _MOST_BYTES:
        return "is too large"
    try:
        title, _, wording = path.read_text("utf-8").partition("\n")
    except UnicodeDecodeError:
        return "is no UTF-8"
    if not title.startswith("# ") or not wording.strip():
        return "begins with '# ' and its title, and the wording follows"
    return Wording(title=title.removeprefix("# ").strip(), wording=wording.strip())


def _reasons(name: str, wording: str, legal_name: str) -> Iterator[tuple[str, str]]:
    if name.startswith("consent-"):
        if legal_name not in wording:
            yield "controller", f"does not name {legal_name}, the only one it may be given to"
        if _THIRD_PARTIES.search(wording):
            yield "controller", "speaks of third parties; a consent is given to one company"
    if name == "terms" and _HIDDEN_CONSENT.search(wording):
        yield "consent", "hides a consent in the terms"
    if name != "terms" and not _WITHDRAWAL.search(wording):
        yield "withdrawal", "does not say that consent can be withdrawn"
    if name == "notice" and not _COMPLAINT.search(wording):
        yield "complaint", "does not name the supervisory authority"
