"""Keep a company's own key to its account at Stripe: under seal, never shown again, good for little.

Only a restricted key is taken: one that may do everything would let whoever steals it do everything.
"""

import re
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

import msgspec

from leumund.audit import noting
from leumund.kit import ground, sealing
from leumund.kit.faults import Refused
from leumund.payouts.stripe.tables import Account

_KEY_SHAPE = re.compile(r"rk_(test|live)_[A-Za-z0-9]{8,180}")
_FULL_KEY = re.compile(r"sk_(test|live)_[A-Za-z0-9]*")
_SECRET_SHAPE = re.compile(r"whsec_[A-Za-z0-9+/=_-]{8,240}")
_KEY = sealing.Column("stripe_account", "key_sealed")
_SECRET = sealing.Column("stripe_account", "secret_sealed")
_CONNECT_SECRET = sealing.Column("stripe_account", "connect_secret_sealed")
_UNDER_WAY = "SELECT EXISTS (SELECT FROM payout_call WHERE state IN ('open', 'unclear')) AS waits"


class BadKey(Refused):
    """No restricted key of Stripe's."""


class WrongMode(BadKey):
    """A key that moves no money where money is owed, or one that does where things are tried out."""


class BadSecret(Refused):
    """No signing secret of Stripe's."""


class CallsUnderWay(Refused):
    """Of some calls it is not known yet what became of them, and only this account can tell."""


class NoAccount(Refused):
    """There is no account whose secrets these could be."""


class Theirs(NamedTuple):
    """What Stripe says of the account a key belongs to."""

    account: str
    country: str


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """The account as its page shows it: of the key its end, of the secrets that they are there."""

    id: UUID
    account: str
    country: str
    livemode: bool
    key_end: str
    hears: bool
    hears_of_recipients: bool
    kept_at: datetime
    fault: str | None
    paused_until: datetime | None
    compared_at: datetime | None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """How to get in, and whom one meets there."""

    key: str
    account: str
    country: str
    livemode: bool
    faults: int
    paused_until: datetime | None


def checked(typed: str, *, is_twin: bool) -> str:
    """A key as we use it, here or in a test company, before anybody is asked about it. Raises BadKey, WrongMode.

    By a test key a company would count as paid what nobody got; by a live one a test company would pay.
    """
    key = typed.strip()
    if _FULL_KEY.fullmatch(key):
        raise BadKey("errors.stripe.full_key", field="key")
    if not _KEY_SHAPE.fullmatch(key):
        raise BadKey("errors.stripe.key", field="key")
    if is_live(key) == is_twin:
        raise WrongMode("errors.stripe.live_key" if is_twin else "errors.stripe.test_key", field="key")
    return key


def is_live(key: str) -> bool:
    """Whether a key moves real money."""
    return key.startswith("rk_live_")


async def keep(*, key: str, theirs: Theirs, actor: str, at: datetime) -> UUID:
    """Use this key from now on; another one of the same account keeps the secrets. Raises BadKey, CallsUnderWay."""
    key, before = checked(key, is_twin=ground.current().is_twin), await Account.select().lock_rows("UPDATE").first()
    same = before is not None and (before["account"], before["livemode"]) == (theirs.account, is_live(key))
    if before is not None and not same:
        await _nothing_waits("key")
    row = uuid4()
    secrets = [_SECRET.tell(before["secret_sealed"], before["id"]), _connect(before)] if before and same else ["", ""]
    await ground.execute("DELETE FROM stripe_account")
    await Account.insert(
        Account(
            id=row,
            account=theirs.account,
            country=theirs.country,
            livemode=is_live(key),
            key_sealed=_KEY.seal(key, row),
            key_end=key[-4:],
            secret_sealed=_SECRET.keep(secrets[0], row),
            connect_secret_sealed=_CONNECT_SECRET.keep(secrets[1], row),
            kept_at=at,
        )
    )
    detail = {"account": theirs.account, "live": is_live(key)}
    await noting.note(actor=actor, action="stripe.key_kept", subject=row, detail=detail, at=at)
    return row


async def listen(*, secret: str, connect_secret: str, actor: str, at: datetime) -> None:
    """Believe what is signed with these; an empty one stays as it was. Raises BadSecret, NoAccount."""
    row = await Account.select().lock_rows("UPDATE").first()
    if row is None:
        raise NoAccount("errors.stripe.no_account", field="secret")
    told = {"secret": secret.strip(), "connect_secret": connect_secret.strip()}
    for field, word in told.items():
        if word and not _SECRET_SHAPE.fullmatch(word):
            raise BadSecret("errors.stripe.secret", field=field)
    if not any(told.values()):
        raise BadSecret("errors.stripe.secret", field="secret")
    await ground.execute(
        "UPDATE stripe_account SET secret_sealed = coalesce($2, secret_sealed), "
        "connect_secret_sealed = coalesce($3, connect_secret_sealed) WHERE id = $1",
        row["id"],
        _SECRET.keep(told["secret"], row["id"]),
        _CONNECT_SECRET.keep(told["connect_secret"], row["id"]),
    )
    await noting.note(actor=actor, action="stripe.secret_kept", subject=row["id"], at=at)


async def leave(*, actor: str, at: datetime) -> None:
    """Use Stripe no more; key and secrets go. Raises CallsUnderWay."""
    await _nothing_waits("typed")
    for row in await ground.fetch("DELETE FROM stripe_account RETURNING id, account"):
        detail = {"account": row["account"]}
        await noting.note(actor=actor, action="stripe.left", subject=row["id"], detail=detail, at=at)


async def current() -> Kept | None:
    """The account, for its page; None without one."""
    row = await Account.select().first()
    if row is None:
        return None
    hidden = ("key_sealed", "secret_sealed", "connect_secret_sealed", "faults")
    shown = {name: value for name, value in row.items() if name not in hidden}
    return Kept(
        **shown,
        hears=row["secret_sealed"] is not None,
        hears_of_recipients=row["connect_secret_sealed"] is not None,
    )


async def entry() -> Entry | None:
    """How to get in; None where the company has no account."""
    row = await Account.select().first()
    if row is None:
        return None
    names = ("account", "country", "livemode", "faults", "paused_until")
    key = _KEY.tell(row["key_sealed"], row["id"])
    assert is_live(key) == row["livemode"], (
        "the database holds the mode to the company's, and so it has to be the key's"
    )
    return Entry(key=key, **{name: row[name] for name in names})


async def secrets() -> list[str]:
    """What Stripe signs with when it tells this company of something."""
    row = await Account.select().first()
    if row is None:
        return []
    return [told for told in (_SECRET.tell(row["secret_sealed"], row["id"]), _connect(row)) if told]


def _connect(row: dict[str, object]) -> str:
    kept, id_ = row["connect_secret_sealed"], row["id"]
    assert isinstance(id_, UUID), "the key of the table"
    return _CONNECT_SECRET.tell(kept if isinstance(kept, bytes) else None, id_)


async def _nothing_waits(field: str) -> None:
    if (await ground.fetch(_UNDER_WAY))[0]["waits"]:
        raise CallsUnderWay("errors.stripe.calls_under_way", field=field)
