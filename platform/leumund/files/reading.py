"""Read a company's folder: all of it right, or every fault by file, key and reason."""

import tomllib
from pathlib import Path
from typing import Any

import msgspec

from leumund.files import checking, shaping, wording
from leumund.files.faults import Fault, Faulty
from leumund.files.folder import Company, CompanyFolder
from leumund.kit.faults import Refused
from leumund.tenancy import provisioning


def read(folder: Path) -> CompanyFolder:
    """The folder's company; the folder's name is its slug. Raises Faulty with every fault there is."""
    slug = folder.resolve().name
    plain = _plain(folder)
    texts, faults_of_texts = wording.read_texts(folder, plain)
    logo, faults_of_logo = wording.read_logo(folder)
    faults = [
        *_faults_of_slug(slug),
        *shaping.faults_of(plain, Company),
        *checking.faults_of_values(plain),
        *faults_of_texts,
        *faults_of_logo,
    ]
    if faults:
        raise Faulty(faults)
    return CompanyFolder(slug=slug, company=msgspec.convert(plain, Company), texts=texts, logo=logo)


def _plain(folder: Path) -> dict[str, Any]:
    try:
        with (folder / shaping.FILE).open("rb") as file:
            return tomllib.load(file)
    except (FileNotFoundError, NotADirectoryError):
        raise Faulty([Fault(shaping.FILE, "file", "is missing")]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise Faulty([Fault(shaping.FILE, "file", f"is no TOML: {fault}")]) from None


def _faults_of_slug(slug: str) -> list[Fault]:
    try:
        provisioning.check_slug(slug)
    except Refused:
        return [Fault(slug, "folder", "its name becomes the host: lower-case letters, digits and single hyphens")]
    return []
