"""Subscribe: a company says where its systems hear of what happens, of which of it, and with which secret it is signed.

The secret is told once and lies under seal. Where the address leads is looked at by whoever delivers, each time.
"""

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from secrets import token_bytes
from uuid import UUID, uuid4

import msgspec

from leumund.audit import noting
from leumund.events import rules, telling
from leumund.events.tables import EventEndpoint
from leumund.kit import ground, sealing, web_addresses
from leumund.kit.faults import Refused, Unknown

PORTS = (443, 8443)
MOST_ENDPOINTS = 20
_LONGEST_NAME = 80
_SECRET_BYTES = 32
_PREFIX = "whsec_"
_OLD_COUNTS_FOR = timedelta(hours=24)
URL, SECRET, PRIOR = (
    sealing.Column("event_endpoint", name) for name in ("url_sealed", "secret_sealed", "prior_secret_sealed")
)
_COLUMNS = "id, name, url_sealed, kinds, created_at, failing_since, rests_until, disabled_at, disabled_why, prior_until"
_TURN = """
UPDATE event_endpoint SET prior_secret_sealed = $3, prior_until = $4, secret_sealed = $2 WHERE id = $1 RETURNING id
"""
_STOP = """
UPDATE event_endpoint SET disabled_at = $2, disabled_why = 'staff' WHERE id = $1 AND disabled_at IS NULL RETURNING id
"""
_GO_ON = """
UPDATE event_endpoint SET disabled_at = NULL, disabled_why = NULL, failing_since = NULL, failed_in_a_row = 0,
    rests_until = NULL
WHERE id = $1 RETURNING id
"""
_WAITING = "UPDATE event_delivery SET due_at = $2 WHERE endpoint = $1 AND state = 'waiting' RETURNING id"


class EndpointUnknown(Unknown):
    """There is no such endpoint."""


class BadEndpoint(Refused):
    """A name that is taken or missing, events that do not exist, or one endpoint too many."""


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint as its page shows it; nothing leads from here to its secret. No ``kinds`` are all of them."""

    id: UUID
    name: str
    url: str
    kinds: list[str]
    created_at: datetime
    failing_since: datetime | None
    rests_until: datetime | None
    disabled_at: datetime | None
    disabled_why: str | None
    prior_until: datetime | None

    @property
    def state(self) -> str:
        """``on``, ``failing``, or why it is off: ``staff``, ``gone``, ``given_up``."""
        if self.disabled_why:
            return {"failing": "given_up"}.get(self.disabled_why, self.disabled_why)
        return "failing" if self.failing_since else "on"


class Subscribed(msgspec.Struct, frozen=True, kw_only=True):
    """A new secret; it is told now and never again."""

    id: UUID
    secret: str


async def subscribe(*, name: str, url: str, kinds: Sequence[str], actor: str, at: datetime) -> Subscribed:
    """Tell ``url`` of what happens from now on. Raises BadEndpoint, web_addresses.BadAddress."""
    address = web_addresses.read(url, field="url", ports=PORTS)
    if unknown := set(kinds) - set(rules.TYPES):
        raise BadEndpoint("errors.events.kinds", field="kinds", kinds=", ".join(sorted(unknown)))
    called = _called(name)
    if len(await every()) >= MOST_ENDPOINTS:
        raise BadEndpoint("errors.events.too_many", field="name", most=MOST_ENDPOINTS)
    made = Subscribed(id=uuid4(), secret=_fresh())
    row = EventEndpoint(
        id=made.id,
        name=called,
        url_sealed=URL.seal(str(address), made.id),
        secret_sealed=SECRET.seal(made.secret, made.id),
        kinds=[kind for kind in rules.TYPES if kind in set(kinds)],
        created_at=at,
    )
    if not await EventEndpoint.insert(row).on_conflict(target=EventEndpoint.name, action="DO NOTHING"):
        raise BadEndpoint("errors.events.name_taken", field="name", name=called)
    await noting.note(actor=actor, action="endpoint.subscribed", subject=made.id, detail={"host": address.host}, at=at)
    return made


async def renew_secret(*, endpoint: UUID, actor: str, at: datetime) -> Subscribed:
    """A new secret; the old one signs as well for a day, so that nothing is refused. Raises EndpointUnknown."""
    rows = await ground.fetch("SELECT secret_sealed FROM event_endpoint WHERE id = $1 FOR UPDATE", endpoint)
    if not rows:
        raise EndpointUnknown("errors.events.endpoint_unknown")
    made, old = Subscribed(id=endpoint, secret=_fresh()), SECRET.unseal(rows[0]["secret_sealed"], endpoint)
    await ground.execute(
        _TURN, endpoint, SECRET.seal(made.secret, endpoint), PRIOR.seal(old, endpoint), at + _OLD_COUNTS_FOR
    )
    await noting.note(actor=actor, action="endpoint.secret_renewed", subject=endpoint, at=at)
    return made


async def pause(*, endpoint: UUID, actor: str, at: datetime) -> None:
    """Tell it nothing from now on; what happens meanwhile it never hears. Raises EndpointUnknown."""
    if await ground.fetch(_STOP, endpoint, at):
        await noting.note(actor=actor, action="endpoint.paused", subject=endpoint, at=at)
    else:
        await find(endpoint=endpoint)


async def resume(*, endpoint: UUID, actor: str, at: datetime) -> None:
    """Tell it again, beginning with what still waited. Raises EndpointUnknown."""
    if not await ground.fetch(_GO_ON, endpoint):
        raise EndpointUnknown("errors.events.endpoint_unknown")
    waiting = await ground.fetch(_WAITING, endpoint, at)
    await telling.send_out([row["id"] for row in waiting], at=at)
    await noting.note(actor=actor, action="endpoint.resumed", subject=endpoint, at=at)


async def remove(*, endpoint: UUID, actor: str, at: datetime) -> None:
    """Forget it with all that was sent to it. Raises EndpointUnknown."""
    if not await ground.fetch("DELETE FROM event_endpoint WHERE id = $1 RETURNING id", endpoint):
        raise EndpointUnknown("errors.events.endpoint_unknown")
    await noting.note(actor=actor, action="endpoint.removed", subject=endpoint, at=at)


async def find(*, endpoint: UUID) -> Endpoint:
    """Raises EndpointUnknown."""
    rows = await ground.fetch(f"SELECT {_COLUMNS} FROM event_endpoint WHERE id = $1", endpoint)  # noqa: S608
    if not rows:
        raise EndpointUnknown("errors.events.endpoint_unknown")
    return _endpoint(rows[0])


async def every() -> list[Endpoint]:
    """All endpoints, by name."""
    rows = await ground.fetch(f"SELECT {_COLUMNS} FROM event_endpoint ORDER BY name")  # noqa: S608
    return [_endpoint(row) for row in rows]


def _endpoint(row: dict[str, object]) -> Endpoint:
    sealed, known = row.pop("url_sealed"), msgspec.convert(row["id"], UUID)
    assert isinstance(sealed, bytes), "the column says so"
    return msgspec.convert({**row, "url": URL.unseal(sealed, known)}, Endpoint)


def _called(name: str) -> str:
    """Raises BadEndpoint."""
    plain = " ".join(name.split())
    if not 0 < len(plain) <= _LONGEST_NAME:
        raise BadEndpoint("errors.events.name", field="name", most=_LONGEST_NAME)
    return plain


def _fresh() -> str:
    return _PREFIX + b64encode(token_bytes(_SECRET_BYTES)).decode()
