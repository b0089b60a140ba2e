"""A thousand mails of both, one by one in one worker over one SMTP server, and none holds a word of the other."""

import logging
import quopri
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller

from leumund.demo import processes
from leumund.kit import clock, ground, outside
from leumund.messages import delivering, sending
from leumund.messages.carrying.handing import Carrier
from leumund.messages.gate import limiting
from leumund.messages.sending import Mail
from leumund.tenancy.deployment import Deployment
from tests.isolation import tally
from tests.isolation.two_companies import Side

EACH = 500
# What the server says of each connection is of no use here, and slower than the mail.
logging.getLogger("mail.log").setLevel(logging.ERROR)
KINDS = ("survey_invitation", "portal_login")


class Sink:
    """Keeps every mail as it came, byte for byte."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.port = processes.free_port()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        return self.keep(envelope.content)

    def keep(self, written: bytes) -> str:
        self.mails.append(written)
        return "250 2.0.0"


@pytest.fixture
def sink() -> Iterator[Sink]:
    kept = Sink()
    server = Controller(kept, hostname="127.0.0.1", port=kept.port, ready_timeout=60)
    server.start()
    yield kept
    server.stop()


async def queued(deployment: Deployment, side: Side, *, at: datetime) -> list[UUID]:
    """Mails that advertise, with their way out, and mails that do not."""
    advertising = "SELECT customer, subject_id, question FROM message WHERE kind = 'survey_invitation' LIMIT 1"
    login = "SELECT id, customer FROM customer_login LIMIT 1"
    async with deployment.scopes.inside(side.tenant):
        for purpose in (limiting.ALL, "survey"):
            await limiting.limit(purpose=purpose, most=EACH, within_days=1, actor="system:test", at=at)
        survey, way = (await ground.fetch(advertising))[0], (await ground.fetch(login))[0]
        asked = Mail(language="de", **survey)
        entering = Mail(customer=way["customer"], subject_id=way["id"], language="en")
        first = await sending.queue_all(kind=KINDS[0], mails=[asked] * (EACH // 2), purpose="survey", at=at)
        return first + await sending.queue_all(kind=KINDS[1], mails=[entering] * (EACH // 2), at=at)


async def test_no_mail_holds_anything_of_the_other_company(
    deployment: Deployment, sink: Sink, ours: Side, theirs: Side
):
    at, sides = clock.now(), (ours, theirs)
    carrier = Carrier(f"smtp://127.0.0.1:{sink.port}", "", outside.resolver([]))
    waiting = [await queued(deployment, side, at=at) for side in sides]

    async def post(mail: EmailMessage) -> str:
        # Every tenth goes the whole way; of the others what would be sent is looked at.
        if len(sink.mails) % 10 in (0, 1):
            return await carrier.carry(mail)
        return sink.keep(mail.as_bytes())

    for pair in zip(*waiting, strict=True):
        for side, message in zip(sides, pair, strict=True):
            async with deployment.scopes.inside(side.tenant):
                await delivering.deliver(message=message, post=post, at=at)
    assert len(sink.mails) == 2 * EACH
    for number, mail in enumerate(sink.mails):
        side, other = (ours, theirs) if number % 2 == 0 else (theirs, ours)
        assert faults(mail, side, other) == []
        tally.note("mails")
    assert faults(sink.mails[0], theirs, ours) != [], "the attack could be noticed"


def faults(written: bytes, side: Side, other: Side) -> list[str]:
    """What in a mail is not of ``side``, or not there at all; both parts are looked at as they are read."""
    headers, whole = message_from_bytes(written), quopri.decodestring(written).decode(errors="replace")
    wrong = [secret for secret in (other.marker, other.tenant.slug, other.tenant.host) if secret in whole]
    told = {
        "from": f"{side.marker} <hallo@{side.marker}.example>" in headers["From"],
        "imprint": whole.count(f"{side.marker}weg 1") == 2,
        "controller": whole.count(f"{side.marker} GmbH") >= 2,
        "message id": side.tenant.host in headers["Message-ID"],
    }
    if headers["List-Unsubscribe"]:
        told["way out"] = urlsplit(headers["List-Unsubscribe"].strip("<>")).hostname == side.tenant.host
    return wrong + [name for name, right in told.items() if not right]
