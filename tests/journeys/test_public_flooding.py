"""Mallory has our forms mail strangers, as often as a script can: most of it is refused, and nobody learns a thing."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable

import pytest

from leumund.kit import language
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import guests, regulars
from tests.journeys.guests import Form, Guest, Postbox
from tests.journeys.regulars import Advocate

Visit = Callable[..., Guest]
Post = Callable[[Tenant], Awaitable[Postbox]]
MALLORY = {"given_name": "Mallory", "family_name": "Flut", "terms": "yes"}


@pytest.fixture
async def anna(deployment: Deployment, energy: Tenant) -> Advocate:
    return await regulars.advocate(deployment, energy)


async def form_of(mallory: Guest, anna: Advocate) -> dict[str, str]:
    await mallory.open(anna.share)
    return Form(mallory.page, "/r/").fields | MALLORY


async def test_one_form_for_a_hundred_strangers_is_refused_after_thirty(
    anna: Advocate, energy: Tenant, visit: Visit, postbox: Post
):
    mallory = visit(energy)
    form = await form_of(mallory, anna)
    strangers = [guests.address_of("stranger") for _ in range(40)]
    answers = [await mallory.send(anna.landing, **form | {"email": email}) for email in strangers]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429] * 10
    assert 0 < int(answers[-1].headers["retry-after"]) <= 3600
    assert energy.name in mallory.page, "the refusal is a page in the brand"
    assert Form(mallory.page, "/r/").fields["email"] == strangers[-1]
    mails = await postbox(energy)
    assert sum(len(mails.to(email)) for email in strangers) == 30
    bert = visit(energy)
    form = await form_of(bert, anna)
    assert (await bert.send(anna.landing, **form | {"email": guests.address_of("bert")})).status_code == 200


async def test_one_mailbox_gets_three_mails_and_mallory_the_same_page(
    anna: Advocate, energy: Tenant, visit: Visit, postbox: Post
):
    mallory, victim = visit(energy), guests.address_of("victim")
    form = await form_of(mallory, anna)
    names = [victim.replace("@", f"+{n}@") for n in range(24)]
    sends = [mallory.client.post(anna.landing, data=form | {"email": name}) for name in names]
    answers = await asyncio.gather(*sends)
    assert {answer.status_code for answer in answers} == {200}
    mails = await postbox(energy)
    assert sum(len(mails.to(name)) for name in names) == 3


async def test_many_logins_asked_for_at_once_are_five(anna: Advocate, energy: Tenant, visit: Visit, postbox: Post):
    mallory = visit(energy)
    await postbox(energy)
    sends = [mallory.client.post("/portal/login", data={"email": anna.email}) for _ in range(24)]
    answers = await asyncio.gather(*sends)
    assert ({answer.status_code for answer in answers}, len({answer.text for answer in answers})) == ({200}, 1)
    assert len((await postbox(energy)).to(anna.email)) == 5
    for _ in range(7):
        answer = await mallory.send("/portal/login", email=guests.address_of("nobody"))
    assert answer.status_code == 429


async def test_whoever_joins_thirty_times_gets_three_mails(
    deployment: Deployment, energy: Tenant, visit: Visit, postbox: Post
):
    phone, clara = visit(energy), await guests.surveyed(deployment, energy)
    await phone.send(clara.link, recommend="9")
    await postbox(energy)
    form = Form(phone.page, "/join/")
    answers = [await phone.send(form.action, **form.fields | {"terms": "yes"}) for _ in range(31)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert len((await postbox(energy)).to(clara.email)) == 3


async def spent(deployment: Deployment, tenant: Tenant) -> None:
    """Whoever sent one form has sent as many as one place may."""
    await regulars.change(deployment, tenant, "UPDATE mail_attempt SET attempts = 30")


@pytest.mark.parametrize("lang", ["de", "en"])
async def test_a_sign_up_too_many_finds_all_it_held_again(
    deployment: Deployment, birke: Tenant, visit: Visit, lang: str
):
    bert, email = visit(birke, language=lang), guests.address_of("bert")
    await bert.open((await regulars.advocate(deployment, birke)).share)
    fresh = Form(bert.page, "/r/")
    await bert.send(fresh.action, **fresh.fields | MALLORY | {"email": guests.address_of("other")})
    await spent(deployment, birke)
    before = await regulars.stored(deployment, birke)
    sent = fresh.fields | {"given_name": "Bert", "family_name": "Freund", "email": email}
    await bert.send(fresh.action, **sent, terms="yes", consent_survey="yes")
    held = Form(bert.page, "/r/")
    assert_refused(bert, lang)
    assert {name: held.fields[name] for name in sent if name != "form_token"} == {
        name: value for name, value in sent.items() if name != "form_token"
    }
    assert held.boxes == {"terms": True, "consent_survey": True, "consent_recommendation": False}
    assert await regulars.stored(deployment, birke) == before


@pytest.mark.parametrize("lang", ["de", "en"])
async def test_joining_too_often_finds_its_ticks_again(deployment: Deployment, birke: Tenant, visit: Visit, lang: str):
    phone, clara = visit(birke, language=lang), await guests.surveyed(deployment, birke)
    await phone.send(clara.link, recommend="9")
    form = Form(phone.page, "/join/")
    await phone.send(form.action, **form.fields, terms="yes")
    await spent(deployment, birke)
    before = await regulars.stored(deployment, birke)
    await phone.send(form.action, **form.fields, terms="yes", consent_recommendation="yes")
    assert_refused(phone, lang)
    assert [
        box for name, box in Form(phone.page, "/join/").boxes.items() if name in ("terms", "consent_recommendation")
    ] == [
        True,
        True,
    ]
    assert await regulars.stored(deployment, birke) == before


@pytest.mark.parametrize("lang", ["de", "en"])
async def test_a_login_too_many_keeps_the_address(deployment: Deployment, birke: Tenant, visit: Visit, lang: str):
    phone, email = visit(birke, language=lang), guests.address_of("anna")
    await phone.send("/portal/login", email=email)
    await spent(deployment, birke)
    await phone.send("/portal/login", email=email)
    assert_refused(phone, lang)
    assert Form(phone.page, "/portal/login").fields["email"] == email


def assert_refused(guest: Guest, lang: str) -> None:
    """A form that came once too often says so in the page's language, and when to come again."""
    wait = int(guest.answer.headers["retry-after"])
    assert (guest.answer.status_code, 0 < wait <= 3600) == (429, True)
    assert f'<html lang="{lang}"' in guest.page
    said = language.text("errors.pacing.too_many", lang, minutes=math.ceil(wait / 60))
    assert said in guest.page.split('role="alert"')[1].split("</div>")[0]


async def test_the_clock_does_not_tell_who_is_known(anna: Advocate, energy: Tenant, visit: Visit):
    mallory = visit(energy)
    form = await form_of(mallory, anna)
    for email in (anna.email, guests.address_of("stranger")):
        for address in (anna.landing, "/portal/login"):
            began = time.perf_counter()
            assert (await mallory.send(address, **form | {"email": email})).status_code == 200
            assert time.perf_counter() - began >= 0.25
