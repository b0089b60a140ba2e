"""Refuse a referral: a person does, for a reason the people concerned are told, with the way to object.

Each of the two is told what concerns themselves, and nothing of the other: the reason is a sentence of ours for their
side, and whatever else is said to both may not name either.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, get_args
from uuid import UUID

import msgspec

from leumund.audit import noting
from leumund.company import describing
from leumund.company import rules as company_rules
from leumund.customers.notation import folding
from leumund.customers.records import finding
from leumund.customers.records.finding import Person
from leumund.kit import free_text, ground, personal
from leumund.kit.faults import Refused
from leumund.messages import sending
from leumund.referrals import moving
from leumund.rewards import contesting, deciding
from leumund.rewards.deciding import About, Category

KIND = "referral_refused"
MOST_WORDS = 500
_SHORTEST_NAME = 3
Side = Literal["advocate", "friend"]
SIDES: tuple[Side, ...] = get_args(Side)
_WHO = "SELECT advocate, friend FROM referral WHERE id = $1"
_FRIENDS = """
SELECT FROM referral r JOIN reward_rule w ON w.version = r.version AND w.side = 'friend'
WHERE r.id = $1 LIMIT 1
"""
# What a person was refused, on either side: the last refusal of each of their referrals that stands refused.
_OF = """
SELECT r.id, CASE r.advocate WHEN $1 THEN 'advocate' ELSE 'friend' END AS side, r.attributed_at, r.decided_at,
       r.reason_sealed,
       (SELECT d.why FROM review_decision d WHERE d.referral = r.id AND d.verdict = 'refused'
        ORDER BY d.position DESC LIMIT 1) AS category
FROM referral r WHERE $1 IN (r.advocate, r.friend) AND r.confirmed_at IS NOT NULL AND r.state = 'rejected'
ORDER BY r.decided_at DESC LIMIT 200
"""
# What is denied after an approval concerns the sides that it would have paid.
_SIDES = """
SELECT u.side FROM judgement j JOIN reward_rule u ON u.id = j.rule
WHERE j.conversion = {conversion} AND j.referral = r.id AND j.passed
UNION SELECT w.side FROM reward w WHERE w.id = {reward}
"""
_WHOM = f"""
SELECT s.side, CASE s.side WHEN 'advocate' THEN r.advocate ELSE r.friend END AS customer
FROM referral r CROSS JOIN LATERAL ({_SIDES.format(conversion="$2::uuid", reward="$3::uuid")}) s
WHERE r.id = $1 ORDER BY s.side
"""  # noqa: S608 - ours alone
_DENIED = f"""
SELECT DISTINCT ON (r.id) r.id, s.side, r.attributed_at, d.at AS decided_at, NULL::bytea AS reason_sealed,
       d.why AS category
FROM referral r JOIN review_decision d ON d.referral = r.id AND {deciding.DENIED}
CROSS JOIN LATERAL ({_SIDES.format(conversion="d.conversion", reward="d.reward")}) s
WHERE $1 IN (r.advocate, r.friend) AND r.state <> 'rejected'
  AND s.side = CASE r.advocate WHEN $1 THEN 'advocate' ELSE 'friend' END
ORDER BY r.id, d.position DESC LIMIT 200
"""  # noqa: S608 - ours alone


class NoReason(Refused):
    """A refusal without a reason of ours, or of none of ours and without words."""


class NamesSomebody(Refused):
    """Words for both that name one of them."""


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why: one of our reasons, and words of the company's own for both, which may be empty but for ``other``."""

    category: str
    words: str = ""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A refusal as the person on one ``side`` of it reads it; what comes after ``object_until`` is read too."""

    referral: UUID
    side: Side
    category: Category
    words: str
    began_at: datetime
    refused_at: datetime
    object_until: datetime


def require(refusal: Refusal) -> None:
    """Nothing, when it gives a reason, whoever it concerns. Raises NoReason, free_text.TooLong."""
    _category(refusal)
    _checked(refusal, ())


async def refuse(*, referral: UUID, refusal: Refusal, by: UUID, at: datetime) -> None:
    """Refuse what is locked and waits, and tell the people concerned.

    Raises NoReason, NamesSomebody, free_text.TooLong.
    """
    who = (await ground.fetch(_WHO, referral))[0]
    people = {side: await finding.known(customer=who[side]) for side in SIDES}
    category, words = _category(refusal), _checked(refusal, list(people.values()))
    await moving.move(referral=referral, to="rejected", reason=words or category, by=by, at=at)
    await deciding.record(referral=referral, verdict="refused", category=category, by=by, at=at)
    # What was written stands with the referral; the log only says that it was decided, and for which reason of ours.
    await noting.note(
        actor=f"staff:{by}", action="referral.rejected", subject=referral, detail={"reason": category}, at=at
    )
    for side in SIDES if await _touches_friend(referral) else SIDES[:1]:
        await _tell(people[side], side, category, referral, at)


async def deny(*, referral: UUID, about: About, category: Category, by: UUID, at: datetime) -> None:
    """Tell those whom it would have paid that what waits after the approval is granted to nobody, and write it down.

    Whoever calls holds the referral's row and whatever it is ``about``. Raises NoReason.
    """
    if category not in deciding.PLAIN:
        raise NoReason("errors.doubts.no_reason", field="category")
    await deciding.record(referral=referral, verdict="denied", category=category, by=by, at=at, about=about)
    for row in await ground.fetch(_WHOM, referral, *about):
        person = await finding.known(customer=row["customer"])
        await _tell(person, row["side"], category, referral, at)


async def told(*, customer: UUID) -> list[Told]:
    """What ``customer`` was refused or denied and why, on whichever side; of several denials of one referral the last.

    Four queries, the refusals first.
    """
    rows = await ground.fetch(_OF, customer) + await ground.fetch(_DENIED, customer)
    keys = await personal.keys(people=[row["id"] for row in rows])
    within = timedelta(days=await contesting.object_within_days())
    return [
        Told(
            referral=row["id"],
            side=row["side"],
            category=row["category"],
            words=_words(moving.why(row["reason_sealed"], row["id"], key=keys.get(row["id"])), row["category"]),
            began_at=row["attributed_at"],
            refused_at=row["decided_at"],
            object_until=row["decided_at"] + within,
        )
        for row in rows
        if row["category"]
    ]


def _words(reason: str, category: str) -> str:
    """What was written beside the reason of ours, which stands there alone where nothing was."""
    return "" if reason == category else reason


def _category(refusal: Refusal) -> Category:
    for each in deciding.CATEGORIES:
        if each == refusal.category:
            return each
    raise NoReason("errors.rewards.no_reason", field="category")


def _checked(refusal: Refusal, people: Sequence[Person]) -> str:
    words = free_text.checked(refusal.words, field="reason", most=MOST_WORDS)
    if refusal.category == "other" and not words:
        raise NoReason("errors.rewards.no_words", field="reason")
    said = set(folding.words(words))
    for person in people:
        named = {each for each in folding.words(person.name) if len(each) >= _SHORTEST_NAME}
        if named & said or (person.email and person.email in words.lower()):
            raise NamesSomebody("errors.rewards.names_somebody", field="reason")
    return words


async def _touches_friend(referral: UUID) -> bool:
    """Whether the friend was promised something too."""
    return bool(await ground.fetch(_FRIENDS, referral))


async def _tell(person: Person, side: Side, category: Category, referral: UUID, at: datetime) -> None:
    """A mail with the reason for their side, to whoever can be written to."""
    if person.email is None or person.is_gone:
        return
    company = await describing.profile()
    language = company_rules.language_for(person.language, spoken=company.languages)
    await sending.queue(
        kind=KIND, customer=person.id, subject_id=referral, question=f"{category}.{side}", language=language, at=at
    )
