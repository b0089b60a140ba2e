"""Two deeds about one person's requests at the same moment end in an answer and never in a fault of ours.

Committed for real, in a company of the test's own.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from leumund.kit import digits, ground, tokens
from leumund.privacy.cases import finding, finishing, identifying, opening, taking
from leumund.privacy.cases.identifying import AlreadyAsked
from leumund.privacy.cases.opening import Asked
from leumund.privacy.rights import copying, proving, releasing
from leumund.privacy.rights.copying import Copy
from leumund.privacy.rights.proving import ProofGone
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.rooms import whole

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFICER = uuid4()
_WAITING = """
SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted AND a.usename = $1
"""
# Of no company: what a task begins with that opens a scope of its own.
OUTSIDE = Context()


@pytest.fixture
async def anna(deployment: Deployment, company: Tenant) -> UUID:
    async with deployment.scopes.inside(company):
        await whole.company(at=NOON)
        return await whole.person("anna@people.example", at=NOON)


def asked(customer: UUID | None, words: str = "") -> Asked:
    return Asked(kind="access", customer=customer, came="letter", language="de", words=words)


async def entered(deployment: Deployment, company: Tenant, customer: UUID | None) -> UUID:
    async with deployment.scopes.inside(company):
        return await opening.open(asked=asked(customer), actor=f"staff:{OFFICER}", at=NOON)


async def meanwhile(
    deployment: Deployment, company: Tenant, first: Callable[[], Awaitable[Any]], second: Callable[[], Awaitable[Any]]
) -> Any:
    """What ``second`` answers that came while ``first`` was not committed yet, and had to wait for it."""

    async def follow() -> Any:
        async with deployment.scopes.inside(company):
            return await second()

    async with deployment.scopes.inside(company):
        await first()
        following = asyncio.get_running_loop().create_task(follow(), context=OUTSIDE)
        async with servers.as_owner(deployment.server) as owner:
            while not await owner.fetch(_WAITING, company.schema_name):
                assert not following.done(), "it had to wait"
                await asyncio.sleep(0.02)
    return await following


async def test_of_two_cases_named_as_one_person_s_at_once_one_is_refused(
    deployment: Deployment, company: Tenant, anna: UUID
):
    cases = [await entered(deployment, company, None) for _ in range(2)]

    def naming(case: UUID) -> Callable[[], Awaitable[None]]:
        return lambda: identifying.name(case=case, customer=anna, by=OFFICER, at=NOON)

    with pytest.raises(AlreadyAsked):
        await meanwhile(deployment, company, naming(cases[0]), naming(cases[1]))

    async with deployment.scopes.inside(company):
        assert [(await finding.plain(case=case)).customer for case in cases] == [anna, None]
    # And by itself the same deed goes through.
    other = await other_person(deployment, company)
    async with deployment.scopes.inside(company):
        await identifying.name(case=cases[1], customer=other, by=OFFICER, at=NOON)


async def test_who_asks_again_while_the_first_case_is_closed_has_a_new_one(
    deployment: Deployment, company: Tenant, anna: UUID
):
    first = await entered(deployment, company, anna)
    async with deployment.scopes.inside(company):
        await identifying.vouch(case=first, proof="Rückruf", by=OFFICER, at=NOON)
        await taking.take(case=first, by=OFFICER, at=NOON)

    second = await meanwhile(
        deployment,
        company,
        lambda: finishing.finish(case=first, outcome="carried_out", told="", by=OFFICER, at=NOON),
        lambda: opening.open(asked=asked(anna, "Noch einmal."), actor=f"staff:{OFFICER}", at=NOON + HOUR),
    )

    assert second != first
    async with deployment.scopes.inside(company):
        assert (await finding.find(case=second)).words == "Noch einmal."


async def test_a_right_code_typed_while_the_last_wrong_one_is_counted_opens_nothing(
    deployment: Deployment, company: Tenant, anna: UUID
):
    async with deployment.scopes.inside(company):
        await proving.ask(kind="access", email="anna@people.example", told="", language="de", at=NOON)
        (row,) = await ground.fetch("UPDATE rights_proof SET wrong_codes = $1 RETURNING id", proving.MOST_WRONG - 1)
        token, code = tokens.sign(proving.PURPOSE, row["id"]), digits.of(proving.PURPOSE, row["id"])

    with pytest.raises(ProofGone):
        await meanwhile(
            deployment,
            company,
            lambda: proving.prove(token=token, code="wrong", at=NOON),
            lambda: proving.prove(token=token, code=code, at=NOON),
        )


async def test_of_two_who_open_one_copy_at_once_one_reads_it(deployment: Deployment, company: Tenant, anna: UUID):
    case = await entered(deployment, company, anna)
    async with deployment.scopes.inside(company):
        await identifying.vouch(case=case, proof="Rückruf", by=OFFICER, at=NOON)
        await taking.take(case=case, by=OFFICER, at=NOON)
        await releasing.release(case=case, by=OFFICER, at=NOON)
        token = tokens.sign(releasing.PURPOSE, case)

    def reading() -> Awaitable[Copy]:
        return copying.open(token=token, at=NOON)

    with pytest.raises(copying.CopyGone):
        await meanwhile(deployment, company, reading, reading)


async def test_a_hundred_requests_at_once_are_one_case(deployment: Deployment, company: Tenant, anna: UUID):
    found = await asyncio.gather(*(entered(deployment, company, anna) for _ in range(100)))

    assert len(set(found)) == 1
    async with deployment.scopes.inside(company):
        assert [step.what for step in await finding.story(case=found[0])] == ["received"] * 100


async def other_person(deployment: Deployment, company: Tenant) -> UUID:
    async with deployment.scopes.inside(company):
        return await whole.person("bert@people.example", at=NOON)
