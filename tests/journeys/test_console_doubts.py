"""What came up after a referral was approved is decided in the console: granted, or not and then with a reason."""

from datetime import timedelta
from uuid import UUID

import msgspec

from leumund.kit import clock, ground
from leumund.ledger import balancing
from leumund.rewards import converting
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import staffing
from tests.journeys.desks import said
from tests.rooms import whole

HERE = "/console/reviews/doubts"
BERT = "bert@people.example"


async def bought_again(deployment: Deployment, tenant: Tenant, *orders: tuple[str, int]) -> list[UUID]:
    """Bert was recommended by Anna and bought before; the orders he makes now are returned."""
    now = clock.now()
    every = [msgspec.structs.replace(each, most_times=None) for each in whole.TERMS.rules]
    terms = msgspec.structs.replace(whole.TERMS, rules=every, once_per_relation=False, four_eyes_above_cents=700_000)
    async with deployment.scopes.inside(tenant):
        await whole.company(at=now - timedelta(days=1), terms=terms)
        await whole.friend(await whole.advocate("anna@people.example", at=now - timedelta(hours=1)), BERT, at=now)
        told = [
            await converting.convert(
                order=Order(
                    order_id=name,
                    cents=cents,
                    currency="EUR",
                    customer=CustomerRef(email=BERT),
                    occurred_at=now,
                ),
                at=now,
            )
            for name, cents in (("first", 10_000), *orders)
        ]
    return [each.conversion for each in told[1:]]


async def test_later_orders_in_doubt_are_granted_the_largest_by_two_members(deployment, company, visit):
    second, fourth = await bought_again(deployment, company, ("second", 600_000), ("fourth", 900_000))
    olivia = await staffing.at_desk(deployment, visit, company, name="Olivia")
    await olivia.open("/console/reviews")
    assert f'href="{HERE}"' in olivia.page
    await olivia.open(HERE)
    assert said(olivia.page).count("Weiterer Kauf über der Prüfgrenze") == 2
    assert "9.000,00 € fourth 50,00 € Empfehler 25,00 € Freund" in said(olivia.page)
    answer = await olivia.send(HERE, verdict="granted", conversion=str(second))
    assert (answer.status_code, "1 Eintrag gewährt." in said(answer.text)) == (200, True)
    assert str(second) not in answer.text
    answer = await olivia.send(HERE, verdict="granted", conversion=str(fourth))
    assert "Jetzt muss noch jemand anderes freigeben." in said(answer.text)
    assert "Sie haben das schon freigegeben" in said(
        (await olivia.send(HERE, verdict="granted", conversion=str(fourth))).text
    )
    assert await rewarded(deployment, company) == {"first", "second"}
    sven = await staffing.at_desk(deployment, visit, company, name="Sven", role="support")
    answer = await sven.send(HERE, verdict="granted", conversion=str(fourth))
    assert "Alles entschieden" in said(answer.text)
    assert await rewarded(deployment, company) == {"first", "second", "fourth"}
    answer = await sven.send(HERE, verdict="granted", conversion=str(fourth))
    assert "Bei 1 Eintrag hat es nicht geklappt" in said(answer.text)


async def test_what_is_not_granted_needs_a_reason_which_the_log_keeps(deployment, company, visit):
    (second,) = await bought_again(deployment, company, ("second", 600_000))
    olivia = await staffing.at_desk(deployment, visit, company, name="Olivia")
    for sent, fault in (
        ({"verdict": "granted"}, "Bitte wählen Sie mindestens einen"),
        ({"conversion": str(second)}, "Bitte wählen Sie, ob Sie gewähren"),
        ({"conversion": str(second), "verdict": "denied"}, "Bitte wählen Sie einen Grund."),
    ):
        answer = await olivia.send(HERE, **sent)
        assert (answer.status_code, fault in said(answer.text)) == (422, True)
    answer = await olivia.send(HERE, conversion=str(second), verdict="denied", category="order")
    assert "1 Eintrag nicht gewährt." in said(answer.text)
    assert await rewarded(deployment, company) == {"first"}
    async with deployment.scopes.reading(company):
        (entry,) = await ground.fetch("SELECT detail FROM audit_entry WHERE action = 'conversion.let_be'")
    assert "order" in str(entry["detail"])


async def test_who_only_looks_decides_nothing(deployment, company, visit):
    (second,) = await bought_again(deployment, company, ("second", 600_000))
    vera = await staffing.at_desk(deployment, visit, company, name="Vera", role="viewer")
    await vera.open(HERE)
    assert "<button" not in vera.page.split("<main")[1].split("</main")[0]
    assert (await vera.send(HERE, verdict="granted", conversion=str(second))).status_code == 403
    assert await rewarded(deployment, company) == {"first"}


async def rewarded(deployment: Deployment, tenant: Tenant) -> set[str]:
    """The orders for which rewards stand; the books sum up to nothing."""
    async with deployment.scopes.reading(tenant):
        assert await balancing.totals() == {"EUR": 0}
        rows = await ground.fetch("SELECT c.order_id FROM reward w JOIN conversion c ON c.id = w.conversion")
    return {row["order_id"] for row in rows}
