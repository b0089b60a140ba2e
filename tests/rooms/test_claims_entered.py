"""Support enters who recommended a customer; the one rule says what comes of it, and who entered it and why stays."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import msgspec
import pytest

from leumund.insight import retracing
from leumund.kit import free_text, ground
from leumund.kit.faults import Refused
from leumund.ledger import balancing
from leumund.programs import publishing
from leumund.programs.offers import Rule
from leumund.referrals.claims import hearing, listing
from leumund.referrals.claims.hearing import Heard
from leumund.referrals.claims.telling import Said
from leumund.rewards import converting, deciding, entering, recognising, releasing, reviewing
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from leumund.rewards.outcomes import Converted
from leumund.staff import inviting
from tests.conftest import NOON
from tests.rooms import caring, reward_story, whole

ANNA, BERT, CLARA = (f"{name}@people.example" for name in ("anna", "bert", "clara"))
DAY = timedelta(days=1)
SOPHIE, OLIVIA = uuid4(), uuid4()


@pytest.fixture
async def codes(inside: ground.Ground) -> dict[str, str]:
    """Anna and Clara recommend; Bert is a customer whom the shop has just told of."""
    await whole.company(at=NOON - 20 * DAY)
    await whole.person(BERT, at=NOON)
    return {each: await whole.advocate(each, at=NOON - 20 * DAY) for each in (ANNA, CLARA)}


async def bought(order_id: str = "A-1", *, cents: int = 90_000, email: str = BERT, days: int = 0, code: str = ""):
    at = NOON + days * DAY
    told = Order(
        order_id=order_id,
        cents=cents,
        currency="EUR",
        customer=CustomerRef(email=email),
        occurred_at=at,
        said=Said(code=code),
    )
    return await converting.convert(order=told, at=at)


async def entered(who: str = ANNA, *, days: int = 1, of: str = BERT, **more: object) -> UUID | None:
    heard = Heard(recommended_by=who, **{"reason": "Rief an, Code vergessen", "conditions_shown": True, **more})
    customer = await whole.person(of, at=NOON)
    return await entering.enter(customer=customer, heard=heard, by=SOPHIE, at=NOON + days * DAY)


async def approved(who: str = ANNA, **how: object) -> UUID:
    """Somebody else has looked at what Sophie entered."""
    referral = await entered(who, **how)
    assert referral is not None
    assert await sides() == []
    await reviewing.approve(referral=referral, by=OLIVIA, at=NOON + 40 * DAY)
    return referral


async def refused(who: str = ANNA, **how: object) -> str:
    """The sentence by its key, at the field where it belongs; nothing may be left of the try."""
    before = await reward_story.everything()
    with pytest.raises(Refused) as fault:
        async with ground.savepoint():
            await entered(who, **how)
    assert await reward_story.everything() == before
    assert fault.value.field in (hearing.FIELD, "program", "reason")
    return fault.value.key.removeprefix("errors.claims.")


async def sides() -> list[str]:
    return [row["side"] for row in await ground.fetch("SELECT side FROM reward ORDER BY side")]


async def count(table: str) -> int:
    (row,) = await ground.fetch(f"SELECT count(*) AS n FROM {table}")
    return row["n"]


@pytest.mark.parametrize("who", [ANNA, " ANNA@people.example ", "{code}"])
async def test_what_the_customer_bought_last_month_earns_what_was_promised(codes: dict[str, str], who: str):
    await bought()
    referral = await approved(who.format(code=codes[ANNA].upper()), days=30)
    trace = await retracing.retrace(referral=referral)
    assert trace.stands.way == "support"
    assert {side: answer.key for side, answer in trace.answers.items()} == {"advocate": "pending", "friend": "pending"}
    assert (await sides(), await balancing.totals()) == (["advocate", "friend"], {"EUR": 0})


async def test_nobody_is_mailed_because_of_it_and_no_consent_comes_of_it(codes: dict[str, str]):
    await bought()
    before = [await count(table) for table in ("message", "consent_event", "consent_request")]
    assert await entered() is not None
    assert [await count(table) for table in ("message", "consent_event", "consent_request")] == before


async def test_the_friend_gets_nothing_for_conditions_they_do_not_know(codes: dict[str, str]):
    await bought()
    await approved(conditions_shown=False)
    assert await sides() == ["advocate"]


async def test_before_the_purchase_it_waits_and_goes_before_a_code_at_the_checkout(codes: dict[str, str]):
    assert await entered(ANNA, days=0) is None
    done = await bought(days=1, code=codes[CLARA])
    assert (done.claimed_by, done.claim_reason, done.referral_state) == ("support", "won", "in_review")


async def test_who_entered_it_and_why_is_told_with_what_became_of_it(codes: dict[str, str]):
    sophie = await inviting.invite(
        email="sophie@linden.example", name="Sophie", role="support", language="de", actor="system:test", at=NOON
    )
    bert = await whole.person(BERT, at=NOON)
    heard = Heard(recommended_by=ANNA, reason="Rief an")
    await bought(code="nobodyhasit")
    referral = await entering.enter(customer=bert, heard=heard, by=sophie.member, at=NOON + DAY)
    newest, first = await listing.claims_of(customer=bert)
    assert (newest.way, newest.told_by, newest.reason, newest.became, newest.referral) == (
        "support",
        "Sophie",
        "Rief an",
        "won",
        referral,
    )
    assert newest.advocate.startswith("Anna")
    assert (first.way, first.told_by, first.reason, first.became, first.is_known) == (
        "code",
        None,
        "",
        "code_unknown",
        False,
    )
    (noted,) = await ground.fetch("SELECT actor, subject, detail FROM audit_entry WHERE action = 'claim.entered'")
    assert (noted["actor"], noted["subject"]) == (f"staff:{sophie.member}", bert)
    assert "Rief" not in noted["detail"]


async def test_what_was_said_at_the_purchase_is_judged_once_more_and_told_once(codes: dict[str, str]):
    """The code found a program at rest, was judged with what support enters, and lost to it."""
    await ground.execute("UPDATE program SET state = 'paused'")
    await bought(code=codes[CLARA])
    await ground.execute("UPDATE program SET state = 'live'")
    trace = await retracing.retrace(referral=await entered())
    (event,) = trace.events
    assert [(claim.way, claim.reason) for claim in event.claims] == [("support", "won"), ("code", "weaker")]


async def test_whoever_entered_it_approves_it_only_where_nobody_else_can(codes: dict[str, str]):
    await bought()
    referral = await entered()
    assert referral is not None
    olivia = await caring.member("Olivia", role="owner")
    before = await reward_story.everything()
    with pytest.raises(deciding.OwnEntry):
        async with ground.savepoint():
            await reviewing.approve(referral=referral, by=SOPHIE, at=NOON)
    assert await reward_story.everything() == before
    await ground.execute("UPDATE staff_member SET disabled_at = $2 WHERE id = $1", olivia, NOON)
    assert await reviewing.approve(referral=referral, by=SOPHIE, at=NOON), "she is alone"


async def test_an_unusually_large_order_waits_for_a_person_here_too(codes: dict[str, str]):
    await bought(cents=600_000)
    referral = await entered()
    (row,) = await ground.fetch("SELECT state FROM referral WHERE id = $1", referral)
    assert (row["state"], await sides()) == ("in_review", [])


async def test_an_order_that_counts_for_somebody_else_is_never_moved(codes: dict[str, str]):
    done: Converted = await bought(code=codes[CLARA])
    for reward in done.rewards:
        await releasing.release(reward=reward, at=NOON + 15 * DAY)
    assert await refused(ANNA, days=16) == "referral_stands"
    assert await refused(CLARA, days=16) == "same_already"
    assert (await bought(days=0, code=codes[CLARA])).rewards == done.rewards


async def test_whom_the_customer_named_goes_before_whom_support_heard(codes: dict[str, str]):
    """Clara took no part when Bert bought; now that she does, his word is heard again with what support enters."""
    bert = await whole.person(BERT, at=NOON)
    await recognising.choose(customer=bert, code=codes[CLARA], at=NOON)
    await ground.execute("UPDATE share_link SET retired_at = $2 WHERE code = $1", codes[CLARA], NOON)
    await bought()
    await ground.execute("UPDATE share_link SET retired_at = NULL WHERE code = $1", codes[CLARA])
    assert await refused(ANNA) == "weaker"


async def test_nobody_recommends_themselves(codes: dict[str, str]):
    own = await whole.advocate(BERT, at=NOON)
    await bought()
    assert [await refused(BERT), await refused(own)] == ["own_link", "own_link"]


async def test_whoever_was_a_customer_before_is_told_to_be_one_with_or_without_a_purchase(codes: dict[str, str]):
    await whole.person("dora@people.example", at=NOON - 400 * DAY)
    assert await refused(of="dora@people.example") == "existing_customer"
    await bought("D-1", email="dora@people.example")
    assert await refused(of="dora@people.example") == "existing_customer"


async def test_after_ninety_days_it_is_too_late(codes: dict[str, str]):
    await bought()
    assert await refused(days=91) == "too_late"
    assert await entered(days=90) is not None


async def test_a_program_that_rests_or_an_advocate_who_left_is_said(codes: dict[str, str]):
    await bought()
    await ground.execute("UPDATE share_link SET retired_at = $2 WHERE code = $1", codes[CLARA], NOON)
    assert [await refused(codes[CLARA]), await refused(CLARA)] == ["not_running", "takes_no_part"]
    await ground.execute("UPDATE program SET state = 'paused'")
    assert [await refused(codes[ANNA]), await refused(ANNA)] == ["not_running", "takes_no_part"]


@pytest.mark.parametrize(
    ("who", "key"),
    [
        ("nobodyhasit", "code_unknown"),
        ("☂", "code_unknown"),
        ("x" * 200, "code_unknown"),
        ("anna@", "no_address"),
        ("nobody@people.example", "address_unknown"),
        (BERT, "takes_no_part"),
    ],
)
async def test_what_names_nobody_who_takes_part_is_told_at_its_field(codes: dict[str, str], who: str, key: str):
    assert await refused(who, of=CLARA) == key


async def test_somebody_whose_data_rest_is_not_found_by_their_address(codes: dict[str, str]):
    await ground.execute("UPDATE customer SET held = 'restriction' WHERE id = $1", await whole.person(ANNA, at=NOON))
    assert await refused(ANNA) == "address_unknown"


@pytest.mark.parametrize(("reason", "fault"), [(" ", free_text.Missing), ("x" * 501, free_text.TooLong)])
async def test_it_needs_a_reason_no_longer_than_anybody_reads(codes: dict[str, str], reason: str, fault: type):
    with pytest.raises(fault) as refusal:
        await entered(reason=reason)
    assert refusal.value.field == "reason"


async def test_of_somebody_in_several_programs_the_address_needs_the_program_and_the_code_does_not(
    codes: dict[str, str],
):
    second = msgspec.structs.replace(
        whole.TERMS, key="zweites", rules=[Rule(side="advocate", kind="cash", cents=100)], budget_cents=10_000
    )
    await publishing.publish(terms=second, at=NOON - DAY)
    (program,) = await ground.fetch("SELECT id FROM program WHERE key = 'zweites'")
    anna = await whole.person(ANNA, at=NOON)
    await ground.execute(
        "INSERT INTO share_link (program, advocate, code, created_at) VALUES ($1, $2, 'zweitercode', $3)",
        program["id"],
        anna,
        NOON - DAY,
    )
    await bought()
    assert [await refused(ANNA), await refused(ANNA, program=uuid4())] == ["several_programs"] * 2
    await approved(ANNA, program=program["id"])
    assert await paid() == [100]


async def paid() -> Sequence[int]:
    return [row["cents"] for row in await ground.fetch("SELECT cents FROM reward ORDER BY cents")]
