"""Anna works at both companies under one address and password; what happens to her at one is nothing at the other."""

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from leumund.kit import clock
from leumund.staff import changing
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.isolation import changes, tally
from tests.isolation.callers import asked
from tests.journeys import staffing
from tests.journeys.guests import OURS
from tests.journeys.staffing import Colleague
from tests.rooms import whole

OpenCompany = Callable[[str], Awaitable[Tenant]]
# More wrong codes than may be sent at once.
TRIES = 6


class Employed:
    """Anna at one of the two."""

    def __init__(self, door: Any, tenant: Tenant, colleague: Colleague) -> None:
        self.tenant = tenant
        self.colleague = colleague
        self._door = door

    async def sign_in(self, **instead: str) -> int:
        fields = self.colleague.shown(**instead)
        answer = await asked(
            self._door, "/console/login", host=self.tenant.host, method="POST", data=fields, extra=OURS
        )
        return answer.status_code


@pytest.fixture
async def both(
    deployment: Deployment, door: Any, open_company: OpenCompany, monkeypatch: pytest.MonkeyPatch
) -> list[Employed]:
    """The same address and password at Linden and at Birke, each with its own second factor."""
    monkeypatch.setattr(staffing, "uuid4", lambda: _Fixed())
    employed = []
    for name in ("linden", "birke"):
        tenant = await open_company(name)
        async with deployment.scopes.inside(tenant):
            await whole.company(at=clock.now())
        employed.append(Employed(door, tenant, await staffing.enrolled(deployment, tenant)))
    assert employed[0].colleague.email == employed[1].colleague.email
    return employed


class _Fixed:
    hex = "00000000"


async def test_a_code_of_one_company_is_no_code_at_the_other(both: list[Employed]):
    here, there = both
    assert await there.sign_in(code=here.colleague.code()) == 422
    assert await there.sign_in() == 303, "with its own, the same person gets in"
    tally.note("second factors")


async def test_being_locked_out_of_one_company_locks_nobody_out_of_the_other(
    owner: asyncpg.Connection, both: list[Employed]
):
    here, there = both
    before = await changes.sums(owner, there.tenant)
    for _ in range(TRIES):
        assert await here.sign_in(code=here.colleague.wrong_code()) == 422
    assert await changes.sums(owner, there.tenant) == before
    assert await here.sign_in() == 422, "locked: the attack did something"
    assert await there.sign_in() == 303
    tally.note("lockouts", TRIES)


async def test_whoever_is_shut_out_of_one_company_still_works_at_the_other(
    deployment: Deployment, owner: asyncpg.Connection, both: list[Employed], monkeypatch: pytest.MonkeyPatch
):
    here, there = both
    before = await changes.sums(owner, there.tenant)
    # The last owner cannot be shut out, so that there is another one.
    monkeypatch.undo()
    await staffing.enrolled(deployment, here.tenant)
    async with deployment.scopes.inside(here.tenant):
        await changing.disable(member=here.colleague.member, actor="system:test", at=clock.now())
    assert await changes.sums(owner, there.tenant) == before
    assert (await here.sign_in(), await there.sign_in()) == (422, 303)
    tally.note("accounts")


async def test_a_password_of_one_company_opens_no_account_at_one_that_has_none(
    door: Any, both: list[Employed], company: Tenant, deployment: Deployment
):
    async with deployment.scopes.inside(company):
        await whole.company(at=clock.now())
    stranger = Employed(door, company, both[0].colleague)
    assert await stranger.sign_in() == 422
    tally.note("accounts")
