"""The way out of every mail: one press of one button, or one POST of a mail program (RFC 8058)."""

from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from typing import NamedTuple
from uuid import uuid4

import pytest

from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import guests, regulars
from tests.journeys.guests import Guest, Postbox

Visit = Callable[..., Guest]
CONSENT = "„Fragen zu meiner Zufriedenheit per E-Mail“"
STATES = "SELECT state FROM consent_event WHERE customer = $1 AND purpose = 'survey' ORDER BY at, state"


class Written(NamedTuple):
    """Clara, and the mail that asked her."""

    asked: guests.Surveyed
    mail: EmailMessage

    @property
    def way_out(self) -> str:
        return str(self.mail["List-Unsubscribe"]).strip("<>")


@pytest.fixture
async def clara(deployment: Deployment, energy: Tenant, postbox: Callable[[Tenant], Awaitable[Postbox]]) -> Written:
    asked = await guests.surveyed(deployment, energy)
    return Written(asked, (await postbox(energy)).to(asked.email)[0])


async def states(deployment: Deployment, tenant: Tenant, clara: Written) -> list[object]:
    return [row["state"] for row in await regulars.rows(deployment, tenant, STATES, clara.asked.customer)]


async def test_opening_the_way_out_ends_nothing(deployment: Deployment, energy: Tenant, visit: Visit, clara: Written):
    scanner = visit(energy)
    before = await regulars.stored(deployment, energy)
    for _ in range(2):
        assert (await scanner.open(clara.way_out)).status_code == 200
        assert (await scanner.client.head(clara.way_out)).status_code == 200
    assert await regulars.stored(deployment, energy) == before


async def test_one_post_from_anywhere_is_enough(deployment: Deployment, energy: Tenant, visit: Visit, clara: Written):
    assert clara.mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    program = visit(energy, agent="MailProgram/1")
    for _ in range(2):
        sent = await program.client.post(
            clara.way_out,
            data={"List-Unsubscribe": "One-Click"},
            headers={"sec-fetch-site": "cross-site", "origin": "https://mail.example"},
        )
        assert sent.status_code == 200
        assert not program.client.cookies
    assert (await states(deployment, energy, clara))[-1] == "withdrawn"
    assert (await states(deployment, energy, clara)).count("withdrawn") == 1


async def test_the_button_of_the_page_does_the_same(
    deployment: Deployment, energy: Tenant, visit: Visit, clara: Written
):
    phone = visit(energy)
    await phone.open(clara.way_out)
    assert CONSENT in phone.page, "the page says what the button ends"
    await phone.submit("/unsubscribe/")
    assert CONSENT in phone.page
    assert phone.answer.status_code == 200
    assert "<form" not in phone.page.split("<main")[1]
    assert (await states(deployment, energy, clara))[-1] == "withdrawn"


async def test_what_mallory_makes_up_ends_nothing(
    deployment: Deployment, brands: dict[str, Tenant], energy: Tenant, visit: Visit, clara: Written
):
    path = clara.way_out.split(energy.host)[1]
    before = await regulars.stored(deployment, energy)
    unknown = await regulars.signed(deployment, energy, "unsubscribe", uuid4())
    for tenant, address in ((brands["birke"], path), (energy, path[:-3] + "xxx"), (energy, f"/unsubscribe/{unknown}")):
        mallory = visit(tenant)
        assert (await mallory.open(address)).status_code == 404
        assert (await mallory.send(address)).status_code == 404
    assert await regulars.stored(deployment, energy) == before
