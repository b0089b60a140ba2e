"""What each of the demo's people does, over HTTP and mail alone, as a browser would."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pyotp

from leumund.demo.mailbox import link_in
from leumund.demo.staging import Stage
from leumund.demo.visiting import Visitor
from leumund.tenancy.directory import Tenant

_SECRET = re.compile(r"\b[A-Z2-7]{32}\b")
_STEP = timedelta(seconds=30)
# Their number stands in quotation marks, to be typed to confirm.
# All that a shop does.
_SCOPES = {"scope_customers.write", "scope_purchases.write", "scope_rewards.read"}
_NUMBER = re.compile(r"[„“](\d+)[“”]")
_KEY = re.compile(r"\blk_[A-Za-z0-9_-]{20,}\b")


class OddPage(Exception):
    """A page did not show what it should."""


class Login:
    """How to get into a console: address, password and the second factor's secret."""

    def __init__(self, *, address: str, email: str, password: str, secret: str) -> None:
        self.address = address
        self.email = email
        self.password = password
        self.secret = secret

    def code(self, *, steps_ahead: int = 0) -> str:
        """The code of now, or of a step ahead when this one has been used."""
        return pyotp.TOTP(self.secret).at(datetime.now(UTC) + steps_ahead * _STEP)


async def member_enrols(stage: Stage, tenant: Tenant, email: str) -> Login:
    """By the link in the mail of the invitation."""
    mail = await stage.mailbox.wait_for(email, having="/console/enrol/")
    return await member_sets_up(stage, tenant, email, link_in(mail, "/console/enrol/"))


async def member_sets_up(stage: Stage, tenant: Tenant, email: str, link: str) -> Login:
    """Open the link of an invitation, choose a password, set up the second factor."""
    visitor = Visitor(stage.at)
    try:
        page = await visitor.open(link)
        login = Login(
            address=stage.deployment.settings.origin(tenant.host) + "/console",
            email=email,
            password=f"Garten-{uuid4().hex[:10]}-Licht",
            secret=_found(_SECRET, page),
        )
        await visitor.submit({"password": login.password, "code": login.code()}, to="/console/enrol/")
        return login
    finally:
        await visitor.close()


async def member_signs_in(stage: Stage, login: Login) -> Visitor:
    """Sign in to the console for the first time."""
    visitor = Visitor(stage.at)
    await visitor.open(f"{login.address}/login")
    given = {"email": login.email, "password": login.password, "code": login.code(steps_ahead=1)}
    await visitor.submit(given, to="/console/login")
    return visitor


async def owner_agrees(stage: Stage, login: Login) -> Visitor:
    """Sign in to the console and accept the agreement with the processor; the visitor is still signed in."""
    visitor = await member_signs_in(stage, login)
    await visitor.open(f"{login.address}/agreement")
    await visitor.submit(to="/console/agreement", ticked={"accepted"})
    return visitor


async def owner_makes_a_key_and_invites(visitor: Visitor, login: Login) -> str:
    """Signed in, make an API key for the shop, and ask all customers by a wave of the survey."""
    await visitor.open(f"{login.address}/keys")
    key = _found(_KEY, await visitor.submit({"name": "Shop"}, to="/console/keys", ticked=_SCOPES))
    await visitor.open(f"{login.address}/surveys/waves/new")
    # Whoever watches the demo at night need not wait for the morning.
    chosen = {"key": "nps", "channel": "email", "reminders": "0", "quiet": ""}
    due = _NUMBER.search(await visitor.submit(chosen, to="/waves/new"))
    await visitor.submit({"typed": due[1] if due else ""}, to="/release")
    return key


async def owner_settles(visitor: Visitor, login: Login, case: UUID) -> None:
    """Signed in, call whoever was unhappy, put it right, and close the case with what came of it."""
    await visitor.open(f"{login.address}/care/{case}")
    called = {"way": "phone", "reached": "yes", "contact_note": "Zählerstand berichtigt, neue Rechnung zugesagt."}
    await visitor.submit(called, to="/contacts")
    await visitor.submit({"outcome": "solved", "outcome_note": "Neue Rechnung verschickt."}, to="/outcome")


async def customer_answers(stage: Stage, email: str, *, score: int, comment: str) -> Visitor:
    """Tap a mark in the mail, say why, and send both; the visitor stands on the page that thanks."""
    visitor = Visitor(stage.at)
    mail = await stage.post.wait_for(email, having="/s/")
    await visitor.open(link_in(mail, "/s/").replace("?", f"?score={score}&"))
    await visitor.submit({"comment": comment}, to="/s/")
    return visitor


async def customer_joins(stage: Stage, visitor: Visitor, email: str) -> str:
    """From the page that thanks for a glad answer: take part, confirm, enter the portal; returns the share link."""
    try:
        await visitor.submit(to="/join/", ticked={"terms"})
        mail = await stage.post.wait_for(email, having="/confirm/")
        await visitor.open(link_in(mail, "/confirm/"))
        page = await visitor.submit(to="/confirm/")
        await visitor.open(_found(re.compile(r"[^\"\s]*/portal/enter/[^\"\s]+"), page))
        page = await visitor.submit(to="/portal/enter/")
        return _found(re.compile(r"https?://[a-z0-9.:-]+/r/[a-z0-9]+"), page)
    finally:
        await visitor.close()


async def friend_accepts(stage: Stage, link: str, email: str, *, language: str) -> None:
    """Open the share link, sign up, and confirm by the button behind the mail's link."""
    visitor = Visitor(stage.at)
    try:
        await visitor.open(f"{link}?lang={language}")
        await visitor.submit(
            {"given_name": "Bert", "family_name": "Beispiel", "email": email}, to="/r/", ticked={"terms"}
        )
        # The same friend may be at two companies, and is two people there; this is the mail of the link's company.
        mail = await stage.post.wait_for(email, having=link.partition("/r/")[0] + "/confirm/")
        await visitor.open(link_in(mail, "/confirm/"))
        await visitor.submit(to="/confirm/")
    finally:
        await visitor.close()


async def shop_reports(stage: Stage, tenant: Tenant, key: str, orders: Sequence[Mapping[str, object]]) -> None:
    """The company's shop tells of purchases over the API."""
    async with httpx.AsyncClient(timeout=30) as shop:
        for order in orders:
            headers = {"host": tenant.host, "authorization": f"Bearer {key}", "idempotency-key": uuid4().hex}
            answer = await shop.post(f"{stage.at}/api/v1/conversions", headers=headers, json=order)
            if answer.status_code != 201:
                raise OddPage(f"{answer.status_code}: {answer.text}")


def _found(pattern: re.Pattern[str], page: str) -> str:
    match = pattern.search(page)
    if match is None:
        raise OddPage(f"no {pattern.pattern} on the page")
    return match[0]
