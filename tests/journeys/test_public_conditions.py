"""A promise comes with its conditions, and one click says all that it does."""

import re
from collections.abc import Awaitable, Callable
from html import unescape

import msgspec
import pytest

from leumund.programs.offers import Rule
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests import served
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


async def test_what_a_program_promises_stands_beside_the_box_and_must_be_what_is_accepted(
    deployment: Deployment, visit: Visit
):
    tenant = await served.like(deployment, "linden")
    anna, bert = await regulars.advocate(deployment, tenant), visit(tenant, language="de")
    await bert.open(anna.share)
    assert "Regeln dieses Programms" in bert.page
    assert "Wer geworben wird, bekommt: 25 €" in plain(bert.page)
    assert "zählt die Anmeldung, die sie zuerst per E-Mail bestätigt hat" in plain(bert.page)
    await regulars.promise(
        deployment, tenant, lambda rule: msgspec.structs.replace(rule, cents=(rule.cents or 0) + 500)
    )
    email = guests.address_of("bert")
    await bert.submit("/r/", given_name="Bert", family_name="Freund", email=email, ticked={"terms"})
    assert bert.answer.status_code == 422, "nobody accepts what they were not shown"
    assert "Wer geworben wird, bekommt: 30 €" in plain(bert.page)
    await bert.submit("/r/", given_name="Bert", family_name="Freund", email=email, ticked={"terms"})
    assert bert.answer.status_code == 200
    sql = "SELECT v.number FROM referral r JOIN program_version v ON v.id = r.version"
    assert await regulars.rows(deployment, tenant, sql) == [{"number": 2}]


async def test_an_advocate_reads_again_what_they_accepted(deployment: Deployment, visit: Visit):
    tenant = await served.like(deployment, "linden")
    anna, phone = await regulars.advocate(deployment, tenant), visit(tenant, language="de")
    await regulars.promise(
        deployment, tenant, lambda rule: msgspec.structs.replace(rule, cents=(rule.cents or 0) + 500)
    )
    await phone.open(anna.enter)
    await phone.submit("/portal/enter/")
    await phone.open("/portal")
    assert "Was Sie angenommen haben" in phone.page
    assert "Wer empfiehlt, bekommt: 50 €" in plain(phone.page)
    assert "Wer empfiehlt, bekommt: 55 €" not in plain(phone.page)
