"""A mail server that is away for hours, busy, refusing, or dead after the mail: nothing lost, nothing doubled."""

from collections.abc import AsyncIterator
from email import message_from_bytes
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from aiosmtpd.controller import Controller
from pydantic import SecretStr

from leumund.company import describing
from leumund.customers.records import registering
from leumund.customers.records.registering import Record
from leumund.demo import processes
from leumund.kit import clock, ground
from leumund.messages import sending
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.worker import deeds, working
from leumund.worker.working import Worked
from tests.rooms import whole

NAMES = ("anna", "bert", "clara", "never", "dora", "emil")
HOURS = 6


class Sink:
    """Keeps what it is given; ``manner`` says how it treats whoever comes."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        self.manner = "good"

    async def handle_RCPT(
        self, _server: object, _session: object, envelope: Any, address: str, _options: object
    ) -> str:
        if self.manner == "busy":
            return "451 4.3.2 come back later"
        if address.startswith("never"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: object, envelope: Any) -> str:
        name = envelope.rcpt_tos[0].partition("@")[0]
        self.taken.append((name, str(message_from_bytes(envelope.content)["Message-ID"])))
        if self.manner == "dying":
            # It has the mail, and nobody hears that it does.
            self.manner = "good"
            server.transport.abort()
        return "250 2.0.0 kept"


class Post:
    """A company's mails, a worker that sends them, and the server they go to."""

    def __init__(self, deployment: Deployment, company: Tenant, pool: asyncpg.Pool, sink: Sink, port: int) -> None:
        settings = deployment.settings.model_copy(update={"smtp_url": SecretStr(f"smtp://127.0.0.1:{port}")})
        self._deployment, self._company, self._pool = deployment, company, pool
        self._deeds = deeds.deeds(settings, pool)
        self._server = Controller(sink, hostname="127.0.0.1", port=port, ready_timeout=60)
        self.sink = sink

    async def queue(self, name: str) -> UUID:
        at = clock.now()
        async with self._deployment.scopes.inside(self._company):
            record = Record(email=f"{name}@people.example", given_name=name.title())
            customer = (await registering.register(record=record, source="test", at=at)).id
            return await sending.queue(kind="portal_login", customer=customer, subject_id=uuid4(), language="de", at=at)

    async def work(self) -> list[Worked]:
        """All that is due, once each."""
        worked: list[Worked] = []
        while (one := await working.work_one(self._deployment, self._pool, self._deeds)) is not Worked.NOTHING_DUE:
            worked.append(one)
        return worked

    async def an_hour_passes(self) -> None:
        await self._pool.execute("UPDATE outbox.job SET due_at = due_at - interval '1 hour'")

    async def states(self) -> dict[str, str]:
        """By the Message-ID, what became of each."""
        async with self._deployment.scopes.reading(self._company):
            rows = await ground.fetch("SELECT message_id, state FROM message")
        return {row["message_id"]: row["state"] for row in rows}

    async def faults(self) -> set[str]:
        """What the jobs that wait stumbled over."""
        return {str(row["fault"]) for row in await self._pool.fetch("SELECT fault FROM outbox.job")}

    async def waiting(self) -> int:
        return int(await self._pool.fetchval("SELECT count(*) FROM outbox.job WHERE kind = 'messages.send'"))

    def comes_back(self) -> None:
        self._server.start()

    def goes(self) -> None:
        self._server.stop()


@pytest.fixture
async def post(deployment: Deployment, company: Tenant) -> AsyncIterator[Post]:
    async with deployment.scopes.inside(company):
        await describing.describe(profile=whole.PROFILE, at=clock.now())
    pool = await servers.pool_as(deployment.server, deployment.settings, deployment.server.worker_role, size=2)
    await pool.execute("DELETE FROM outbox.job")
    posted = Post(deployment, company, pool, Sink(), processes.free_port())
    yield posted
    posted.goes()
    await pool.execute("DELETE FROM outbox.job")
    await pool.close()


async def test_hours_without_a_server_lose_and_double_nothing_and_keep_the_order(post: Post):
    for name in NAMES:
        await post.queue(name)
    for _ in range(HOURS):
        assert set(await post.work()) == {Worked.FAILED}
        assert await post.faults() == {"SMTPConnectError"}
        await post.an_hour_passes()
    assert (await post.waiting(), set((await post.states()).values())) == (len(NAMES), {"queued"})

    post.sink.manner = "busy"
    post.comes_back()
    assert set(await post.work()) == {Worked.FAILED}, "not now is not never"
    assert (post.sink.taken, await post.faults()) == ([], {"SMTPRecipientsRefused"})

    post.sink.manner = "dying"
    await post.an_hour_passes()
    assert sorted(each.name for each in await post.work()) == ["DONE"] * 5 + ["FAILED"]
    await post.an_hour_passes()
    assert await post.work() == [Worked.DONE]

    names = [name for name, _ in post.sink.taken]
    assert names == ["anna", "bert", "clara", "dora", "emil", "anna"], "in their order, and who was in doubt once more"
    ids = [message for _, message in post.sink.taken]
    assert ids[0] == ids[-1], "under the same Message-ID, by which her reader knows it"
    assert len(set(ids)) == len(NAMES) - 1
    states = await post.states()
    assert {states[message] for message in ids} == {"sent"}
    assert sorted(states.values()) == ["failed"] + ["sent"] * 5, "never is never, and nobody else's matter"
    assert await post.waiting() == 0
    await post.an_hour_passes()
    assert await post.work() == []
