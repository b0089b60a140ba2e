"""Choose a mail server of the company's own; until somebody of ours got in, and without one, the operator's serves.

Its name and password lie under seal. Where it leads is looked at by whoever connects, for a name may change its mind.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

import msgspec

from leumund.audit import noting
from leumund.kit import ground, outbox, sealing, twins
from leumund.kit.faults import Refused
from leumund.messages.carrying.tables import MailServer

KIND = "messages.try_server"
PORTS = (465, 587, 2525)
_FROM_THE_START = 465
_USERNAME, _PASSWORD = (
    sealing.Column("mail_server", "username_sealed"),
    sealing.Column("mail_server", "password_sealed"),
)
_LONGEST_HOST, _LONGEST_WORD = 253, 256


class BadServer(Refused):
    """No server we could send by."""


class Server(NamedTuple):
    """How to get in; by TLS from the start or by STARTTLS, and never without."""

    host: str
    port: int
    username: str
    password: str

    @property
    def by_tls(self) -> bool:
        return self.port == _FROM_THE_START


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """The company's server as its page shows it: no password, and ``fault`` is why the last try failed."""

    id: UUID
    host: str
    port: int
    username: str
    created_at: datetime
    checked_at: datetime | None
    proven_at: datetime | None
    fault: str | None


async def choose(*, server: Server, actor: str, at: datetime) -> UUID:
    """Take this server instead of what there was, once the worker got in. Raises BadServer, twins.NotInTwin.

    Another password at the very server that is in use does not send mails by the operator's meanwhile: they wait.
    """
    twins.refuse(field="host")
    chosen, row, before = _checked(server), uuid4(), await current()
    await ground.execute("DELETE FROM mail_server")
    await MailServer.insert(
        MailServer(
            id=row,
            host=chosen.host,
            port=chosen.port,
            username_sealed=_USERNAME.keep(chosen.username, row),
            password_sealed=_PASSWORD.keep(chosen.password, row),
            created_at=at,
            proven_at=before.proven_at if before and before.host == chosen.host else None,
        )
    )
    await outbox.enqueue(kind=KIND, subject=row, due_at=at, bulk=True)
    detail = {"host": chosen.host, "port": chosen.port}
    await noting.note(actor=actor, action="mail.server_chosen", subject=row, detail=detail, at=at)
    return row


async def leave(*, actor: str, at: datetime) -> None:
    """Send by the operator's server again; the password goes."""
    for row in await ground.fetch("DELETE FROM mail_server RETURNING id, host"):
        await noting.note(
            actor=actor, action="mail.server_left", subject=row["id"], detail={"host": row["host"]}, at=at
        )


async def current() -> Chosen | None:
    """The company's server, whether it works or not; None without one."""
    row = await MailServer.select().first()
    if row is None:
        return None
    username = _USERNAME.tell(row.pop("username_sealed"), row["id"])
    row.pop("password_sealed")
    return Chosen(**row, username=username)


async def entry(*, server: UUID | None = None) -> Server | None:
    """How to get in: at ``server`` to try it, else at the one that is proven; None where there is none."""
    query = MailServer.select().where(MailServer.id == server if server else MailServer.proven_at.is_not_null())
    row = await query.first()
    if row is None:
        return None
    username, password = (column.tell(row[column.name], row["id"]) for column in (_USERNAME, _PASSWORD))
    return Server(row["host"], row["port"], username, password)


async def tried(*, server: UUID, fault: str | None, at: datetime) -> None:
    """Keep how the try went: without a ``fault`` it is used from now on, and one that worked before is not given up."""
    await ground.execute(
        "UPDATE mail_server SET checked_at = $2, fault = $3, "
        "proven_at = CASE WHEN $3::text IS NULL THEN coalesce(proven_at, $2) ELSE proven_at END WHERE id = $1",
        server,
        at,
        fault,
    )


def _checked(server: Server) -> Server:
    """``server`` with its name as we store it. Raises BadServer."""
    host = _host(server.host)
    if server.port not in PORTS:
        raise BadServer("errors.mail.port", field="port", ports=", ".join(map(str, PORTS)))
    for field, word in (("username", server.username), ("password", server.password)):
        if len(word) > _LONGEST_WORD:
            raise BadServer("errors.mail.too_long", field=field, most=_LONGEST_WORD)
    if bool(server.username) != bool(server.password):
        raise BadServer("errors.mail.both", field="password" if server.username else "username")
    return server._replace(host=host)


def _host(typed: str) -> str:
    """Raises BadServer."""
    name = typed.strip().lower().rstrip(".")
    labels = name.split(".")
    plain = all(label and label.replace("-", "a").isalnum() and label.isascii() for label in labels)
    if len(labels) < 2 or len(name) > _LONGEST_HOST or not plain or labels[-1].isdigit():
        raise BadServer("errors.mail.host", field="host")
    return name
