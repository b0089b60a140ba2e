"""What the mail promises: a sign-up nobody confirms is deleted after 30 days, and whoever is known otherwise is not."""

from datetime import datetime, timedelta

import pytest

from leumund.consent.giving import expiring
from leumund.consent.texts import publishing
from leumund.kit import ground
from leumund.kit.ground import Ground
from leumund.privacy.forgetting import retaining
from leumund.programs import clearing as programs
from leumund.programs import joining
from leumund.programs.joining import Form
from leumund.referrals import clearing, confirming
from leumund.rewards import converting
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from tests import allowing, opened
from tests.conftest import NOON
from tests.rooms import whole

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
ANNA, BERT = "anna@people.example", "bert@people.example"
OVER = NOON + 30 * DAY


@pytest.fixture
async def annas(inside: Ground) -> str:
    """Anna's code, who takes part."""
    await whole.company(at=NOON)
    return await whole.advocate(ANNA, at=NOON)


async def night(at: datetime) -> None:
    before = await retaining.before("unconfirmed", at=at)
    await expiring.expire(before=before, at=at)
    await programs.clear(before=before)
    await clearing.clear(before=before)


async def people() -> list[str]:
    return [str(email) for email in await opened.emails()]


async def referrals() -> int:
    return len(await ground.fetch("SELECT FROM referral"))


async def test_a_friend_who_never_confirms_is_forgotten_after_30_days_and_no_sooner(annas: str):
    await whole.accept(annas, BERT, at=NOON, consents={"survey": True})
    await night(OVER - SECOND)
    assert (await people(), await referrals()) == ([ANNA, BERT], 1)
    for _ in range(2):
        await night(OVER)
        assert (await people(), await referrals()) == ([ANNA], 0)
    # The message log counts the mail, and says no longer to whom.
    assert await ground.fetch("SELECT customer FROM message WHERE kind = 'opt_in' AND customer IS NULL")


async def test_what_was_asked_in_which_words_stays_as_evidence_without_the_address(annas: str):
    await whole.accept(annas, BERT, at=NOON, consents={"survey": True})
    await night(OVER)
    kept = await ground.fetch("SELECT state, evidence::text AS evidence FROM consent_event ORDER BY state")
    assert [row["state"] for row in kept] == ["expired", "requested"]
    assert not any("bert" in row["evidence"].lower() for row in kept)


async def test_a_friend_who_confirmed_stays_and_their_other_sign_ups_go(annas: str):
    mallorys = await whole.advocate("mallory@people.example", at=NOON)
    await whole.accept(mallorys, BERT, at=NOON)
    await whole.friend(annas, BERT, at=NOON)
    await night(OVER)
    assert BERT in await people()
    assert await ground.fetch("SELECT confirmed_at FROM referral") == [{"confirmed_at": NOON}]


async def test_a_friend_who_signed_up_again_lately_has_30_days_more(annas: str):
    await whole.accept(annas, BERT, at=NOON)
    again = await whole.accept(annas, BERT, at=NOON + 29 * DAY)
    assert again is not None
    await night(OVER)
    assert (await people(), await referrals()) == ([ANNA, BERT], 1)
    await confirming.confirm(request=again, at=OVER, evidence={})
    await night(NOON + 90 * DAY)
    assert (await people(), await referrals()) == ([ANNA, BERT], 1)


async def test_whoever_bought_meanwhile_or_was_brought_in_with_a_consent_stays(annas: str):
    for email in (BERT, "clara@people.example"):
        await whole.accept(annas, email, at=NOON)
    order = Order(order_id="A-1", cents=900, currency="EUR", customer=CustomerRef(email=BERT), occurred_at=NOON)
    await converting.convert(order=order, at=NOON)
    assert await allowing.given(
        customer=await opened.customer("clara@people.example"),
        purpose="survey",
        channel="email",
        source="crm",
        basis="Papierformular",
        at=NOON,
    )
    await night(OVER)
    assert (await people(), await referrals()) == ([ANNA, BERT, "clara@people.example"], 0)


async def test_the_companys_own_leads_are_not_ours_to_forget(annas: str):
    clara = await whole.person("clara@people.example", at=NOON)
    await ground.execute("UPDATE customer SET stage = 'lead' WHERE id = $1", clara)
    await night(OVER)
    assert "clara@people.example" in await people()


async def test_whoever_asked_to_take_part_and_never_confirmed_has_not_asked(annas: str):
    clara = await whole.person("clara@people.example", at=NOON)
    terms = (await publishing.current(kind="terms", language="de")).id
    email = "clara@people.example"
    await joining.join(customer=clara, email=email, form=Form(language="de", terms=terms), at=NOON)
    await night(OVER - SECOND)
    assert len(await ground.fetch("SELECT FROM participation")) == 2
    await night(OVER)
    assert len(await ground.fetch("SELECT FROM participation")) == 1, "Anna's own"
    assert email in await people(), "Clara is a customer"
