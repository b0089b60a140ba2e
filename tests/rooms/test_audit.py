"""The audit log is read page by page and changed by nobody."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from leumund.audit import listing, noting
from leumund.kit import cursors, ground
from leumund.kit.ground import Ground

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ACTOR = f"staff:{uuid4()}"
LONG_AGO = urlsafe_b64encode(f"0001-01-01T00:00:00+14:00|{UUID(int=7)}".encode()).decode()


async def test_an_entry_says_who_did_what_to_whom(inside: Ground):
    anna = uuid4()
    await noting.note(actor=ACTOR, action="referral.approved", subject=anna, detail={"cents": 2500}, at=NOON)
    (entry,) = (await listing.page(subject=anna)).rows
    assert (entry.actor, entry.action, entry.detail, entry.at) == (ACTOR, "referral.approved", {"cents": 2500}, NOON)


async def test_pages_follow_each_other_without_gap_or_repetition(inside: Ground):
    subject = uuid4()
    # Entries of one instant are the ones a cursor by time alone would lose.
    for n in range(7):
        await noting.note(actor=ACTOR, action="test.noted", subject=subject, at=NOON + timedelta(hours=n // 3))
    seen, after = [], None
    for _ in range(4):
        page = await listing.page(subject=subject, after=after, limit=2)
        seen += page.rows
        after = page.after
    assert after is None
    assert len({entry.id for entry in seen}) == len(seen) == 7
    assert [entry.at for entry in seen] == sorted((entry.at for entry in seen), reverse=True)


@pytest.mark.parametrize("cursor", ["", "x", "bm90IGEgY3Vyc29y", "🦊", LONG_AGO])
async def test_a_made_up_cursor_is_refused(inside: Ground, cursor: str):
    with pytest.raises(cursors.BadCursor):
        await listing.page(after=cursor)


@pytest.mark.parametrize("sql", ["UPDATE audit_entry SET actor = 'system:nobody'", "DELETE FROM audit_entry"])
async def test_mallory_cannot_change_what_was_noted(inside: Ground, sql: str):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with ground.savepoint():
            await ground.execute(sql)
