"""Make a program's draft its next version: looked through whole, and noted."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from leumund.audit import noting
from leumund.company import describing
from leumund.ledger import balancing
from leumund.programs import drafting, judging, offering, publishing
from leumund.programs.drafting import InWork
from leumund.programs.judging import Objection
from leumund.programs.offers import Offer


class NotReady(Exception):
    """The draft cannot be published as it stands."""

    def __init__(self, objections: Sequence[Objection]) -> None:
        super().__init__(", ".join(each.rule for each in objections))
        self.objections = list(objections)


async def objections(work: InWork) -> list[Objection]:
    """All that is wrong with a program in work, none where it may be published. Two queries at most."""
    spent = await spent_cents(work.offer) if work.offer else 0
    return judging.objections(work.terms, languages=(await describing.profile()).languages, spent_cents=spent)


async def spent_cents(offer: Offer) -> int:
    """What the program has given so far, less what came back."""
    return -await balancing.held(kind="program_budget", owner=offer.id, currency=offer.currency)


async def issue(*, key: str, seen: str, actor: str, at: datetime) -> Offer:
    """Publish the draft and let it go; a new program goes live by this, within its period.

    Raises ProgramUnknown, ChangedSince, NotReady.
    """
    work = await drafting.held(key=key, seen=seen)
    if wrong := await objections(work):
        raise NotReady(wrong)
    state = work.offer.state if work.offer and work.offer.state != "draft" else "live"
    terms = msgspec.structs.replace(work.terms, state=state)
    changed = await publishing.publish(terms=terms, at=at, by=actor)
    await drafting.drop(key=key)
    offer = await offering.find(key=key)
    assert offer is not None, "published above"
    if changed:
        detail = {"program": key, "version": offer.version.number, "changed": changed}
        await noting.note(actor=actor, action="program.published", subject=offer.id, detail=detail, at=at)
    return offer
