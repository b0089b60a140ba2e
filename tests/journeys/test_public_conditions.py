"""A promise comes with its conditions, and one click says all that it does."""

import re
from collections.abc import Awaitable, Callable
from html import unescape

import msgspec
import pytest

from leumund.programs.offering import Rule
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import guests, regulars
from tests.journeys.guests import Guest, Postbox

Visit = Callable[..., Guest]


def plain(page: str) -> str:
    """What a page says, without its tags and with every space alike."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.parametrize("slug", ["linden", "birke"])
async def test_the_order_a_reward_takes_stands_beside_it_and_nowhere_else(
    deployment: Deployment, brands: dict[str, Tenant], visit: Visit, slug: str
):
    tenant = brands[slug]
    anna = await regulars.advocate(deployment, tenant)

    def least(advocate: int) -> Callable[[Rule], Rule]:
        orders = {"friend": 9000, "advocate": advocate}
        return lambda rule: msgspec.structs.replace(rule, minimum_order_cents=orders[rule.side])

    put_back = await regulars.promise(deployment, tenant, least(0))
    try:
        bert = visit(tenant, language="de")
        await bert.open(anna.share)
        assert [plain(each) for each in re.findall(r"<span class=.least.>([^<]*)</span>", bert.page)] == [
            "ab 90 € Bestellwert"
        ]
        await regulars.promise(deployment, tenant, least(5000))
        await bert.open(anna.share)
        assert bert.page.count('class="least"') == 2
        assert "(ab 50 € Bestellwert) von" in plain(bert.page), "what Anna gets is disclosed with its condition"
    finally:
        await put_back()


async def test_the_button_says_when_it_confirms_consents_too(
    deployment: Deployment, energy: Tenant, visit: Visit, postbox: Callable[[Tenant], Awaitable[Postbox]]
):
    said = "Mit demselben Klick bestätigen Sie auch"
    anna = await regulars.advocate(deployment, energy)
    for ticked in ({"terms"}, {"terms", "consent_survey"}):
        bert, email = visit(energy, language="de"), guests.address_of("bert")
        await bert.open(anna.share)
        await bert.submit("/r/", given_name="Bert", family_name="Freund", email=email, ticked=ticked)
        await bert.open((await postbox(energy)).link(email, "/confirm/"))
        assert (said in bert.page) == ("consent_survey" in ticked)


async def test_what_a_yes_would_be_to_lies_open_beside_the_button(deployment: Deployment, energy: Tenant, visit: Visit):
    anna, phone = await regulars.advocate(deployment, energy), visit(energy, language="de")
    await phone.open(anna.enter)
    await phone.submit("/portal/enter/")
    await phone.open("/portal")
    assert phone.page.count('<details class="wording" open>') == phone.page.count("/portal/consents/") == 3
    await phone.submit("/portal/consents/survey", choice="yes")
    await phone.open("/portal")
    assert phone.page.count('<details class="wording" open>') == 2
