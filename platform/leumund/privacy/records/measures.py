"""Technical and organisational measures (Art. 32 GDPR), as this deployment has them and as they were last checked."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from leumund.audit import attesting, watching
from leumund.company import describing
from leumund.kit import language
from leumund.kit.sheets import Points, Prose, Section, Sheet
from leumund.privacy.records import answering
from leumund.staff import members

_ACCESS = ("roles", "limits", "support")
_ENCRYPTION = ("sealed", "person_keys", "index", "passwords")
_SEPARATION = ("schema", "hosts")
_KEEPING = ("append_only", "retention", "leaving")


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever opened the company's scope knows of the deployment, and the rooms do not.

    ``backups`` are the operator's own words on them, and ``sealed_apart`` whether the master key lies in a file.
    """

    operator: str
    encrypted_web: bool
    encrypted_mail: bool
    sealed_apart: bool
    backups: str


async def sheet(*, lang: str, surroundings: Surroundings, at: datetime) -> Sheet:
    """The measures by what they protect, in ``lang``. Raises describing.NotDescribed."""

    def said(name: str) -> str:
        return language.text(f"records.{name}", lang)

    own = (await answering.answers())["own_measures"]
    kinds = {
        "access": [*_sentences("access", _ACCESS, lang), await _second_factors(lang)],
        "encryption": [*_sentences("encryption", _ENCRYPTION, lang), *_transport(surroundings, lang)],
        "separation": [*_sentences("separation", _SEPARATION, lang), await _wall(lang)],
        "keeping": [*_sentences("keeping", _KEEPING, lang), await _log(lang, at), _backups(surroundings, lang)],
    }
    return Sheet(
        title=said("measures.title"),
        language=lang,
        issuer=(await describing.profile()).legal_name,
        at=at,
        lead=said("measures.lead"),
        sections=[
            *(Section(said(f"measures.{kind}"), [Points(sentences)]) for kind, sentences in kinds.items()),
            Section(said("answer.own_measures"), [Prose((own or said("unanswered")).splitlines())]),
        ],
    )


async def lines(*, lang: str, surroundings: Surroundings, at: datetime) -> list[str]:
    """All measures, one after the other: the general description of Art. 30(1)(g)."""
    told = await sheet(lang=lang, surroundings=surroundings, at=at)
    return [line for section in told.sections for block in section.blocks for line in _of(block)]


def promised(*, lang: str, surroundings: Surroundings) -> list[str]:
    """Those the operator answers for, whatever a check finds from day to day."""
    kinds = {"access": _ACCESS, "encryption": _ENCRYPTION, "separation": _SEPARATION, "keeping": _KEEPING}
    sentences = [line for kind, names in kinds.items() for line in _sentences(kind, names, lang)]
    return [*sentences, *_transport(surroundings, lang), _backups(surroundings, lang)]


def _of(block: object) -> Sequence[str]:
    return block.lines if isinstance(block, Points) else []


def _sentences(kind: str, names: Sequence[str], lang: str) -> list[str]:
    return [language.text(f"records.measures.{kind}.{name}", lang) for name in names]


async def _second_factors(lang: str) -> str:
    everybody = [each for each in await members.everybody() if each.disabled_at is None]
    enrolled = sum(each.enrolled for each in everybody)
    return language.text("records.measures.second_factor", lang, enrolled=enrolled, members=len(everybody))


def _transport(surroundings: Surroundings, lang: str) -> list[str]:
    kept = {"web": surroundings.encrypted_web, "mail": surroundings.encrypted_mail, "apart": surroundings.sealed_apart}
    return [language.text(f"records.measures.{name}.{'yes' if good else 'no'}", lang) for name, good in kept.items()]


async def _wall(lang: str) -> str:
    reports = await attesting.reports()
    if not reports:
        return language.text("records.measures.wall.never", lang)
    return language.plural("records.measures.wall", lang, reports[0].findings, day=reports[0].at.date().isoformat())


async def _log(lang: str, at: datetime) -> str:
    newest = await watching.newest(at=at)
    if newest is None:
        return language.text("records.measures.log.never", lang)
    return language.plural("records.measures.log", lang, newest.faults, day=newest.at.date().isoformat())


def _backups(surroundings: Surroundings, lang: str) -> str:
    if not surroundings.backups:
        return language.text("records.measures.backups.untold", lang)
    return language.text("records.measures.backups", lang, operator=surroundings.operator, words=surroundings.backups)
