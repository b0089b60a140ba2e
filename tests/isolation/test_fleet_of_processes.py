"""Two web processes, two workers of which one dies: nobody is answered or sent what is another company's."""

from pathlib import Path

import pytest

from tests.bench import soaking


async def test_many_callers_of_many_companies_see_their_own_alone_while_a_worker_dies(tmp_path: Path):
    soaked = await soaking.soak(tmp_path, companies=12, callers=120, seconds=10)
    assert soaked.foreign == []
    assert soaked.faults == []
    assert soaked.most_connections <= soaked.ceiling
    assert soaked.mails >= 48, "each customer invited was written to, whichever worker lived"
    assert min(soaked.answers[status] for status in (200, 201, 401, 404)) > 50, "they did ask"


@pytest.mark.parametrize(
    ("text", "foreign"),
    [("mk0123456789ab", 0), ("for mk0123456789ab from mkffffffffffff", 1), ("nothing of anybody's", 0)],
)
def test_another_companys_marker_would_be_seen(text: str, foreign: int):
    run = soaking.Run([], [])
    run.look("mk0123456789ab", text, "a page")
    assert len(run.foreign) == foreign
