"""The agreement as a document: the template's paragraphs, and annexes of what is really so."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from importlib import resources

import msgspec

from leumund.company import describing
from leumund.company import rules as places
from leumund.company.processing import Described
from leumund.kit import language
from leumund.kit.sheets import Points, Prose, Section, Sheet, Table
from leumund.privacy.records import measures
from leumund.privacy.records.measures import Surroundings

# Raised with every change of a template; who accepted an older one is told.
VERSION = 1
OBJECT_WITHIN_DAYS = 14


async def sheet(*, lang: str, surroundings: Surroundings, processors: Sequence[Described], at: datetime) -> Sheet:
    """The whole document in ``lang``; ``processors`` work for the operator. Raises describing.NotDescribed."""
    profile = await describing.profile()
    template = resources.files(__package__).joinpath("templates", f"{lang}.md").read_text("utf-8")
    controller = places.controller(profile.legal_name, profile.imprint)
    wording = template.format(controller=controller, operator=surroundings.operator, days=OBJECT_WITHIN_DAYS)

    def said(name: str, **values: object) -> str:
        return language.text(f"agreement.{name}", lang, **values)

    return Sheet(
        title=said("title"),
        language=lang,
        issuer=surroundings.operator,
        at=at,
        lead=said("lead", version=VERSION),
        sections=[
            *_clauses(wording),
            Section(said("annex.measures"), [Points(measures.promised(lang=lang, surroundings=surroundings))]),
            Section(said("annex.processors"), [listed(processors, lang)]),
        ],
    )


def _clauses(wording: str) -> list[Section]:
    """A template's paragraphs under its headings, which begin with ``##``."""
    clauses = (clause.strip().partition("\n") for clause in wording.split("## ") if clause.strip())
    return [Section(heading, [Prose(words.strip().split("\n\n"))]) for heading, _, words in clauses]


def listed(processors: Sequence[Described], lang: str) -> Table:
    """``processors`` as a table of a document."""
    head = [language.text(f"records.{name}", lang) for name in ("name", "address", "country", "what_for", "safeguards")]
    rows = [
        (
            each.name,
            each.address,
            language.country(each.country, lang),
            each.what_for.get(lang, ""),
            language.text(f"records.safeguards.{each.safeguards}", lang),
        )
        for each in processors
    ]
    return Table(head, rows, empty=language.text("agreement.nobody", lang))


def fingerprint(document: Sheet) -> str:
    """SHA-256 of all the document says, whenever it was written."""
    timeless = msgspec.structs.replace(document, at=datetime.min)
    return sha256(msgspec.json.encode(timeless)).hexdigest()
