"""Mails of a test company are read in its console, whole; those of any other company by those they are for alone."""

import re
from collections.abc import Callable
from html import unescape
from uuid import UUID

import pytest

from leumund.insight import retracing
from leumund.kit import clock, ground
from leumund.ledger import balancing
from leumund.messages.listing import MessageUnknown
from leumund.messages.words import writing
from leumund.rewards import listing, releasing
from leumund.rewards.releasing import RewardUnknown
from leumund.staff import rules
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import desks, regulars, staffing
from tests.journeys.guests import Guest
from tests.journeys.regulars import Advocate
from tests.journeys.twins import Pair

ENTER = re.compile(r"https?://[^\s\"<]+/portal/enter/[^\s\"<]+")


async def asked_for_a_link(
    deployment: Deployment, visit: Callable[..., Guest], tenant: Tenant
) -> tuple[Advocate, UUID]:
    """Anna asks for her way into the portal; its mail is written."""
    anna = await regulars.advocate(deployment, tenant)
    guest = visit(tenant, language="de")
    await guest.open("/portal/login")
    await guest.submit("/portal/login", email=anna.email)
    async with deployment.scopes.reading(tenant):
        (mail,) = await ground.fetch(
            "SELECT id FROM message WHERE kind = 'portal_login' AND customer = $1", anna.customer
        )
    return anna, mail["id"]


async def test_no_owner_of_a_live_company_reads_the_link_of_a_mail(
    deployment: Deployment, visit: Callable[..., Guest], pair: Pair
):
    _, mail = await asked_for_a_link(deployment, visit, pair.live)
    desk = await staffing.at_desk(deployment, visit, pair.live)
    for path in (f"/console/test/mails/{mail}", f"/console/test/mails/{mail}/whole"):
        for query in ("", "?part=text"):
            assert (await desk.open(path + query)).status_code == 404
    for path in ("/console/test", f"/console/messages/{mail}", f"/console/messages/{mail}/preview?part=text"):
        answer = await desk.open(path)
        assert (answer.status_code, ENTER.findall(answer.text)) == (200, [])
    async with deployment.scopes.reading(pair.live):
        with pytest.raises(MessageUnknown):
            await writing.show_whole(message=mail)


async def test_in_a_test_company_an_owner_goes_the_way_of_its_customers_by_their_mails(
    deployment: Deployment, visit: Callable[..., Guest], pair: Pair
):
    anna, mail = await asked_for_a_link(deployment, visit, pair.twin)
    desk = await staffing.at_desk(deployment, visit, pair.twin)
    await desk.open("/console/test")
    assert f'href="/console/test/mails/{mail}"' in desk.page
    await desk.open(f"/console/test/mails/{mail}")
    assert anna.email in desk.page
    html = (await desk.open(f"/console/test/mails/{mail}/whole")).text
    assert '<base target="_blank">' in html
    (link,) = set(ENTER.findall(unescape(html)))
    assert link in unescape((await desk.open(f"/console/test/mails/{mail}/whole?part=text")).text)
    phone = visit(pair.twin)
    await phone.open(link)
    await phone.submit("/portal/enter/")
    assert phone.answer.status_code == 200
    assert "Anna" in phone.page
    # The same way leads nowhere at the company that does business.
    assert (await visit(pair.live).open(link.replace(pair.twin.host, pair.live.host))).status_code == 404


async def test_nobody_but_an_owner_opens_the_mailbox(deployment: Deployment, visit: Callable[..., Guest], pair: Pair):
    for role in sorted(set(rules.ROLES) - {rules.OWNER}):
        desk = await staffing.at_desk(deployment, visit, pair.twin, role=role)
        for path in (
            "/console/test",
            f"/console/test/mails/{pair.twin.id}",
            f"/console/test/mails/{pair.twin.id}/whole",
        ):
            assert (await desk.open(path)).status_code == 403, role


async def test_the_live_console_says_who_makes_a_test_company_and_leads_to_it(
    deployment: Deployment, visit: Callable[..., Guest], pair: Pair, birke: Tenant
):
    desk = await staffing.at_desk(deployment, visit, pair.live)
    await desk.open("/console/test")
    assert f'href="{deployment.settings.origin(pair.twin.host)}/console"' in desk.page
    without = await staffing.at_desk(deployment, visit, birke)
    await without.open("/console/test?lang=en")
    assert "No test company yet" in without.page


async def test_a_held_reward_is_let_go_at_once_there_and_in_no_company_that_pays(
    deployment: Deployment, visit: Callable[..., Guest], pair: Pair
):
    states = {}
    for tenant in pair:
        referral = await desks.recommended(deployment, tenant, cents=90_000)
        async with deployment.scopes.reading(tenant):
            held = [each.id for each in (await retracing.retrace(referral=referral)).rewards]
        desk = await staffing.at_desk(deployment, visit, tenant)
        await desk.open("/console/test")
        assert (f"/console/test/rewards/{held[0]}" in desk.page) is tenant.is_twin
        answers = [await desk.send(f"/console/test/rewards/{held[0]}") for _ in range(2)]
        said = [(each.status_code, each.headers.get("location", "").rpartition("=")[2]) for each in answers]
        assert said == ([(303, "released"), (303, "waits")] if tenant.is_twin else [(404, ""), (404, "")])
        async with deployment.scopes.reading(tenant):
            states[tenant.is_twin] = [each.state for each in (await retracing.retrace(referral=referral)).rewards]
            told = await ground.fetch("SELECT FROM message WHERE kind = 'reward_released' AND subject_id = $1", held[0])
            assert len(told) == int(tenant.is_twin)
            assert set((await balancing.totals()).values()) == {0}
    assert states == {False: ["pending", "pending"], True: ["approved", "pending"]}
    async with deployment.scopes.inside(pair.live):
        (waiting, *_) = (await listing.rewards(state="pending")).rows
        with pytest.raises(RewardUnknown):
            await releasing.release_early(reward=waiting["id"], actor="system:mallory", at=clock.now())
