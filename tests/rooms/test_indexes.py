"""What pages ask again and again is found by an index, and what may be there once is held by one."""

import asyncpg
import msgspec
import pytest

from leumund.kit import ground
from leumund.kit.ground import Ground
from leumund.programs import offering
from tests.conftest import NOON
from tests.rooms import whole


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ("SELECT count(*) FROM referral WHERE state = 'in_review'", "referral_in_review"),
        ("SELECT FROM participation WHERE customer = '00000000-0000-0000-0000-000000000001'", "participation_customer"),
    ],
)
async def test_a_question_of_every_page_reads_no_whole_table(inside: Ground, asked: str, index: str):
    # A table of a few rows is always read whole; the question is whether there is another way.
    await ground.execute("SET LOCAL enable_seqscan = off")
    plan = await ground.fetch(f"EXPLAIN {asked}")
    assert any(index in row["QUERY PLAN"] for row in plan), plan


async def test_a_company_runs_one_program_at_a_time(inside: Ground):
    await whole.company(at=NOON)
    second = msgspec.structs.replace(whole.TERMS, key="nachbarn")
    with pytest.raises(asyncpg.UniqueViolationError):
        async with ground.savepoint():
            await offering.offer(terms=second, at=NOON)
    assert await offering.end_others(key=second.key) == ["freunde"]
    await offering.offer(terms=second, at=NOON)
    assert (await offering.current()).key == "nachbarn"
