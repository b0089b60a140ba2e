"""Read a company's folder: all of it right, or every fault by file, key and reason."""

import tomllib
from pathlib import Path
from typing import Any

import msgspec

from leumund.files import checking, finding, shaping, wording
from leumund.files.faults import Fault, Faulty
from leumund.files.folder import Company, CompanyFolder

_MOST_BYTES = 1_000_000


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """A folder as it was found: ``company`` is None while there are faults; ``hosts`` has the key of each host.

    ``slug`` and ``currency`` are empty where none can be read.
    """

    slug: str
    currency: str
    hosts: dict[str, str]
    faults: list[Fault]
    company: CompanyFolder | None


def read(folder: Path) -> CompanyFolder:
    """The folder's company. Raises Faulty with every fault there is."""
    examined = examine(folder)
    if examined.company is None:
        raise Faulty(examined.faults)
    return examined.company


def examine(folder: Path) -> Examined:
    """The folder's company, or everything that is wrong with it."""
    try:
        plain = _plain(folder / shaping.FILE)
    except Faulty as fault:
        return Examined(slug="", currency="", hosts={}, faults=list(fault.faults), company=None)
    texts, faults_of_texts = wording.read_texts(folder, plain)
    logo, faults_of_logo = wording.read_logo(folder)
    of_the_table = [*shaping.faults_of(plain, Company), *checking.faults_of_values(plain)]
    # While the table is wrong, nobody knows which texts belong to it.
    of_strays = [] if of_the_table else wording.strays(folder, plain)
    faults = [*of_the_table, *faults_of_texts, *of_strays, *faults_of_logo]
    company = None
    # A text is read with the facts of the table in it, so the table and all texts have to be there.
    if not of_the_table and not faults_of_texts:
        converted = msgspec.convert(plain, Company)
        faults += wording.objections(converted, texts)
        company = CompanyFolder(company=converted, texts=texts, logo=logo) if not faults else None
    return Examined(
        slug=finding.slug(plain),
        currency=finding.at(plain, "currency", str, ""),
        hosts=finding.hosts(plain),
        faults=faults,
        company=company,
    )


def _plain(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise Faulty([Fault(shaping.FILE, "file", "is missing")]) from None
    except OSError as fault:
        raise Faulty([Fault(shaping.FILE, "file", f"cannot be read: {fault.strerror}")]) from None
    if len(content) > _MOST_BYTES:
        raise Faulty([Fault(shaping.FILE, "file", "is too large")])
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except RecursionError:
        raise Faulty([Fault(shaping.FILE, "file", "is nested too deeply")]) from None
    except ValueError as fault:
        raise Faulty([Fault(shaping.FILE, "file", f"is no TOML: {fault}")]) from None
