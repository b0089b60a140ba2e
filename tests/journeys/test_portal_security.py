"""The second factor in the portal: set up, shown, lost and taken away, and told to the mailbox each time."""

import re
from collections.abc import Awaitable, Callable

import pytest

from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.authenticator import Authenticator
from tests.journeys import regulars, seconds
from tests.journeys.guests import Guest, Postbox
from tests.journeys.regulars import Advocate

Visit = Callable[..., Guest]
Post = Callable[[Tenant], Awaitable[Postbox]]
COOKIE = "__Host-portal"
RECOVERY = re.compile(r"<code>([A-Z2-7]{4}(?:-[A-Z2-7]{4}){3})</code>")


@pytest.fixture
async def anna(deployment: Deployment, energy: Tenant) -> Advocate:
    return await regulars.advocate(deployment, energy)


async def test_an_app_is_set_up_told_by_mail_and_counts_a_day_later(
    deployment: Deployment, energy: Tenant, visit: Visit, postbox: Post, anna: Advocate
):
    phone = await seconds.entered(visit(energy), anna)
    before = phone.client.cookies[COOKIE]
    secret = await seconds.with_app(phone)
    assert len(set(RECOVERY.findall(phone.page))) == 8
    assert phone.client.cookies[COOKIE] != before, "a session whose rank changes has another token"
    assert "Anmeldung" in str((await postbox(energy)).to(anna.email)[-1]["Subject"])
    await phone.open("/portal/security")
    assert "Gilt ab" in phone.page
    await phone.open("/portal/prove")
    assert 'name="code"' not in phone.page, "there is nothing to show yet"
    await seconds.let_count(deployment, energy, anna)
    await phone.open("/portal/prove?back=data")
    await phone.submit("/portal/prove", code=seconds.code(secret))
    assert phone.answer.url.path == "/portal/data"


async def test_the_qr_code_shows_what_is_written_beside_it(energy: Tenant, visit: Visit, anna: Advocate):
    phone = await seconds.entered(visit(energy), anna)
    answer = await phone.open("/portal/security/app/qr.svg")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.headers["cache-control"] == "no-store"


async def test_looking_at_the_pages_changes_nothing(
    deployment: Deployment, energy: Tenant, visit: Visit, anna: Advocate
):
    phone = await seconds.entered(visit(energy), anna)
    before = await regulars.stored(deployment, energy)
    for path in ("", "/app", "/app/qr.svg"):
        assert (await phone.open(f"/portal/security{path}")).status_code == 200
    assert await regulars.stored(deployment, energy) == before
    assert (
        await regulars.rows(deployment, energy, "SELECT FROM customer_factor WHERE customer = $1", anna.customer) == []
    )


async def test_a_wrong_code_is_told_beside_its_field_and_the_name_stays(energy: Tenant, visit: Visit, anna: Advocate):
    phone = await seconds.entered(visit(energy), anna)
    await phone.open("/portal/security/app")
    await phone.submit("/portal/security/app", code="000000", name="Mein Telefon")
    assert phone.answer.status_code == 422
    assert 'id="code-wrong"' in phone.page
    assert 'value="Mein Telefon"' in phone.page


async def test_a_passkey_is_set_up_and_shown(deployment: Deployment, energy: Tenant, visit: Visit, anna: Advocate):
    phone = await seconds.entered(visit(energy), anna)
    key = Authenticator(phone.origin)
    asked = (await phone.send("/portal/security/question")).text
    await phone.send("/portal/security/passkey", passkey=key.make(asked), name="Schlüssel")
    assert phone.answer.status_code == 200
    await seconds.let_count(deployment, energy, anna)
    before = phone.client.cookies[COOKIE]
    asked = (await phone.send("/portal/prove/question")).text
    answer = key.sign(asked)
    assert (await phone.send("/portal/prove", passkey=answer, back="data")).headers["location"] == "/portal/data"
    assert phone.client.cookies[COOKIE] != before
    assert (await phone.send("/portal/prove", passkey=answer, back="data")).status_code == 422, "good once"


async def test_a_passkey_made_at_another_companys_host_is_refused(
    brands: dict[str, Tenant], energy: Tenant, visit: Visit, anna: Advocate
):
    phone = await seconds.entered(visit(energy), anna)
    key = Authenticator(f"https://{brands['birke'].host}")
    asked = (await phone.send("/portal/security/question")).text
    await phone.send("/portal/security/passkey", passkey=key.make(asked, rp=brands["birke"].host))
    assert phone.answer.status_code == 422


async def test_a_recovery_code_stands_in_once(deployment: Deployment, energy: Tenant, visit: Visit, anna: Advocate):
    phone = await seconds.entered(visit(energy), anna)
    await seconds.with_app(phone)
    (code, *_) = RECOVERY.findall(phone.page)
    await seconds.let_count(deployment, energy, anna)
    assert (await phone.send("/portal/prove", code=code, back="data")).status_code == 303
    assert (await phone.send("/portal/prove", code=code, back="data")).status_code == 422


async def test_what_counts_is_not_changed_by_a_mailed_link_alone(
    deployment: Deployment, energy: Tenant, visit: Visit, anna: Advocate
):
    phone = await seconds.entered(visit(energy), anna)
    secret = await seconds.with_app(phone)
    await seconds.let_count(deployment, energy, anna)
    await phone.open("/portal/security")
    await phone.submit("/removal")
    assert phone.answer.url.path == "/portal/prove"
    await phone.submit("/portal/prove", code=seconds.code(secret))
    assert phone.answer.url.path == "/portal/security"
    await phone.submit("/removal")
    assert "noch keinen eingerichtet" in phone.page


async def test_back_leads_nowhere_else(deployment: Deployment, energy: Tenant, visit: Visit, anna: Advocate):
    phone = await seconds.entered(visit(energy), anna)
    secret = await seconds.with_app(phone)
    await seconds.let_count(deployment, energy, anna)
    answer = await phone.send("/portal/prove", code=seconds.code(secret), back="https://evil.example")
    assert answer.headers["location"] == "/portal/security"


async def test_nobody_is_asked_without_a_session(energy: Tenant, visit: Visit):
    stranger = visit(energy)
    for path in ("/portal/security", "/portal/security/app", "/portal/prove", "/portal/data", "/portal/data/copy.pdf"):
        assert (await stranger.open(path)).url.path == "/portal/login"
    for path in ("/portal/security/question", "/portal/security/codes", "/portal/data/erasure"):
        assert (await stranger.send(path)).headers["location"].startswith("/portal/login")
