"""Assert: a person uses a right of theirs in the portal. It is done at once where it can be, and a case tells of it.

Whatever needs somebody to weigh it up waits as a case, with the person's data at rest meanwhile where the law says so.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

import msgspec

from leumund.customers.changing import rectifying
from leumund.kit import ground
from leumund.kit.faults import Refused, Unknown
from leumund.privacy.cases import finding, finishing, opening, recording, taking
from leumund.privacy.cases.opening import Asked
from leumund.privacy.cases.rules import Kind
from leumund.privacy.forgetting import erasing
from leumund.privacy.rights import objecting, restricting

SOURCE = "portal"
# What one can object to: advertising and being evaluated end at once, anything else is weighed up (Art. 21 GDPR).
Against = Literal["advertising", "profiling", "other"]
AGAINST: tuple[Against, ...] = get_args(Against)
_THEIRS = "SELECT FROM referral WHERE id = $1 AND $2 IN (advocate, friend)"


# What one may want of whoever keeps a score: that a fact is put right, or that a human looks.
Doubt = Literal["correction", "review"]
DOUBTS: tuple[Doubt, ...] = get_args(Doubt)


class NoWords(Refused):
    """What is wrong has to be said, for else nobody can put it right."""


class DecisionUnknown(Unknown):
    """Nothing of theirs was decided there."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Whose right it is, and the language they are answered in."""

    customer: UUID
    language: str

    @property
    def actor(self) -> str:
        return f"customer:{self.customer}"


async def correct(*, person: Person, told: Mapping[str, str], at: datetime) -> bool:
    """Put right what is stored, at once; false where nothing is different. Raises what rectifying.rectify raises."""
    changed = await rectifying.rectify(customer=person.customer, told=told, actor=person.actor, at=at)
    if changed:
        await _answer(await _open(person, "rectification", at), "rectified", person, at)
    return changed


async def restrict(*, person: Person, reason: restricting.Ground, words: str, at: datetime) -> None:
    """Let all of the person rest until somebody has looked. Raises CustomerUnknown, free_text.TooLong."""
    case = await _open(person, "restriction", at, words=words)
    await restricting.restrict(customer=person.customer, reason=reason, actor=person.actor, rights_case=case, at=at)


async def object_to(*, person: Person, against: Against, words: str, at: datetime) -> None:
    """Advertising and evaluation end now; what else is objected to rests until it is weighed up (Art. 18(1)(d)).

    Raises CustomerUnknown, free_text.TooLong.
    """
    case = await _open(person, "objection", at, words=words)
    if against == "advertising":
        await objecting.to_advertising(customer=person.customer, source=SOURCE, at=at)
    elif against == "profiling":
        await objecting.to_profiling(customer=person.customer, actor=person.actor, at=at)
    else:
        await restricting.restrict(
            customer=person.customer, reason="objection_pending", actor=person.actor, rights_case=case, at=at
        )
        return
    await _answer(case, "objected", person, at)


async def ask_for_review(*, person: Person, referral: UUID, words: str, at: datetime) -> None:
    """Have a human look once more at the decision on a ``referral`` of theirs, on whichever side (Art. 22(3)).

    Raises DecisionUnknown, free_text.TooLong.
    """
    if not await ground.fetch(_THEIRS, referral, person.customer):
        raise DecisionUnknown("errors.privacy.decision_unknown")
    await _open(person, "review", at, words=words, subject=referral)


async def doubt_score(*, person: Person, wish: Doubt, words: str, at: datetime) -> None:
    """Have a human look at the person's score, or at a fact it rests on that is not so (Art. 16, 22(3)).

    Raises NoWords where nothing is said of what is wrong, free_text.TooLong.
    """
    if wish == "correction" and not words.strip():
        raise NoWords("errors.scoring.no_words", field="words")
    if wish == "correction":
        await _open(person, "rectification", at, words=words)
    else:
        # What is looked at is kept under the person's own id.
        await _open(person, "review", at, words=words, subject=person.customer)


async def erase(*, person: Person, reason: erasing.Ground, at: datetime) -> datetime:
    """Begin to erase; when all will be gone. Raises CustomerUnknown."""
    case = await _open(person, "erasure", at)
    due_at = await erasing.begin(
        customer=person.customer,
        reason=reason,
        actor=person.actor,
        language=person.language,
        rights_case=case,
        at=at,
    )
    await _done(case, at)
    return due_at


async def stay(*, person: Person, at: datetime) -> None:
    """Call an erasure off. Raises CustomerUnknown, NotErasing."""
    await erasing.cancel(customer=person.customer, actor=person.actor, at=at)


async def _open(person: Person, kind: Kind, at: datetime, *, words: str = "", subject: UUID | None = None) -> UUID:
    asked = Asked(
        kind=kind, customer=person.customer, came="portal", language=person.language, words=words, subject=subject
    )
    return await opening.open(asked=asked, actor=person.actor, identified=True, at=at)


async def _answer(case: UUID, what: str, person: Person, at: datetime) -> None:
    """The case is done, unless it has joined what was asked before: whatever that was, somebody has to answer it."""
    asked = [step for step in await finding.story(case=case) if step.what == "received"]
    if len(asked) == 1:
        await _done(case, at)
    else:
        await recording.record(case=case, what=what, actor=person.actor, at=at)


async def _done(case: UUID, at: datetime) -> None:
    """Nobody had to do anything, and whoever got the data is told all the same (Art. 19)."""
    # Somebody may have worked on the same request already, which this one has joined.
    if (await finding.plain(case=case)).state == "identified":
        await taking.take_by_itself(case=case, at=at)
    await finishing.finish(case=case, outcome="carried_out", told="", by=None, at=at)
