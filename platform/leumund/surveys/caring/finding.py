"""Find a case: all there is of one, or its row under a lock for whoever moves it on.

Whose data rest or are about to go has no case that anybody could come across.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.customers.records import naming
from leumund.kit import ground, personal
from leumund.kit.faults import Overtaken, Unknown
from leumund.surveys.answers import writing
from leumund.surveys.caring.rules import Outcome, State
from leumund.surveys.caring.tables import NOTE
from leumund.surveys.questions import defining
from leumund.surveys.questions.defining import Definition
from leumund.surveys.questions.filling import Filled
from leumund.surveys.questions.kinds import RECOMMEND
from leumund.surveys.questions.moods import Mood

_PLAIN = (
    "c.id, c.answer, c.customer, c.mood, c.answered_at, c.opened_at, c.due_at, c.owner, c.reached_at, "
    "c.contacted_at, c.closed_at, c.outcome, c.state"
)
_LOCKED = f"""
SELECT {_PLAIN} FROM customer_case c JOIN customer p ON p.id = c.customer
WHERE c.id = $1 AND p.held IS NULL FOR UPDATE OF c
"""  # noqa: S608 - names of ours alone
_FIND = f"""
SELECT {_PLAIN}, a.marks, a.comment_sealed, a.words_sealed, a.channel, a.language, s.definition,
       {personal.brought("c.customer")}, {naming.sealed("p", as_="person")}, p.language AS speaks
FROM customer_case c JOIN customer p ON p.id = c.customer JOIN survey_answer a ON a.id = c.answer
JOIN survey s ON s.id = a.survey WHERE c.id = $1 AND p.held IS NULL
"""  # noqa: S608
_STORY = "SELECT at, actor, what, became, detail FROM case_step WHERE customer_case = $1 ORDER BY position"
_NOTES = """
SELECT id, at, member, words_sealed FROM case_note WHERE customer_case = $1 ORDER BY at, id
"""


class CaseUnknown(Unknown):
    """There is no such case, or its person's data rest."""


class NotNow(Overtaken):
    """The case has moved on."""


class Open(msgspec.Struct, frozen=True, kw_only=True):
    """The facts of a case, without anybody's words or name."""

    id: UUID
    answer: UUID
    customer: UUID
    mood: Mood
    answered_at: datetime
    opened_at: datetime
    due_at: datetime
    owner: UUID | None
    reached_at: datetime | None
    contacted_at: datetime | None
    closed_at: datetime | None
    outcome: Outcome | None
    state: State

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    def is_overdue(self, at: datetime) -> bool:
        """Whether nobody was reached in time, and it is open still."""
        return self.state == "open" and self.due_at < at


class Case(Open, frozen=True, kw_only=True):
    """A case with its person and what they answered to the survey ``asked``; ``speaks`` is the language they use."""

    name: str
    email: str | None
    asked: Definition
    answered: Filled
    channel: str
    speaks: str

    @property
    def score(self) -> int | None:
        """The mark for recommending, where it was asked for."""
        mark = self.answered.marks.get(RECOMMEND)
        return mark if isinstance(mark, int) else None


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a case."""

    at: datetime
    actor: str
    what: str
    became: State
    detail: dict[str, Any]


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What a member wrote down."""

    at: datetime
    member: UUID
    words: str


async def find(*, case: UUID) -> Case:
    """Raises CaseUnknown."""
    rows = await ground.fetch(_FIND, case)
    if not rows:
        raise CaseUnknown("errors.care.case_unknown")
    return _case(rows[0])


async def locked(*, case: UUID, closed: bool = False) -> Open:
    """The case, which nobody else moves on until this transaction ends; with ``closed`` it has to be, else open.

    Raises CaseUnknown, NotNow.
    """
    found = await held(case=case)
    if found.is_open is closed:
        raise NotNow("errors.care.not_now", field="form")
    return found


async def held(*, case: UUID) -> Open:
    """The case under its lock, open or not. Raises CaseUnknown."""
    rows = await ground.fetch(_LOCKED, case)
    if not rows:
        raise CaseUnknown("errors.care.case_unknown")
    return Open(**rows[0])


async def story(*, case: UUID) -> list[Step]:
    """What happened, in order."""
    rows = await ground.fetch(_STORY, case)
    return [Step(**row | {"detail": msgspec.json.decode(row["detail"])}) for row in rows]


async def notes(*, of: Case) -> list[Note]:
    """What was written down of a case, the oldest first."""
    rows = await ground.fetch(_NOTES, of.id)
    key = (await personal.keys(people=[of.customer])).get(of.customer) if rows else None
    return [
        Note(at=row["at"], member=row["member"], words=NOTE.tell(row["words_sealed"], row["id"], key=key))
        for row in rows
    ]


def _case(row: dict[str, Any]) -> Case:
    person = naming.take(row, as_="person")
    key = personal.opened(row.pop("key_sealed"), person=row["customer"])
    answered = writing.read(row, row["answer"], key=key)
    facts = {name: row[name] for name in (*Open.__struct_fields__, "channel")}
    return Case(
        name=person.shown,
        email=person.email,
        asked=defining.read(row["definition"]),
        answered=answered,
        speaks=row["language"] or row["speaks"] or "",
        **facts,
    )
