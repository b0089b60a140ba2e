"""A company tends to its regular customers: their year comes in, unhappy ones are looked after, and a night follows."""

import asyncio
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec

from leumund.customers.segments import reading as segments
from leumund.demo import companies, people, regulars, telling
from leumund.demo.people import Login
from leumund.demo.staging import Stage
from leumund.demo.visiting import Visitor
from leumund.kit import clock, outbox, places
from leumund.occasions import drafting, publishing
from leumund.occasions import reading as occasions
from leumund.scoring import keeping
from leumund.segmenting import classing
from leumund.staff import members
from leumund.surveys.answers import listing as answers
from leumund.surveys.answers.reading import Otherwise
from leumund.surveys.caring import opening
from leumund.tenancy.directory import Tenant
from leumund.worker import nightly

# Whoever answered longer ago was looked after by means of before.
_LATELY = timedelta(days=10)
_MONTH = timedelta(days=30)
_NIGHT_SECONDS = 60


class Desk(NamedTuple):
    """The owner, signed in, and the key that the company's shop has."""

    login: Login
    visitor: Visitor
    key: str


async def tended(stage: Stage, tenant: Tenant, desk: Desk) -> None:
    """The files ``regulars.csv`` and ``orders.csv`` of the company's folder, and what follows from them."""
    folder, at = places.tenants() / tenant.slug, clock.now()
    past = regulars.answers((folder / "regulars.csv").read_bytes(), at=at)
    telling.step(await companies.answers_imported(stage, tenant, past, otherwise=Otherwise(language="de")))
    orders = regulars.orders((folder / "orders.csv").read_bytes(), at=at)
    await people.shop_reports(stage, tenant, desk.key, orders)
    telling.step(f"the shop reported {len(orders)} purchases of a year")
    cases = await _looked_after(stage, tenant, at)
    await people.owner_settles(desk.visitor, desk.login, cases[0])
    telling.step(f"{len(cases)} unhappy customers of these days are looked after, and the owner settled one case")
    await _night(stage, tenant)
    telling.step("a night passed: scores, classes and segments are worked out")
    await _thanks(stage, tenant)
    telling.step("the owner let an occasion run: advocates are thanked a day after a good answer")


async def _looked_after(stage: Stage, tenant: Tenant, at: datetime) -> list[UUID]:
    """The cases of answers that were brought along, the newest first, each opened when it was given."""
    async with stage.deployment.scopes.inside(tenant):
        unhappy = [
            said
            for said in (await answers.answers(kind="detractor")).rows
            if said.customer and said.channel == "import" and at - said.at < _LATELY
        ]
        cases = [await opening.open(answer=said.id, at=said.at) for said in unhappy]
    return [case for case in cases if case]


async def _night(stage: Stage, tenant: Tenant) -> None:
    """What the worker does by night, now; classes are seen beside those of a month ago."""
    began = clock.now()
    async with stage.deployment.scopes.inside(tenant):
        await classing.classify(at=began - _MONTH)
        await outbox.enqueue(kind=nightly.KIND, subject=tenant.id, due_at=began)
    async with asyncio.timeout(_NIGHT_SECONDS):
        # The worker is a process of its own, so there is no event of this loop to wait for.
        while not await _is_over(stage, tenant, began):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def _is_over(stage: Stage, tenant: Tenant, began: datetime) -> bool:
    async with stage.deployment.scopes.reading(tenant):
        scored, meant = await keeping.current(), await segments.every()
    is_scored = scored is not None and scored.began_at >= began and scored.ended_at is not None
    return is_scored and bool(meant) and all(each.computed_at and each.computed_at >= began for each in meant)


async def _thanks(stage: Stage, tenant: Tenant) -> None:
    async with stage.deployment.scopes.inside(tenant):
        (owner, *_), at = await members.everybody(), clock.now()
        audience = next(each.id for each in await segments.every() if each.key == "advocates")
        occasion = await drafting.start(template="thanks", lang="de", by=owner.id, at=at)
        begun = await occasions.known(occasion=occasion)
        chosen = msgspec.structs.replace(begun.draft, purpose="recommendation", segment=str(audience))
        revision = await drafting.keep(
            occasion=occasion, name=begun.name, definition=chosen, after=begun.revision, by=owner.id, at=at
        )
        await publishing.publish(occasion=occasion, revision=revision, by=owner.id, at=at)
