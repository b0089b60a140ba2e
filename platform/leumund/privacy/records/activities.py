"""The record of processing activities (Art. 30(1) GDPR), (a) to (g): from the register and the processors."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from leumund.company import describing, processing
from leumund.company import rules as places
from leumund.company.processing import Processor
from leumund.kit import language
from leumund.kit.sheets import Facts, Points, Prose, Section, Sheet, Table
from leumund.privacy import explaining
from leumund.privacy.explaining import Explained
from leumund.privacy.records import answering, measures, weighing
from leumund.privacy.records.measures import Surroundings


class _Words(NamedTuple):
    """Sentences of the records in one language."""

    lang: str

    def __call__(self, name: str, **values: object) -> str:
        return language.text(f"records.{name}", self.lang, **values)

    def country(self, code: str) -> str:
        return language.country(code, self.lang)


async def sheet(*, lang: str, surroundings: Surroundings, at: datetime) -> Sheet:
    """The company's record in ``lang`` as of ``at``. Raises describing.NotDescribed."""
    say, profile, processors = _Words(lang), await describing.profile(), await processing.listed()
    answers = await answering.answers()
    controller = [
        (say("controller"), places.controller(profile.legal_name, profile.imprint)),
        (say("contact"), profile.imprint.get("email") or profile.sender_email),
        *((say(f"answer.{key}"), answers[key] or say("unanswered")) for key in answering.KEYS[:3]),
    ]
    return Sheet(
        title=say("activities.title"),
        language=lang,
        issuer=profile.legal_name,
        at=at,
        lead=say("activities.lead"),
        sections=[
            Section(say("a"), [Facts(controller)]),
            Section(say("b"), [Prose([say("purposes")]), _purposes(say)]),
            Section(say("c"), [Points([say("people.customers"), say("people.friends"), say("people.staff")])]),
            Section(say("d"), [_recipients(say, processors)]),
            Section(say("e"), [_abroad(say, processors)]),
            Section(say("f"), [_periods(say)]),
            Section(say("g"), [Points(await measures.lines(lang=lang, surroundings=surroundings, at=at))]),
            weighing.section(lang=lang),
        ],
    )


def _purposes(say: _Words) -> Table:
    rows = [(each.name, each.why, each.category, f"{each.basis}, {each.law}") for each in _all(say)]
    return Table([say("data"), say("purpose"), say("category"), say("basis")], rows)


def _periods(say: _Words) -> Table:
    rows = [(each.name, each.period, each.then) for each in _all(say)]
    return Table([say("data"), say("period"), say("then")], rows)


def _all(say: _Words) -> list[Explained]:
    return explaining.explain(say.lang, everybody=True)


def _recipients(say: _Words, processors: Sequence[Processor]) -> Table:
    rows = [(each.name, each.address, say(f"role.{each.role}"), each.what_for.get(say.lang, "")) for each in processors]
    return Table([say("name"), say("address"), say("role"), say("what_for")], rows, empty=say("nobody"))


def _abroad(say: _Words, processors: Sequence[Processor]) -> Table:
    rows = [
        (each.name, say.country(each.country), say(f"safeguards.{each.safeguards}"))
        for each in processors
        if not places.in_eea(each.country)
    ]
    return Table([say("name"), say("country"), say("safeguards")], rows, empty=say("nowhere"))
