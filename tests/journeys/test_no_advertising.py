"""Whoever allows no advertising recommends, signs up, earns and is paid like everybody else (Art. 7(4) GDPR)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import pytest

from leumund.kit import clock
from leumund.messages import sending
from leumund.rewards import releasing
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import guests, regulars
from tests.journeys.guests import Form, Guest, Postbox
from tests.journeys.shops import Shop

Visit = Callable[..., Guest]
Post = Callable[[Tenant], Awaitable[Postbox]]
# Longer than anything is held.
HOLD = timedelta(days=60)
BOXES = {"consent_survey", "consent_recommendation", "consent_profile"}
REWARDS = "SELECT id, side, state, beneficiary FROM reward WHERE beneficiary = ANY ($1)"
ADVERTISED = (
    "SELECT customer, state, held_reason FROM message "
    "WHERE customer = ANY ($1) AND basis = 'consent' AND kind = 'advocate_invitation'"
)


class Went(NamedTuple):
    """Two people at the end of the whole way, by their ids, with the page each sees last."""

    clara: UUID
    bert: UUID
    pages: tuple[str, str]

    @property
    def both(self) -> list[UUID]:
        return [self.clara, self.bert]


class Way:
    """The whole way at one company, with the boxes in ``ticked`` and no others."""

    def __init__(self, deployment: Deployment, tenant: Tenant, visit: Visit, postbox: Post, ticked: set[str]) -> None:
        self.deployment = deployment
        self.tenant = tenant
        self.visit = visit
        self.postbox = postbox
        self.ticked = ticked

    async def walk(self, shop: Shop) -> Went:
        phone, clara, share = await self._recommend()
        friend, bert = await self._accept(share)
        order = {"order_id": uuid4().hex, "amount_cents": 90_000, "currency": "EUR", "customer": {"email": bert}}
        assert (await shop.post("/conversions", order)).status_code == 201
        went = Went(clara.customer, await regulars.who(self.deployment, self.tenant, bert), ("", ""))
        await self._release(went)
        await self._enter(friend, bert)
        return went._replace(pages=((await phone.open("/portal")).text, friend.page))

    async def _recommend(self) -> tuple[Guest, guests.Surveyed, str]:
        """Clara takes back what she was asked by, answers all the same, and takes part."""
        clara = await guests.surveyed(self.deployment, self.tenant)
        phone = self.visit(self.tenant)
        (mail,) = (await self.postbox(self.tenant)).to(clara.email)
        await phone.send(str(mail["List-Unsubscribe"]).strip("<>"), **{"List-Unsubscribe": "One-Click"})
        assert phone.answer.status_code == 200
        await phone.send(clara.link, recommend="10")
        assert Form(phone.page, "/join/").boxes == dict.fromkeys({"terms", *BOXES}, False)
        await phone.submit("/join/", ticked={"terms", *self.ticked})
        await self._confirm(phone, clara.email)
        await phone.open(guests.found(r'/portal/enter/[^"]+', phone.page))
        await phone.submit("/portal/enter/")
        return phone, clara, Form.value_of(phone.page, "link")

    async def _accept(self, share: str) -> tuple[Guest, str]:
        friend, bert = self.visit(self.tenant), guests.address_of("bert")
        await friend.open(share)
        assert Form(friend.page, "/r/").boxes == dict.fromkeys({"terms", *BOXES}, False)
        await friend.submit("/r/", given_name="Bert", family_name="Freund", email=bert, ticked={"terms", *self.ticked})
        await self._confirm(friend, bert)
        return friend, bert

    async def _confirm(self, guest: Guest, email: str) -> None:
        await guest.open((await self.postbox(self.tenant)).link(email, "/confirm/"))
        await guest.submit("/confirm/")
        assert guest.answer.status_code == 200

    async def _release(self, went: Went) -> None:
        for reward in await regulars.rows(self.deployment, self.tenant, REWARDS, went.both):
            async with self.deployment.scopes.inside(self.tenant):
                await releasing.release(reward=UUID(str(reward["id"])), at=clock.now() + HOLD)

    async def _enter(self, guest: Guest, email: str) -> None:
        await guest.open("/portal/login")
        await guest.submit("/portal/login", email=email)
        await guest.open((await self.postbox(self.tenant)).link(email, "/portal/enter/"))
        await guest.submit("/portal/enter/")
        assert guest.answer.url.path == "/portal"

    async def advertise(self, went: Went) -> list[dict[str, object]]:
        """Somebody at the company has both written to all the same; returns what became of it."""
        for person in went.both:
            async with self.deployment.scopes.inside(self.tenant):
                await sending.queue(
                    kind="advocate_invitation",
                    customer=person,
                    subject_id=uuid4(),
                    purpose="recommendation",
                    language="de",
                    at=clock.now(),
                )
        await self.postbox(self.tenant)
        return await regulars.rows(self.deployment, self.tenant, ADVERTISED, went.both)


@pytest.fixture
async def shop(door: Any, deployment: Deployment, energy: Tenant) -> Any:
    opened = await Shop.open(door, deployment, energy)
    yield opened
    await opened.client.aclose()


@pytest.mark.parametrize(
    ("ticked", "becomes"), [(set(), ("held", "no_consent")), (BOXES, ("sent", None))], ids=["nothing", "everything"]
)
async def test_the_whole_way_earns_the_same_whatever_is_allowed(
    deployment: Deployment,
    energy: Tenant,
    visit: Visit,
    postbox: Post,
    shop: Shop,
    ticked: set[str],
    becomes: tuple[str, str | None],
):
    way = Way(deployment, energy, visit, postbox, ticked)
    went = await way.walk(shop)
    rewards = await regulars.rows(deployment, energy, REWARDS, went.both)
    assert {(row["side"], row["beneficiary"], row["state"]) for row in rewards} == {
        ("advocate", went.clara, "approved"),
        ("friend", went.bert, "approved"),
    }
    for page, cents in zip(went.pages, ("50,00", "25,00"), strict=True):
        assert page.count('class="state approved"') >= 1
        assert cents in page
    assert await regulars.rows(deployment, energy, ADVERTISED, went.both) == [], "nobody advertised by themselves"
    for mail in await way.advertise(went):
        assert (mail["state"], mail["held_reason"]) == becomes
