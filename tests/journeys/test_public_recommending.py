"""A customer who hears of a program asks to take part; nobody learns by it who is a customer."""

from collections.abc import Awaitable, Callable

import pytest

from leumund.demo.mailbox import link_in
from leumund.kit import clock, language
from leumund.programs import joining
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import guests, regulars
from tests.journeys.guests import Guest, Postbox
from tests.journeys.regulars import Advocate

Visit = Callable[..., Guest]
Post = Callable[[Tenant], Awaitable[Postbox]]
HERE, JOIN = "/recommend/freunde", "/portal/join/freunde"


@pytest.fixture
async def anna(deployment: Deployment, energy: Tenant) -> Advocate:
    return await regulars.advocate(deployment, energy)


async def friend_of(anna: Advocate, guest: Guest, post: Postbox) -> str:
    """Bert, who signed up and confirmed, and has bought nothing."""
    email = guests.address_of("bert")
    await guest.open(anna.landing)
    await guest.submit("/r/", ticked={"terms"}, given_name="Bert", family_name="Beispiel", email=email)
    return email


@pytest.mark.parametrize("lang", ["de", "en"])
async def test_a_customer_nobody_asked_takes_part_by_themselves(
    deployment: Deployment, energy: Tenant, visit: Visit, postbox: Post, lang: str
):
    clara, phone = await guests.surveyed(deployment, energy), visit(energy, language=lang)
    await postbox(energy)
    await phone.open(HERE)
    assert language.text("public.recommend.button", lang) in phone.page
    await phone.submit(HERE, email=clara.email)
    (mail,) = (await postbox(energy)).to(clara.email)
    await phone.open(link_in(mail, "/portal/enter/"))
    await phone.submit("/portal/enter/")
    await phone.open(guests.found(rf'{JOIN}(?=[?"])', phone.page))
    assert language.text("portal.first.text", lang) in phone.page
    assert language.text("portal.anew.title", lang) not in phone.page
    await phone.submit(JOIN, ticked={"terms"})
    await phone.open((await postbox(energy)).link(clara.email, "/confirm/"))
    await phone.submit("/confirm/")
    await phone.open("/portal")
    assert JOIN not in phone.page
    assert guests.found(r'id="link" value="[^"]*(/r/\w+)"', phone.page)


async def test_the_answer_is_the_same_for_everybody_and_a_link_goes_to_customers_alone(
    deployment: Deployment, energy: Tenant, visit: Visit, postbox: Post, anna: Advocate
):
    clara, bert = await guests.surveyed(deployment, energy), visit(energy)
    friend = await friend_of(anna, bert, await postbox(energy))
    stranger = guests.address_of("nobody")
    await postbox(energy)
    answers = set()
    for email in (clara.email, anna.email, friend, stranger):
        guest = visit(energy)
        await guest.open(HERE)
        await guest.submit(HERE, email=email)
        answers.add((guest.answer.status_code, guest.page, str(sorted(guest.answer.headers.keys()))))
    assert len(answers) == 1
    mails = await postbox(energy)
    assert [len(mails.to(email)) for email in (clara.email, anna.email, friend, stranger)] == [1, 1, 0, 0]


async def test_a_friend_who_has_not_bought_is_offered_nothing_in_the_portal_either(
    deployment: Deployment, energy: Tenant, visit: Visit, postbox: Post, anna: Advocate
):
    bert = visit(energy)
    friend = await friend_of(anna, bert, await postbox(energy))
    await bert.open((await postbox(energy)).link(friend, "/confirm/"))
    await bert.submit("/confirm/")
    customer = await regulars.who(deployment, energy, friend)
    async with deployment.scopes.reading(energy):
        assert await joining.offered_anew(customer=customer, at=clock.now()) == []


@pytest.mark.parametrize("program", ["nachbarn", "FREUNDE", "x" * 300])
async def test_a_program_that_does_not_run_here_has_no_page(energy: Tenant, visit: Visit, program: str):
    guest = visit(energy)
    assert (await guest.open(f"/recommend/{program}")).status_code == 404
    assert (await guest.send(f"/recommend/{program}", email=guests.address_of("nobody"))).status_code == 404


async def test_no_address_is_said_beside_its_field_and_kept(energy: Tenant, visit: Visit):
    guest = visit(energy)
    await guest.open(HERE)
    await guest.submit(HERE, email="clara@")
    assert guest.answer.status_code == 422
    assert 'value="clara@"' in guest.page
    assert 'aria-invalid="true"' in guest.page
