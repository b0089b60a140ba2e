"""A guest's device without a browser: pages, the forms on them, cookies, and the mails that reach the guest."""

import re
from email.message import EmailMessage
from html import unescape
from html.parser import HTMLParser
from typing import Any
from uuid import UUID, uuid4

import httpx

from leumund.customers.records import registering
from leumund.customers.records.registering import Record
from leumund.demo import mailbox
from leumund.kit import clock, ground, tokens
from leumund.messages import delivering
from leumund.surveys.asking import rules as asking
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests import allowing, polled

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"
# What a browser says of a form that stands on one of our own pages.
OURS = {"sec-fetch-site": "same-origin"}


class Form(HTMLParser):
    """One form of a page: where it goes, what it holds, which boxes it has and which of them are ticked."""

    def __init__(self, page: str, to: str) -> None:
        super().__init__()
        self._to = to
        self._inside = False
        self.action = ""
        self.fields: dict[str, str] = {}
        self.boxes: dict[str, bool] = {}
        self.feed(page)
        assert self.action, f"no form to {to}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and not self.action and self._to in given.get("action", ""):
            self._inside, self.action = True, given["action"]
        elif self._inside and tag == "input":
            self._take(given)

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "form"

    @staticmethod
    def value_of(page: str, field: str) -> str:
        """What stands in the field with this id, wherever on the page it is."""
        found = re.search(rf'<input id="{field}" value="([^"]*)"', page)
        assert found, f"no field {field}"
        return unescape(found[1])

    def _take(self, given: dict[str, str]) -> None:
        if given.get("type") == "checkbox":
            self.boxes[given["name"]] = "checked" in given
        elif given.get("type") != "radio" or "checked" in given:
            self.fields[given["name"]] = given.get("value", "")


class Assets(HTMLParser):
    """Everything a page makes a browser load."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        loaded = given.get("href") if tag == "link" else given.get("src") if tag in ("img", "script") else None
        if loaded and not loaded.startswith("data:"):
            self.addresses.append(loaded)


class Guest:
    """Opens pages and sends their forms, as a browser would say where they come from."""

    def __init__(self, door: Any, tenant: Tenant, *, language: str = "", agent: str = PHONE, peer: str = "") -> None:
        self.origin = f"https://{tenant.host}"
        headers = {"user-agent": agent, **({"accept-language": language} if language else {})}
        # A household of its own: how many forms come from one is limited, and the tests' companies are few.
        home = f"10.{'.'.join(str(part) for part in uuid4().bytes[:3])}"
        transport = httpx.ASGITransport(app=door, client=(peer or home, 4242))
        self.client = httpx.AsyncClient(transport=transport, base_url=self.origin, headers=headers)
        self.answer: httpx.Response = httpx.Response(200)

    async def close(self) -> None:
        await self.client.aclose()

    @property
    def page(self) -> str:
        return self.answer.text

    async def open(self, address: str) -> httpx.Response:
        """GET, following redirects as browsers do."""
        self.answer = await self.client.get(address, follow_redirects=True)
        return self.answer

    async def submit(self, to: str, *, ticked: set[str] | None = None, **values: str) -> httpx.Response:
        """Send the form of the page that goes to ``to``, filled with ``values`` over what stands in it."""
        form = Form(self.page, to)
        boxes = dict.fromkeys((ticked or set()) & form.boxes.keys(), "yes")
        headers = {"origin": "null", **OURS}
        self.answer = await self.client.post(
            form.action, data=form.fields | boxes | values, headers=headers, follow_redirects=True
        )
        return self.answer

    async def send(self, address: str, *, site: str = "same-origin", **values: str) -> httpx.Response:
        """POST ``values`` as a page of ``site`` would, whatever forms there are; redirects are only looked at."""
        headers = {"sec-fetch-site": site}
        self.answer = await self.client.post(address, data=values, headers=headers)
        return self.answer


class Postbox:
    """Mails by address."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    @classmethod
    async def emptied(cls, deployment: Deployment, tenant: Tenant) -> "Postbox":
        """Deliver all that waits at ``tenant`` into a list."""
        box = cls()
        async with deployment.scopes.inside(tenant):
            for row in await ground.fetch("SELECT id FROM message WHERE state = 'queued' ORDER BY created_at, id"):
                await delivering.deliver(message=row["id"], post=box._keep, at=clock.now())
        return box

    def to(self, email: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if email in str(mail["To"])]

    def link(self, email: str, path: str) -> str:
        """Where the mail to ``email`` leads that has a link to ``path``."""
        mail = next(mail for mail in self.to(email) if path in mailbox.text_of(mail))
        return mailbox.link_in(mail, path)

    async def _keep(self, mail: EmailMessage) -> str:
        self.mails.append(mail)
        return "250 2.0.0"


def address_of(name: str) -> str:
    """An address nobody had before."""
    return f"{name}-{uuid4().hex[:8]}@people.example"


async def surveyed(deployment: Deployment, tenant: Tenant, *, language: str = "de", name: str = "Clara") -> "Surveyed":
    """A customer with the survey's consent and an invitation."""
    at, email = clock.now(), address_of(name.lower())
    async with deployment.scopes.inside(tenant):
        record = Record(email=email, given_name=name, family_name="Quendel", language=language)
        customer = (await registering.register(record=record, source="test", at=at)).id
        await allowing.given(
            customer=customer,
            purpose=asking.PURPOSE,
            channel="email",
            source="import",
            basis="asked at the counter",
            at=at,
            email=email,
        )
        await polled.invite([customer], languages=[language], at=at)
        rows = await ground.fetch("SELECT id FROM survey_invitation WHERE customer = $1", customer)
        return Surveyed(customer, email, rows[0]["id"], tokens.sign("survey", rows[0]["id"]))


class Surveyed:
    """A customer who is asked, and the link they are asked by."""

    def __init__(self, customer: UUID, email: str, invitation: UUID, token: str) -> None:
        self.customer = customer
        self.email = email
        self.invitation = invitation
        self.link = f"/s/{token}"


def found(pattern: str, page: str) -> str:
    """The first place of ``page`` that looks like ``pattern``."""
    match = re.search(pattern, page)
    assert match, f"nothing like {pattern}"
    return unescape(match[0])
