"""A company reads what checks of its wall found, and so does its privacy officer; nobody else's report is here."""

import re
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from leumund.audit import attesting
from leumund.kit import clock
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.verifying.findings import Check, Finding, Report, Tries, Visit
from leumund.theming import looks, rendering
from tests.journeys.anatomy import Anatomy
from tests.journeys.desks import recommended, said
from tests.journeys.guests import OURS

PAGE = "/console/isolation"
CHECKS = re.findall(
    "[a-z_]+",
    "company_rights platform_rights functions missing stray attributes memberships settings owners kinds "
    "crossings alike row_security stamps database catalog public definers defaults machinery elsewhere doors "
    "fences others serving escapes platform logins",
)
HOLE = Finding(object="PUBLIC", detail="SELECT", mend="REVOKE SELECT ON t_x.customer FROM PUBLIC")


def report_of(subject: str, *holes: str, noted: tuple[str, ...] = ()) -> Report:
    """What a check may have told ``subject``, with a hole in each of ``holes`` and a note in each of ``noted``."""
    refused = Tries(
        statement=f"EXPLAIN SELECT * FROM {subject}.{{table}}", tables=("customer",), answer="42501", good=True
    )
    through = Tries(statement="CREATE ROLE leumund_probe", answer="00000", good=False)
    alone = ("escapes", "platform", "logins")
    return Report(
        at=clock.now(),
        postgres="18.0",
        version=3,
        companies=12,
        probed=5,
        others=3,
        subject=subject,
        checks=tuple(
            Check(
                name=name,
                looked_at=40,
                findings=(HOLE,) if name in holes else (),
                notes=(HOLE,) if name in noted else (),
            )
            for name in CHECKS
        ),
        visits=(
            *(Visit(check=kind, role="t_other", tries=(through,) if kind in holes else (refused,)) for kind in alone),
            *(Visit(check=kind, role=subject, tries=(refused,)) for kind in ("others", "serving")),
            Visit(check="others", role="t_other", target=subject, tries=(refused,)),
            Visit(check="others", role=subject, target="t_other", tries=(refused,)),
        ),
    )


async def attested(deployment: Deployment, tenant: Tenant, *holes: str) -> Any:
    report = report_of(tenant.schema_name, *holes)
    async with deployment.scopes.inside(tenant):
        return await attesting.attest(
            report=msgspec.to_builtins(report), findings=report.findings, actor="operator:cli", at=report.at
        )


async def test_before_the_first_check_the_page_says_what_will_stand_here(desk):
    guest = await desk()
    assert (await guest.open(PAGE)).status_code == 200
    assert "Noch kein Bericht" in said(guest.page)
    assert Anatomy(guest.page).faults == []


@pytest.mark.parametrize("role", ["owner", "privacy_officer"])
async def test_the_newest_report_is_read_and_taken_along(deployment, birke, desk, role):
    await attested(deployment, birke, "public")
    newest = await attested(deployment, birke)
    guest = await desk(role=role)
    await guest.open(PAGE)
    assert "Die Mauer hält" in said(guest.page)
    assert f"EXPLAIN SELECT * FROM {birke.schema_name}" in said(guest.page)
    assert "abgewiesen (42501)" in said(guest.page)
    assert "1 Befund" in said(guest.page), "the earlier report"
    assert Anatomy(guest.page).faults == []

    html = await guest.client.get(f"{PAGE}/{newest}/report.html")
    assert html.headers["content-disposition"].startswith('attachment; filename="isolation-')
    assert re.search(r"<script|<link|src=|href=|url\(", html.text) is None
    assert "customer" in html.text
    as_json = await guest.client.get(f"{PAGE}/{newest}/report.json")
    assert msgspec.json.decode(as_json.content, type=Report).subject == birke.schema_name


async def test_a_hole_is_told_with_what_closes_it(deployment, birke, desk):
    await attested(deployment, birke, "company_rights", "escapes")
    guest = await desk()
    await guest.open(PAGE)
    assert "Die Mauer hat 2 Lücken." in said(guest.page)
    assert HOLE.mend in said(guest.page)
    assert "nicht abgewiesen" in said(guest.page)
    await guest.open("/console/audit")
    assert "Trennung geprüft" in said(guest.page)


async def test_the_first_page_tells_of_the_newest_reports_findings_to_whoever_may_read_it(deployment, birke, desk):
    told = 'class="notice waiting bad"'
    officer, viewer = await desk(role="privacy_officer", name="clara"), await desk(role="viewer", name="bert")
    await officer.open("/console")
    assert told not in officer.page, "there is no report yet"
    await attested(deployment, birke, "company_rights", "escapes")
    await officer.open("/console")
    assert "Die letzte Prüfung der Mauer um Ihre Daten hat 2 Befunde." in said(officer.page)
    assert re.search(f'{told}.*href="{PAGE}"', officer.page)
    assert Anatomy(officer.page).faults == []
    await viewer.open("/console")
    assert told not in viewer.page
    await attested(deployment, birke)
    await officer.open("/console")
    assert told not in officer.page, "the hole is closed"


async def test_a_verdict_with_holes_looks_unlike_a_good_one(deployment, birke, desk):
    guest = await desk()
    for holes, look in ((), "good"), (("escapes",), "bad"):
        await attested(deployment, birke, *holes)
        await guest.open(PAGE)
        assert re.findall('<p class="notice ([a-z]+)"><span>', guest.page) == [look]


async def test_what_the_servers_keepers_could_do_is_noted_and_is_no_hole(deployment, birke, desk):
    report = report_of(birke.schema_name, noted=("attributes", "fences"))
    async with deployment.scopes.inside(birke):
        await attesting.attest(
            report=msgspec.to_builtins(report), findings=report.findings, actor="operator:cli", at=report.at
        )
    guest = await desk()
    await guest.open(PAGE)
    assert "Die Mauer hält" in said(guest.page)
    assert said(guest.page).count("Hinweis: ") == 2
    assert "den Datenbankserver für den Betreiber führen" in said(guest.page)


async def test_a_viewer_and_another_company_read_none(deployment, birke, desk, brands):
    foreign = await attested(deployment, brands["linden"])
    viewer = await desk(role="viewer")
    assert (await viewer.open(PAGE)).status_code == 403
    guest = await desk()
    for which in (foreign, uuid4(), "no id"):
        for file in ("", "/report.html", "/report.json"):
            answer = await guest.client.get(f"{PAGE}/{which}{file}")
            assert answer.status_code == 404, (which, file)
            assert brands["linden"].schema_name not in answer.text


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_hole_has_its_words_in_both_languages(lang: str):
    page = rendering.render(
        "isolation_report.html", look=looks.nobodys(), lang=lang, report=report_of("t_subject", *CHECKS)
    )
    assert page.count(HOLE.mend) == len(CHECKS)


async def test_a_privacy_officer_looks_where_people_are_and_meets_no_shut_door(deployment, birke, desk):
    await recommended(deployment, birke, cents=900_000)
    guest = await desk(role="privacy_officer")
    seen, ahead, sent = set(), ["/console"], set()
    while ahead:
        path = ahead.pop()
        seen.add(path)
        answer = await guest.open(path)
        assert answer.status_code == 200, path
        sent |= {form.partition("?")[0] for form in re.findall(r'<form method="post" action="([^"]+)"', guest.page)}
        linked = {href.partition("?")[0] for href in re.findall(r'href="(/console[^"#]*)"', guest.page)}
        ahead += [href for href in linked - seen - set(ahead) if not href.startswith("/console/charts")]
    assert {"/console", "/console/customers", "/console/surveys", "/console/audit", PAGE} <= seen
    assert any(re.fullmatch("/console/customers/[0-9a-f-]{36}", path) for path in seen)
    for path in ("referrals", "rewards", "program", "team", "keys"):
        assert (await guest.open(f"/console/{path}")).status_code == 403
    # No form either that is shown and then refuses who fills it in; the last one leaves.
    assert {"/console/breaches", "/console/logout"} <= sent
    for action in sorted(sent, key=lambda form: form.endswith("logout")):
        assert (await guest.client.post(action, headers=OURS)).status_code not in (403, 404, 500), action
