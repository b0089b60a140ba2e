"""Who gets into the console, who does not, and how one gets out again."""

import re
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from leumund import asgi
from leumund.audit import noting
from leumund.kit import clock, ground, knocking, language, passwords, places, sealing
from leumund.messages.accompanying import inviting
from leumund.staff import api_keys, changing
from leumund.staff import members as staff
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.web.console import entering, routing
from tests.journeys import staffing
from tests.journeys.guests import OURS, Guest, Postbox, found
from tests.journeys.staffing import PASSWORD, Colleague
from tests.rooms import whole

Visit = Callable[..., Guest]
Post = Callable[[Tenant], Awaitable[Postbox]]

LOGIN = "/console/login"
# Where whoever is not signed in yet comes to; everything else asks who it is.
DOORSTEP = {"/console/login", "/console/logout", "/console/enrol/{token}", "/console/enrol/{token}/qr.svg"}
PLATFORM = places.locales().parent
NOTED = re.compile(r'action="([a-z_]+\.[a-z_]+)"')
OWNERS_PAGES = (
    "/console/team",
    "/console/keys",
    "/console/webhooks",
    "/console/domains",
    "/console/audit",
    "/console/support",
)


def _routes() -> list[tuple[str, str]]:
    app = Litestar(route_handlers=routing.routes(), openapi_config=None)
    return sorted(
        (method, route.path_format)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for method in route.methods - {"HEAD", "OPTIONS"}
    )


ROUTES = _routes()
INNER = [(method, path) for method, path in ROUTES if path not in DOORSTEP]
# A form that keeps nothing: whoever may look at a survey may walk through it.
LOOKING = ("POST", "/console/surveys/studio/{survey}/preview/walk")
OWNERS = [
    (method, path)
    for method, path in INNER
    if (method == "POST" or path.startswith(OWNERS_PAGES)) and (method, path) != LOOKING
]


def made_up(path: str) -> str:
    """The route's path with ids nobody has."""
    return re.sub(r"\{[^}]+\}", lambda _: str(uuid4()), path)


@pytest.fixture
async def office(deployment: Deployment, open_company: Callable[[str], Awaitable[Tenant]]) -> Tenant:
    """A company of this test's own that has pages to show."""
    tenant = await open_company("linden")
    async with deployment.scopes.inside(tenant):
        await whole.company(at=clock.now())
    return tenant


@pytest.fixture
async def anna(deployment: Deployment, office: Tenant) -> Colleague:
    return await staffing.enrolled(deployment, office)


async def sign_in(guest: Guest, **fields: str) -> Any:
    guest.answer = await guest.client.post(LOGIN, data=fields, headers=OURS)
    return guest.answer


async def everything(deployment: Deployment, tenant: Tenant) -> dict[str, list[dict[str, Any]]]:
    """All rows of a company, but for when a session was last seen."""
    async with deployment.scopes.reading(tenant):
        names = await ground.fetch("SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()")
        rows = {row["name"]: await ground.fetch(f"SELECT * FROM {row['name']} t ORDER BY t::text") for row in names}
    for session in rows["staff_session"]:
        del session["seen_at"]
    return rows


# In and out


async def test_from_the_invitation_to_the_first_page(
    deployment: Deployment, office: Tenant, visit: Visit, postbox: Post
):
    async with deployment.scopes.inside(office):
        await inviting.invite(
            email="anna@linden.example", name="Anna", role="owner", language="de", actor="system:test", at=clock.now()
        )
    phone = visit(office, language="de")
    await phone.open((await postbox(office)).link("anna@linden.example", "/console/enrol/"))
    secret = found(r"\b[A-Z2-7]{32}\b", phone.page)
    colleague = Colleague(member=uuid4(), email="anna@linden.example", secret=secret)
    qr = await phone.client.get(found(r"/console/enrol/[^\"?]+/qr\.svg", phone.page))
    assert qr.headers["content-type"].startswith("image/svg+xml")
    await phone.submit("/console/enrol/", password=PASSWORD, code=colleague.code())
    assert phone.answer.url.path == LOGIN
    assert (await sign_in(phone, **colleague.shown(code=colleague.code(steps_ahead=1)))).status_code == 303
    assert phone.answer.headers["location"] == "/console"
    await phone.open("/console/team")
    assert phone.answer.status_code == 200
    assert "anna@linden.example" in phone.page


async def test_a_weak_password_or_a_wrong_code_is_said_next_to_its_field(
    deployment: Deployment, office: Tenant, visit: Visit, postbox: Post
):
    async with deployment.scopes.inside(office):
        await inviting.invite(
            email="anna@linden.example", name="Anna", role="owner", language="de", actor="system:test", at=clock.now()
        )
    phone = visit(office, language="de")
    await phone.open((await postbox(office)).link("anna@linden.example", "/console/enrol/"))
    await phone.submit("/console/enrol/", password="kurz", code="000000")
    assert phone.answer.status_code == 422
    assert 'id="password-wrong"' in phone.page
    assert 'id="code-wrong"' in phone.page
    assert "kurz" not in phone.page
    await phone.submit("/console/enrol/", password=PASSWORD, code="not a code")
    assert phone.answer.status_code == 422
    assert 'id="code-wrong"' in phone.page


async def test_a_made_up_link_leads_nowhere(office: Tenant, visit: Visit):
    guest = visit(office)
    for path in ("/console/enrol/x", "/console/enrol/x/qr.svg"):
        assert (await guest.open(path)).status_code == 404
    answer = await guest.client.post("/console/enrol/x", data={"password": PASSWORD, "code": "1"}, headers=OURS)
    assert answer.status_code == 404


async def test_a_code_is_good_once(office: Tenant, visit: Visit, anna: Colleague):
    code = anna.code()
    assert (await sign_in(visit(office), **anna.shown(code=code))).status_code == 303
    assert (await sign_in(visit(office), **anna.shown(code=code))).status_code == 422


async def test_whatever_is_wrong_the_answer_is_the_same(office: Tenant, visit: Visit, anna: Colleague):
    mallory = visit(office, language="de")
    answers = [
        await sign_in(mallory, **anna.shown(email="nobody@linden.example")),
        await sign_in(mallory, **anna.shown(password="Teetasse steht gerade")),
        await sign_in(mallory, **anna.shown(code=anna.wrong_code())),
        await sign_in(mallory, email=anna.email),
    ]
    pages = {answer.text.replace(anna.email, "nobody@linden.example") for answer in answers}
    assert {answer.status_code for answer in answers} == {422}
    assert len(pages) == 1
    assert not mallory.client.cookies


async def test_the_cookie_is_for_this_host_over_tls_and_for_no_script(office: Tenant, visit: Visit, anna: Colleague):
    answer = await sign_in(visit(office), **anna.shown())
    (cookie,) = answer.headers.get_list("set-cookie")
    said = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert cookie.startswith("__Host-console=")
    assert {"httponly", "secure", "samesite=strict", "path=/"} <= said
    assert not [part for part in said if part.startswith("domain")]


async def test_a_cookie_the_browser_brought_is_never_taken(office: Tenant, visit: Visit, anna: Colleague):
    phone, chosen = visit(office), "A" * 43
    phone.client.cookies.set(entering.NAME, chosen, domain=office.host, path="/")
    await sign_in(phone, **anna.shown())
    assert phone.client.cookies[entering.NAME] != chosen
    mallory = visit(office)
    mallory.client.cookies.set(entering.NAME, chosen, domain=office.host, path="/")
    await mallory.open("/console/team")
    assert mallory.answer.url.path == LOGIN


async def test_signing_in_again_ends_what_the_old_cookie_opened(
    deployment: Deployment, office: Tenant, visit: Visit, anna: Colleague
):
    phone = await staffing.signed_in(deployment, visit, office, anna)
    old = phone.client.cookies[entering.NAME]
    await sign_in(phone, **anna.shown())
    thief = visit(office)
    thief.client.cookies.set(entering.NAME, old, domain=office.host, path="/")
    await thief.open("/console/team")
    assert thief.answer.url.path == LOGIN


async def test_a_slow_password_holds_no_connection(
    office: Tenant, visit: Visit, anna: Colleague, monkeypatch: pytest.MonkeyPatch
):
    judge, open_meanwhile = passwords.judge, []

    async def judged(stored: str | None, password: str) -> passwords.Verdict:
        open_meanwhile.append(ground.is_open())
        return await judge(stored, password)

    monkeypatch.setattr(passwords, "judge", judged)
    assert (await sign_in(visit(office), **anna.shown())).status_code == 303
    assert open_meanwhile == [False]


async def test_signing_out_ends_the_session_on_the_server(deployment: Deployment, office: Tenant, visit: Visit):
    phone = await staffing.at_desk(deployment, visit, office)
    kept = phone.client.cookies[entering.NAME]
    await phone.open("/console/team")
    await phone.submit("/console/logout")
    assert not phone.client.cookies
    phone.client.cookies.set(entering.NAME, kept, domain=office.host, path="/")
    await phone.open("/console/team")
    assert phone.answer.url.path == LOGIN


async def test_a_cookie_is_nobodys_at_another_company(
    deployment: Deployment, office: Tenant, brands: dict[str, Tenant], visit: Visit
):
    phone = await staffing.at_desk(deployment, visit, office)
    other = visit(brands["birke"])
    other.client.cookies.set(entering.NAME, phone.client.cookies[entering.NAME], domain=other.client.base_url.host)
    await other.open("/console/team")
    assert other.answer.url.path == LOGIN


# Who may


@pytest.mark.parametrize(("method", "path"), INNER)
async def test_nobody_is_led_to_the_form(brands: dict[str, Tenant], visit: Visit, method: str, path: str):
    answer = await visit(brands["linden"]).client.request(method, made_up(path), headers=OURS)
    assert (answer.status_code, answer.headers.get("location")) == (303, LOGIN)


@pytest.fixture(scope="module")
def viewers() -> dict[str, str]:
    """The one viewer's cookie, by slug, so that not every route needs an account of its own."""
    return {}


@pytest.mark.parametrize(("method", "path"), OWNERS)
async def test_a_viewer_does_nothing_and_sees_no_owners_page(
    deployment: Deployment, brands: dict[str, Tenant], visit: Visit, viewers: dict[str, str], method: str, path: str
):
    tenant = brands["linden"]
    if not viewers:
        desk = await staffing.at_desk(deployment, visit, tenant, role="viewer", name="Bert")
        viewers["cookie"] = desk.client.cookies[entering.NAME]
    bert = visit(tenant)
    bert.client.cookies.set(entering.NAME, viewers["cookie"], domain=tenant.host, path="/")
    answer = await bert.client.request(method, made_up(path), headers=OURS)
    assert answer.status_code == 403
    assert 'href="/console/team"' not in answer.text, "nor is led to where they may not go"


async def test_a_demotion_counts_from_the_next_request_on(
    deployment: Deployment, office: Tenant, visit: Visit, anna: Colleague
):
    bert = await staffing.enrolled(deployment, office, name="Bert")
    desk = await staffing.signed_in(deployment, visit, office, bert)
    assert (await desk.open("/console/team")).status_code == 200
    async with deployment.scopes.inside(office):
        await changing.change_role(member=bert.member, role="viewer", actor="system:test", at=clock.now())
    assert (await desk.open("/console/team")).status_code == 403


async def test_a_form_from_elsewhere_is_refused(deployment: Deployment, office: Tenant, visit: Visit):
    phone = await staffing.at_desk(deployment, visit, office)
    before = await everything(deployment, office)
    for site in ("cross-site", "same-site"):
        answer = await phone.client.post("/console/keys", data={"name": "Mallory"}, headers={"sec-fetch-site": site})
        assert answer.status_code == 403
    assert await everything(deployment, office) == before


async def test_looking_changes_nothing(deployment: Deployment, office: Tenant, visit: Visit):
    phone = await staffing.at_desk(deployment, visit, office)
    before = await everything(deployment, office)
    for method, path in ROUTES:
        if method == "GET":
            answer = await phone.client.get(made_up(path))
            assert answer.status_code in (200, 404), path
    assert await everything(deployment, office) == before


# Mallory tries often


async def test_too_many_tries_shut_out_mallory_and_not_anna(door: Any, office: Tenant, visit: Visit, anna: Colleague):
    mallory = staffing.calling_from(visit(office, language="de"), door, "198.51.100.7")
    statuses = [
        (await sign_in(mallory, **anna.shown(password=f"Teetasse steht gerade {n}"))).status_code
        for n in range(knocking.ATTEMPTS_OF_PEER + 1)
    ]
    assert statuses == [422] * knocking.ATTEMPTS_OF_PEER + [429]
    assert int(mallory.answer.headers["retry-after"]) > 60
    assert "Anmeldeversuche" in mallory.page
    assert (await sign_in(mallory, **anna.shown())).status_code == 429, "what is right is not even looked at"
    phone = staffing.calling_from(visit(office), door, "192.0.2.1")
    assert (await sign_in(phone, **anna.shown())).status_code == 303


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8:1:100::1", "2001:db8:1:1ff::2", True),
        ("2001:db8:1:100::1", "2001:db8:1:200::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
    ],
)
async def test_a_household_is_one_place(
    deployment: Deployment, door: Any, office: Tenant, visit: Visit, first: str, second: str, same: bool
):
    for address in (first, second):
        await sign_in(staffing.calling_from(visit(office), door, address), email="a@b.example")
    async with deployment.scopes.reading(office):
        rows = await ground.fetch("SELECT peer_hash FROM staff_attempt")
    assert len(rows) == (1 if same else 2)


@pytest.mark.parametrize(("proxies", "places"), [("10.0.0.0/8", {"198.51.100.7", "198.51.100.8"}), ("", {"10.0.0.1"})])
async def test_only_our_own_proxy_tells_who_somebody_is(
    deployment: Deployment, office: Tenant, visit: Visit, proxies: str, places: set[str]
):
    behind = asgi.create()
    behind.use(deployment._replace(settings=deployment.settings.model_copy(update={"trusted_proxies": proxies})))
    guest = staffing.calling_from(visit(office), behind, "10.0.0.1")
    # What Mallory claims stands before what the proxy saw.
    for claimed in ("192.0.2.1, 198.51.100.7", "192.0.2.2, 198.51.100.8"):
        await guest.client.post(LOGIN, data={"email": "a@b.example"}, headers={**OURS, "x-forwarded-for": claimed})
    async with deployment.scopes.reading(office):
        rows = await ground.fetch("SELECT peer_hash FROM staff_attempt")
        assert {row["peer_hash"] for row in rows} == {sealing.keyed_hash("staff_attempt", place) for place in places}


# Team


async def test_an_owner_invites_and_a_shut_account_opens_with_a_new_link_alone(
    deployment: Deployment, office: Tenant, visit: Visit, postbox: Post
):
    desk = await staffing.at_desk(deployment, visit, office)
    bert_to_be = {"name": "Bert", "email": "bert@linden.example", "role": "viewer", "language": "en"}
    answer = await desk.client.post("/console/team", data=bert_to_be, headers=OURS)
    await desk.open(answer.headers["location"])
    assert "bert@linden.example" in desk.page
    assert 'role="status"' in desk.page
    mail = (await postbox(office)).link("bert@linden.example", "/console/enrol/")
    bert = await enrol(visit(office), mail)
    (member,) = await members_at(deployment, office, "bert@linden.example")

    await desk.open(f"/console/team/{member}/closure")
    assert (await desk.submit("/closure", typed="Anna")).status_code == 422
    assert 'id="typed-wrong"' in desk.page
    assert (await desk.send(f"/console/team/{member}/closure", typed="Bert")).status_code == 303
    assert (await sign_in(visit(office), **bert.shown(code=bert.code(steps_ahead=1)))).status_code == 422
    assert (await desk.client.post(f"/console/team/{member}/invitation", headers=OURS)).status_code == 303
    assert (await sign_in(visit(office), **bert.shown(code=bert.code(steps_ahead=1)))).status_code == 422
    again = await enrol(visit(office), (await postbox(office)).link("bert@linden.example", "/console/enrol/"))
    assert (await sign_in(visit(office), **again.shown(code=again.code(steps_ahead=1)))).status_code == 303


async def enrol(guest: Guest, link: str) -> Colleague:
    await guest.open(link)
    colleague = Colleague(member=uuid4(), email="bert@linden.example", secret=found(r"\b[A-Z2-7]{32}\b", guest.page))
    await guest.submit("/console/enrol/", password=PASSWORD, code=colleague.code())
    assert guest.answer.url.path == LOGIN
    return colleague


async def members_at(deployment: Deployment, tenant: Tenant, email: str) -> list[object]:
    async with deployment.scopes.reading(tenant):
        return [member.id for member in await staff.everybody() if member.email == email]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": "", "email": "bert@linden.example", "role": "viewer"}, "name"),
        ({"name": "Bert", "email": "no address", "role": "viewer"}, "email"),
        ({"name": "B" * 201, "email": "bert@linden.example", "role": "viewer"}, "name"),
    ],
)
async def test_a_wrong_invitation_says_where_and_keeps_what_was_written(
    deployment: Deployment, office: Tenant, visit: Visit, fields: dict[str, str], wrong: str
):
    desk = await staffing.at_desk(deployment, visit, office)
    answer = await desk.client.post("/console/team", data=fields, headers=OURS)
    assert answer.status_code == 422
    assert f'id="{wrong}-wrong"' in answer.text
    assert fields["email"] in answer.text


async def test_all_that_is_wrong_with_an_invitation_is_said_at_once(
    deployment: Deployment, office: Tenant, visit: Visit
):
    desk = await staffing.at_desk(deployment, visit, office)
    answer = await desk.client.post(
        "/console/team", data={"name": "B" * 201, "email": "no address", "role": "god"}, headers=OURS
    )
    assert answer.status_code == 422
    for field in ("name", "email"):
        assert f'id="{field}-wrong"' in answer.text
    assert "Die Rolle „god“ gibt es nicht." in answer.text


async def test_a_page_that_is_not_there_leads_back(deployment: Deployment, office: Tenant, visit: Visit):
    desk = await staffing.at_desk(deployment, visit, office)
    for address in ("/console/nowhere", f"/console/keys/{uuid4()}/revocation"):
        assert (await desk.open(address)).status_code == 404
        assert 'href="/console"' in desk.page
    assert (await desk.open("/nowhere")).status_code == 404
    assert 'href="/console"' not in desk.page


async def test_the_last_owner_is_told_and_stays(deployment: Deployment, office: Tenant, visit: Visit, anna: Colleague):
    desk = await staffing.signed_in(deployment, visit, office, anna)
    for deed, fields in (("closure", {"typed": "Anna"}), ("role", {"role": "viewer"})):
        answer = await desk.client.post(f"/console/team/{anna.member}/{deed}", data=fields, headers=OURS)
        assert answer.status_code == 422
        assert "mindestens einen Inhaber" in answer.text
    answer = await desk.client.post(f"/console/team/{anna.member}/role", data={"role": "god"}, headers=OURS)
    assert answer.status_code == 422
    assert (await desk.open("/console/team")).status_code == 200


async def test_an_unknown_member_and_another_companys_are_the_same(
    deployment: Deployment, office: Tenant, brands: dict[str, Tenant], visit: Visit
):
    desk = await staffing.at_desk(deployment, visit, office)
    stranger = await staffing.enrolled(deployment, brands["birke"])
    pages = set()
    for member in (uuid4(), stranger.member):
        answer = await desk.client.post(f"/console/team/{member}/closure", headers=OURS)
        assert answer.status_code == 404
        pages.add(answer.text)
    assert len(pages) == 1


# Keys


async def test_a_key_is_shown_once_and_worth_nothing_once_revoked(deployment: Deployment, office: Tenant, visit: Visit):
    desk = await staffing.at_desk(deployment, visit, office)
    await desk.open("/console/keys")
    await desk.submit("/console/keys", name="Shop", **{"scope_purchases.write": "yes"})
    key = found(r"\blk_[A-Za-z0-9_-]{20,}\b", desk.page)
    await desk.open("/console/keys")
    assert "Shop" in desk.page
    assert key not in desk.page
    shop = visit(office).client
    bearer = {"authorization": f"Bearer {key}", "idempotency-key": uuid4().hex}
    assert (await shop.post("/api/v1/conversions", json={}, headers=bearer)).status_code not in (401, 403)
    await desk.open(found(r"/console/keys/[0-9a-f-]+/revocation", desk.page))
    assert (await desk.submit("/revocation", typed="Laden")).status_code == 422
    assert (await shop.post("/api/v1/conversions", json={}, headers=bearer)).status_code not in (401, 403)
    await desk.submit("/revocation", typed="Shop")
    assert desk.answer.status_code == 200
    assert (await shop.post("/api/v1/conversions", json={}, headers=bearer)).status_code == 401
    async with deployment.scopes.inside(office):
        assert await api_keys.recognise(token=key, at=clock.now()) is None


async def test_a_key_without_a_name_or_with_anothers_is_refused(deployment: Deployment, office: Tenant, visit: Visit):
    desk = await staffing.at_desk(deployment, visit, office)
    for name, status in ((" ", 422), ("Shop", 201), ("Shop", 422)):
        answer = await desk.client.post("/console/keys", data={"name": name, "scope_rewards.read": "yes"}, headers=OURS)
        assert answer.status_code == status


# The log


async def test_the_log_tells_who_did_what_page_by_page(deployment: Deployment, office: Tenant, visit: Visit):
    desk = await staffing.at_desk(deployment, visit, office, name="Annegret")
    for n in range(60):
        await desk.client.post("/console/keys", data={"name": f"Kasse {n}", "scope_rewards.read": "yes"}, headers=OURS)
    await desk.open("/console/audit")
    assert "Annegret" in desk.page
    assert "API-Schlüssel angelegt: <b>Kasse 59</b>" in desk.page
    assert "Kasse 2</b>" not in desk.page
    await desk.open(found(r"/console/audit\?after=[^\"]+", desk.page))
    assert "Kasse 2</b>" in desk.page
    await desk.open("/console/audit?lang=en")
    assert "Created an API key" in desk.page


async def test_the_log_tells_in_words_what_files_changed(deployment: Deployment, office: Tenant, visit: Visit):
    changed = ["profile", "text terms.de", "text terms.en", "survey", "program: budget_cents", "program freunde ended"]
    async with deployment.scopes.inside(office):
        await noting.note(actor="operator:cli", action="company.applied", detail={"changed": changed}, at=clock.now())
    desk = await staffing.at_desk(deployment, visit, office)
    await desk.open("/console/audit")
    assert "Geändert: Unternehmen, Rechtstexte, Umfrage, Empfehlungsprogramm<" in desk.page
    assert "terms.de" not in desk.page


@pytest.mark.parametrize("cursor", ["x", "", "bm90IGEgY3Vyc29y"])
async def test_a_made_up_cursor_is_told_so(deployment: Deployment, office: Tenant, visit: Visit, cursor: str):
    desk = await staffing.at_desk(deployment, visit, office)
    assert (await desk.open(f"/console/audit?after={cursor}")).status_code == 422


def test_every_deed_that_is_noted_has_words():
    rooms = [path for path in PLATFORM.rglob("*.py") if "operating" not in path.parts]
    noted = {
        (action, not {"cli", "tenancy"}.isdisjoint(path.parts))
        for path in rooms
        for action in NOTED.findall(path.read_text("utf-8"))
    }
    assert len(noted) > 10
    known = language.catalogue("de").texts
    # What a command does to a company, and what becomes of one, stands in the operators' log alone.
    unsaid = [
        action
        for action, by_command in noted
        if f"console.audit.action.{action}" not in known and not (by_command and f"operator.action.{action}" in known)
    ]
    assert sorted(unsaid) == []
