"""What pages ask again and again is found by an index, and what may be there once is held by one."""

import pytest

from leumund.kit import ground
from leumund.kit.ground import Ground


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
