"""What a form showed is kept beside what was chosen in it, to the letter; looking at it writes nothing."""

from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from leumund.consent.evidence import reading, serving
from leumund.consent.evidence.serving import Shown
from leumund.kit import ground
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.web.public import evidence
from tests.journeys import guests, regulars
from tests.journeys.guests import Guest, Postbox

Visit = Callable[..., Guest]
Post = Callable[[Tenant], Awaitable[Postbox]]
TABLES = "SELECT (SELECT count(*) FROM consent_block) AS blocks, (SELECT count(*) FROM consent_served) AS served"
BERT = {"given_name": "Bert", "family_name": "Beispiel"}


async def told(deployment: Deployment, tenant: Tenant, email: str, state: str) -> list[dict[str, Any]]:
    who = await regulars.who(deployment, tenant, email)
    async with deployment.scopes.reading(tenant):
        return [each.evidence for each in await reading.story(customer=who) if each.state == state]


async def shown(deployment: Deployment, tenant: Tenant, email: str) -> Shown:
    who = await regulars.who(deployment, tenant, email)
    async with deployment.scopes.reading(tenant):
        rows = await ground.fetch("SELECT DISTINCT served FROM consent_event WHERE customer = $1", who)
        ids: list[UUID] = [row["served"] for row in rows]
        return (await serving.shown(served=ids))[ids[0]]


async def test_the_block_that_was_shown_is_kept_once_and_told_with_every_event(
    deployment: Deployment, birke: Tenant, visit: Visit
):
    anna, seen = await regulars.advocate(deployment, birke), []
    before = (await regulars.rows(deployment, birke, TABLES))[0]
    emails = [guests.address_of(name) for name in ("bert", "clara")]
    for email in emails:
        phone = visit(birke, language="de")
        await phone.open(anna.share)
        page = phone.page
        assert (await regulars.rows(deployment, birke, TABLES))[0]["served"] == len(seen) + int(str(before["served"]))
        await phone.submit("/r/", **BERT, email=email, ticked={"terms", "consent_survey"})
        assert phone.answer.status_code == 200
        seen.append(await shown(deployment, birke, email))
        assert seen[-1].html in page.replace("\n\n", "\n"), "to the letter"
    assert seen[0].html == seen[1].html
    assert (await regulars.rows(deployment, birke, TABLES))[0]["served"] == int(str(before["served"])) + 2
    assert len({each.sha256 for each in seen}) == 1
    for fact in await told(deployment, birke, emails[0], "requested"):
        served = fact["served"]
        assert served["sha256"] == sha256(seen[0].html.encode()).hexdigest()
        assert (served["form"], served["url"], served["language"]) == ("landing", "/r", "de")
        assert served["separate_from_terms"]
        assert served["ticked_before"] == []
        assert fact["boxes"]["survey"] is True
        assert "landing.html" in served["version"]


async def test_boxes_that_came_back_ticked_are_told_apart(deployment: Deployment, birke: Tenant, visit: Visit):
    anna, email, phone = await regulars.advocate(deployment, birke), guests.address_of("bert"), visit(birke)
    await phone.open(anna.share)
    await phone.submit("/r/", **BERT, email="nobody", ticked={"terms", "consent_survey"})
    assert phone.answer.status_code == 422
    await phone.submit("/r/", **BERT, email=email, ticked={"terms", "consent_survey"})
    assert phone.answer.status_code == 200
    served = (await told(deployment, birke, email, "requested"))[0]["served"]
    assert served["ticked_before"] == ["survey"]
    assert " checked" in (await shown(deployment, birke, email)).html


async def test_the_check_mail_and_the_button_are_part_of_what_was_given(
    deployment: Deployment, birke: Tenant, visit: Visit, postbox: Post
):
    anna, email, phone = await regulars.advocate(deployment, birke), guests.address_of("bert"), visit(birke)
    await phone.open(anna.share)
    await phone.submit("/r/", **BERT, email=email, ticked={"terms", "consent_survey"})
    box = await postbox(birke)
    await phone.open(box.link(email, "/confirm/"))
    await phone.submit("/confirm/")
    (given,) = await told(deployment, birke, email, "given")
    assert given["email"] == email
    assert given["check_mail"]["message_id"] == box.to(email)[0]["Message-ID"]
    assert len(given["check_mail"]["sha256"]) == 64
    assert {"template", "response", "sent_at"} <= given["check_mail"].keys()
    second = given["confirmation"]
    assert second["method"] == "POST"
    assert len(second["token"]) == 64
    assert msgspec.convert(second["at"], str).endswith("Z")


def test_of_a_browser_a_few_words_of_ours_are_kept():
    firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0"
    assert evidence.browser(firefox) == "Firefox 133, Windows"
    assert (
        evidence.browser("Mozilla/5.0 (iPhone; CPU) AppleWebKit/605 Version/18.1 Safari/604.1") == "Safari 604, iPhone"
    )
    assert evidence.browser("mallory@people.example Chrome/1234567") == ""
