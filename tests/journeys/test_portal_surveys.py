"""In the portal somebody answers what they were asked, without a mail and without a consent to mails."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

from leumund.customers.records.registering import Record
from leumund.demo.mailbox import link_in
from leumund.kit import clock, ground
from leumund.surveys.asking import inviting, planning
from leumund.surveys.asking.planning import Plan
from leumund.surveys.questions import starting
from leumund.surveys.studio import publishing
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import desks, guests, regulars
from tests.journeys.desks import said
from tests.journeys.guests import Guest, Postbox
from tests.rooms import whole


async def laid_ready(deployment: Deployment, tenant: Tenant, *, named: bool = True) -> str:
    """A wave in the portal alone, by a survey of this test's own; returns the survey's title."""
    key, at = f"portal-{uuid4().hex[:6]}", clock.now()
    texts = {lang: {"title": f"Frage {key}", "question": "Wie gern?"} for lang in ("de", "en")}
    async with deployment.scopes.inside(tenant):
        await publishing.publish(key=key, definition=starting.nps(texts), named=named, at=at)
        plan = Plan(key=key, channel="portal", languages=["de"])
        wave = await planning.plan(plan=plan, actor="system:test", at=at)
        await planning.release(wave=wave, actor="system:test", at=at)
        for _ in range(2):
            await inviting.go_on(wave=wave, at=at)
    return f"Frage {key}"


async def at_home(
    deployment: Deployment, tenant: Tenant, visit: Callable[..., Guest]
) -> tuple[Guest, regulars.Advocate]:
    """Anna, signed in at a company of this test's own."""
    async with deployment.scopes.inside(tenant):
        await whole.company(at=clock.now())
    anna = await regulars.advocate(deployment, tenant)
    guest = visit(tenant, language="de")
    await guest.open(anna.enter)
    await guest.submit("/portal/enter/")
    return guest, anna


async def test_somebody_without_consent_answers_in_the_portal(
    deployment: Deployment, company: Tenant, visit: Callable[..., Guest]
):
    guest, anna = await at_home(deployment, company, visit)
    title = await laid_ready(deployment, company)
    await guest.open("/portal")
    assert title in said(guest.page)
    address = guests.found(r"/portal/surveys/[0-9a-f-]{36}", guest.page)
    await guest.open(address)
    assert "Wie gern?" in guest.page
    assert (await guest.submit(address, recommend="11")).status_code == 422
    assert (await guest.submit(address, recommend="7", comment="Geht so.")).status_code == 200
    async with deployment.scopes.reading(company):
        rows = await ground.fetch("SELECT channel, score FROM survey_answer WHERE customer = $1", anna.customer)
        mails = await ground.fetch("SELECT FROM message WHERE customer = $1 AND purpose = 'survey'", anna.customer)
    assert rows == [{"channel": "portal", "score": 7}]
    assert mails == []
    await guest.open("/portal")
    assert title not in said(guest.page), "once"


async def test_nobody_answers_what_another_was_asked(
    deployment: Deployment, company: Tenant, visit: Callable[..., Guest]
):
    guest, _ = await at_home(deployment, company, visit)
    clara = await guests.surveyed(deployment, company)
    address = f"/portal/surveys/{clara.invitation}"
    assert (await guest.open(address)).status_code == 404
    assert (await guest.send(address, recommend="0")).status_code == 404
    stranger = visit(company)
    assert (await stranger.open(address)).url.path == "/portal/login"
    async with deployment.scopes.reading(company):
        assert await ground.fetch("SELECT FROM survey_answer WHERE customer = $1", clara.customer) == []


async def test_an_anonymous_survey_is_answered_in_the_portal_by_nobody_known(
    deployment: Deployment, company: Tenant, visit: Callable[..., Guest]
):
    guest, anna = await at_home(deployment, company, visit)
    title = await laid_ready(deployment, company, named=False)
    await guest.open("/portal")
    assert title in said(guest.page)
    assert "anonym" in said(guest.page)
    address = guests.found(r"/portal/surveys/[0-9a-f-]{36}", guest.page)
    await guest.open(address)
    await guest.submit(address, recommend="2")
    await guest.open("/portal")
    assert title not in said(guest.page)
    async with deployment.scopes.reading(company):
        assert await ground.fetch("SELECT FROM survey_answer WHERE customer = $1", anna.customer) == []


async def test_whom_a_survey_waits_for_in_the_portal_gets_in_until_it_is_answered(
    deployment: Deployment, birke: Tenant, visit: Callable[..., Guest], postbox: Callable[[Tenant], Awaitable[Postbox]]
):
    email = "dora@people.example"
    await desks.come(deployment, birke, Record(email=email, given_name="Dora"))
    guest = visit(birke, language="de")
    await guest.send("/portal/login", email=email)
    assert (await postbox(birke)).to(email) == []
    title = await laid_ready(deployment, birke)
    await guest.send("/portal/login", email=email)
    (mail,) = (await postbox(birke)).to(email)
    await guest.open(link_in(mail, "/portal/enter/"))
    await guest.submit("/portal/enter/")
    assert title in guest.page
