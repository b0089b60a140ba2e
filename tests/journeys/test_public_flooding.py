"""Mallory has our forms mail strangers, as often as a script can: most of it is refused, and nobody learns a thing."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

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
    answers = [await mallory.send(anna.share, **form | {"email": email}) for email in strangers]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429] * 10
    assert 0 < int(answers[-1].headers["retry-after"]) <= 3600
    assert energy.name in mallory.page, "the refusal is a page in the brand"
    mails = await postbox(energy)
    assert sum(len(mails.to(email)) for email in strangers) == 30
    bert = visit(energy)
    form = await form_of(bert, anna)
    assert (await bert.send(anna.share, **form | {"email": guests.address_of("bert")})).status_code == 200


async def test_one_mailbox_gets_three_mails_and_mallory_the_same_page(
    anna: Advocate, energy: Tenant, visit: Visit, postbox: Post
):
    mallory, victim = visit(energy), guests.address_of("victim")
    form = await form_of(mallory, anna)
    names = [victim.replace("@", f"+{n}@") for n in range(24)]
    sends = [mallory.client.post(anna.share, data=form | {"email": name}) for name in names]
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
    await phone.send(clara.link, score="9")
    await postbox(energy)
    form = Form(phone.page, "/join/")
    answers = [await phone.send(form.action, **form.fields | {"terms": "yes"}) for _ in range(31)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert len((await postbox(energy)).to(clara.email)) == 3


async def test_the_clock_does_not_tell_who_is_known(anna: Advocate, energy: Tenant, visit: Visit):
    mallory = visit(energy)
    form = await form_of(mallory, anna)
    for email in (anna.email, guests.address_of("stranger")):
        for address in (anna.share, "/portal/login"):
            began = time.perf_counter()
            assert (await mallory.send(address, **form | {"email": email})).status_code == 200
            assert time.perf_counter() - began >= 0.25
