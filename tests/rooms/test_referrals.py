"""A friend is an advocate's once they say so themselves, and nobody slips in between."""

from datetime import timedelta

import msgspec
import pytest

from leumund.consent.texts import publishing as texts
from leumund.kit import ground
from leumund.programs import joining, offering, publishing
from leumund.referrals import accepting, clicking, confirming, finding, rules, sharing
from leumund.referrals.clicking import Count, Where
from tests import opened
from tests.conftest import NOON
from tests.rooms import whole

BERT = "bert@people.example"


async def referrals() -> list[dict[str, object]]:
    emails = {person.id: person.email for person in await opened.people()}
    rows = await ground.fetch("SELECT advocate, confirmed_at IS NOT NULL AS confirmed FROM referral")
    told = [{"email": emails[row["advocate"]], "confirmed": row["confirmed"]} for row in rows]
    return sorted(told, key=lambda row: str(row["email"]))


async def test_a_code_leads_to_its_advocate_in_any_spelling(inside: ground.Ground):
    await whole.company(at=NOON)
    code = await whole.advocate("anna@people.example", at=NOON)
    assert (await whole.look_up(code.upper())).advocate_name == "Anna"
    with pytest.raises(finding.UnknownCode):
        await whole.look_up("nobodysone")


async def test_what_mallory_sends_meanwhile_does_not_take_annas_friend(inside: ground.Ground):
    """Bert answers Anna's mail; that Mallory entered his address since changes nothing."""
    await whole.company(at=NOON)
    anna = await whole.advocate("anna@people.example", at=NOON)
    mallory = await whole.advocate("mallory@people.example", at=NOON)
    annas = await whole.accept(anna, BERT, at=NOON)
    mallorys = await whole.accept(mallory, BERT, at=NOON + timedelta(minutes=1))
    assert annas is not None
    assert mallorys is not None
    for request in (annas, mallorys):
        await confirming.confirm(request=request, evidence={}, at=NOON + timedelta(minutes=2))
    assert await referrals() == [
        {"email": "anna@people.example", "confirmed": True},
        {"email": "mallory@people.example", "confirmed": False},
    ]


async def test_whoever_signs_up_in_two_programs_before_they_confirm_is_one_new_customer(inside: ground.Ground):
    await whole.company(at=NOON)
    await publishing.publish(terms=msgspec.structs.replace(whole.TERMS, key="zweites"), at=NOON)
    anna = await whole.person("anna@people.example", at=NOON)
    terms, requests = (await texts.current(kind="terms", language="de")).id, []
    for key in (whole.TERMS.key, "zweites"):
        form, email = joining.Form(language="de", terms=terms), "anna@people.example"
        asked = await joining.join(customer=anna, email=email, form=form, at=NOON, program=key)
        assert asked is not None
        await confirming.confirm(request=asked, evidence={}, at=NOON)
        offer = await offering.find(key=key)
        assert offer is not None
        code = await sharing.code_of(customer=anna, program=offer.id, at=NOON)
        requests.append(await whole.accept(code, BERT, at=NOON))
    for request in requests:
        assert request is not None
        await confirming.confirm(request=request, evidence={}, at=NOON)
    assert [row["confirmed"] for row in await referrals()].count(True) == 1


async def test_nobody_recommends_themselves_or_a_customer(inside: ground.Ground):
    await whole.company(at=NOON)
    code = await whole.advocate("anna@people.example", at=NOON)
    await whole.person("clara@people.example", at=NOON)
    for known in ("anna@people.example", "ANNA@people.example", "clara@people.example"):
        assert await whole.accept(code, known, at=NOON) is None
    assert await referrals() == []


async def test_a_strangers_mailbox_is_not_flooded(inside: ground.Ground):
    await whole.company(at=NOON)
    code = await whole.advocate("anna@people.example", at=NOON)
    asked = [await whole.accept(code, BERT, at=NOON) for _ in range(5)]
    assert [request is not None for request in asked] == [True, True, True, False, False]


async def test_a_bad_address_is_refused_by_its_field(inside: ground.Ground):
    await whole.company(at=NOON)
    code = await whole.advocate("anna@people.example", at=NOON)
    with pytest.raises(Exception, match="no_email"):
        await whole.accept(code, "bert(at)people", at=NOON)
    assert accepting.SOURCE == "referral"


async def test_clicks_add_up_by_day_and_survive_a_link_that_is_gone(inside: ground.Ground):
    from uuid import uuid4

    await whole.company(at=NOON)
    link = (await whole.look_up(await whole.advocate("anna@people.example", at=NOON))).link
    for _ in range(2):
        counts = {Where(each, NOON.date(), ""): Count(3, 1, ()) for each in (link, uuid4())}
        await clicking.count(counts=counts)
    assert await ground.fetch("SELECT link, clicks, machines FROM click_count") == [
        {"link": link, "clicks": 6, "machines": 2}
    ]


@pytest.mark.parametrize("agent", ["", "Googlebot/2.1", "WhatsApp/2.23", "curl/8", "facebookexternalhit/1.1"])
def test_machines_are_not_counted(agent: str):
    assert rules.is_machine(agent)


def test_a_phone_is_not_a_machine():
    assert not rules.is_machine("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/605.1.15")
