"""Linden's test company: made from its folder, and one customer goes the whole way by mails nobody is sent."""

import asyncio
import re
from email.message import EmailMessage

from leumund.demo import companies, journey, people, telling
from leumund.demo.journey import Play
from leumund.demo.people import Login
from leumund.demo.staging import Stage
from leumund.demo.visiting import Visitor
from leumund.files import twinning
from leumund.kit import actors, clock
from leumund.messages.accompanying import inviting
from leumund.staff import rules
from leumund.tenancy.database.server import as_owner
from leumund.tenancy.directory import Tenant

_PATIENCE_SECONDS = 90
_MAIL = re.compile(r"/console/test/mails/[0-9a-f-]{36}")
ADVOCATE = "tessa.test@people.example"
_CUSTOMERS = f"""\
Kundennummer;Vorname;Nachname;E-Mail;Sprache;Einwilligung Umfrage;Einwilligung Empfehlung
T-1;Tessa;Test;{ADVOCATE};de;Erfunden, um etwas auszuprobieren;Erfunden, um etwas auszuprobieren
"""


class ConsoleMailbox:
    """Mails of a test company, as its owner reads them in the console."""

    def __init__(self, owner: Visitor, login: Login) -> None:
        self._owner = owner
        self._at = f"{login.address}/test"

    async def wait_for(self, to: str, *, having: str = "") -> EmailMessage:
        """The newest mail to ``to`` with ``having`` in its text. Raises TimeoutError."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            # The worker is a process of its own, so there is no event of this loop to wait for.
            while (found := await self._newest(to, having)) is None:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
            return found

    async def _newest(self, to: str, having: str) -> EmailMessage | None:
        for path in dict.fromkeys(_MAIL.findall(await self._owner.open(self._at))):
            if to not in await self._owner.open(path):
                continue
            text = await self._owner.open(f"{path}/whole?part=text")
            if having in text:
                mail = EmailMessage()
                mail["to"] = to
                mail.set_content(text)
                return mail
        return None


async def tried_out(stage: Stage, live: Tenant, *, owner: str) -> Login:
    """Make the test company of ``live`` and go through it once; returns the login of ``owner`` there."""
    async with as_owner(stage.deployment.server) as connection:
        twin = (await twinning.twin(stage.deployment, live, owner=connection)).twin
    telling.step(f"{twin.slug} made from the folder of {live.slug} as it stands")
    async with stage.deployment.scopes.inside(twin):
        link = await inviting.invite_to_twin(
            email=owner, name="", role=rules.OWNER, language="de", actor=actors.COMMAND_LINE, at=clock.now()
        )
    login = await people.member_sets_up(stage, twin, owner, link)
    visitor = await people.member_signs_in(stage, login)
    telling.step(f"{owner} set up an account of its own there, by the link the operator is told")
    telling.step(await companies.customers_imported(stage, twin, _CUSTOMERS.encode()))
    key = await people.owner_makes_a_key_and_invites(visitor, login)
    play = Play(
        slug=twin.slug,
        language="de",
        owner=owner,
        advocate=ADVOCATE,
        friend="bert@friends.example",
        order_cents=90_000,
        glad="Das klappt.",
        said=[],
    )
    await journey.recommended(stage._replace(instead=ConsoleMailbox(visitor, login)), twin, play, key)
    await visitor.close()
    telling.step("no mail of it was sent: its owner reads them at /console/test")
    return login
