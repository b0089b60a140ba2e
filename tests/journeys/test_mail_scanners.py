"""Mail scanners open every link of every mail, with GET, with HEAD and with a browser, and change nothing by it."""

import re
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from email.message import EmailMessage
from html import unescape
from typing import NamedTuple
from uuid import UUID, uuid4

import httpx
import pytest
from playwright.async_api import async_playwright

from leumund.demo import staging
from leumund.demo.staging import Stage
from leumund.kit import clock, ground, tokens
from leumund.messages import sending
from leumund.messages.kinds import KINDS, Kind
from leumund.messages.tables import Message
from leumund.messages.words import wording, writing
from leumund.messages.words.letters import Words
from leumund.tenancy.database import server as servers
from leumund.tenancy.directory import Tenant
from tests import served
from tests.bench import serving
from tests.isolation import changes, two_companies
from tests.isolation.two_companies import Side
from tests.journeys.guests import Form
from tests.journeys.people import CHROMIUM, CHROMIUM_FLAGS

LINK = re.compile(r"https?://[^\s\"<>]+")
NAMESPACES = re.compile(r"http://(?:www\.w3\.org|schemas)")
SENT = """
UPDATE message SET state = 'sent', sent_at = $2, address_hash = customer.email_hash
FROM customer WHERE customer.id = message.customer AND message.id = $1
"""
# What takes a second factor first: their pages are asked for what nobody has.
MADE_UP = {"address"}
# Nobody published a notice here.
UNSIGNED = re.compile(r"/(?:address/|privacy\?)")


class Staged(NamedTuple):
    """A company that is served, and everything it could mail."""

    stage: Stage
    web: serving.Web
    side: Side
    mails: Mapping[str, EmailMessage]

    def links(self) -> set[str]:
        """Every address of every mail, in either part and in the headers, as this machine reaches it."""
        said = [part for mail in self.mails.values() for part in (*texts(mail), str(mail["List-Unsubscribe"] or ""))]
        return {
            self.reached(unescape(link)) for text in said for link in LINK.findall(text) if not NAMESPACES.match(link)
        }

    def reached(self, link: str) -> str:
        return re.sub(r"^https?://([^/:]+)(:\d+)?", rf"http://\1:{self.web.port}", link)

    async def rows(self) -> Mapping[str, str]:
        """A sum over every table there is of the company."""
        async with servers.as_owner(self.stage.deployment.server) as owner:
            return await changes.sums(owner, self.side.tenant)


class Here(httpx.AsyncHTTPTransport):
    """Finds every company on this machine, whichever names its resolver knows."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(host="127.0.0.1")
        return await super().handle_async_request(request)


def caller() -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=Here(), follow_redirects=True, timeout=60, headers={"user-agent": "MailScanner/1"}
    )


def texts(mail: EmailMessage) -> list[str]:
    """Both parts, as they are read."""
    return [str(part.get_content()) for part in mail.walk() if not part.is_multipart()]


async def every_mail(stage: Stage, side: Side) -> Mapping[str, EmailMessage]:
    """One mail of each kind, whose links lead to something that could be changed."""
    mails, at = {}, clock.now()
    async with stage.deployment.scopes.inside(side.tenant):
        for kind, form in KINDS.items():
            (message,) = await sending.queue_all(
                kind=kind,
                mails=[
                    sending.Mail(
                        customer=UUID(side.words["advocate"]),
                        subject_id=await subject(side, form),
                        question="Warum?" if form.asks_score else "terms.friend" if form.gives_reason else "",
                        language="de",
                        text=await own_words(kind, form, at),
                    )
                ],
                purpose=next(iter(form.purposes), side.words["purpose"] if form.any_purpose else None),
                at=at,
            )
            await ground.execute(SENT, message, at)
            row = await Message.objects().get(Message.id == message)
            assert row is not None
            mails[kind] = (await writing.write(message=row, to="anna@people.example", name="Anna", at=at)).mail
    return mails


async def own_words(kind: str, form: Kind, at: datetime) -> UUID | None:
    """Words for this one mail, where its kind has none of ours."""
    if not form.written_at:
        return None
    return await wording.keep(
        kind=kind, language="de", words=Words(None, "Guten Tag", "Alles Gute!"), by=uuid4(), at=at
    )


async def subject(side: Side, form: Kind) -> UUID | None:
    """A row of the company's that a mail of this kind is about."""
    purpose = form.signed_for
    if purpose is None:
        return None
    if purpose in MADE_UP:
        return uuid4()
    found = tokens.read(purpose, side.signed[purpose])
    if not form.names_itself:
        return found
    row = await Message.objects().get(Message.id == found)
    assert row is not None
    return row.subject_id


@pytest.fixture(scope="module")
async def staged(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Staged]:
    async with staging.prepared(tmp_path_factory.mktemp("scanners")) as stage:

        async def opened(name: str) -> Tenant:
            return await served.company(stage.deployment, name, name=name.title(), at=clock.now())

        side = await two_companies.furnish(stage.deployment, opened, "linden")
        mails = await every_mail(stage, side)
        # Without a worker: whatever changes was changed by who called.
        with serving.served(stage) as web:
            yield Staged(stage, web, side, mails)


async def test_every_kind_of_mail_has_links_and_they_lead_somewhere(staged: Staged):
    assert staged.mails.keys() == KINDS.keys()
    links = staged.links()
    for form in KINDS.values():
        assert [link for link in links if re.search(re.sub(r"\\?\{token\\?\}", "[^/]+", re.escape(form.path)), link)], (
            form
        )
    signed = [link for link in sorted(links) if "lang=" in link and link.count("/") > 3 and "/console/" not in link]
    async with caller() as client:
        answers = {link: (await client.get(link)).status_code for link in signed}
    assert [(link, status) for link, status in answers.items() if status != 200 and not UNSIGNED.search(link)] == []


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_opening_all_of_them_changes_nothing(staged: Staged, method: str):
    before = await staged.rows()
    async with caller() as client:
        for link in sorted(staged.links()):
            answer = await client.request(method, link)
            assert answer.status_code < 500, link
            assert "set-cookie" not in answer.headers, link
    assert await staged.rows() == before


async def test_a_scanners_browser_that_runs_scripts_changes_nothing(staged: Staged):
    before = await staged.rows()
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        page = await chromium.new_page()
        for link in sorted(staged.links()):
            await page.goto(link, wait_until="load")
        await chromium.close()
    assert await staged.rows() == before


async def test_but_pressing_the_button_does(staged: Staged):
    """Without this nothing would say that the sums can see a change."""
    before = await staged.rows()
    link = next(link for link in staged.links() if "/confirm/" in link and "/rights/" not in link)
    async with caller() as client:
        page = (await client.get(link)).text
        action = Form(page, "/confirm/").action
        pressed = await client.post(httpx.URL(link).join(action), headers={"sec-fetch-site": "same-origin"})
        assert pressed.status_code == 200, pressed.text
    after = await staged.rows()
    assert after["consent_event"] != before["consent_event"]


async def test_and_so_does_a_mail_programs_one_post(staged: Staged):
    before = await staged.rows()
    for kind in ("survey_invitation", "advocate_invitation"):
        mail = staged.mails[kind]
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        async with caller() as client:
            sent = await client.post(
                staged.reached(str(mail["List-Unsubscribe"]).strip("<>")),
                data={"List-Unsubscribe": "One-Click"},
                headers={"sec-fetch-site": "cross-site", "origin": "https://mail.example"},
            )
            assert sent.status_code == 200
            assert not client.cookies
    assert await staged.rows() != before
