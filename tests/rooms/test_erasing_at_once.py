"""Whoever is erased in the moment a purchase is reported is paid first, or earns nothing: no money waits for nobody.

Committed for real, in a company of the test's own.
"""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from leumund.customers.changing import rectifying
from leumund.customers.intake import importing, telling
from leumund.customers.intake.importing import Report
from leumund.customers.intake.telling import Claimed, Told
from leumund.customers.records import finding, holding
from leumund.customers.records.finding import CustomerUnknown
from leumund.customers.records.registering import Record
from leumund.kit import ground
from leumund.ledger import balancing
from leumund.privacy.forgetting import erasing
from leumund.privacy.rights import restricting
from leumund.rewards import converting
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests import opened
from tests.conftest import NOON
from tests.rooms import whole
from tests.rooms.test_cases_at_once import meanwhile

ANNA, BERT, CLARA = "anna@kundin.example", "bert@freund.example", "clara@kundin.example"
DUE = NOON + erasing.GRACE
_PENDING = "SELECT beneficiary FROM reward WHERE state = 'pending' AND beneficiary = $1"


@pytest.fixture
async def anna(deployment: Deployment, company: Tenant) -> UUID:
    """Anna, who was paid for one friend, and whose time is over while the other buys."""
    async with deployment.scopes.inside(company):
        await whole.company(at=NOON)
        code = await whole.advocate(ANNA, at=NOON)
        for friend in (BERT, CLARA):
            await whole.friend(code, friend, at=NOON)
        await buy("B-1", BERT)
        await ground.execute("UPDATE reward SET state = 'paid'")
        person = await finding.by_email(email=ANNA)
        assert person is not None
        await erasing.begin(
            customer=person.id, reason="consent_withdrawn", actor=f"customer:{person.id}", language="de", at=NOON
        )
    return person.id


async def buy(order: str, email: str) -> None:
    bought = Order(order_id=order, customer=CustomerRef(email=email), cents=10_000, currency="EUR", occurred_at=NOON)
    await converting.convert(order=bought, at=NOON)


async def test_what_a_friend_buys_meanwhile_is_paid_before_anybody_is_erased(
    deployment: Deployment, company: Tenant, anna: UUID
):
    erased = await meanwhile(
        deployment, company, lambda: buy("C-1", CLARA), lambda: erasing.finish(customer=anna, at=DUE)
    )

    assert not erased, "something is left to settle"
    async with deployment.scopes.reading(company):
        assert await ground.fetch(_PENDING, anna)
        assert (await finding.known(customer=anna)).email == ANNA


async def test_who_is_erased_meanwhile_earns_nothing_more(deployment: Deployment, company: Tenant, anna: UUID):
    await meanwhile(deployment, company, lambda: erasing.finish(customer=anna, at=DUE), lambda: buy("C-1", CLARA))

    async with deployment.scopes.reading(company):
        assert (await finding.known(customer=anna)).is_gone
        assert not await ground.fetch(_PENDING, anna)
        assert await ground.fetch("SELECT FROM reward WHERE state = 'pending'"), "Clara has what she was promised"
        assert set((await balancing.totals()).values()) == {0}


async def test_whoever_is_about_to_go_stays_out_of_sight_though_their_rest_ends_meanwhile(
    deployment: Deployment, company: Tenant, anna: UUID
):
    async with deployment.scopes.inside(company):
        clara = await opened.customer(CLARA)
        await restricting.restrict(customer=clara, reason="unlawful", actor="staff:1", at=NOON)
    await meanwhile(
        deployment,
        company,
        lambda: erasing.begin(customer=clara, reason="unlawful", actor="staff:1", language="de", at=NOON),
        lambda: holding.lift(customer=clara, kind=holding.RESTRICTION, at=NOON),
    )
    async with deployment.scopes.reading(company):
        assert (await finding.known(customer=clara)).held == holding.ERASURE


async def test_whoever_calls_it_off_rests_where_somebody_lets_them_meanwhile(
    deployment: Deployment, company: Tenant, anna: UUID
):
    await meanwhile(
        deployment,
        company,
        lambda: erasing.cancel(customer=anna, actor=f"customer:{anna}", at=NOON),
        lambda: restricting.restrict(customer=anna, reason="unlawful", actor="staff:1", at=NOON),
    )
    async with deployment.scopes.reading(company):
        assert (await finding.known(customer=anna)).held == holding.RESTRICTION


async def test_a_job_that_comes_ten_times_at_once_erases_once(deployment: Deployment, company: Tenant, anna: UUID):
    async def finish() -> bool:
        async with deployment.scopes.inside(company):
            return await erasing.finish(customer=anna, at=DUE + timedelta(days=1))

    assert sorted(await asyncio.gather(*(finish() for _ in range(10)))) == [False] * 9 + [True]


async def test_a_file_that_names_who_is_erased_meanwhile_brings_nobody_back(
    deployment: Deployment, company: Tenant, anna: UUID
):
    row = {"email": ANNA, "family_name": "Neu", "survey_consent": "Unterschrift auf der Messe"}
    other = {"email": "dora@kundin.example", "family_name": "Dorn"}
    await _clear_rewards(deployment, company)

    def bring() -> Awaitable[Report]:
        return importing.import_rows([row, other], source="file", actor="system:test", dry_run=False, at=DUE)

    report = await meanwhile(deployment, company, lambda: erasing.finish(customer=anna, at=DUE), bring)

    assert (report.created, report.updated, report.consents) == (1, 0, 0)
    async with deployment.scopes.reading(company):
        assert await _kept_of(anna) == []
        given = await ground.fetch("SELECT FROM consent_event WHERE customer = $1 AND state = 'given'", anna)
        assert given == []


async def test_a_name_put_right_while_its_person_is_erased_is_not_written(
    deployment: Deployment, company: Tenant, anna: UUID
):
    await _clear_rewards(deployment, company)

    def rectify() -> Awaitable[bool]:
        told = {"family_name": "Neu"}
        return rectifying.rectify(customer=anna, told=told, actor=f"customer:{anna}", at=DUE)

    with pytest.raises(CustomerUnknown):
        await meanwhile(deployment, company, lambda: erasing.finish(customer=anna, at=DUE), rectify)

    async with deployment.scopes.reading(company):
        assert await _kept_of(anna) == []


async def test_a_call_that_names_who_is_erased_meanwhile_brings_no_consent_back(
    deployment: Deployment, company: Tenant, anna: UUID
):
    record, basis = Record(email=ANNA, family_name="Neu"), "Unterschrift auf der Messe"
    claimed = Claimed(purpose="survey", channel="email", basis=basis, given_at=NOON)
    await _clear_rewards(deployment, company)

    def tell() -> Awaitable[Told]:
        return telling.tell(record=record, consents=[claimed], source="api", at=DUE)

    told = await meanwhile(deployment, company, lambda: erasing.finish(customer=anna, at=DUE), tell)

    assert (told.created, told.taken, told.customer != anna) == (True, [False], True)
    async with deployment.scopes.reading(company):
        assert await _kept_of(anna) == []


async def _clear_rewards(deployment: Deployment, company: Tenant) -> None:
    async with deployment.scopes.inside(company):
        await ground.execute("UPDATE reward SET state = 'paid'")


async def _kept_of(person: UUID) -> list[dict[str, Any]]:
    """What still names somebody in their row, and their key."""
    rows = await ground.fetch(
        "SELECT email_hash, family_name_sealed FROM customer WHERE id = $1 AND num_nonnulls(email_hash, "
        "family_name_sealed, email_sealed) > 0",
        person,
    )
    return rows + await ground.fetch("SELECT id FROM person_key WHERE id = $1", person)
