"""Somebody answers badly in the very moment in which they are invited to recommend: no mail goes either way.

Committed for real, in a company of the test's own.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from leumund.kit import ground
from leumund.programs import inviting
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.rooms import caring, whole
from tests.rooms.test_cases_at_once import meanwhile

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
CLARA = "clara@people.example"
_ASKED = """
INSERT INTO survey_invitation (survey, customer, invited_at, expires_at)
SELECT survey, customer, invited_at, expires_at FROM survey_invitation WHERE id = $1 RETURNING id
"""


@pytest.fixture
async def asked(deployment: Deployment, company: Tenant) -> tuple[UUID, UUID]:
    """An invitation that Clara answered gladly, and one that is open."""
    async with deployment.scopes.inside(company):
        await whole.company(at=NOON)
        clara = await whole.person(CLARA, at=NOON, name="Clara")
        await caring.allow(clara, CLARA, "survey", "recommendation")
        given = await caring.answered(clara, 10, at=NOON)
        (row,) = await ground.fetch("SELECT invitation FROM survey_answer WHERE id = $1", given)
        (other,) = await ground.fetch(_ASKED, row["invitation"])
        return row["invitation"], other["id"]


async def mails(deployment: Deployment, company: Tenant) -> list[tuple[str, str | None]]:
    async with deployment.scopes.inside(company):
        rows = await ground.fetch("SELECT state, held_reason FROM message WHERE kind = 'advocate_invitation'")
    return [(row["state"], row["held_reason"]) for row in rows]


async def test_an_answer_given_while_the_mail_is_queued_takes_it_back(
    deployment: Deployment, company: Tenant, asked: tuple[UUID, UUID]
):
    glad, other = asked

    async def invite() -> None:
        assert await inviting.invite(invitation=glad, at=NOON + DAY)

    async def answer() -> None:
        await whole.answer(other, 2, at=NOON + DAY)

    await meanwhile(deployment, company, invite, answer)
    assert await mails(deployment, company) == [("held", "unhappy")]


async def test_whoever_is_about_to_invite_waits_for_an_answer_that_is_being_given(
    deployment: Deployment, company: Tenant, asked: tuple[UUID, UUID]
):
    glad, other = asked

    async def answer() -> None:
        await whole.answer(other, 2, at=NOON + DAY)

    async def invite() -> bool:
        return await inviting.invite(invitation=glad, at=NOON + DAY)

    assert not await meanwhile(deployment, company, answer, invite)
    assert await mails(deployment, company) == []
