"""Accept the agreement as it was read: what changed meanwhile is read again."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from leumund.audit import noting
from leumund.company import agreeing
from leumund.company.agreeing import Acceptance
from leumund.company.processing import Described
from leumund.kit.faults import Refused
from leumund.kit.sheets import Sheet
from leumund.privacy.agreement import changing, wording


class ReadAgain(Refused):
    """The document is another one by now."""


class NotTicked(Refused):
    """Nobody accepts by accident."""


class Read(NamedTuple):
    """What somebody has before them: the ``fingerprint`` on their page, and whether they ``ticked`` its box."""

    fingerprint: str
    ticked: bool


async def accept(*, document: Sheet, processors: Sequence[Described], read: Read, actor: str, at: datetime) -> None:
    """Accept ``document``, which lists ``processors``, as it was ``read``. Raises ReadAgain, NotTicked."""
    if read.fingerprint != wording.fingerprint(document):
        raise ReadAgain("errors.agreement.read_again", field="form")
    if not read.ticked:
        raise NotTicked("errors.agreement.ticked", field="accepted")
    told = msgspec.json.encode(document).decode()
    kept = await agreeing.agree(version=wording.VERSION, language=document.language, document=told, actor=actor, at=at)
    await changing.begin(processors=processors, at=at)
    detail = {"version": kept.version, "language": kept.language, "sha256": kept.sha256}
    await noting.note(actor=actor, action="agreement.accepted", detail=detail, at=at)


async def adopt(*, acceptance: Acceptance, processors: Sequence[Described], actor: str, at: datetime) -> bool:
    """Let what the company accepted count in its test company too; false where it does already."""
    kept = await agreeing.acceptances()
    if kept and kept[0].sha256 == acceptance.sha256:
        return False
    taken = await agreeing.agree(
        version=acceptance.version, language=acceptance.language, document=acceptance.document, actor=actor, at=at
    )
    await changing.begin(processors=processors, at=at)
    detail = {"version": taken.version, "language": taken.language, "sha256": taken.sha256}
    await noting.note(actor=actor, action="agreement.accepted", detail=detail, at=at)
    return True
