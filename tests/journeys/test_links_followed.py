"""Bert follows Anna's link: he is led on at once, the click is counted, and nothing says who he was."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest

from leumund.kit import clock, ground
from leumund.referrals import campaigning, salting, stamping
from leumund.referrals.campaigning import Wanted
from leumund.referrals.clicking import Where
from leumund.referrals.stamping import Click
from leumund.tenancy import directory
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.web.public import clicks, links
from leumund.web.public.links import Links
from leumund.web.public.passing import Passing
from leumund.worker import deeds
from tests.journeys import guests, regulars
from tests.journeys.guests import PHONE, Guest
from tests.journeys.regulars import Advocate

Visit = Callable[..., Guest]
BERT = {"given_name": "Bert", "family_name": "Freund"}
COUNTS = """
SELECT n.campaign, n.clicks, n.machines, n.visitors FROM click_count n JOIN share_link l ON l.id = n.link
WHERE l.advocate = $1 ORDER BY n.campaign
"""
SEEN = "SELECT v.visitor, v.link FROM click_visitor v ORDER BY v.link, v.visitor"


class Time:
    """A process's clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    made = Time()
    monkeypatch.setattr(links, "monotonic", made)
    return made


@pytest.fixture
async def anna(deployment: Deployment, birke: Tenant) -> Advocate:
    return await regulars.advocate(deployment, birke)


async def followed(guest: Guest, address: str, **headers: str) -> httpx.Response:
    """Only the first step."""
    return await guest.client.get(address, headers=headers)


async def link_of(deployment: Deployment, tenant: Tenant, anna: Advocate) -> UUID:
    (row,) = await regulars.rows(deployment, tenant, "SELECT id FROM share_link WHERE advocate = $1", anna.customer)
    assert isinstance(row["id"], UUID)
    return row["id"]


async def campaign(deployment: Deployment, tenant: Tenant, key: str) -> None:
    at = clock.now()
    async with deployment.scopes.inside(tenant):
        wanted = Wanted(key=key, name="Frühling", begins_at=at - timedelta(minutes=1))
        await campaigning.make(wanted=wanted, by=UUID(int=1), at=at)


async def test_a_known_link_is_followed_without_a_single_question(
    anna: Advocate, birke: Tenant, visit: Visit, time: Time, monkeypatch: pytest.MonkeyPatch
):
    # Whose host it is stays known too, so that the link alone is looked at.
    monkeypatch.setattr(directory, "FRESH_SECONDS", 1e9)
    bert = visit(birke)
    first = await followed(bert, anna.share)

    scopes, enter = list[object](), ground.enter
    monkeypatch.setattr(ground, "enter", lambda here: (scopes.append(here), enter(here))[1])
    for _ in range(20):
        answer = await followed(bert, anna.share)
        assert answer.status_code == first.status_code == 302
        assert urlsplit(answer.headers["location"]).path == anna.landing
    assert scopes == []
    time.now += links.FRESH_SECONDS
    await followed(bert, anna.share)
    assert len(scopes) == 1, "the negative control"


async def test_a_link_that_is_followed_all_the_time_is_asked_for_anew_before_anybody_has_to_wait(
    deployment: Deployment, anna: Advocate, birke: Tenant, time: Time
):
    known, code = Links(), anna.share.removeprefix("/r/")
    first = await known.find(deployment, birke, code)
    time.now += 0.8 * links.FRESH_SECONDS
    assert await known.find(deployment, birke, code) is first, "answered from memory, and asked for beside"
    async with asyncio.timeout(60):
        while (renewed := await known.find(deployment, birke, code)) is first:  # noqa: ASYNC110 - asked for beside
            await asyncio.sleep(0.01)
    assert renewed is not None
    assert renewed.ends == time.now + links.FRESH_SECONDS


async def test_the_answer_holds_nothing_but_where_to_go(anna: Advocate, birke: Tenant, visit: Visit):
    bert = visit(birke)
    answer = await followed(bert, anna.share)
    assert answer.content == b""
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    page = await bert.open(anna.landing)
    for name in ("referrer-policy", "content-security-policy", "strict-transport-security", "x-content-type-options"):
        assert answer.headers[name] == page.headers[name], name
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_a_link_is_tested_by_head_and_takes_no_other_method(
    deployment: Deployment, anna: Advocate, birke: Tenant, visit: Visit
):
    bert = visit(birke)
    head = await bert.client.head(anna.share)
    assert (head.status_code, urlsplit(head.headers["location"]).path) == (302, anna.landing)
    for method in ("POST", "PUT", "DELETE", "TRACE"):
        answer = await bert.client.request(method, anna.share)
        assert answer.status_code in (403, 405), method
        assert "location" not in answer.headers
    await clicks.flush(deployment)
    assert await regulars.rows(deployment, birke, COUNTS, anna.customer) == []


async def test_a_link_that_was_laid_down_leads_nowhere_two_seconds_later_and_at_once_where_the_word_comes(
    deployment: Deployment, anna: Advocate, birke: Tenant, visit: Visit, time: Time
):
    bert, retire = visit(birke), "UPDATE share_link SET retired_at = $1 WHERE advocate = $2"
    assert (await followed(bert, anna.share)).status_code == 302
    await regulars.change(deployment, birke, retire, clock.now(), anna.customer)
    time.now += 0.7 * links.FRESH_SECONDS
    assert (await followed(bert, anna.share)).status_code == 302, "the negative control: it is remembered"
    time.now += 0.3 * links.FRESH_SECONDS
    assert (await followed(bert, anna.share)).status_code == 404
    await regulars.change(deployment, birke, retire, None, anna.customer)
    assert (await followed(bert, anna.share)).status_code == 404, "and so is a code that leads nowhere"
    deployment.directory.forget()
    assert (await followed(bert, anna.share)).status_code == 302


async def test_a_program_that_pauses_is_followed_no_longer_and_signs_nobody_up_meanwhile(
    deployment: Deployment, anna: Advocate, birke: Tenant, visit: Visit, time: Time
):
    bert = visit(birke)
    await followed(bert, anna.share)
    await regulars.change(deployment, birke, "UPDATE program SET state = 'paused'")
    assert (await bert.open(anna.share)).status_code == 404, "led on, and no further"
    time.now += links.FRESH_SECONDS
    assert (await followed(bert, anna.share)).status_code == 404


async def test_guesses_cost_bounded_memory_few_questions_and_nobody_their_link(
    deployment: Deployment, anna: Advocate, birke: Tenant, time: Time, monkeypatch: pytest.MonkeyPatch
):
    known, scopes = Links(), 0
    code = anna.share.removeprefix("/r/")
    assert await known.find(deployment, birke, code) is not None
    enter = ground.enter

    def entered(here: ground.Ground) -> Any:
        nonlocal scopes
        scopes += 1
        return enter(here)

    monkeypatch.setattr(ground, "enter", entered)
    guesses = [known.find(deployment, birke, f"guess{number}") for number in range(2_000)]
    assert set(await asyncio.gather(*guesses)) == {None}
    assert scopes <= 3, "asked together, a thousand at a time"
    for number in range(1_000_000):
        known._remember((birke.schema_name, f"guess{number}"), None)
    assert len(known) == links.MOST_UNKNOWN + 1
    assert await known.find(deployment, birke, code) is not None
    assert scopes <= 3, "and it is still known"


async def test_whoever_goes_away_takes_nobodys_answer_along(deployment: Deployment, anna: Advocate, birke: Tenant):
    known, code = Links(), anna.share.removeprefix("/r/")
    asking = [asyncio.create_task(known.find(deployment, birke, code)) for _ in range(3)]
    await asyncio.sleep(0)
    asking[0].cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking[0]
    assert [each is not None for each in await asyncio.gather(*asking[1:])] == [True, True]


QUERIES = (
    "c=spring%0d%0aset-cookie:%20a=b",
    "c=%0alocation:%20https://evil.example",
    "c=spring%00",
    "c=../../evil",
    "c=unmade",
    "c=SPRING",
    "c=&c=spring",
    "lang=xx",
    "lang=de%0d%0ax:y",
    "next=https://evil.example",
    "click=https://evil.example&url=//evil.example",
    "c=" + "a" * 5_000,
    "%ff%fe=%ff",
)


async def test_what_an_address_says_beside_leads_nowhere_else(
    deployment: Deployment, anna: Advocate, birke: Tenant, visit: Visit
):
    for query in QUERIES:
        answer = await followed(visit(birke), f"{anna.share}?{query}")
        assert answer.status_code == 302, query
        parts = urlsplit(answer.headers["location"])
        assert (parts.scheme, parts.netloc, parts.path) == ("", "", anna.landing), query
        assert set(parse_qs(parts.query)) == {"click"}, query
        assert "set-cookie" not in answer.headers


async def test_a_campaign_of_the_companys_and_the_language_travel_on(
    deployment: Deployment, anna: Advocate, birke: Tenant, visit: Visit
):
    await campaign(deployment, birke, "spring")
    bert = visit(birke)
    answer = await followed(bert, f"{anna.share}?c=spring&lang=en")
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert (asked["c"], asked["lang"]) == (["spring"], ["en"])
    await followed(bert, f"{anna.share}?c=summer")
    await clicks.flush(deployment)
    assert await regulars.rows(deployment, birke, COUNTS, anna.customer) == [
        {"campaign": "", "clicks": 1, "machines": 0, "visitors": 1},
        {"campaign": "spring", "clicks": 1, "machines": 0, "visitors": 1},
    ]


async def test_visitors_are_told_apart_for_a_day_on_one_link_and_whoever_objects_is_not(
    deployment: Deployment, anna: Advocate, birke: Tenant, visit: Visit
):
    mila = await regulars.advocate(deployment, birke, name="Mila")
    phone, desk = visit(birke, peer="192.0.2.1"), visit(birke, peer="192.0.2.1", agent="Mozilla/5.0 Firefox/140.0")
    for guest in (phone, phone, desk):
        await followed(guest, anna.share)
    await followed(phone, mila.share)
    for objection in ({"sec-gpc": "1"}, {"dnt": "1"}):
        await followed(visit(birke), anna.share, **objection)
    await followed(phone, anna.share, **{"sec-purpose": "prefetch;prerender"})
    await clicks.flush(deployment)
    counted = await regulars.rows(deployment, birke, COUNTS, anna.customer)
    assert counted == [{"campaign": "", "clicks": 5, "machines": 1, "visitors": 2}]
    seen = await regulars.rows(deployment, birke, SEEN)
    assert len({row["visitor"] for row in seen}) == len(seen) == 3, "on another link the same phone is somebody else"


async def test_when_the_day_is_over_its_salt_and_hashes_go_and_its_counts_stay(
    deployment: Deployment, anna: Advocate, birke: Tenant, visit: Visit
):
    await followed(visit(birke), anna.share)
    await clicks.flush(deployment)
    counted = await regulars.rows(deployment, birke, COUNTS, anna.customer)
    owner = "SELECT day_date, length(salt) AS bytes FROM visitor_salt"
    (salt,) = await regulars.rows(deployment, birke, owner)
    assert salt["bytes"] == 32
    end = deeds.deeds(deployment.settings, deployment.directory.pool)[salting.KIND]
    assert callable(end)
    async with deployment.scopes.inside(birke):
        await end(UUID(int=0), clock.now() - timedelta(days=1))
    assert len(await regulars.rows(deployment, birke, SEEN)) == 1, "not before"
    async with deployment.scopes.inside(birke):
        await end(UUID(int=0), clock.now() + timedelta(days=1))
    for query in (owner, SEEN):
        assert await regulars.rows(deployment, birke, query) == []
    # What was clicked before and comes late is counted, and told apart from nobody.
    where = Where(await link_of(deployment, birke, anna), salt["day_date"], "")  # type: ignore[arg-type]
    clicks.note(tenant=birke, where=where, who=Passing(False, 7))
    await clicks.flush(deployment)
    assert await regulars.rows(deployment, birke, SEEN) == []
    later = await regulars.rows(deployment, birke, COUNTS, anna.customer)
    assert later == [{**counted[0], "clicks": 2}]


async def told(deployment: Deployment, tenant: Tenant, email: str) -> tuple[object, object]:
    """What is known of the click behind the sign-up of ``email``."""
    friend = await regulars.who(deployment, tenant, email)
    kept = "SELECT clicked_at, campaign FROM referral WHERE friend = $1"
    (row,) = await regulars.rows(deployment, tenant, kept, friend)
    return row["clicked_at"], row["campaign"]


async def test_a_sign_up_says_since_when_and_by_which_campaign(
    deployment: Deployment, anna: Advocate, birke: Tenant, visit: Visit
):
    await campaign(deployment, birke, "spring")
    bert, email, before = visit(birke), guests.address_of("bert"), clock.now()
    await bert.open(f"{anna.share}?c=spring")
    await bert.submit("/r/", **BERT, email="bert(at)people", ticked={"terms"})
    assert bert.answer.status_code == 422
    await bert.submit("/r/", **BERT, email=email, ticked={"terms"})
    assert bert.answer.status_code == 200
    clicked_at, name = await told(deployment, birke, email)
    assert before.replace(microsecond=0) <= clicked_at <= clock.now()  # type: ignore[operator]
    assert name == "spring"


async def test_a_token_that_shows_no_click_on_this_link_counts_for_nothing_and_stops_nobody(
    deployment: Deployment, anna: Advocate, birke: Tenant, energy: Tenant, visit: Visit
):
    at, link = clock.now(), await link_of(deployment, birke, anna)
    vault = deployment.scopes.vault(birke)
    ours = stamping.stamp(click=Click(link=link, at=at), vault=vault)
    tokens = {
        "another company's": stamping.stamp(click=Click(link=link, at=at), vault=deployment.scopes.vault(energy)),
        "another link's": stamping.stamp(click=Click(link=UUID(int=5), at=at), vault=vault),
        "old": stamping.stamp(click=Click(link=link, at=at - timedelta(minutes=31)), vault=vault),
        "changed": ours[:-3] + ("AAA" if ours[-3:] != "AAA" else "BBB"),
        "none": "",
        "no ASCII": "ü",
        "long": ours + "A" * 10_000,
    }
    for what, token in tokens.items():
        bert, email = visit(birke), guests.address_of("bert")
        await bert.open(anna.landing)
        await bert.submit("/r/", **BERT, email=email, click=token, ticked={"terms"})
        assert bert.answer.status_code == 200, what
        assert await told(deployment, birke, email) == (None, ""), what
    clara, hers = visit(birke), guests.address_of("clara")
    await clara.open(anna.landing)
    await clara.submit("/r/", **BERT, email=hers, click=ours, ticked={"terms"})
    assert (await told(deployment, birke, hers))[0] == at.replace(microsecond=0), "the negative control"


async def test_what_calls_itself_a_machine_is_one_whatever_stands_around_it(
    deployment: Deployment, anna: Advocate, birke: Tenant, visit: Visit
):
    names = (
        "facebookexternalhit/1.1",
        "Slackbot-LinkExpanding 1.0",
        f"{PHONE} HeadlessChrome/120",
        "x" * 20_000 + "bot",
    )
    for name in names:
        await followed(visit(birke, agent=name), anna.share)
    await followed(visit(birke), anna.share)
    await clicks.flush(deployment)
    (counted,) = await regulars.rows(deployment, birke, COUNTS, anna.customer)
    # What says more of itself than any browser does is read no further.
    assert (counted["clicks"], counted["machines"]) == (2, 3)
