"""A person reads in the portal what was written to them and why, and nothing of anybody else."""

from collections.abc import Awaitable, Callable

from leumund.kit import clock
from leumund.messages import sending
from leumund.messages.gate import limiting
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import guests, regulars
from tests.journeys.desks import said
from tests.journeys.guests import Guest, Postbox


async def test_everybody_reads_their_own(
    deployment: Deployment,
    energy: Tenant,
    visit: Callable[..., Guest],
    postbox: Callable[[Tenant], Awaitable[Postbox]],
):
    anna = await regulars.advocate(deployment, energy)
    await guests.surveyed(deployment, energy)
    async with deployment.scopes.inside(energy):
        await sending.queue(kind="reward_released", customer=anna.customer, language="de", at=clock.now())
    await postbox(energy)
    guest = visit(energy, language="de")
    assert (await guest.open("/portal/messages")).url.path == "/portal/login"
    await guest.open(anna.enter)
    await guest.submit("/portal/enter/")
    await guest.open("/portal/messages")
    page = said(guest.page)
    assert "weil Sie bei uns mitmachen" in page
    assert "Gesendet" in page
    assert "Einladung zur Umfrage" not in page, "that was Clara's"
    assert "/portal/messages" in (await guest.open("/portal/preferences")).text


async def test_what_was_held_is_told_too(deployment: Deployment, energy: Tenant, visit: Callable[..., Guest]):
    anna = await regulars.advocate(deployment, energy)
    async with deployment.scopes.inside(energy):
        before = await limiting.limits()
        await limiting.limit(most=0, within_days=7, actor="system:test", at=clock.now())
        await sending.queue(
            kind="advocate_invitation",
            customer=anna.customer,
            subject_id=anna.customer,
            purpose="recommendation",
            language="de",
            at=clock.now(),
        )
    await Postbox.emptied(deployment, energy)
    async with deployment.scopes.inside(energy):
        usual = before[limiting.ALL]
        await limiting.limit(most=usual.most, within_days=usual.within_days, actor="system:test", at=clock.now())
    guest = visit(energy, language="de")
    await guest.open(anna.enter)
    await guest.submit("/portal/enter/")
    await guest.open("/portal/messages")
    assert "Nicht gesendet" in said(guest.page)
