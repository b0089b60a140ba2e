"""What people ask of their data without an account: by a code that goes to the mailbox on file, and to no other."""

from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest

from leumund.customers.records.registering import Record
from leumund.demo import mailbox
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import desks, regulars
from tests.journeys.anatomy import Anatomy
from tests.journeys.desks import said
from tests.journeys.guests import Guest, Postbox, found

Visit = Callable[..., Guest]
Emptied = Callable[[Tenant], Awaitable[Postbox]]
BERT = "bert@people.example"


@pytest.fixture
async def bert(deployment: Deployment, birke: Tenant) -> UUID:
    """A friend without an account."""
    (customer,) = await desks.come(deployment, birke, Record(email=BERT, given_name="Bert", family_name="Beispiel"))
    return customer


async def ask(guest: Guest, *, kind: str = "access", email: str = BERT, words: str = "") -> None:
    await guest.open("/rights")
    await guest.submit("/rights", kind=kind, email=email, words=words)


def code_in(mail: EmailMessage) -> str:
    return found(r"\b[0-9]{8}\b", mailbox.text_of(mail))


def wrong(code: str) -> str:
    return "00000000" if code != "00000000" else "11111111"


async def cases(deployment: Deployment, tenant: Tenant) -> list[dict[str, Any]]:
    return await regulars.rows(deployment, tenant, "SELECT kind, state, came FROM rights_case ORDER BY kind")


async def test_the_page_leads_to_every_right_from_the_foot_of_all(birke: Tenant, visit: Visit):
    guest = visit(birke, language="de")
    await guest.open("/imprint")
    assert 'href="/rights' in guest.page
    await guest.open("/rights")
    page = said(guest.page)
    for words in ("Wissen, was gespeichert ist", "Alles löschen lassen", "Der Nutzung widersprechen"):
        assert words in page
    assert Anatomy(guest.page).faults == []
    assert "set-cookie" not in guest.answer.headers


async def test_a_code_from_the_mail_opens_a_copy_that_can_be_read_and_saved_once(
    deployment: Deployment, birke: Tenant, bert: UUID, visit: Visit, postbox: Emptied
):
    guest = visit(birke, language="de")
    await ask(guest)
    mails = await postbox(birke)
    (mail,) = mails.to(BERT)
    await guest.open(mails.link(BERT, "/rights/confirm/"))
    assert Anatomy(guest.page).faults == []
    await guest.submit("/rights/confirm/", code=code_in(mail))
    assert await cases(deployment, birke) == [{"kind": "access", "state": "done", "came": "loop"}]
    copy = found(r"/rights/copy/[^\"?]+", guest.page)
    await guest.open(copy)
    assert "Bert" not in said(guest.page), "opening the link shows nothing yet"
    await guest.submit("/rights/copy/")
    assert BERT in guest.page
    assert Anatomy(guest.page).faults == []
    opened = guest.page
    for form, begins in (("pdf", b"%PDF"), ("json", b"{")):
        guest.answer = type(guest.answer)(200, text=opened)
        await guest.submit("/rights/copy/", form=form)
        assert guest.answer.content.startswith(begins)
        assert "attachment" in guest.answer.headers["content-disposition"]
        assert guest.answer.headers["cache-control"] == "no-store"
    assert (await visit(birke).open(copy)).status_code == 410
    mallory = visit(birke)
    await mallory.send(copy, secret="guessed", form="json")
    assert mallory.answer.status_code == 410


async def test_data_to_take_along_come_as_json_and_tables(birke: Tenant, bert: UUID, visit: Visit, postbox: Emptied):
    guest = visit(birke, language="en")
    await ask(guest, kind="portability")
    mails = await postbox(birke)
    await guest.open(mails.link(BERT, "/rights/confirm/"))
    await guest.submit("/rights/confirm/", code=code_in(mails.to(BERT)[0]))
    await guest.open(found(r"/rights/copy/[^\"?]+", guest.page))
    await guest.submit("/rights/copy/")
    opened = guest.page
    for form in ("json", "csv"):
        guest.answer = type(guest.answer)(200, text=opened)
        await guest.submit("/rights/copy/", form=form)
        assert BERT in guest.answer.content.decode("utf-8-sig")


async def test_known_and_unknown_addresses_are_answered_alike(
    deployment: Deployment, birke: Tenant, bert: UUID, visit: Visit, postbox: Emptied
):
    knows, guesses = visit(birke, language="de"), visit(birke, language="de")
    await ask(knows, kind="erasure")
    await ask(guesses, kind="erasure", email="mallory@people.example")
    assert knows.page == guesses.page
    assert knows.answer.status_code == guesses.answer.status_code == 200
    assert {name: value for name, value in knows.answer.headers.items() if name != "date"} == {
        name: value for name, value in guesses.answer.headers.items() if name != "date"
    }
    mails = await postbox(birke)
    assert len(mails.mails) == 1, "only the mailbox learns it"
    assert await cases(deployment, birke) == [], "and nothing is opened before the code"


async def test_five_wrong_codes_close_the_door_and_a_scanner_opens_none(
    deployment: Deployment, birke: Tenant, bert: UUID, visit: Visit, postbox: Emptied
):
    guest = visit(birke, language="de")
    await ask(guest, kind="objection", words="Keine Werbung.")
    mails = await postbox(birke)
    link, code = mails.link(BERT, "/rights/confirm/"), code_in(mails.to(BERT)[0])
    before = await regulars.stored(deployment, birke)
    for _ in range(2):
        assert (await guest.client.head(link)).status_code == 200
        await guest.open(link)
    assert await regulars.stored(deployment, birke) == before
    for _ in range(4):
        await guest.submit("/rights/confirm/", code=wrong(code))
        assert guest.answer.status_code == 422
        assert "stimmt nicht" in said(guest.page)
    await guest.submit("/rights/confirm/", code=wrong(code))
    assert guest.answer.status_code == 410
    await guest.send(link.partition("?")[0], code=code)
    assert guest.answer.status_code == 410, "the right one comes too late"
    assert await cases(deployment, birke) == []


async def test_an_objection_says_by_when_it_is_answered(
    deployment: Deployment, birke: Tenant, bert: UUID, visit: Visit, postbox: Emptied
):
    guest = visit(birke, language="en")
    await ask(guest, kind="objection")
    mails = await postbox(birke)
    await guest.open(mails.link(BERT, "/rights/confirm/"))
    await guest.submit("/rights/confirm/", code=code_in(mails.to(BERT)[0]))
    assert "You will hear from us by" in said(guest.page)
    assert await cases(deployment, birke) == [{"kind": "objection", "state": "identified", "came": "loop"}]


async def test_what_is_missing_is_told_next_to_it(birke: Tenant, visit: Visit):
    guest = visit(birke, language="de")
    await guest.open("/rights")
    await guest.submit("/rights", email="keine", words="x" * 5_000)
    assert guest.answer.status_code == 422
    assert "Bitte wählen Sie, was Sie möchten." in said(guest.page)
    assert Anatomy(guest.page).faults == []
    await guest.submit("/rights", kind="review", email=BERT)
    assert guest.answer.status_code == 422


async def test_a_place_that_asks_again_and_again_has_to_wait(birke: Tenant, visit: Visit):
    guest = visit(birke, language="de")
    for _ in range(40):
        await ask(guest, email="mallory@people.example")
        if guest.answer.status_code != 200:
            break
    assert guest.answer.status_code == 429
    assert int(guest.answer.headers["retry-after"]) > 0


async def test_a_made_up_link_opens_nothing(birke: Tenant, visit: Visit):
    guest = visit(birke, language="de")
    for path in ("/rights/confirm/abc", "/rights/copy/abc", "/rights/answer/abc"):
        assert (await guest.open(path)).status_code == 404
