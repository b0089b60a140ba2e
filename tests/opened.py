"""What lies sealed in the open company, opened for a test, and rows given other values than any deed would give."""

from typing import Any
from uuid import UUID

from leumund.customers.records import finding, keeping
from leumund.customers.records.finding import Person
from leumund.kit import ground, personal
from leumund.kit.personal import PersonKey
from leumund.surveys.answers.writing import COMMENT


async def people() -> list[Person]:
    """Every customer, by the company's number and the address."""
    rows = await ground.fetch(f"SELECT {finding.COLUMNS} FROM customer")
    return sorted(map(finding.of_row, rows), key=lambda person: (person.external_id or "", person.email or ""))


async def emails() -> list[str | None]:
    return [person.email for person in await people()]


async def customer(email: str) -> UUID:
    """Who has this address."""
    person = await finding.by_email(email=email)
    assert person is not None, email
    return person.id


async def change(person: UUID, **told: Any) -> None:
    """Let somebody be called or reached otherwise, or in no way where that is empty."""
    columns = keeping.columns(person, told, key=await personal.key(person=person))
    places = ", ".join(f"{name} = ${place}" for place, name in enumerate(columns, 2))
    await ground.execute(f"UPDATE customer SET {places} WHERE id = $1", person, *columns.values())


async def answers() -> list[tuple[int, str]]:
    """Score and comment of each answer, oldest first."""
    rows = await ground.fetch("SELECT id, customer, score, comment_sealed FROM survey_answer ORDER BY answered_at")
    keys = await personal.keys(people=[row["customer"] for row in rows if row["customer"]])
    return [(row["score"], _comment(row, keys.get(row["customer"]))) for row in rows]


def _comment(row: dict[str, Any], key: PersonKey | None) -> str:
    kept = row["comment_sealed"]
    return COMMENT.tell(kept, row["id"], key=personal.under(kept, key))
