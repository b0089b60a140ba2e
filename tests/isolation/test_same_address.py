"""The same address at two hosts is two pages, and nothing that keeps pages takes one for the other."""

from typing import Any

import pytest

from tests.isolation import callers, tally
from tests.isolation.callers import asked
from tests.isolation.places import PLACES
from tests.isolation.two_companies import Side

PAGES = sorted(
    key.removeprefix("GET ")
    for key, place in PLACES.items()
    if key.startswith("GET /") and not key.startswith(("GET //", "GET /openapi")) and not place.path
)
KEPT = ("/theme/tokens.css", "/theme/logo")


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_at_one_host_is_never_the_others(door: Any, ours: Side, theirs: Side, path: str):
    spellings = [path, f"{path}?b=2&a=1", f"{path}?a=1&b=2", f"{path}/", path.upper()]
    # A chart takes a tenth of a second, and its address is looked at like any other's.
    spellings = spellings[:1] if "/charts/" in path else spellings
    for method in ("GET", "HEAD"):
        for spelling in spellings:
            answers = [
                await asked(door, spelling, host=side.tenant.host, method=method, extra=callers.everybody(side))
                for side in (ours, theirs, ours)
            ]
            for answer, other in zip(answers, (theirs, ours, theirs), strict=True):
                told = answer.text + str(answer.headers)
                assert not [secret for secret in other.secrets() if secret in told], f"{method} {spelling}"
                assert answer.headers["vary"] if "etag" in answer.headers else True, "who keeps it is told by what"
                public = "public" in answer.headers.get("cache-control", "")
                assert not public or path in KEPT, f"{method} {spelling} may be kept by anybody"
                tally.note("caches")
            assert answers[0].status_code == answers[2].status_code


@pytest.mark.parametrize("path", KEPT)
async def test_what_may_be_kept_has_another_tag_at_each_host(door: Any, ours: Side, theirs: Side, path: str):
    mine, other = [await asked(door, path, host=side.tenant.host) for side in (ours, theirs)]
    if mine.content != other.content:
        assert mine.headers["etag"] != other.headers["etag"]
    again = await asked(door, path, host=theirs.tenant.host, extra={"if-none-match": mine.headers["etag"]})
    assert again.status_code == (304 if mine.content == other.content else 200)
    tally.note("caches", 2)


async def test_the_companies_are_told_apart_on_their_pages_so_that_a_mix_up_would_show(
    door: Any, ours: Side, theirs: Side
):
    for side, other in ((ours, theirs), (theirs, ours)):
        page = (await asked(door, "/imprint", host=side.tenant.host)).text
        assert side.marker in page
        assert other.marker not in page
