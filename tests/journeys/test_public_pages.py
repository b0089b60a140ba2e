"""Legal pages, faults, files of the look: all in the brand, none of them telling more than it must."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from markupsafe import escape

from leumund.kit import places
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.web.public import landing
from tests.journeys import regulars
from tests.journeys.guests import Assets, Guest

Visit = Callable[..., Guest]
SLUGS = ("linden", "birke")


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("lang", ["de", "en"])
async def test_the_law_s_pages_say_who_and_what(brands: dict[str, Tenant], visit: Visit, slug: str, lang: str):
    guest = visit(brands[slug], language=lang)
    await guest.open("/imprint")
    for fact in ("GmbH", "@", "HRB", "DE000000000"):
        assert fact in guest.page
    for path, name in (("/privacy", "notice"), ("/terms", "terms")):
        assert (await guest.open(path)).status_code == 200
        title = (places.tenants() / slug / "texts" / f"{name}.{lang}.md").read_text("utf-8").split("\n")[0]
        assert f"<h1>{escape(title.strip('# '))}</h1>" in guest.page
    await guest.open("/terms?lang=fr")
    assert f'<html lang="{lang}">' in guest.page, "a language nobody speaks here is passed over"


async def test_a_language_is_asked_for_by_the_address_alone(energy: Tenant, visit: Visit):
    guest = visit(energy, language="de")
    await guest.open("/terms?lang=en")
    assert '<html lang="en">' in guest.page
    for link in re.findall(r'href="(/[^"]*)"', guest.page.split("<footer")[1]):
        assert "lang=en" in link, "the way on keeps it"
    await guest.open("/terms")
    assert '<html lang="de">' in guest.page, "and nothing is remembered"


@pytest.mark.parametrize("slug", SLUGS)
async def test_faults_wear_the_brand_and_tell_nothing(brands: dict[str, Tenant], visit: Visit, slug: str):
    guest = visit(brands[slug])
    await guest.open("/terms")
    styles = re.findall(r'<link rel="stylesheet" href="([^"]+)"', guest.page)
    for path in (
        "/nowhere",
        "/s/x",
        "/r/x",
        "/join/x",
        "/confirm/x",
        "/unsubscribe/x",
        "/portal/enter/x",
        "/theme/x/y",
    ):
        assert (await guest.open(path)).status_code == 404, path
        assert re.findall(r'<link rel="stylesheet" href="([^"]+)"', guest.page) == styles
        assert re.search(r"<h1>[^<]+</h1>", guest.page)
    assert (await guest.send("/terms")).status_code == 405
    assert re.search(r"<h1>[^<]+</h1>", guest.page)


async def test_our_own_fault_shows_an_id_and_no_more(
    deployment: Deployment, energy: Tenant, visit: Visit, monkeypatch: pytest.MonkeyPatch
):
    anna = await regulars.advocate(deployment, energy)

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("password of the database is hunter2")

    monkeypatch.setattr(landing, "_look", broken)
    guest = visit(energy, language="de")
    assert (await guest.open(anna.share)).status_code == 500
    assert re.search(r"<code>[0-9a-f]{12}</code>", guest.page)
    for secret in ("hunter2", "RuntimeError", "Traceback", "landing"):
        assert secret not in guest.page
    assert "Linden" in guest.page


async def test_where_not_even_the_brand_can_be_read_a_plain_page_answers(
    energy: Tenant, visit: Visit, monkeypatch: pytest.MonkeyPatch
):
    from leumund.web import dressing

    async def unreadable(_: Any) -> None:
        raise OSError("no database")

    monkeypatch.setattr(dressing, "dress_of", unreadable)
    guest = visit(energy, language="en")
    assert (await guest.open("/terms")).status_code == 500
    assert "<h1>" in guest.page
    assert "no database" not in guest.page
    assert (await guest.open("/nowhere")).status_code == 404


async def test_crawlers_are_asked_to_stay_away(energy: Tenant, visit: Visit):
    guest = visit(energy)
    robots = await guest.open("/robots.txt")
    assert robots.headers["content-type"].startswith("text/plain")
    assert robots.text == "User-agent: *\nDisallow: /\n"
    await guest.open("/terms")
    assert '<meta name="robots" content="noindex">' in guest.page


async def test_files_of_a_look_are_kept_for_good_under_their_content_s_name(energy: Tenant, visit: Visit):
    guest = visit(energy)
    await guest.open("/terms")
    for address in Assets(guest.page).addresses:
        file = await guest.open(address)
        assert file.headers["cache-control"] == "public, max-age=31536000, immutable", address
        assert file.headers["x-content-type-options"] == "nosniff"
        again = await guest.client.get(address, headers={"if-none-match": file.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        old = await guest.open(address.split("?")[0] + "?v=0123456789abcdef")
        assert old.headers["cache-control"] == "public, no-cache", "the content of today is not kept under an old name"
        assert "set-cookie" not in file.headers


async def test_files_of_a_look_are_squeezed_and_pages_are_not(energy: Tenant, visit: Visit):
    guest = visit(energy)
    page = await guest.open("/terms")
    assert "content-encoding" not in page.headers, "a page holds secrets; its length must not tell of them (BREACH)"
    plain = await guest.client.get("/theme/plain/base.css", headers={"accept-encoding": "identity"})
    gzip = await guest.client.get("/theme/plain/base.css", headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert gzip.headers["content-encoding"] == "gzip"
    assert plain.content == gzip.content
    assert plain.headers["etag"] != gzip.headers["etag"]
    assert plain.headers["vary"] == gzip.headers["vary"] == "accept-encoding"


@pytest.mark.parametrize(
    "path",
    [
        "plain/../theme.toml",
        "plain/%2e%2e%2ftheme.toml",
        "plain/theme.toml",
        "plain/..%5ctheme.toml",
        "plain/base.css%00",
        "../linden/base.css",
        "nowhere/base.css",
        "plain/nothing.css",
    ],
)
async def test_a_name_that_no_theme_has_is_nothing(energy: Tenant, visit: Visit, path: str):
    guest = visit(energy)
    answer = await guest.client.get(httpx.URL(f"{guest.origin}/theme/{path}"))
    assert answer.status_code == 404
    assert b"color-brand" not in answer.content


async def test_a_logo_is_a_picture_and_cannot_act(brands: dict[str, Tenant], visit: Visit):
    logos = set()
    for slug in SLUGS:
        logo = await visit(brands[slug]).open("/theme/logo")
        assert logo.headers["content-type"].startswith("image/svg+xml")
        assert logo.headers["content-security-policy"] == "default-src 'none'; sandbox"
        logos.add(logo.content)
    assert len(logos) == 2, "each company its own"


async def test_the_look_of_one_company_is_not_another_s(brands: dict[str, Tenant], visit: Visit):
    sheets = {(await visit(brands[slug]).open("/theme/tokens.css")).text for slug in SLUGS}
    assert len(sheets) == 2
