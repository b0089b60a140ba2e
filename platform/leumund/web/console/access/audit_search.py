"""What the log is searched for, as its form has it: by words of a deed, by whom, about whom, from day to day."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from leumund.audit.listing import Sought
from leumund.customers.records import finding
from leumund.insight import tracing
from leumund.kit import language
from leumund.kit.faults import Refused
from leumund.privacy.cases import finding as cases
from leumund.web.saying import Saying

FIELDS = ("q", "who", "about", "from", "until")
KINDS = ("staff", "customer", "key", "system", "operator")
_DEED = "console.audit.action."
_MOST_PEOPLE = 20


class NotADay(Refused):
    """What stands in the field is no day."""


class Asked(NamedTuple):
    """The form as it was filled, trimmed."""

    q: str = ""
    who: str = ""
    about: str = ""
    since: str = ""
    until: str = ""

    def fields(self) -> dict[str, str]:
        """By the names of the form's fields."""
        return dict(zip(FIELDS, self, strict=True))


async def sought(asked: Asked, *, say: Saying) -> Sought:
    """What ``asked`` means by the company's clocks, in the reader's language. Raises NotADay."""
    return Sought(
        actor=asked.who if asked.who in KINDS or ":" in asked.who else "",
        actions=_actions(asked.q, say.lang) if asked.q else None,
        subjects=await _subjects(asked.about) if asked.about else None,
        since=_midnight(asked.since, say, field="from"),
        before=_midnight(asked.until, say, field="until", days_on=1),
    )


def _actions(words: str, lang: str) -> list[str]:
    """Deeds whose sentence, or own name, has all of the ``words``."""
    wanted = words.casefold().split()
    deeds: Mapping[str, Sequence[str]] = language.catalogue(lang).texts
    return [
        key.removeprefix(_DEED)
        for key, said in deeds.items()
        if key.startswith(_DEED) and all(word in f"{said[0]} {key}".casefold() for word in wanted)
    ]


async def _subjects(about: str) -> list[UUID]:
    """The id itself, or all that the log may name of the people whom ``about`` names."""
    try:
        return [UUID(about)]
    except ValueError:
        found = await finding.search(text=about, limit=_MOST_PEOPLE)
        people = [person.id for person in found.rows]
        return [*await tracing.subjects_of(customers=people), *await cases.cases_of(customers=people)]


def _midnight(text: str, say: Saying, *, field: str, days_on: int = 0) -> datetime | None:
    if not text:
        return None
    day = say.dated(text)
    if day is None:
        raise NotADay("errors.audit.day", field=field)
    return datetime.combine(day + timedelta(days=days_on), time(), say.zone).astimezone(UTC)
