"""A company's systems hear what happened: signed, at a public address, until they took it, and nothing of people."""

import ssl
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

import msgspec
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from leumund.customers.changing import rectifying
from leumund.events import clearing, delivering, listing, replaying, rules, subscribing, telling
from leumund.events.carrying import Carried, Courier, Parcel
from leumund.events.delivering import Due
from leumund.events.replaying import DeliveryUnknown, EndpointOff
from leumund.events.subscribing import BadEndpoint, EndpointUnknown, Subscribed
from leumund.kit import clock, ground, outside
from leumund.kit.ground import Ground
from leumund.kit.web_addresses import BadAddress
from leumund.payouts.rules import PAYOUT_STATES
from leumund.privacy.forgetting import erasing
from leumund.privacy.rights import restricting
from leumund.rewards import converting, refunding
from leumund.rewards import listing as states
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from tests import hooks, nameserver
from tests.conftest import NOON
from tests.hooks import Hook
from tests.nameserver import NameServer
from tests.rooms import paying, whole

ACTOR = "system:test"
URL = f"https://{hooks.HOST}:8443/leumund?shop=1"
REWARD = UUID("0a0b0c0d-0000-4000-8000-000000000001")
SECOND = timedelta(seconds=1)


@pytest.fixture
async def dns() -> AsyncIterator[NameServer]:
    async with nameserver.running() as server:
        server.leads(hooks.HOST, "127.0.0.1")
        yield server


@pytest.fixture
async def hook(tmp_path: Path) -> AsyncIterator[Hook]:
    async with hooks.listening(tmp_path) as listens:
        yield listens


async def subscribe(url: str = URL, *, kinds: tuple[str, ...] = (), name: str = "Shop") -> Subscribed:
    return await subscribing.subscribe(name=name, url=url, kinds=kinds, actor=ACTOR, at=NOON)


async def told(kind: str = "reward.approved", *, at: datetime = NOON) -> list[UUID]:
    """The deliveries that come of one event."""
    before = {row["id"] for row in await ground.fetch("SELECT id FROM event_delivery")}
    await telling.tell(kind=kind, subject=REWARD, at=at)
    return [row["id"] for row in await ground.fetch("SELECT id FROM event_delivery") if row["id"] not in before]


def courier(dns: NameServer, hook: Hook, **instead: object) -> Courier:
    at_home = {"allowed": lambda _: True, "trust": hook.trust, "ports": (hook.port,)}
    return Courier(outside.resolver([("127.0.0.1", dns.port)]), **{**at_home, **instead})  # type: ignore[arg-type]


async def due(delivery: UUID, *, at: datetime = NOON) -> Due:
    found = await delivering.take(delivery=delivery, at=at)
    assert found is not None
    return found


async def come_back(delivery: UUID, status: int, *, at: datetime, wait: timedelta | None = None) -> None:
    """The delivery is tried at ``at`` and answered with ``status``."""
    carried = Carried(status=status, wait=wait)
    await delivering.keep(due=await due(delivery, at=at), carried=carried, at=at, luck=Random(7))


async def standing(delivery: UUID) -> tuple[str, int, datetime]:
    rows = await ground.fetch("SELECT state, tries, due_at FROM event_delivery WHERE id = $1", delivery)
    return rows[0]["state"], rows[0]["tries"], rows[0]["due_at"]


# Telling


async def test_an_event_is_due_for_whoever_hears_of_its_kind(inside: Ground):
    await subscribe()
    await subscribe(kinds=("referral.approved",), name="Kasse")
    assert len(await told("reward.approved")) == 1
    assert len(await told("referral.approved")) == 2


async def test_an_event_nobody_hears_is_kept_and_told_to_nobody(inside: Ground):
    assert await told() == []
    assert len(await ground.fetch("SELECT id FROM event")) == 1


async def test_a_deed_that_fails_tells_nothing(inside: Ground):
    await subscribe()
    async with ground.undone():
        assert len(await told()) == 1
    assert await ground.fetch("SELECT id FROM event") == await ground.fetch("SELECT id FROM event_delivery") == []


async def test_what_happened_can_be_added_and_never_changed(inside: Ground):
    await told()
    for table in ("event", "event_attempt"):
        rows = await ground.fetch("SELECT has_table_privilege(current_user, $1, 'UPDATE') AS may", table)
        assert rows == [{"may": False}]


# Carrying


async def test_the_parcel_is_signed_and_holds_ids_alone(inside: Ground, dns: NameServer, hook: Hook):
    made = await subscribe(URL.replace("8443", "443"))
    parcel = await due((await told())[0])
    here = msgspec.structs.replace(parcel, url=URL.replace("8443", str(hook.port)))
    now = clock.now()
    assert (await courier(dns, hook).carry(here, at=now)).status == 204
    [call] = hook.calls
    said = Webhook(made.secret).verify(call.body, call.headers)
    assert said == {
        "id": f"evt_{parcel.event.hex}",
        "type": "reward.approved",
        "created": "2026-11-23T12:00:00Z",
        "livemode": True,
        "data": {"id": f"rew_{REWARD.hex}"},
    }
    assert call.headers["webhook-id"] == said["id"]
    assert call.line == "POST /leumund?shop=1 HTTP/1.1"
    assert call.headers["host"] == f"{hooks.HOST}:{hook.port}"
    with pytest.raises(WebhookVerificationError):
        Webhook(subscribing._fresh()).verify(call.body, call.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(made.secret).verify(call.body.replace(b"approved", b"canceled"), call.headers)


async def carried(dns: NameServer, hook: Hook, **instead: object) -> Carried:
    what = {"event": uuid4(), "kind": "reward.approved", "subject": REWARD, "at": NOON, "livemode": True}
    parcel = Parcel(**what, url=URL, secrets=["whsec_c2VjcmV0"])
    parcel = msgspec.structs.replace(parcel, url=URL.replace("8443", str(hook.port)))
    return await courier(dns, hook, **instead).carry(parcel, at=NOON)


async def test_no_event_enters_a_net_of_ours(dns: NameServer, hook: Hook):
    assert (await carried(dns, hook, allowed=outside.is_public)).fault == "inner_address"
    dns.leads(hooks.HOST, "93.184.216.34", "169.254.169.254")
    assert (await carried(dns, hook, allowed=outside.is_public)).fault == "inner_address"
    assert hook.calls == []


async def test_a_redirect_is_followed_nowhere(dns: NameServer, hook: Hook):
    hook.answers = ["302 Found\r\nlocation: https://127.0.0.1/"]
    assert (await carried(dns, hook)).status == 302
    assert len(hook.calls) == 1
    assert not rules.is_taken(302)


async def test_a_certificate_nobody_signed_is_not_taken(dns: NameServer, hook: Hook):
    assert (await carried(dns, hook, trust=ssl.create_default_context())).fault == "no_trust"
    assert hook.calls == []


async def test_a_certificate_of_another_name_is_not_taken(dns: NameServer, tmp_path: Path):
    async with hooks.listening(tmp_path, host="other.example") as other:
        assert (await carried(dns, other)).fault == "no_trust"


async def test_whoever_breaks_off_or_is_not_there_gave_no_answer(dns: NameServer, hook: Hook):
    hook.answers = [""]
    assert (await carried(dns, hook)).fault == "broken_off"
    dns.leads(hooks.HOST)
    assert (await carried(dns, hook)).fault == "no_address"


@pytest.mark.parametrize(("said", "seconds"), [("120", 120), ("999999", 86_400), ("soon", None), ("-3", None)])
async def test_a_wish_to_wait_is_heard_within_reason(dns: NameServer, hook: Hook, said: str, seconds: int | None):
    hook.answers = [f"429 Too Many Requests\r\nretry-after: {said}"]
    wait = (await carried(dns, hook)).wait
    assert wait == (None if seconds is None else timedelta(seconds=seconds))


# Trying again


async def test_what_was_taken_is_settled(inside: Ground):
    await subscribe()
    [delivery] = await told()
    await come_back(delivery, 200, at=NOON)
    assert (await standing(delivery))[:2] == ("delivered", 1)
    assert await delivering.take(delivery=delivery, at=NOON) is None


async def test_what_was_refused_comes_again_ten_times_over_three_days(inside: Ground):
    await subscribe()
    [delivery] = await told()
    at = NOON
    for tries in range(1, rules.MOST_TRIES):
        await come_back(delivery, 500, at=at)
        state, counted, at = await standing(delivery)
        assert (state, counted) == ("waiting", tries)
    await come_back(delivery, 500, at=at)
    assert (await standing(delivery))[:2] == ("failed", 10)
    assert timedelta(days=3) < at - NOON < timedelta(days=4)


async def test_an_endpoint_that_asks_to_wait_is_waited_for(inside: Ground):
    await subscribe()
    [delivery] = await told()
    await come_back(delivery, 429, at=NOON, wait=timedelta(minutes=2))
    assert (await standing(delivery))[2] == NOON + timedelta(minutes=2)


async def test_a_failing_endpoint_rests_whatever_else_waits_for_it(inside: Ground):
    await subscribe()
    [first], [second] = await told(), await told()
    await come_back(first, 503, at=NOON)
    assert await delivering.take(delivery=second, at=NOON + SECOND) is None
    state, tries, at = await standing(second)
    assert (state, tries, at) == ("waiting", 0, NOON + timedelta(seconds=5))
    await come_back(second, 200, at=at)
    assert (await subscribing.every())[0].state == "on"


async def test_whoever_is_gone_is_told_nothing_more(inside: Ground):
    made = await subscribe()
    [delivery] = await told()
    await come_back(delivery, 410, at=NOON)
    assert (await subscribing.find(endpoint=made.id)).state == "gone"
    assert await told() == []
    assert await delivering.take(delivery=delivery, at=NOON + timedelta(days=1)) is None


async def test_whoever_takes_nothing_for_five_days_is_given_up(inside: Ground):
    made = await subscribe()
    for days in range(6):
        at = NOON + timedelta(days=days)
        [delivery] = await told(at=at)
        await come_back(delivery, 500, at=at)
        assert (await subscribing.find(endpoint=made.id)).state == ("failing" if days < 5 else "given_up")


async def test_of_two_who_tried_at_once_one_counts(inside: Ground):
    await subscribe()
    [delivery] = await told()
    both = [await due(delivery), await due(delivery)]
    for each in both:
        await delivering.keep(due=each, carried=Carried(status=500), at=NOON)
    assert (await standing(delivery))[:2] == ("waiting", 1)
    assert len(await ground.fetch("SELECT id FROM event_attempt")) == 1


# Replaying


async def test_what_was_given_up_is_sent_again_under_its_number(inside: Ground):
    made = await subscribe()
    [delivery] = await told()
    number = (await due(delivery)).number
    await ground.execute("UPDATE event_delivery SET state = 'failed', tries = 10, settled_at = $1", NOON)
    later = NOON + timedelta(days=4)
    assert await replaying.replay_failed(endpoint=made.id, actor=ACTOR, at=later) == 1
    assert (await due(delivery, at=later)).number == number
    assert await replaying.replay_failed(endpoint=made.id, actor=ACTOR, at=later) == 0


async def test_what_arrived_can_be_sent_once_more(inside: Ground):
    made = await subscribe()
    [delivery] = await told()
    await come_back(delivery, 200, at=NOON)
    await replaying.replay(endpoint=made.id, delivery=delivery, actor=ACTOR, at=NOON)
    await come_back(delivery, 200, at=NOON)
    [sent] = (await listing.sent(endpoint=made.id)).rows
    assert (sent.state, len(sent.attempts)) == ("delivered", 2)


async def test_another_endpoints_delivery_is_unknown(inside: Ground):
    await subscribe()
    other = await subscribe(name="Kasse", kinds=("referral.approved",))
    [delivery] = await told()
    with pytest.raises(DeliveryUnknown):
        await replaying.replay(endpoint=other.id, delivery=delivery, actor=ACTOR, at=NOON)
    with pytest.raises(EndpointUnknown):
        await replaying.replay(endpoint=uuid4(), delivery=delivery, actor=ACTOR, at=NOON)


async def test_a_test_goes_to_this_endpoint_alone(inside: Ground):
    made = await subscribe()
    await subscribe(name="Kasse")
    await replaying.try_out(endpoint=made.id, at=NOON)
    [row] = await ground.fetch("SELECT id, endpoint FROM event_delivery")
    assert row["endpoint"] == made.id
    parcel = await due(row["id"])
    assert msgspec.json.decode(parcel.body())["data"] == {"id": f"whk_{made.id.hex}"}


# Pausing, renewing, removing


async def test_a_paused_endpoint_is_sent_nothing_until_it_goes_on(inside: Ground):
    made = await subscribe()
    [delivery] = await told()
    await subscribing.pause(endpoint=made.id, actor=ACTOR, at=NOON)
    assert await delivering.take(delivery=delivery, at=NOON) is None
    assert await told() == []
    with pytest.raises(EndpointOff):
        await replaying.try_out(endpoint=made.id, at=NOON)
    await subscribing.resume(endpoint=made.id, actor=ACTOR, at=NOON + SECOND)
    assert (await due(delivery, at=NOON + SECOND)).delivery == delivery


async def test_an_old_secret_signs_as_well_for_a_day(inside: Ground):
    made = await subscribe()
    [delivery] = await told()
    renewed = await subscribing.renew_secret(endpoint=made.id, actor=ACTOR, at=NOON)
    assert (await due(delivery)).secrets == [renewed.secret, made.secret]
    assert (await due(delivery, at=NOON + timedelta(hours=24))).secrets == [renewed.secret]
    await clearing.clear(at=NOON + timedelta(hours=24))
    [row] = await ground.fetch("SELECT prior_secret_sealed, prior_until FROM event_endpoint")
    assert row == {"prior_secret_sealed": None, "prior_until": None}


async def test_a_removed_endpoint_takes_its_deliveries_along(inside: Ground):
    made = await subscribe()
    await told()
    await subscribing.remove(endpoint=made.id, actor=ACTOR, at=NOON)
    assert await ground.fetch("SELECT id FROM event_delivery") == []
    for deed in (subscribing.remove, subscribing.pause, subscribing.resume, subscribing.renew_secret):
        with pytest.raises(EndpointUnknown):
            await deed(endpoint=made.id, actor=ACTOR, at=NOON)


async def test_events_go_after_a_month_but_for_those_that_wait(inside: Ground):
    await subscribe()
    [delivery], _ = await told(), await told()
    await come_back(delivery, 200, at=NOON)
    await clearing.clear(at=NOON + timedelta(days=29))
    assert len(await ground.fetch("SELECT id FROM event")) == 2
    await clearing.clear(at=NOON + timedelta(days=30))
    assert len(await ground.fetch("SELECT id FROM event")) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/", "https://127.0.0.1/", "https://0x7f.1/", "https://[::1]/", "https://2130706433/",
        "https://localhost/", "https://shop.example:22/", "https://user:word@shop.example/", "gopher://shop.example/",
        "https://shop.example/#part", "https://shop.example\\@127.0.0.1/", "https://shop.example/a b",
        "//shop.example/",
        "https://", "https://shop..example/", "https://shop.example:99999/", "https://shop.example/\r\nx: y", "",
        "https://shop.example/" + "a" * 500, "https://169.254.169.254/latest", "https://1.2.3.4.5/",
    ],
)  # fmt: skip
async def test_an_address_we_would_not_go_to_is_refused(inside: Ground, url: str):
    with pytest.raises(BadAddress) as refused:
        await subscribe(url)
    assert refused.value.field == "url"
    assert await subscribing.every() == []


async def test_names_and_events_are_checked(inside: Ground):
    await subscribe()
    for name, kinds in (("Shop", ()), (" ", ()), ("x" * 81, ()), ("Kasse", ("reward.stolen",))):
        with pytest.raises(BadEndpoint):
            await subscribe(name=name, kinds=kinds)
    assert [each.name for each in await subscribing.every()] == ["Shop"]


# What is told


def test_an_endpoint_hears_of_every_state_there_is_and_of_nothing_else():
    """A kind that no deed tells of would be waited for in vain."""
    assert {*rules.BY_NOUN["referral"]} - {"confirmed"} == {*states.REFERRAL_STATES} - {"attributed"}
    assert {*rules.BY_NOUN["reward"]} == {*states.REWARD_STATES} - {"pending"} | {"granted", "clawed_back", "restored"}
    assert {*rules.BY_NOUN["payout"]} <= {*PAYOUT_STATES}


async def kinds() -> list[str]:
    return sorted(row["kind"] for row in await ground.fetch("SELECT kind FROM event"))


async def test_a_referral_tells_of_each_step_of_its_life(inside: Ground):
    await whole.company(at=NOON)
    code = await whole.advocate("anna@people.example", at=NOON)
    await whole.friend(code, "bert@people.example", at=NOON)
    assert await kinds() == ["referral.confirmed"]
    bert = CustomerRef(email="bert@people.example")
    order = Order(order_id="A-1", cents=90_000, currency="EUR", customer=bert, occurred_at=NOON)
    await converting.convert(order=order, at=NOON)
    earned = ["referral.approved", "referral.confirmed", "referral.qualified"]
    assert [kind for kind in await kinds() if kind.startswith("referral.")] == earned
    await converting.convert(order=order, at=NOON)
    assert [kind for kind in await kinds() if kind.startswith("referral.")] == earned
    await refunding.refund(order_id="A-1", at=NOON, actor=ACTOR)
    assert {"referral.voided", "reward.canceled"} <= set(await kinds())


async def test_a_purchase_is_told_with_what_it_earned_and_with_what_is_taken_back(inside: Ground):
    await whole.company(at=NOON)
    reward = await paying.earned("A-1", at=NOON)
    told = [kind for kind in await kinds() if kind.startswith(("conversion.", "reward."))]
    assert told == ["conversion.recorded", "reward.approved", "reward.granted", "reward.granted"]
    await refunding.refund(order_id="A-1", at=NOON, actor=ACTOR)
    await refunding.refund(order_id="A-1", at=NOON, actor=ACTOR)
    back = await ground.fetch("SELECT subject FROM event WHERE kind = 'reward.clawed_back'")
    assert [row["subject"] for row in back] == [reward], "the friend's was expected still"
    assert (await kinds()).count("conversion.refunded") == 1


async def test_whoever_was_given_data_is_told_to_put_them_right_and_to_let_go(inside: Ground):
    await whole.company(at=NOON)
    anna = await whole.person("anna@people.example", at=NOON)
    await rectifying.rectify(customer=anna, told={"family_name": "Linde"}, actor=ACTOR, at=NOON)
    await rectifying.rectify(customer=anna, told={"family_name": "Linde"}, actor=ACTOR, at=NOON)
    await restricting.restrict(customer=anna, reason="accuracy", actor=ACTOR, at=NOON)
    await erasing.erase(customer=anna, rule="withdrawn", at=NOON)
    assert await kinds() == ["customer.erased", "customer.rectified", "customer.restricted"]
