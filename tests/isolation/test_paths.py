"""Names of files and codes belong to one company, and no name leads to a file it does not name."""

from typing import Any

import pytest

from tests.isolation import tally
from tests.isolation.callers import asked
from tests.isolation.two_companies import Side


@pytest.mark.parametrize(
    "path",
    [
        "/theme/plain/../../tenants/birke/company.toml",
        "/theme/plain/..%2f..%2ftenants%2fbirke%2fcompany.toml",
        "/theme/plain/%2e%2e%2ftheme.toml",
        "/theme/%2e%2e/static",
        "/theme/plain/%2fetc%2fpasswd",
        "/theme/plain/base.css%00.svg",
        "/theme/plain/..\\..\\theme.toml",
        "/theme/%5c%5cserver%5cshare/logo.svg",
        "/theme/plain%2fstatic/base.css",
        "/theme/plai/base.css",
        "/theme/plainer/base.css",
        "//theme/plain/theme.toml",
    ],
)
async def test_a_name_from_outside_never_becomes_a_path(door: Any, ours: Side, path: str):
    answer = await asked(door, path, host=ours.tenant.host)
    assert answer.status_code == 404
    assert "[company]" not in answer.text
    assert "root:" not in answer.text
    tally.note("paths")


async def test_two_companies_logos_of_one_name_are_two(door: Any, ours: Side, theirs: Side):
    for side, other in ((ours, theirs), (theirs, ours)):
        logo = await asked(door, "/theme/logo", host=side.tenant.host)
        assert side.marker in logo.text
        assert other.marker not in logo.text
        tally.note("files of one name")


async def test_a_code_of_one_company_leads_nowhere_at_another(door: Any, ours: Side, theirs: Side):
    at_home = await asked(door, f"/r/{theirs.words['code']}", host=theirs.tenant.host)
    assert at_home.status_code == 302, "the attack can succeed"
    for spelling in ("{}", "{}?lang=en", "{}/", "{}?c=spring", "{}/welcome"):
        brought = await asked(door, "/r/" + spelling.format(theirs.words["code"]), host=ours.tenant.host)
        assert brought.status_code == 404
        assert "location" not in brought.headers
        tally.note("share codes")
