"""The portal: a mailed link opens it once, and it stays theirs whatever becomes of the program."""

import re
from collections.abc import Awaitable, Callable
from uuid import uuid4
from zoneinfo import ZoneInfo

import msgspec
import pytest
from babel.dates import format_date

from leumund.company import describing
from leumund.customers.records import finding
from leumund.demo import mailbox
from leumund.demo.mailbox import link_in
from leumund.kit import clock
from leumund.rewards import buying, converting
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests import eyes
from tests.journeys import guests, regulars, scores
from tests.journeys.anatomy import Anatomy
from tests.journeys.guests import Form, Guest, Postbox
from tests.journeys.regulars import Advocate
from tests.journeys.seconds import entered
from tests.rooms import whole

Visit = Callable[..., Guest]
LOGINS = "SELECT count(*) AS n FROM customer_login WHERE customer = $1"


@pytest.fixture
async def anna(deployment: Deployment, energy: Tenant) -> Advocate:
    return await regulars.advocate(deployment, energy)


async def test_whoever_asks_for_a_link_learns_nothing_of_who_takes_part(
    deployment: Deployment,
    anna: Advocate,
    energy: Tenant,
    visit: Visit,
    postbox: Callable[[Tenant], Awaitable[Postbox]],
):
    customer, stranger = await guests.surveyed(deployment, energy), guests.address_of("nobody")
    await postbox(energy)
    answers = set()
    for email in (anna.email, f" {anna.email.upper()} ", customer.email, stranger):
        guest = visit(energy)
        await guest.open("/portal/login")
        await guest.submit("/portal/login", email=email)
        answers.add((guest.answer.status_code, guest.page, str(sorted(guest.answer.headers.keys()))))
    assert len(answers) == 1
    mails = await postbox(energy)
    assert [len(mails.to(email)) for email in (anna.email, customer.email, stranger)] == [2, 0, 0]


async def test_the_way_in_is_headed_by_what_it_is(anna: Advocate, energy: Tenant, visit: Visit):
    guest = visit(energy, language="de")
    await guest.send("/portal/login", email=anna.email)
    assert "<h1>Schauen Sie in Ihr Postfach</h1>" in guest.page
    assert "bestätigen" not in guest.page, "there is nothing to confirm"
    await guest.open(anna.enter)
    assert "<h1>Willkommen</h1>" in guest.page, "whoever comes for the first time was never here before"


async def test_no_address_is_said_beside_its_field(energy: Tenant, visit: Visit):
    guest = visit(energy)
    for given in ("", "anna", "anna@", "a" * 300 + "@people.example"):
        await guest.open("/portal/login")
        await guest.submit("/portal/login", email=given)
        assert guest.answer.status_code == 422, given
        assert re.search(r'<input id="email"[^>]*aria-describedby="email-wrong"', guest.page)
        assert Form(guest.page, "/portal/login").fields["email"] == given


async def test_a_mailbox_is_not_flooded_with_links(
    deployment: Deployment, anna: Advocate, energy: Tenant, visit: Visit
):
    guest, (before,) = visit(energy), await regulars.rows(deployment, energy, LOGINS, anna.customer)
    for _ in range(8):
        assert (await guest.send("/portal/login", email=anna.email)).status_code == 200
    assert await regulars.rows(deployment, energy, LOGINS, anna.customer) == [{"n": int(str(before["n"])) + 5}]


async def test_a_link_lets_in_once_and_only_by_its_button(anna: Advocate, energy: Tenant, visit: Visit):
    scanner, phone, late = visit(energy), visit(energy), visit(energy)
    assert (await scanner.open(anna.enter)).status_code == 200
    assert not scanner.client.cookies, "a GET opens nothing"
    assert (await scanner.open("/portal")).url.path == "/portal/login"
    answer = await phone.send(anna.enter)
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("__host-portal=")
    assert {"secure", "httponly", "samesite=strict", "path=/"} <= set(cookie.split("; "))
    assert "domain" not in cookie
    assert (await phone.open("/portal")).url.path == "/portal"
    assert (await late.send(anna.enter)).status_code == 404
    assert not late.client.cookies


async def test_a_link_ends_after_half_an_hour(deployment: Deployment, anna: Advocate, energy: Tenant, visit: Visit):
    past = "UPDATE customer_login SET expires_at = created_at WHERE customer = $1"
    await regulars.change(deployment, energy, past, anna.customer)
    phone = visit(energy)
    assert (await phone.send(anna.enter)).status_code == 404
    assert not phone.client.cookies


async def test_a_cookie_of_linden_is_nobody_at_birke(
    anna: Advocate, brands: dict[str, Tenant], energy: Tenant, visit: Visit
):
    phone, other = await entered(visit(energy), anna), visit(brands["birke"])
    other.client.cookies.set("__Host-portal", phone.client.cookies["__Host-portal"])
    for path in ("/portal", "/portal/qr.svg", "/portal/qr.png"):
        assert (await other.open(path)).url.path == "/portal/login"
    assert (await other.send(anna.enter)).status_code == 404


async def test_after_leaving_the_old_cookie_opens_nothing(anna: Advocate, energy: Tenant, visit: Visit):
    phone, thief = await entered(visit(energy), anna), visit(energy)
    thief.client.cookies.set("__Host-portal", phone.client.cookies["__Host-portal"])
    await phone.submit("/portal/logout")
    assert not phone.client.cookies
    assert (await thief.open("/portal")).url.path == "/portal/login"


async def test_yes_and_no_are_one_button_each_and_take_effect_at_once(
    deployment: Deployment, anna: Advocate, energy: Tenant, visit: Visit
):
    phone = await entered(visit(energy), anna)
    told = "SELECT purpose, state FROM consent_event WHERE customer = $1 AND source = 'portal' ORDER BY at, state DESC"
    for choice, pressed in (("yes", "yes"), ("no", "no"), ("yes", "yes")):
        await phone.submit("/portal/consents/survey", choice=choice)
        assert phone.answer.status_code == 200
        form = phone.page.split('action="/portal/consents/survey')[1].split("</form>")[0]
        buttons = re.findall(r'<button class="([^"]+)" name="choice" value="(\w+)" aria-pressed="(\w+)"', form)
        assert [(value, state == "true") for _, value, state in buttons] == [
            ("yes", pressed == "yes"),
            ("no", pressed == "no"),
        ]
        assert len({kind for kind, _, _ in buttons}) == 1, "both look alike"
    events = await regulars.rows(deployment, energy, told, anna.customer)
    assert {row["purpose"] for row in events} == {"survey"}
    assert [row["state"] for row in events if row["state"] != "requested"] == ["given", "withdrawn", "given"]


async def test_the_no_of_a_browser_that_objects_ends_everything_in_the_portal_too(
    deployment: Deployment, anna: Advocate, energy: Tenant, visit: Visit
):
    """Without the signal the same no ends one purpose."""
    told = "SELECT purpose, state FROM consent_event WHERE customer = $1 AND state = 'withdrawn'"
    phone = await entered(visit(energy), anna)
    await phone.submit("/portal/consents/survey", choice="no")
    assert {row["purpose"] for row in await regulars.rows(deployment, energy, told, anna.customer)} == {"survey"}
    phone.client.headers.update({"sec-gpc": "1"})
    await phone.submit("/portal/consents/survey", choice="no")
    ended = {row["purpose"] for row in await regulars.rows(deployment, energy, told, anna.customer)}
    assert ended == {"survey", "recommendation", "profile"}


async def test_nobody_chooses_for_anna_nor_for_what_is_not_asked(
    deployment: Deployment, anna: Advocate, energy: Tenant, visit: Visit
):
    phone, stranger = await entered(visit(energy), anna), visit(energy)
    before = await regulars.stored(deployment, energy)
    assert (await phone.send("/portal/consents/survey", site="cross-site", choice="yes")).status_code == 403
    assert (await phone.send("/portal/consents/anything", choice="yes")).status_code == 404
    assert (
        (await stranger.send("/portal/consents/survey", choice="yes")).headers["location"].startswith("/portal/login")
    )
    assert await regulars.stored(deployment, energy) == before


async def test_a_saved_code_has_a_name_and_leads_to_the_link(anna: Advocate, energy: Tenant, visit: Visit):
    phone = await entered(visit(energy), anna)
    png = await phone.open("/portal/qr.png")
    assert png.headers["content-disposition"] == 'attachment; filename="linden-qr.png"'
    assert eyes.decoded(png.content) == f"https://{energy.host}{anna.share}"
    svg = await phone.open("/portal/qr.svg")
    assert svg.headers["content-disposition"] == 'inline; filename="linden-qr.svg"'
    assert svg.headers["cache-control"] == "no-store"
    assert "sandbox" in svg.headers["content-security-policy"]


async def rewarded(deployment: Deployment, tenant: Tenant, friend: Guest, anna: Advocate) -> str:
    """A friend of Anna's has signed up, confirmed and bought; returns the friend's address."""
    bert, at = guests.address_of("bert"), clock.now()
    await friend.open(anna.share)
    await friend.submit("/r/", given_name="Bert", family_name="Freund", email=bert, ticked={"terms"})
    confirmed = "UPDATE referral SET confirmed_at = attributed_at WHERE friend = $1"
    await regulars.change(deployment, tenant, confirmed, await regulars.who(deployment, tenant, bert))
    who = buying.CustomerRef(email=bert)
    order = converting.Order(order_id=uuid4().hex, cents=90_000, currency="EUR", customer=who, occurred_at=at)
    async with deployment.scopes.inside(tenant):
        await converting.convert(order=order, at=at)
    return bert


async def test_a_friend_who_was_granted_a_reward_gets_in_and_sees_it_without_a_link_to_share(
    deployment: Deployment,
    anna: Advocate,
    energy: Tenant,
    visit: Visit,
    postbox: Callable[[Tenant], Awaitable[Postbox]],
):
    bert = await rewarded(deployment, energy, visit(energy), anna)
    phone, code = visit(energy, language="de"), uuid4().hex[:12].upper()
    released = "UPDATE reward SET kind = 'voucher', voucher_code = $2, state = 'approved' WHERE beneficiary = $1"
    await regulars.forge(deployment, energy, released, await regulars.who(deployment, energy, bert), code)
    await phone.open("/portal/login")
    await phone.submit("/portal/login", email=bert)
    await phone.open((await postbox(energy)).link(bert, "/portal/enter/"))
    await phone.submit("/portal/enter/")
    assert (phone.answer.status_code, phone.answer.url.path) == (200, "/portal")
    assert code in phone.page
    assert "Ihre Prämien" in phone.page
    assert "/portal/consents/survey" in phone.page
    for advocates in ('id="link"', "/r/", "/portal/qr", "ruht", "referrals-title"):
        assert advocates not in phone.page, advocates
    assert (await phone.open("/portal/qr.svg")).status_code == 404
    await phone.open("/portal")
    await phone.submit("/portal/consents/survey", choice="yes")
    assert phone.answer.status_code == 200


@pytest.mark.parametrize("state", ["paused", "ended"])
async def test_rewards_and_consents_stay_in_sight_while_the_program_rests(
    deployment: Deployment, anna: Advocate, energy: Tenant, visit: Visit, state: str
):
    await rewarded(deployment, energy, visit(energy), anna)
    phone = await entered(visit(energy, language="de"), anna)
    assert 'id="link"' in phone.page
    await regulars.change(deployment, energy, "UPDATE program SET state = $1", state)
    try:
        assert (await phone.open("/portal")).status_code == 200
        assert "50,00" in phone.page
        assert "/portal/consents/survey" in phone.page
        assert "ruht" in phone.page
        assert "/r/" not in phone.page, "a link that leads nowhere is not offered"
        assert (await phone.open("/portal/qr.svg")).status_code == 404
    finally:
        await regulars.change(deployment, energy, "UPDATE program SET state = 'live'")


async def test_sums_stand_apart_by_currency(deployment: Deployment, anna: Advocate, energy: Tenant, visit: Visit):
    phone = await entered(visit(energy, language="en"), anna)
    sums = r"<dd>([^<]+)</dd>"
    assert re.findall(sums, phone.page) == ["€0.00", "€0.00", "0"]
    for _ in range(2):
        await rewarded(deployment, energy, visit(energy), anna)
    once = "UPDATE reward SET currency = 'CHF' WHERE id = (SELECT id FROM reward WHERE beneficiary = $1 LIMIT 1)"
    await regulars.forge(deployment, energy, once, anna.customer)
    await phone.open("/portal")
    assert re.findall(sums, phone.page) == ["€0.00", "CHF50.00", "€50.00", "2"]


async def test_a_voucher_s_code_is_shown_once_it_can_be_used(
    deployment: Deployment, anna: Advocate, energy: Tenant, visit: Visit
):
    await rewarded(deployment, energy, visit(energy), anna)
    phone = await entered(visit(energy, language="en"), anna)
    coded = "UPDATE reward SET kind = 'voucher', voucher_code = $2, state = $3 WHERE beneficiary = $1"
    code = uuid4().hex[:12].upper()
    for state, shown in (("pending", False), ("approved", True), ("redeemed", False)):
        await regulars.forge(deployment, energy, coded, anna.customer, code, state)
        await phone.open("/portal")
        assert (code in phone.page) is shown, state


async def test_dates_are_in_the_language_of_their_page(deployment: Deployment, birke: Tenant, visit: Visit):
    """The company speaks German alone, and the browser would rather have English."""
    german = msgspec.structs.replace(whole.PROFILE, languages=["de"])
    async with deployment.scopes.inside(birke):
        await describing.describe(profile=german, at=clock.now())
    anna = await regulars.advocate(deployment, birke)
    await rewarded(deployment, birke, visit(birke, language="en"), anna)
    phone = await entered(visit(birke, language="en"), anna)
    await phone.open("/portal")
    assert '<html lang="de"' in phone.page
    (referral,) = await regulars.rows(deployment, birke, "SELECT attributed_at AS at FROM referral")
    at = referral["at"].astimezone(ZoneInfo(german.time_zone))
    assert format_date(at, "d. MMM y", locale="de") in phone.page
    assert format_date(at, "medium", locale="en") not in phone.page


async def test_whoever_is_evaluated_gets_in_to_read_what_is_made_of_them(
    deployment: Deployment, birke: Tenant, visit: Visit, postbox: Callable[[Tenant], Awaitable[Postbox]]
):
    clara = await scores.evaluated(deployment, birke, "Clara", mark=9)
    async with deployment.scopes.reading(birke):
        person = await finding.by_id(customer=clara)
    assert person is not None
    await postbox(birke)
    guest = visit(birke, language="de")
    await guest.send("/portal/login", email=str(person.email))
    (mail,) = (await postbox(birke)).to(str(person.email))
    await guest.open(link_in(mail, "/portal/enter/"))
    await guest.submit("/portal/enter/")
    assert Anatomy(guest.page).faults == []
    assert "Ihr Bereich bei" in guest.page
    assert "0,00" not in guest.page, "who has no rewards is shown no sums of them"
    await guest.open("/portal/score")
    assert "Was ihn ändern würde" in guest.page
    await guest.submit("/portal/score/objection")
    await guest.send("/portal/login", email=str(person.email))
    told = (await postbox(birke)).to(str(person.email))
    assert not [mail for mail in told if "/portal/enter/" in mailbox.text_of(mail)], "there is nothing left to see"
