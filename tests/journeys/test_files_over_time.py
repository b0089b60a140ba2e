"""What a folder no longer holds is no longer offered, and nothing of what it was is lost."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from leumund.consent.evidence import reading as consents
from leumund.consent.giving import confirming, requesting
from leumund.consent.giving.requesting import Offered
from leumund.consent.texts import publishing
from leumund.files import reading
from leumund.kit import clock
from leumund.ledger import posting
from leumund.ledger.opening import Account
from leumund.ledger.posting import Move
from leumund.programs import drafting, issuing, offering
from leumund.tenancy.deployment import Deployment
from tests import served
from tests.journeys import folders
from tests.journeys.folders import Folder
from tests.rooms import whole


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path, "linden")


async def test_a_purpose_taken_out_is_not_asked_for_and_stays_withdrawable(
    deployment: Deployment, folder: Folder, tmp_path: Path
):
    await folders.apply(deployment, folder.path)
    tenant = await folders.tenant_of(deployment, folder)
    at = clock.now()
    async with deployment.scopes.inside(tenant):
        anna = await whole.person("anna@people.example", at=at)
        bert = await whole.person("bert@people.example", at=at, name="Bert")
        request = await requesting.request(
            customer=anna,
            email="anna@people.example",
            offered=Offered(boxes={"recommendation": True}, language="de", source="test"),
            at=at,
        )
        await confirming.confirm(request=request, at=at)

    gone = tomllib.loads((folder.path / "company.toml").read_text("utf-8"))["consents"]["recommendation"]
    folder.change(lambda company: company["consents"].pop("recommendation"))
    for lang in ("de", "en"):
        (folder.path / "texts" / f"consent-recommendation.{lang}.md").rename(tmp_path / lang)
    retired = [f"text consent-recommendation.{lang} retired" for lang in ("de", "en")]
    notices = ["text notice.de", "text notice.en"]
    assert await folders.apply(deployment, folder.path) == [*retired, *notices], "the notice tells what is asked for"
    assert await folders.apply(deployment, folder.path) == folders.NOTHING
    async with deployment.scopes.reading(tenant):
        asked = {text.purpose for text in await publishing.all_current() if text.kind == "consent"}
        annas = {each.purpose: each.given for each in await consents.standing(customer=anna, language="de")}
        berts = {each.purpose for each in await consents.standing(customer=bert, language="de")}
    assert asked == berts == {"survey", "profile"}
    assert annas == {"survey": [], "profile": [], "recommendation": ["email"]}
    assert reading.read(await folders.exported(deployment, folder, tmp_path / "back")) == reading.read(folder.path)

    folder.change(lambda company: company["consents"].update(recommendation=gone))
    for lang in ("de", "en"):
        (tmp_path / lang).rename(folder.path / "texts" / f"consent-recommendation.{lang}.md")
    assert await folders.apply(deployment, folder.path) == [
        "text consent-recommendation.de",
        "text consent-recommendation.en",
        *notices,
    ]


async def test_a_language_taken_out_is_gone_from_what_is_written_back(
    deployment: Deployment, folder: Folder, tmp_path: Path
):
    await folders.apply(deployment, folder.path)

    def without_english(company: dict[str, Any]) -> None:
        company["languages"] = ["de"]
        for area in ("survey", "program"):
            del company[area]["texts"]["en"]
        for consent in company["consents"].values():
            del consent["about"]["en"]

    folder.change(without_english)
    for text in folder.path.glob("texts/*.en.md"):
        text.unlink()
    await folders.apply(deployment, folder.path)
    assert reading.read(await folders.exported(deployment, folder, tmp_path / "back")) == reading.read(folder.path)
    assert await folders.apply(deployment, folder.path) == folders.NOTHING


async def test_a_program_under_another_key_ends_the_one_before(deployment: Deployment, folder: Folder, tmp_path: Path):
    tenant = await served.described(deployment, reading.read(folder.path))
    folder.change(lambda company: company["program"].update(key="nachbarn"))
    assert await folders.apply(deployment, folder.path) == ["program: program", "program freunde ended"]
    assert await folders.apply(deployment, folder.path) == folders.NOTHING
    async with deployment.scopes.reading(tenant):
        assert (await offering.current(at=clock.now())).key == "nachbarn"
        assert {offer.key: offer.state for offer in await offering.all_offers()} == {
            "freunde": "ended",
            "nachbarn": "live",
        }
    assert reading.read(await folders.exported(deployment, folder, tmp_path / "back")) == reading.read(folder.path)


async def test_a_currency_changes_only_while_no_money_is_booked(deployment: Deployment, folder: Folder):
    await folders.apply(deployment, folder.path)
    folder.change(lambda company: company.update(currency="CHF"))
    assert await folders.apply(deployment, folder.path) == ["profile", "program: currency"]
    async with deployment.scopes.inside(await folders.tenant_of(deployment, folder)):
        budget, anna = (Account(kind, uuid4(), "CHF") for kind in ("program_budget", "reward_pending"))
        await posting.post_all(moves=[Move(budget, anna, 5_000, "test")], at=clock.now())
    assert await folders.apply(deployment, folder.path) == folders.NOTHING
    before = await folders.rows_of(deployment, folder)
    folder.change(lambda company: company.update(currency="EUR", name="Linden Strom"))
    reason = "stays CHF, since money is booked in it; EUR is another"
    assert await folders.faults(deployment, folder) == {("company.toml", "currency", reason)}
    assert await folders.rows_of(deployment, folder) == before
    folder.spoil()
    assert await folders.faults(deployment, folder) == {("company.toml", "currency", reason), *folders.THREE}


def several(company: dict[str, Any]) -> None:
    """Two programs, one of them with all there is, in the order in which it is written back."""
    first = company.pop("program")
    recommends, comes = first["rewards"]
    tier = {"side": "advocate", "kind": "cash", "cents": 9_000, "key": "five", "from_count": 5, "most_times": 0}
    share = {"side": "friend", "kind": "points", "cents": 120, "trigger": "event", "event_key": "test-drive"}
    share["key"] = "test-drive"
    begins, ends = (datetime(2026, month, 1, tzinfo=UTC) for month in (5, 6))
    bonus = {"side": "advocate", "kind": "credit", "percent_bp": 750, "most_cents": 5_000, "key": "may", "bonus": True}
    limit = {"scope": "person", "per": "tax_year", "most_cents": 25_600, "most_rewards": 20}
    second = {
        **first,
        "key": "nachbarn",
        "minimum_age": 18,
        "countries": ["AT", "DE"],
        "attribution_days": 90,
        "once_per_relation": False,
        "rewards": [recommends, tier, bonus | {"begins_at": begins, "ends_at": ends}, comes, share],
        "limits": [limit],
    }
    company["programs"] = [first, second]


async def test_several_programs_are_applied_written_back_and_run_beside_each_other(
    deployment: Deployment, folder: Folder, tmp_path: Path
):
    tenant = await served.described(deployment, reading.read(folder.path))
    folder.change(several)
    assert await folders.apply(deployment, folder.path) == ["program nachbarn: program"]
    assert await folders.apply(deployment, folder.path) == folders.NOTHING
    async with deployment.scopes.reading(tenant):
        running = await offering.running(at=clock.now())
    assert {offer.key for offer in running} == {"freunde", "nachbarn"}
    assert reading.read(await folders.exported(deployment, folder, tmp_path / "back")) == reading.read(folder.path)


async def test_a_program_that_was_set_up_in_the_console_is_not_a_folders_to_end(deployment: Deployment, folder: Folder):
    tenant, member = await served.described(deployment, reading.read(folder.path)), uuid4()
    async with deployment.scopes.inside(tenant):
        offer = await offering.current(at=clock.now())
        terms = msgspec.structs.replace(drafting.of_offer(offer), key="nachbarn")
        await drafting.begin(terms=terms, member=member, at=clock.now())
        seen = (await drafting.in_work(key="nachbarn")).seen
        await issuing.issue(key="nachbarn", seen=seen, actor=f"staff:{member}", at=clock.now())
    assert await folders.apply(deployment, folder.path) == folders.NOTHING
    async with deployment.scopes.reading(tenant):
        assert len(await offering.running(at=clock.now())) == 2
