"""Pace the mails that strangers can have sent: whoever fills in a form names an address, and it may be anybody's.

What is counted stands in the company's rows under keyed hashes, and goes in the night after its window has ended.
"""

from datetime import datetime, timedelta
from uuid import UUID

from leumund.kit import counting, faults, ground, sealing
from leumund.kit.counting import Limit

_TABLE, _KEY = "mail_attempt", "key_hash"
_HOUR = timedelta(hours=1)
# A household or a stall at a fair, and an advocate whose link many follow at once.
_OF_PEER = Limit(_TABLE, _KEY, 30, _HOUR)
_OF_LINK = Limit(_TABLE, _KEY, 100, _HOUR)
# What all places and links together may cause, before a flood ruins the name of the company's mail.
_OF_ALL = Limit(_TABLE, _KEY, 2_000, _HOUR)
# What one mailbox gets, whoever asks.
_CHECKS = Limit(_TABLE, _KEY, 3, timedelta(days=1))
_LOGINS = Limit(_TABLE, _KEY, 5, _HOUR)
_PROOFS = Limit(_TABLE, _KEY, 5, _HOUR)

# Codes of nobody's that one place types; a right one is taken off again, or a busy counter would use them up.
_GUESSES = Limit(_TABLE, _KEY, 30, _HOUR)
# What a member tries out, at their own address.
_TESTS = Limit(_TABLE, _KEY, 20, _HOUR)


class TooMany(faults.TooSoon):
    """This place, this link or the whole company had as many mails sent as it may."""


async def count(*, peer: str, link: str = "", at: datetime) -> None:
    """Count a form that has a mail sent, by where it comes from and the share link it was found by. Raises TooMany.

    Commit before the form's own deed: of one company everybody waits for the same row.
    """
    limits = [(_OF_PEER, f"peer {peer}"), *([(_OF_LINK, f"link {link}")] if link else []), (_OF_ALL, "all")]
    for limit, key in limits:
        wait = await counting.count(ground.current().connection, limit=limit, key=_hashed(key), at=at)
        if wait is not None:
            raise TooMany("errors.pacing.too_many", wait=wait)


async def guess(*, peer: str, at: datetime) -> None:
    """Count a code that is typed, before anybody looks whose it is; commit before that. Raises TooMany."""
    wait = await counting.count(ground.current().connection, limit=_GUESSES, key=_hashed(f"guess {peer}"), at=at)
    if wait is not None:
        raise TooMany("errors.pacing.too_many_codes", wait=wait)


async def guessed(*, peer: str) -> None:
    """What was counted last was somebody's code."""
    await counting.give_back(ground.current().connection, limit=_GUESSES, key=_hashed(f"guess {peer}"))


async def may_check(*, mailbox: str, at: datetime) -> bool:
    """Count a mail that asks ``mailbox``, the folded address, to confirm; false when it got as many as it may."""
    return await _may_reach(_CHECKS, f"check {mailbox}", at)


async def may_log_in(*, mailbox: str, at: datetime) -> bool:
    """Count a mail with a way into the portal; false when ``mailbox``, the folded address, got as many as it may."""
    return await _may_reach(_LOGINS, f"login {mailbox}", at)


async def may_prove(*, mailbox: str, at: datetime) -> bool:
    """Count a mail with a code for ``mailbox``, the folded address; false when it got as many as it may."""
    return await _may_reach(_PROOFS, f"proof {mailbox}", at)


async def may_test(*, member: UUID, at: datetime) -> bool:
    """Count a test mail of ``member``'s to themselves; false when they had as many as they may."""
    return await _may_reach(_TESTS, f"test {member}", at)


async def clear(*, at: datetime) -> None:
    """Forget what counts no more; a nightly job."""
    await ground.execute("DELETE FROM mail_attempt WHERE ends_at <= $1", at)


async def _may_reach(limit: Limit, key: str, at: datetime) -> bool:
    return await counting.count(ground.current().connection, limit=limit, key=_hashed(key), at=at) is None


def _hashed(key: str) -> str:
    return sealing.keyed_hash("mail_attempt", key)
