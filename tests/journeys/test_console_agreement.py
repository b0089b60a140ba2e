"""The agreement is accepted as it was read, stays as it was accepted, and changes only with time to object."""

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from pypdf import PdfReader

from leumund.audit import listing
from leumund.company import agreeing
from leumund.company.processing import Described
from leumund.customers.records import registering
from leumund.customers.records.registering import Record
from leumund.kit import clock, ground
from leumund.messages import delivering, sending
from leumund.messages.tables import Message
from leumund.privacy.agreement import changing, subprocessors
from leumund.privacy.agreement.subprocessors import BadList
from leumund.programs import offering
from leumund.referrals import sharing
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests import served, shell
from tests.conftest import NOON
from tests.journeys import desks, staffing
from tests.journeys.desks import said
from tests.journeys.guests import OURS, Guest
from tests.journeys.shops import Shop
from tests.rooms import whole

Visit = Callable[..., Guest]
LIST = """
[[subprocessor]]
name = "Rechenzentrum Nord"
address = "Hafenstraße 1, 20457 Hamburg"
country = "{country}"
what_for = {{ de = "Server", en = "Servers" }}
"""


@pytest.fixture
async def unsigned(deployment: Deployment) -> Tenant:
    """A company whose owner has not accepted anything yet."""
    slug = f"linden-{uuid4().hex[:8]}"
    tenant = await served.company(deployment, slug, name="Linden", at=NOON, agreed=False)
    async with deployment.scopes.inside(tenant):
        await whole.company(at=NOON)
    return tenant


async def accepted(desk: Guest, **instead: str) -> tuple[int, str]:
    await desk.open("/console/agreement")
    read = re.findall(r'name="read" value="([0-9a-f]{64})"', desk.page)
    fields = {"read": read[0] if read else "", "accepted": "yes"} | instead
    answer = await desk.client.post("/console/agreement", data=fields, headers=OURS)
    return answer.status_code, answer.text


async def test_the_owner_accepts_what_was_read_and_it_stays_so(deployment: Deployment, unsigned: Tenant, visit: Visit):
    desk = await staffing.at_desk(deployment, visit, unsigned)
    await desk.open("/console/agreement")
    assert "Noch nicht angenommen" in desk.page
    assert "Muster, Fassung 1" in desk.page
    assert (await accepted(desk))[0] == 303
    await desk.open("/console/agreement")
    assert "Noch nicht angenommen" not in desk.page
    async with deployment.scopes.reading(unsigned):
        (kept,) = await agreeing.acceptances()
        noted = (await listing.page()).rows[0]
    assert (noted.action, noted.detail["sha256"]) == ("agreement.accepted", kept.sha256)
    pdf = PdfReader(BytesIO((await desk.client.get(f"/console/agreement/{kept.id}/agreement.pdf")).content))
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    words = " ".join(page.extract_text() for page in pdf.pages)
    assert kept.sha256[:16] in re.sub(r"\s", "", words)


@pytest.mark.parametrize(("instead", "said_so"), [({"accepted": ""}, "Haken"), ({"read": "0" * 64}, "noch einmal")])
async def test_nobody_accepts_by_accident_or_what_they_did_not_read(
    deployment: Deployment, unsigned: Tenant, visit: Visit, instead: dict[str, str], said_so: str
):
    desk = await staffing.at_desk(deployment, visit, unsigned)
    status, page = await accepted(desk, **instead)
    assert (status, said_so in said(page)) == (422, True)
    async with deployment.scopes.reading(unsigned):
        assert not await agreeing.has_agreed()


@pytest.mark.parametrize("role", ["privacy_officer", "viewer", "marketing"])
async def test_mallory_who_is_no_owner_accepts_nothing(
    deployment: Deployment, unsigned: Tenant, visit: Visit, role: str
):
    desk = await staffing.at_desk(deployment, visit, unsigned, role=role)
    answer = await desk.client.post("/console/agreement", data={"accepted": "yes"}, headers=OURS)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("lang", "title"), [("de", "Vertrag zur Auftragsverarbeitung"), ("en", "Data processing agreement")]
)
async def test_it_is_there_in_both_languages(
    deployment: Deployment, unsigned: Tenant, visit: Visit, lang: str, title: str
):
    desk = await staffing.at_desk(deployment, visit, unsigned)
    pdf = PdfReader(BytesIO((await desk.client.get(f"/console/agreement/agreement.pdf?lang={lang}")).content))
    assert title in re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pdf.pages))


async def test_a_new_sub_processor_is_told_once_and_can_be_objected_to(
    deployment: Deployment, unsigned: Tenant, visit: Visit, tmp_path: Path
):
    desk = await staffing.at_desk(deployment, visit, unsigned)
    file = tmp_path / "subprocessors.toml"
    said_so = []
    for content in ("", LIST.format(country="DE"), LIST.format(country="DE")):
        file.write_text(content, "utf-8")
        told = await shell.told(deployment.settings, "processors", "tell", LEUMUND_SUBPROCESSORS_FILE=str(file))
        said_so += re.findall(rf"{unsigned.slug}: (.*)", told[1])
    assert said_so == ["nothing new", "told of the change", "nothing new"]
    await desk.open("/console/agreement")
    assert "Neu dabei: Rechenzentrum Nord" in said(desk.page)
    async with deployment.scopes.reading(unsigned):
        newest = (await changing.notices())[0]
        assert len(await ground.fetch("SELECT FROM message WHERE kind = 'processor_notice'")) == 1
    objection = f"/console/agreement/notices/{newest.id}/objection"
    assert (await desk.client.post(objection, headers=OURS)).status_code == 303
    assert (await desk.client.post(objection, headers=OURS)).status_code == 404
    await desk.open("/console/agreement")
    assert "Widersprochen am" in desk.page


async def test_who_accepted_is_told_of_the_very_first_change(deployment: Deployment, unsigned: Tenant, visit: Visit):
    desk = await staffing.at_desk(deployment, visit, unsigned)
    assert (await accepted(desk))[0] == 303
    one = Described(role="processor", name="Nord", address="Hamburg", country="DE", what_for={"de": "x", "en": "x"})
    async with deployment.scopes.inside(unsigned):
        assert await changing.tell(processors=[one], actor="operator:cli", at=clock.now())
        assert (await changing.notices())[0].added == ["Nord"]


async def test_after_the_window_nobody_objects_any_more(deployment: Deployment, unsigned: Tenant):
    one = Described(role="processor", name="Nord", address="Hamburg", country="DE", what_for={"de": "x", "en": "x"})
    async with deployment.scopes.inside(unsigned):
        await changing.tell(processors=[], actor="operator:cli", at=NOON)
        later = NOON + timedelta(days=1)
        await changing.tell(processors=[one], actor="operator:cli", at=later)
        newest = (await changing.notices())[0]
        assert (newest.until_at - later).days == 14
        with pytest.raises(changing.NoticeUnknown):
            await changing.object_to(notice=newest.id, actor="staff:x", at=newest.until_at)


@pytest.mark.parametrize("content", ["x", "[[subprocessor]]\nname = 'x'", LIST.format(country="US"), "[other]"])
def test_a_wrong_list_is_refused(tmp_path: Path, content: str):
    file = tmp_path / "subprocessors.toml"
    file.write_text(content, "utf-8")
    with pytest.raises(BadList):
        subprocessors.read(file)


async def test_before_it_is_accepted_nothing_of_the_company_runs_and_then_all_does(
    deployment: Deployment, unsigned: Tenant, visit: Visit, door: object
):
    """Each way a person's data come in or a mail goes out is shut, says why, and opens with the owner's word."""
    desk, shop = await staffing.at_desk(deployment, visit, unsigned), await Shop.open(door, deployment, unsigned)
    anna, link = await _anna_and_her_link(deployment, unsigned)
    shut = await _tried(desk, shop, visit(unsigned), link)
    assert shut == {"api": 409, "check": 422, "landing": 404, "survey": 409}
    assert await _held(deployment, unsigned, anna, "reward_released") == "no_agreement"
    assert await _held(deployment, unsigned, anna, "erasure_begun") is None, (
        "what the law has us say is said all the same"
    )
    for path in ("", "/program", "/surveys", "/customers/import"):
        await desk.open(f"/console{path}")
        assert "Noch nicht live" in said(desk.page), path
    assert (await accepted(desk))[0] == 303
    assert await _tried(desk, shop, visit(unsigned), link) == {"api": 201, "check": 200, "landing": 200, "survey": 303}
    assert await _held(deployment, unsigned, anna, "reward_released") is None
    await desk.open("/console")
    assert "Noch nicht live" not in said(desk.page)


async def _anna_and_her_link(deployment: Deployment, tenant: Tenant) -> tuple[UUID, str]:
    """As they would stand there had somebody let them in."""
    async with deployment.scopes.inside(tenant):
        record = Record(external_id="K-1", email="anna@people.example", given_name="Anna")
        anna = (await registering.register(record=record, source="test", at=clock.now())).id
        (offer,) = await offering.all_offers()
        return anna, await sharing.code_of(customer=anna, program=offer.id, at=clock.now())


async def _tried(desk: Guest, shop: Shop, friend: Guest, link: str) -> dict[str, int]:
    checked = await desk.client.post(
        "/console/customers/import/check", files={"file": ("k.csv", b"E-Mail\nclara@people.example\n")}, headers=OURS
    )
    return {
        "api": (await shop.post("/customers", {"external_id": uuid4().hex})).status_code,
        "check": checked.status_code,
        "landing": (await friend.open(f"/r/{link}/welcome")).status_code,
        "survey": await desks.released(desk),
    }


async def _held(deployment: Deployment, tenant: Tenant, anna: UUID, kind: str) -> str | None:
    """Why a mail of ``kind`` did not go to her."""

    async def post(_: EmailMessage) -> str:
        return "250"

    async with deployment.scopes.inside(tenant):
        message = await sending.queue(kind=kind, customer=anna, language="de", at=clock.now())
        await delivering.deliver(message=message, post=post, at=clock.now())
        row = await Message.objects().get(Message.id == message)
    assert row is not None
    return row.held_reason
