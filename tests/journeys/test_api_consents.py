"""A shop asks for consents in its own form: in our words, freely, and nothing counts before the person confirms it."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from leumund.api import ids
from leumund.consent import checking
from leumund.consent.evidence import proving, verifying
from leumund.consent.stopping import objecting
from leumund.consent.texts import publishing
from leumund.customers.records import finding
from leumund.kit import clock
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.conftest import NOON
from tests.journeys import regulars
from tests.journeys.guests import Guest
from tests.journeys.shops import Shop
from tests.journeys.test_api import problem
from tests.rooms import whole

BERT = "bert@people.example"
Form = dict[str, Any]


@pytest.fixture
async def shop(door: Any, deployment: Deployment, company: Tenant) -> AsyncIterator[Shop]:
    """The shop of a company that asks for two consents."""
    async with deployment.scopes.inside(company):
        await whole.company(at=NOON)
    opened = await Shop.open(door, deployment, company)
    yield opened
    await opened.client.aclose()


@pytest.fixture
async def form(shop: Shop) -> Form:
    """What Bert was shown at the checkout; he ticked nothing."""
    customer = (await shop.post("/customers", {"email": BERT, "given_name": "Bert"})).json()["id"]
    told = (await shop.get("/consents?language=de")).json()
    return {
        "customer": customer,
        "offered": [each["id"] for each in told["consents"]],
        "chosen": [],
        "url": "https://shop.linden.example/checkout?cart=77#pay",
        "form_version": "checkout-12",
        "html": told["html"],
    }


async def allowed(deployment: Deployment, shop: Shop, purpose: str) -> bool:
    async with deployment.scopes.reading(shop.tenant):
        bert = await finding.by_email(email=BERT)
        assert bert is not None
        return await checking.allowed(customer=bert.id, email=BERT, purpose=purpose, channel="email")


async def events(deployment: Deployment, shop: Shop) -> list[tuple[str, str]]:
    sql = "SELECT purpose, state FROM consent_event ORDER BY position"
    return [(row["purpose"], row["state"]) for row in await regulars.rows(deployment, shop.tenant, sql)]


def chosen(form: Form, *places: int) -> Form:
    return form | {"chosen": [form["offered"][place] for place in places]}


async def test_what_may_be_asked_for_comes_word_for_word_and_nothing_is_ticked(shop: Shop):
    told = (await shop.get("/consents?language=en")).json()
    assert [(each["purpose"], each["wording"]) for each in told["consents"]] == [
        ("recommendation", "Ja, recommendation."),
        ("survey", "Ja, survey."),
    ]
    assert told["html"].count('type="checkbox"') == 2
    assert "checked" not in told["html"]
    assert all(f'name="{each["name"]}"' in told["html"] for each in told["consents"])
    problem(await shop.get("/consents?language=fr"), 422, "invalid", "language")


async def test_what_was_ticked_counts_once_the_person_has_pressed_the_button(
    deployment: Deployment, shop: Shop, form: Form, visit: Callable[..., Guest], postbox: Any
):
    answer = await shop.post("/consents", chosen(form, 1))
    assert (answer.status_code, answer.json()) == (201, {"asked": True})
    assert await events(deployment, shop) == [
        ("recommendation", "requested"),
        ("recommendation", "refused"),
        ("survey", "requested"),
    ]
    assert not await allowed(deployment, shop, "survey"), "a shop's word is no proof of whose it was"
    phone = visit(shop.tenant, language="de")
    await phone.open((await postbox(shop.tenant)).link(BERT, "/confirm/"))
    assert not await allowed(deployment, shop, "survey"), "opening it changes nothing"
    await phone.submit("/confirm/")
    assert await allowed(deployment, shop, "survey")
    assert not await allowed(deployment, shop, "recommendation")


async def test_the_proof_shows_the_form_as_the_shop_showed_it_and_no_cart(
    deployment: Deployment, shop: Shop, form: Form
):
    await shop.post("/consents", chosen(form, 0, 1))
    async with deployment.scopes.reading(shop.tenant):
        bert = await finding.by_email(email=BERT)
        assert bert is not None
        proof = await proving.prove(customer=bert.id, at=clock.now())
        assert await verifying.verify_one(person=bert.id) == []
    (shown,) = proof.forms.values()
    assert (shown.form, shown.version, shown.url) == ("shop", "checkout-12", "https://shop.linden.example/checkout")
    assert shown.html == form["html"]


async def test_who_ticks_nothing_gets_no_mail_and_the_no_is_kept(
    deployment: Deployment, shop: Shop, form: Form, postbox: Any
):
    assert (await shop.post("/consents", form)).json() == {"asked": False}
    assert {state for _, state in await events(deployment, shop)} == {"requested", "refused"}
    assert not (await postbox(shop.tenant)).to(BERT)


async def test_what_stands_is_not_asked_for_again(
    deployment: Deployment, shop: Shop, form: Form, visit: Callable[..., Guest], postbox: Any
):
    await shop.post("/consents", chosen(form, 1))
    phone = visit(shop.tenant, language="de")
    await phone.open((await postbox(shop.tenant)).link(BERT, "/confirm/"))
    await phone.submit("/confirm/")
    before = await events(deployment, shop)
    assert (await shop.post("/consents", form)).json() == {"asked": False}
    told = (await events(deployment, shop))[len(before) :]
    assert {purpose for purpose, _ in told} == {"recommendation"}, "an empty box beside a yes would read like a no"
    assert await allowed(deployment, shop, "survey")


WRONG_BLOCKS = {
    "other words": lambda html: html.replace("Ja, survey.", "Ja, alles."),
    "words nobody reads": lambda html: html.replace("Ja, survey.", "<script>Ja, survey.</script>"),
    "words nobody sees": lambda html: html.replace("<p>Ja, survey.</p>", "<p hidden>Ja, survey.</p>"),
    "words painted over": lambda html: html.replace("<p>Ja, survey.</p>", '<p style="DISPLAY : none">Ja, survey.</p>'),
    "words too small to see": lambda html: html.replace(
        "<p>Ja, survey.</p>", '<p style="font-size:0px">Ja, survey.</p>'
    ),
    "words in a closed drawer": lambda html: html.replace(
        "<p>Ja, survey.</p>", "<details><p>Ja, survey.</p></details>"
    ),
    "a script that ticks": lambda html: html + "<script>document.forms[0].consent_survey.click()</script>",
    "a style that hides": lambda html: html + "<style>p { display: none }</style>",
    "a handler that ticks": lambda html: html.replace("<p>", "<p onmouseover='x.click()'>", 1),
    "a box of another matter": lambda html: html + '<label><input type="checkbox" name="terms">AGB</label>',
    "one box for both": lambda html: html.replace('type="checkbox"', 'type="hidden"', 1),
    "ticked before": lambda html: html.replace('type="checkbox"', 'type="checkbox" checked', 1),
    "has to be ticked": lambda html: html.replace('type="checkbox"', 'type="checkbox" required', 1),
}


@pytest.mark.parametrize("wrong", WRONG_BLOCKS)
async def test_a_block_that_is_not_ours_or_not_free_is_refused_and_nothing_is_kept(
    deployment: Deployment, shop: Shop, form: Form, wrong: str
):
    sent = chosen(form, 1) | {"html": WRONG_BLOCKS[wrong](form["html"])}
    problem(await shop.post("/consents", sent), 422, "invalid", "html")
    assert await events(deployment, shop) == []


DRESSED = (
    "border-width:0; text-transform: none; width:auto; opacity:.9; position: relative; background-position: 0 0",
    # Read in no more time than it is long.
    f"opacity:{'0' * 15_000}x",
)


@pytest.mark.parametrize("style", DRESSED)
async def test_a_block_dressed_as_the_shop_is_may_stand_there(shop: Shop, form: Form, style: str):
    sent = chosen(form, 1) | {"html": form["html"].replace("<p>Ja", f'<p style="{style}">Ja')}
    assert (await shop.post("/consents", sent)).json() == {"asked": True}


async def test_a_shop_whose_clock_goes_ahead_is_heard(deployment: Deployment, shop: Shop, form: Form):
    sent = chosen(form, 1) | {"shown_at": (clock.now() + timedelta(minutes=2)).isoformat()}
    assert (await shop.post("/consents", sent)).json() == {"asked": True}
    sql = "SELECT FROM consent_served WHERE served_at > now()"
    assert await regulars.rows(deployment, shop.tenant, sql) == [], "nothing was shown after it was told"


async def test_words_that_changed_since_are_not_agreed_to(deployment: Deployment, shop: Shop, form: Form):
    async with deployment.scopes.inside(shop.tenant):
        new = {"kind": "consent", "purpose": "survey", "channels": ["email"], "language": "de", "title": "survey"}
        await publishing.publish(**new, wording="Ja, noch mehr.", at=clock.now())
    problem(await shop.post("/consents", chosen(form, 1)), 409, "wording-changed", "offered")
    assert await events(deployment, shop) == []


async def test_who_objected_is_not_asked_by_any_form(deployment: Deployment, shop: Shop, form: Form):
    async with deployment.scopes.inside(shop.tenant):
        bert = ids.customer_from(form["customer"])
        await objecting.object_to_all(customer=bert, email=BERT, source="portal", at=clock.now())
    problem(await shop.post("/consents", chosen(form, 1)), 409, "objected", "customer")


@pytest.mark.parametrize(
    ("wrong", "status", "slug", "field"),
    [
        ({"url": "http://shop.linden.example/"}, 422, "invalid", "url"),
        ({"url": "https://anna:secret@shop.linden.example/"}, 422, "invalid", "url"),
        ({"shown_at": "2999-01-01T00:00:00Z"}, 422, "invalid", "shown_at"),
        # Nobody was shown words before there were any.
        ({"shown_at": "2020-01-01T00:00:00Z"}, 409, "wording-changed", "offered"),
        ({"offered": [f"txt_{UUID(int=7).hex}"]}, 409, "wording-changed", "offered"),
        ({"offered": ["consent"]}, 409, "wording-changed", "offered"),
        ({"offered": []}, 422, "invalid", "offered"),
    ],
)
async def test_what_does_not_fit_is_told_at_its_field(
    deployment: Deployment, shop: Shop, form: Form, wrong: Form, status: int, slug: str, field: str
):
    problem(await shop.post("/consents", form | wrong), status, slug, field)
    assert await events(deployment, shop) == []


async def test_a_box_that_was_not_offered_cannot_be_ticked(shop: Shop, form: Form):
    sent = form | {"offered": form["offered"][:1], "chosen": form["offered"][1:]}
    problem(await shop.post("/consents", sent), 422, "invalid", "chosen")


async def test_nobody_is_asked_whom_nobody_knows_or_who_has_no_address(shop: Shop, form: Form):
    problem(await shop.post("/consents", form | {"customer": f"cus_{UUID(int=7).hex}"}), 404, "not-found")
    nameless = (await shop.post("/customers", {"external_id": "K-1"})).json()["id"]
    problem(await shop.post("/consents", form | {"customer": nameless}), 422, "invalid", "email")
