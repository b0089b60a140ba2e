"""Clara answers by a tap and a button, and nobody else does it for her."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest

from leumund.surveys.answers import listing
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import guests, regulars
from tests.journeys.guests import Form, Guest

Visit = Callable[..., Guest]


async def answers(deployment: Deployment, tenant: Tenant, clara: guests.Surveyed) -> list[tuple[object, object]]:
    async with deployment.scopes.reading(tenant):
        given = await listing.answers_of(customer=clara.customer)
    return [(each.score, each.comment) for each in given]


async def test_a_scanner_that_opens_every_link_answers_nothing(deployment: Deployment, energy: Tenant, visit: Visit):
    clara, scanner = await guests.surveyed(deployment, energy), visit(energy)
    before = await regulars.stored(deployment, energy)
    for mark in range(11):
        assert (await scanner.open(f"{clara.link}?score={mark}")).status_code == 200
        assert Form(scanner.page, "/s/").fields["recommend"] == str(mark)
        head = await scanner.client.head(f"{clara.link}?score={mark}")
        assert (head.status_code, head.content) == (200, b"")
    assert await regulars.stored(deployment, energy) == before


@pytest.mark.parametrize("score", ["", "11", "-1", "9.0", "nine", "9' OR '1"])
async def test_without_a_mark_the_page_says_so_and_keeps_the_words(
    deployment: Deployment, energy: Tenant, visit: Visit, score: str
):
    clara, phone = await guests.surveyed(deployment, energy), visit(energy, language="de")
    await phone.open(clara.link)
    await phone.submit("/s/", recommend=score, comment="Immer freundlich & <b>schnell</b>.")
    assert phone.answer.status_code == 422
    assert 'id="recommend-wrong"' in phone.page
    assert "Immer freundlich &amp; &lt;b&gt;schnell&lt;/b&gt;." in phone.page
    assert await answers(deployment, energy, clara) == []


async def test_more_than_anybody_reads_is_refused_by_its_field(deployment: Deployment, energy: Tenant, visit: Visit):
    clara, phone = await guests.surveyed(deployment, energy), visit(energy)
    await phone.open(f"{clara.link}?score=8")
    await phone.submit("/s/", comment="ü" * 4_001)
    assert phone.answer.status_code == 422
    assert 'id="comment-wrong"' in phone.page
    assert Form(phone.page, "/s/").fields["recommend"] == "8", "the mark is kept"
    await phone.submit("/s/", comment="ü" * 4_000)
    assert phone.answer.status_code == 200
    assert await answers(deployment, energy, clara) == [(8, "ü" * 4_000)]


async def test_a_body_no_form_of_ours_sends_is_not_read(deployment: Deployment, energy: Tenant, visit: Visit):
    clara, phone = await guests.surveyed(deployment, energy), visit(energy)
    await phone.send(clara.link, recommend="9", comment="x" * 200_000)
    assert phone.answer.status_code == 413
    assert await answers(deployment, energy, clara) == []


async def test_an_answer_is_corrected_for_half_an_hour(deployment: Deployment, energy: Tenant, visit: Visit):
    clara, phone = await guests.surveyed(deployment, energy), visit(energy)
    for mark in ("2", "10"):
        await phone.send(clara.link, recommend=mark, comment=f"Note {mark}")
        assert phone.answer.status_code == 200
    assert await answers(deployment, energy, clara) == [(10, "Note 10")]
    ago = "UPDATE survey_invitation SET answered_at = answered_at - interval '31 minutes' WHERE id = $1"
    await regulars.change(deployment, energy, ago, clara.invitation)
    assert (await phone.open(clara.link)).status_code == 410
    assert (await phone.send(clara.link, recommend="0")).status_code == 410
    assert await answers(deployment, energy, clara) == [(10, "Note 10")]


async def test_whoever_thanks_are_said_to_is_led_back_to_correct(deployment: Deployment, energy: Tenant, visit: Visit):
    clara, phone = await guests.surveyed(deployment, energy), visit(energy, language="de")
    await phone.send(clara.link, recommend="2", comment="Vertippt.")
    assert "noch 30 Minuten lang ändern" in phone.page
    way = re.search(r'href="(/s/[^"]+)"', phone.page)
    assert way
    await phone.open(way[1].replace("&amp;", "&"))
    assert Form(phone.page, "/s/").fields["recommend"] == "2"


async def test_a_second_visit_finds_the_answer_as_it_was_given(deployment: Deployment, energy: Tenant, visit: Visit):
    clara, phone = await guests.surveyed(deployment, energy), visit(energy, language="de")
    await phone.open(f"{clara.link}?score=3&comment=Untergeschoben")
    assert "Untergeschoben" not in phone.page
    assert "Sie können sie hier noch ändern" not in phone.page
    await phone.submit("/s/", comment="Zu langsam & <teuer>")
    for address, mark in ((clara.link, "3"), (f"{clara.link}?score=7", "7"), (f"{clara.link}?score=77", "3")):
        await phone.open(address)
        assert "Sie können sie hier noch ändern" in phone.page
        assert Form(phone.page, "/s/").fields["recommend"] == mark, address
        assert "Zu langsam &amp; &lt;teuer&gt;</textarea>" in phone.page
    await phone.submit("/s/", recommend="8", comment="Zu langsam & <teuer>")
    assert await answers(deployment, energy, clara) == [(8, "Zu langsam & <teuer>")]


async def test_an_expired_invitation_is_closed_kindly(deployment: Deployment, energy: Tenant, visit: Visit):
    clara, phone = await guests.surveyed(deployment, energy), visit(energy)
    past = "UPDATE survey_invitation SET expires_at = invited_at WHERE id = $1"
    await regulars.change(deployment, energy, past, clara.invitation)
    assert (await phone.open(clara.link)).status_code == 410
    assert "Linden" in phone.page
    assert (await phone.send(clara.link, recommend="9")).status_code == 410
    assert await answers(deployment, energy, clara) == []


async def test_what_mallory_makes_up_leads_nowhere(deployment: Deployment, brands: dict[str, Tenant], visit: Visit):
    linden, birke = brands["linden"], brands["birke"]
    clara = await guests.surveyed(deployment, linden)
    token = clara.link.removeprefix("/s/")
    mallory = visit(linden)
    forged = [
        # Not the last letter: of its bits some count for nothing, and another letter may be the same signature.
        token[:-5] + ("A" if token[-5] != "A" else "B") + token[-4:],
        token.split(".")[0],
        await regulars.signed(deployment, linden, "confirm", clara.invitation),
        await regulars.signed(deployment, linden, "survey", uuid4()),
        await regulars.signed(deployment, birke, "survey", clara.invitation),
        "%00",
        "ü" * 300,
    ]
    pages = set()
    for link in forged:
        assert (await mallory.open(f"/s/{link}")).status_code == 404, link
        pages.add(mallory.page)
        assert (await mallory.send(f"/s/{link}", recommend="0")).status_code == 404, link
    assert len(pages) == 1, "forged, another company's and never made answer alike"
    other = visit(birke)
    assert (await other.open(clara.link)).status_code == 404, "Linden's link says nothing at Birke's"
    assert await answers(deployment, linden, clara) == []


async def test_a_form_of_another_site_answers_nothing(deployment: Deployment, energy: Tenant, visit: Visit):
    clara, phone = await guests.surveyed(deployment, energy), visit(energy)
    for site in ("cross-site", "same-site"):
        assert (await phone.send(clara.link, site=site, recommend="0")).status_code == 403
    assert await answers(deployment, energy, clara) == []


async def test_only_a_glad_answer_leads_to_the_offer(deployment: Deployment, energy: Tenant, visit: Visit):
    for mark, offered in (("6", False), ("8", False), ("9", True)):
        clara, phone = await guests.surveyed(deployment, energy), visit(energy)
        await phone.send(clara.link, recommend=mark)
        assert ("/join/" in phone.page) is offered
        join = await regulars.signed(deployment, energy, "join", clara.invitation)
        assert (await phone.open(f"/join/{join}")).status_code == (200 if offered else 404)
        form = Form(phone.page, "/join/").fields if offered else {}
        posted = await phone.send(f"/join/{join}", **form, terms="yes")
        assert posted.status_code == (200 if offered else 404)


async def test_while_the_program_rests_a_glad_answer_is_thanked_for(
    deployment: Deployment, energy: Tenant, visit: Visit
):
    clara, phone = await guests.surveyed(deployment, energy), visit(energy)
    await regulars.change(deployment, energy, "UPDATE program SET state = 'paused'")
    try:
        assert (await phone.send(clara.link, recommend="10")).status_code == 200
        assert "/join/" not in phone.page
    finally:
        await regulars.change(deployment, energy, "UPDATE program SET state = 'live'")
