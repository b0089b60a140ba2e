"""Enter a request for somebody: whom it is about, as staff type it, and which decision is to be reviewed."""

from uuid import UUID

from leumund.customers.notation import normalising
from leumund.customers.notation.normalising import NoEmail
from leumund.customers.records import finding
from leumund.customers.records.finding import Person
from leumund.kit import ground
from leumund.kit.faults import Refused

_REFERRAL = "SELECT id FROM referral WHERE id = $1 AND confirmed_at IS NOT NULL"


class NoPerson(Refused):
    """Nobody here has this address, number or name."""


class ManyPeople(Refused):
    """Several people have this name."""


class NoReferral(Refused):
    """There is no such referral."""


async def person(*, text: str) -> UUID:
    """Whom an e-mail address, a number or a name names, and nobody else. Raises NoPerson, ManyPeople.

    Whose data rest has the same rights as before.
    """
    people = await _addressed(text) if "@" in text else await _named(text)
    if not people:
        raise NoPerson("errors.rights.no_person", field="person")
    if len(people) > 1:
        raise ManyPeople("errors.rights.many_people", field="person")
    return people[0].id


async def _named(text: str) -> list[Person]:
    # Nothing names everybody, which where there is one person alone would be that one.
    return (await finding.search(text=text, limit=2, resting=True)).rows if text.strip() else []


async def _addressed(text: str) -> list[Person]:
    try:
        found = await finding.by_email(email=normalising.email(text))
    except NoEmail as fault:
        # It is typed into the field that takes names and numbers too, and the fault belongs there.
        raise NoPerson(fault.key, field="person", **fault.values) from None
    return [found] if found else []


async def referral(*, text: str) -> UUID:
    """The referral whose page has the address ``text``, or whose id it is. Raises NoReferral."""
    try:
        rows = await ground.fetch(_REFERRAL, UUID(text.strip().rstrip("/").rpartition("/")[2]))
    except ValueError:
        rows = []
    if not rows:
        raise NoReferral("errors.rights.no_referral", field="referral")
    found: UUID = rows[0]["id"]
    return found
