"""A breach as a document: what the authority asks for, in the order in which it asks (Art. 33(3) GDPR)."""

from collections.abc import Callable
from datetime import datetime

from leumund.kit import language
from leumund.kit.sheets import Block, Facts, Prose, Section, Sheet, Table
from leumund.privacy.breaches import rules
from leumund.privacy.breaches.listing import Breach

Moment = Callable[[datetime], str]


def sheet(breach: Breach, *, controller: str, lang: str, moment: Moment, at: datetime) -> Sheet:
    """All of ``breach`` in ``lang``; ``moment`` writes times by the company's clocks."""

    def said(name: str, **values: object) -> str:
        return language.text(f"breaches.{name}", lang, **values)

    facts = [
        (said("known_at"), moment(breach.known_at)),
        (said("due_at"), moment(breach.standing.due_at)),
        (said("source"), said(f"source.{breach.source}")),
        (
            said("missing"),
            ", ".join(said(f"step.{name}") for name in breach.standing.missing) or said("nothing_missing"),
        ),
    ]
    parts = [Section(said(f"step.{name}"), _part(breach, name, said("open"), lang)) for name in rules.CONTENT]
    story = [(moment(step.at), said(f"step.{step.what}"), step.words) for step in breach.story]
    return Sheet(
        title=said("sheet.title"),
        language=lang,
        issuer=controller,
        at=at,
        lead=said("sheet.lead"),
        sections=[
            Section(said("step.happened"), [Prose(breach.happened.splitlines()), Facts(facts)]),
            *parts,
            Section(said("story"), [Table([said("when"), said("what"), said("words")], story)]),
        ],
    )


def _part(breach: Breach, name: str, still_open: str, lang: str) -> list[Block]:
    step = breach.newest(name)
    if step is None:
        return [Prose([still_open])]
    counted = [(what, getattr(step, what)) for what in ("people", "records")]
    facts = [(language.text(f"breaches.{what}", lang), str(value)) for what, value in counted if value is not None]
    return [Prose(step.words.splitlines()), *([Facts(facts)] if facts else [])]
