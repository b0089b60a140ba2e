"""A program under another key ends the one before: whoever took part in that is offered the new one in the portal."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from leumund.files import reading
from leumund.kit import language
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests import served
from tests.journeys import folders, guests, regulars
from tests.journeys.folders import Folder
from tests.journeys.guests import Form, Guest, Postbox
from tests.journeys.seconds import entered

Visit = Callable[..., Guest]
Post = Callable[[Tenant], Awaitable[Postbox]]
JOIN = "/portal/join/nachbarn"
PARTICIPATIONS = """
SELECT p.key, t.confirmed_at IS NOT NULL AS confirmed FROM participation t JOIN program p ON p.id = t.program
WHERE t.customer = $1 ORDER BY p.key
"""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path, "linden")


@pytest.fixture
async def linden(deployment: Deployment, folder: Folder) -> Tenant:
    """Linden of this test's own, whose program may end."""
    return await served.described(deployment, reading.read(folder.path))


async def switched(deployment: Deployment, folder: Folder, **changes: object) -> None:
    """The company runs another program by now."""
    folder.change(lambda company: company["program"].update(key="nachbarn", **changes))
    await folders.apply(deployment, folder.path)


@pytest.mark.parametrize("lang", ["de", "en"])
async def test_an_advocate_of_an_ended_program_takes_part_in_the_new_one_from_the_portal(
    deployment: Deployment, folder: Folder, linden: Tenant, visit: Visit, postbox: Post, lang: str
):
    anna = await regulars.advocate(deployment, linden, language=lang)
    phone = await entered(visit(linden, language=lang), anna)
    assert JOIN not in phone.page
    await postbox(linden)
    await switched(deployment, folder)
    await phone.open("/portal")
    assert language.text("portal.rest.title", lang) not in phone.page, "a program is live"
    assert anna.share not in phone.page
    await phone.open(guests.found(rf'{JOIN}(?=[?"])', phone.page))
    assert phone.answer.url.path == JOIN
    assert set(Form(phone.page, JOIN).boxes.values()) == {False}, "no box is ticked for anybody"

    await phone.submit(JOIN, ticked={"terms"})
    assert phone.answer.status_code == 200
    assert anna.email not in phone.page, "a masked address is hint enough"
    told = await regulars.rows(deployment, linden, PARTICIPATIONS, anna.customer)
    assert told == [{"key": "freunde", "confirmed": True}, {"key": "nachbarn", "confirmed": False}]
    await phone.open((await postbox(linden)).link(anna.email, "/confirm/"))
    await phone.submit("/confirm/")
    assert "/portal/enter/" in phone.page

    await phone.open("/portal")
    assert JOIN not in phone.page
    shared = re.search(r'id="link" value="[^"]*(/r/\w+)"', phone.page)
    assert shared
    assert shared[1] != anna.share
    assert (await phone.open(shared[1])).status_code == 200
    assert (await phone.open(anna.share)).status_code == 404


async def test_a_glad_answer_offers_the_new_program_to_whoever_took_part_in_the_old(
    deployment: Deployment, folder: Folder, linden: Tenant, visit: Visit, postbox: Post
):
    phone, clara = visit(linden), await guests.surveyed(deployment, linden)
    await phone.send(clara.link, recommend="9")
    join = Form(phone.page, "/join/").action
    await phone.submit("/join/", ticked={"terms"})
    await phone.open((await postbox(linden)).link(clara.email, "/confirm/"))
    await phone.submit("/confirm/")
    assert "<form" not in (await phone.open(join)).text.split("<main")[1], "she takes part"
    await switched(deployment, folder)
    await phone.open(join)
    await phone.submit("/join/", ticked={"terms"})
    await phone.open((await postbox(linden)).link(clara.email, "/confirm/"))
    await phone.submit("/confirm/")
    told = await regulars.rows(deployment, linden, PARTICIPATIONS, clara.customer)
    assert told == [{"key": "freunde", "confirmed": True}, {"key": "nachbarn", "confirmed": True}]


async def test_without_the_terms_nothing_is_kept_and_the_box_says_why(
    deployment: Deployment, folder: Folder, linden: Tenant, visit: Visit
):
    anna = await regulars.advocate(deployment, linden)
    phone = await entered(visit(linden), anna)
    await switched(deployment, folder)
    await phone.open(JOIN)
    before = await regulars.stored(deployment, linden)
    await phone.submit(JOIN)
    assert phone.answer.status_code == 422
    assert re.findall(r'id="([a-z_]+)-wrong"', phone.page) == ["terms"]
    assert await regulars.stored(deployment, linden) == before


async def test_words_that_changed_since_the_page_was_read_are_read_again(
    deployment: Deployment, folder: Folder, linden: Tenant, visit: Visit
):
    anna = await regulars.advocate(deployment, linden)
    phone = await entered(visit(linden, language="de"), anna)
    await switched(deployment, folder)
    await phone.open(JOIN)
    terms = folder.path / "texts" / "terms.de.md"
    terms.write_text(terms.read_text("utf-8") + "\nUnd noch ein Satz.\n", "utf-8")
    await folders.apply(deployment, folder.path)
    before = await regulars.stored(deployment, linden)
    await phone.submit(JOIN, ticked={"terms"})
    assert phone.answer.status_code == 422
    assert "Und noch ein Satz." in phone.page
    assert await regulars.stored(deployment, linden) == before


@pytest.mark.parametrize("state", ["live", "paused"])
async def test_whoever_is_offered_nothing_new_is_led_to_the_portal_and_joins_nothing(
    deployment: Deployment, folder: Folder, linden: Tenant, visit: Visit, state: str
):
    anna = await regulars.advocate(deployment, linden)
    phone, stranger = await entered(visit(linden), anna), visit(linden)
    if state == "paused":
        await switched(deployment, folder, state="paused")
    before = await regulars.stored(deployment, linden)
    assert JOIN not in (await phone.open("/portal")).text
    assert (await phone.open(JOIN)).url.path == "/portal"
    assert (await phone.send(JOIN, terms="yes")).headers["location"].startswith("/portal")
    assert (await phone.send(JOIN, site="cross-site", terms="yes")).status_code == 403
    assert (await stranger.open(JOIN)).url.path == "/portal/login"
    assert (await stranger.send(JOIN, terms="yes")).headers["location"].startswith("/portal/login")
    assert await regulars.stored(deployment, linden) == before
