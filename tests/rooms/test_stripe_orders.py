"""Whatever happens at Stripe, and whenever we hear of what, twice or late, our books come to the same end as theirs."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stripe import WebhookSignature

from leumund.insight import proving
from leumund.kit import clock, ground
from leumund.payouts import submitting
from leumund.payouts.stripe import carrying, receiving
from tests.rooms import paying, stripe_payouts, test_stripe_events, whole
from tests.rooms.paying import ANNA, LATER, NOON
from tests.rooms.stripe_payouts import SECRET, Desk
from tests.stripe_server import paying as moving
from tests.stripe_server import serving, shopping
from tests.stripe_server.books import Thing
from tests.stripe_server.faults import Fault
from tests.stripe_server.serving import StripeServer
from tests.stripe_server.shopping import Bought

# Below three: the story goes on. Above: one of the events that were told so far comes, once more where it has come.
TURNS = st.lists(st.integers(0, 9), max_size=12)
# In which order comes what was not heard of by the end; no story tells of more.
LATE = st.permutations(range(8))
_NUMBERS = count(1)


class Story(NamedTuple):
    """What customers and their banks do at Stripe, step by step, and which rewards stand in the end."""

    by: str
    steps: list[Callable[[StripeServer, Bought], object]]
    rewards: list[str]


def pays(stripe: StripeServer, bought: Bought) -> None:
    shopping.succeed(stripe.books, bought)


def gets_a_part_back(stripe: StripeServer, bought: Bought) -> None:
    shopping.give_back(stripe.books, bought, cents=1000)


def gets_the_rest_back(stripe: StripeServer, bought: Bought) -> None:
    shopping.give_back(stripe.books, bought)


def disputes(stripe: StripeServer, bought: Bought) -> None:
    shopping.dispute(stripe.books, bought)


def is_right(stripe: StripeServer, bought: Bought) -> None:
    shopping.close(stripe.books, _disputed(stripe, bought), won=False)


def is_wrong(stripe: StripeServer, bought: Bought) -> None:
    shopping.close(stripe.books, _disputed(stripe, bought), won=True)


def gets_nothing_after_all(stripe: StripeServer, bought: Bought) -> None:
    """The last refund there was fails."""
    made = [each for each in stripe.books.all("refund") if each["payment_intent"] == bought.payment["id"]]
    shopping.fail(stripe.books, bought, made[-1])


def _disputed(stripe: StripeServer, bought: Bought) -> Thing:
    (found,) = [each for each in stripe.books.all("dispute") if each["payment_intent"] == bought.payment["id"]]
    return found


STORIES = [
    Story("session", [pays, gets_a_part_back, gets_the_rest_back], []),
    Story("invoice", [pays, disputes, is_right], []),
    Story("itself", [pays, disputes, is_wrong], ["pending", "pending"]),
    Story("session", [pays, gets_the_rest_back, gets_nothing_after_all], ["pending", "pending"]),
    Story("invoice", [pays, disputes, is_right, is_wrong], ["pending", "pending"]),
    Story("itself", [pays, gets_the_rest_back, gets_nothing_after_all, gets_the_rest_back], []),
]


@pytest.fixture(scope="module")
def stripe() -> Iterator[StripeServer]:
    with serving.running() as server:
        yield server


@pytest.fixture(scope="module")
async def here(deployment: Any, open_company: Any, stripe: StripeServer) -> Desk:
    """A company that pays Anna over Stripe, and sells there."""
    made = await stripe_payouts.desk(deployment, await open_company("linden"), stripe)
    async with made.inside():
        await whole.company(at=NOON)
        await ground.execute("INSERT INTO payout_way VALUES ('cash', 'stripe_transfer', $1)", NOON)
    # However busy the machine is: no answer of this file never comes.
    return made._replace(service=made.service._replace(seconds=30.0))


async def come(here: Desk, event: Thing) -> None:
    """It is received and worked off."""
    body, at = serving.body_of(event), clock.now()
    async with here.inside():
        signed = WebhookSignature.generate_signature_header(body, SECRET, int(at.timestamp()))
        await receiving.receive(body=body.encode(), signature=signed, at=at)
    await test_stripe_events.follow(here)


async def play(here: Desk, steps: list[Callable[[], Any]], turns: list[int], *, late: list[int]) -> None:
    """Let it happen and be heard of as ``turns`` say; in the end all has happened and all was heard of."""
    told, heard = here.stripe.undelivered, []
    for turn in turns:
        if turn < 3 and steps:
            await steps.pop(0)()
        elif told:
            heard.append(told[turn % len(told)])
            await come(here, heard[-1])
    for step in steps:
        await step()
    assert len(told) <= len(late)
    for place in late:
        if place < len(told) and told[place] not in heard:
            await come(here, told[place])


@pytest.mark.parametrize("story", STORIES, ids=lambda story: "-".join(step.__name__ for step in story.steps))
@settings(max_examples=6)
@given(turns=TURNS, late=LATE)
async def test_a_purchase_comes_to_the_same_whenever_it_is_heard_of(
    here: Desk, stripe: StripeServer, story: Story, turns: list[int], late: list[int]
):
    stripe.undelivered.clear()
    email = f"buyer-{next(_NUMBERS)}@people.example"
    await test_stripe_events.recommended(here, email)
    bought = shopping.begin(stripe.books, email=email, by=story.by)

    def happening(step: Callable[[StripeServer, Bought], object]) -> Callable[[], Any]:
        async def happen() -> None:
            step(stripe, bought)

        return happen

    await play(here, [happening(step) for step in story.steps], turns, late=late)
    order_id = bought.invoice["id"] if bought.invoice else bought.payment["id"]
    told, given_back, states, sums = await test_stripe_events.came_of(here, order_id)
    # What was heard of, canceled and granted anew was once more than that.
    standing = [state for state in states if state != "canceled"]
    assert (told, given_back, standing, sums) == (1, int(not story.rewards), story.rewards, {"EUR": 0})
    async with here.inside():
        assert (await proving.look()).faults == []


@settings(max_examples=12)
@given(turns=TURNS, late=LATE, asks=st.integers(0, 3))
async def test_a_transfer_that_is_taken_back_there_is_annas_again_whenever_it_is_heard_of(
    here: Desk, stripe: StripeServer, turns: list[int], late: list[int], asks: int
):
    """Its answer was lost as well, and the worker asks again at any time."""
    stripe.undelivered.clear()
    async with here.inside():
        # Of three answers that are lost in a row, Stripe is given a rest; here it is one a story.
        await ground.execute("UPDATE stripe_account SET faults = 0, paused_until = NULL")
        await paying.earned(f"T-{next(_NUMBERS)}", advocate=ANNA, at=NOON)
        (payout,) = await paying.payouts(await paying.sent(way="stripe_transfer"))
        had = await paying.held("reward_available")

    async def carried() -> None:
        await submitting.carry(carrying.carriers(here.service), here.inside, payout, LATER)

    async def sent() -> None:
        stripe.script.fail(Fault.RESET, "/v1/transfers")
        await carried()

    def transfer() -> Thing:
        (made,) = [each for each in stripe.books.all("transfer") if each["metadata"]["leumund_payout"] == str(payout)]
        return made

    async def changed() -> None:
        stripe.books.tell("transfer.updated", transfer())

    async def taken_back() -> None:
        moving.reverse(stripe.books, {}, transfer()["id"])()

    steps = [sent, changed, taken_back]
    steps.insert(1 + asks % 3, carried)
    await play(here, steps, turns, late=late)
    await carried()
    async with here.inside():
        assert await paying.state("payout", payout) == "returned"
        assert (await paying.held("paid_out"), await paying.held("payout_in_transit")) == (0, 0)
        assert await paying.held("reward_available") == had + transfer()["amount"]
        assert (await proving.look()).faults == []
