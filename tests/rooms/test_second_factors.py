"""A second factor of a person: good once, good here, never a mailbox, and never at once where a mailbox set it up."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

import pyotp
import pytest

from leumund.customers.login import disarming, enrolling, factors, proving, recovering, signing, visiting
from leumund.customers.login.enrolling import WrongCode
from leumund.customers.login.factors import FactorUnknown, HasApp, NeedsProof
from leumund.customers.login.signing import Refuted
from leumund.customers.login.visiting import Visit
from leumund.customers.records import registering
from leumund.customers.records.registering import Record
from leumund.kit import codes, ground
from tests.authenticator import Authenticator, challenge_of
from tests.conftest import NOON
from tests.rooms import whole

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LATER = NOON + DAY
Options = Callable[..., Awaitable[str]]


async def person(name: str) -> UUID:
    record = Record(external_id=f"K-{name}", email=f"{name}@people.example", given_name=name.title())
    return (await registering.register(record=record, source="test", at=NOON)).id


async def entered(customer: UUID, at: datetime = NOON) -> str:
    """The cookie of somebody who came by a mailed link."""
    return await visiting.enter(login=await visiting.open_login(customer=customer, at=at), at=at)


async def seen(token: str, at: datetime = NOON) -> Visit:
    visit = await visiting.seen(token=token, at=at)
    assert visit is not None
    return visit


async def with_app(token: str, at: datetime = NOON) -> tuple[str, enrolling.Enrolled]:
    """An app added in the session of ``token``: its secret, and what came of it."""
    visit = await seen(token, at)
    secret = (await enrolling.show(token=token, visit=visit)).secret
    code = pyotp.TOTP(secret).at(at)
    return secret, await enrolling.add_app(token=token, visit=visit, name="Telefon", code=code, at=at)


@pytest.fixture
async def anna(inside: ground.Ground) -> UUID:
    await whole.company(at=NOON)
    return await person("anna")


async def test_an_app_set_up_by_a_mailed_link_alone_counts_a_day_later(anna: UUID):
    secret, enrolled = await with_app(await entered(anna))
    early = await seen(enrolled.token)
    assert await proving.by_code(visit=early, code=pyotp.TOTP(secret).at(NOON + MINUTE), at=NOON + MINUTE) is None
    late = await seen(await entered(anna, LATER), LATER)
    token = await proving.by_code(visit=late, code=pyotp.TOTP(secret).at(LATER), at=LATER)
    assert token is not None
    assert (await seen(token, LATER)).is_proven(at=LATER, within=10 * MINUTE)


async def test_a_proof_gives_the_session_another_token_and_ends_after_a_while(anna: UUID):
    secret, _ = await with_app(await entered(anna))
    old = await entered(anna, LATER)
    token = await proving.by_code(visit=await seen(old, LATER), code=pyotp.TOTP(secret).at(LATER), at=LATER)
    assert await visiting.seen(token=old, at=LATER) is None, "whoever knew the old one is out"
    assert token is not None
    after = LATER + 10 * MINUTE
    assert not (await seen(token, after)).is_proven(at=after, within=10 * MINUTE)


async def test_a_code_is_good_once(anna: UUID):
    secret, _ = await with_app(await entered(anna))
    code = pyotp.TOTP(secret).at(LATER)
    assert await proving.by_code(visit=await seen(await entered(anna, LATER), LATER), code=code, at=LATER)
    again = await seen(await entered(anna, LATER), LATER)
    assert await proving.by_code(visit=again, code=code, at=LATER) is None


async def test_a_wrong_code_adds_nothing_and_mallorys_session_has_another_secret(anna: UUID):
    token, mallory = await entered(anna), await entered(await person("mallory"))
    secret = (await enrolling.show(token=mallory, visit=await seen(mallory))).secret
    with pytest.raises(WrongCode):
        await enrolling.add_app(
            token=token, visit=await seen(token), name="", code=pyotp.TOTP(secret).at(NOON), at=NOON
        )
    assert await factors.of(customer=anna) == []


async def test_guessing_slows_down_and_a_right_code_waits_too(anna: UUID):
    secret, _ = await with_app(await entered(anna))
    visit = await seen(await entered(anna, LATER), LATER)
    right = pyotp.TOTP(secret).at(LATER)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(6):
        assert await proving.by_code(visit=visit, code=wrong, at=LATER) is None
    assert await proving.by_code(visit=visit, code=right, at=LATER) is None, "a wait is a wait for all"
    assert await proving.by_code(visit=visit, code=right, at=LATER + timedelta(seconds=5)) is not None
    (app,) = await factors.counting(customer=anna, at=LATER)
    assert app.failed_attempts == 0, "who got in has not failed"
    refused = await ground.fetch(
        "SELECT FROM audit_entry WHERE action = 'customer.factor_refused' AND subject = $1", anna
    )
    assert len(refused) == 7


async def test_the_first_factor_brings_codes_for_the_day_it_is_lost_and_each_is_good_once(anna: UUID):
    _, enrolled = await with_app(await entered(anna))
    assert len(set(enrolled.codes)) == await factors.codes_left(customer=anna) == 8
    stored = await ground.fetch("SELECT code_hash FROM customer_factor WHERE kind = 'recovery'")
    assert not {row["code_hash"] for row in stored} & set(enrolled.codes), "what is stored opens nothing"
    code = enrolled.codes[0].lower().replace("-", " ")
    early = await seen(enrolled.token)
    assert await proving.by_code(visit=early, code=code, at=NOON) is None, "they count no sooner than what they replace"
    assert await proving.by_code(visit=await seen(await entered(anna, LATER), LATER), code=code, at=LATER)
    assert await proving.by_code(visit=await seen(await entered(anna, LATER), LATER), code=code, at=LATER) is None


async def test_codes_of_one_person_are_worth_nothing_to_another(anna: UUID):
    _, enrolled = await with_app(await entered(anna))
    mallory = await seen(await entered(await person("mallory"), LATER), LATER)
    assert await proving.by_code(visit=mallory, code=enrolled.codes[0], at=LATER) is None


async def test_a_factor_that_counts_is_changed_by_who_shows_one(anna: UUID):
    secret, _ = await with_app(await entered(anna))
    (app,) = await factors.of(customer=anna)
    token = await entered(anna, LATER)
    unproven = await seen(token, LATER)
    with pytest.raises(NeedsProof):
        await disarming.remove(visit=unproven, factor=app.id, at=LATER)
    with pytest.raises(NeedsProof):
        await enrolling.renew_codes(visit=unproven, at=LATER)
    with pytest.raises(NeedsProof):
        await enrolling.add_passkey(visit=unproven, name="", answer="{}", at=LATER)
    proven = await proving.by_code(visit=unproven, code=pyotp.TOTP(secret).at(LATER), at=LATER)
    assert proven is not None
    assert len(await enrolling.renew_codes(visit=await seen(proven, LATER), at=LATER)) == 8
    await disarming.remove(visit=await seen(proven, LATER), factor=app.id, at=LATER)
    assert await factors.of(customer=anna) == []
    assert await factors.codes_left(customer=anna) == 0, "codes without a factor would be a factor of their own"


async def test_whoever_reads_annas_mailbox_is_shown_the_door_by_anna(anna: UUID):
    _, enrolled = await with_app(await entered(anna))
    hers = await seen(await entered(anna, NOON + MINUTE), NOON + MINUTE)
    await disarming.remove(visit=hers, factor=enrolled.factor, at=NOON + MINUTE)
    assert await factors.counting(customer=anna, at=LATER) == []


async def test_nobody_removes_what_is_anothers(anna: UUID):
    _, enrolled = await with_app(await entered(anna))
    mallory = await seen(await entered(await person("mallory")))
    with pytest.raises(FactorUnknown):
        await disarming.remove(visit=mallory, factor=enrolled.factor, at=NOON)


async def test_there_is_one_app_at_a_time(anna: UUID):
    _, enrolled = await with_app(await entered(anna))
    with pytest.raises(HasApp):
        await with_app(enrolled.token)


async def test_what_was_set_up_after_a_proof_counts_at_once(anna: UUID):
    secret, _ = await with_app(await entered(anna))
    visit = await seen(await entered(anna, LATER), LATER)
    token = await proving.by_code(visit=visit, code=pyotp.TOTP(secret).at(LATER), at=LATER)
    assert token is not None
    proven, key = await seen(token, LATER), Authenticator(ground.current().origin)
    answer = key.make(await signing.ask_for_new(visit=proven, at=LATER))
    enrolled = await enrolling.add_passkey(visit=proven, name="Schlüssel", answer=answer, at=LATER)
    assert enrolled.counts_at == LATER
    assert enrolled.codes == [], "the codes came with the first one"


async def passkey(customer: UUID, **how: bool) -> Authenticator:
    """A passkey that counts from LATER on."""
    visit, key = await seen(await entered(customer)), Authenticator(ground.current().origin, **how)
    answer = key.make(await signing.ask_for_new(visit=visit, at=NOON))
    await enrolling.add_passkey(visit=visit, name="Schlüssel", answer=answer, at=NOON)
    return key


async def back(customer: UUID) -> Visit:
    return await seen(await entered(customer, LATER), LATER)


@pytest.mark.parametrize("counts", [True, False])
async def test_a_passkey_proves_again_and_again(anna: UUID, counts: bool):
    key = await passkey(anna, counts=counts)
    for _ in range(2):
        visit = await back(anna)
        options = await signing.ask(visit=visit, at=LATER)
        assert key.knows(options)
        token = await proving.by_passkey(visit=visit, answer=key.sign(options), at=LATER)
        assert token is not None
        assert (await seen(token, LATER)).is_proven(at=LATER, within=MINUTE)


@pytest.mark.parametrize(
    "lies", [{"origin": "https://evil.example"}, {"rp": "evil.example"}, {"challenge": "AAAA"}], ids=str
)
async def test_a_passkey_proves_nothing_elsewhere(anna: UUID, lies: dict[str, str]):
    key, visit = await passkey(anna), await back(anna)
    answer = key.sign(await signing.ask(visit=visit, at=LATER), **lies)
    assert await proving.by_passkey(visit=visit, answer=answer, at=LATER) is None
    assert await proving.by_passkey(visit=visit, answer=key.sign(await signing.ask(visit=visit, at=LATER)), at=LATER), (
        "without the lie it does"
    )


@pytest.mark.parametrize(
    "lies", [{"origin": "https://evil.example"}, {"rp": "evil.example"}, {"challenge": "AAAA"}], ids=str
)
async def test_a_passkey_is_not_made_elsewhere(anna: UUID, lies: dict[str, str]):
    visit, key = await seen(await entered(anna)), Authenticator(ground.current().origin)
    answer = key.make(await signing.ask_for_new(visit=visit, at=NOON), **lies)
    with pytest.raises(Refuted):
        await enrolling.add_passkey(visit=visit, name="", answer=answer, at=NOON)
    assert await factors.of(customer=anna) == []


async def test_a_question_is_good_once_for_one_session_and_five_minutes(anna: UUID):
    key, visit, other = await passkey(anna), await back(anna), await back(anna)
    options = await signing.ask(visit=visit, at=LATER)
    answer = key.sign(options)
    assert await proving.by_passkey(visit=other, answer=answer, at=LATER) is None, "asked of another session"
    assert await proving.by_passkey(visit=visit, answer=answer, at=LATER) is not None
    assert await proving.by_passkey(visit=visit, answer=answer, at=LATER) is None, "asked once"
    options = await signing.ask(visit=visit, at=LATER)
    assert await proving.by_passkey(visit=visit, answer=key.sign(options), at=LATER + 5 * MINUTE) is None


async def test_questions_are_long_and_no_two_alike(anna: UUID):
    await passkey(anna)
    visit = await back(anna)
    asked = {challenge_of(await signing.ask(visit=visit, at=LATER)) for _ in range(20)}
    assert len(asked) == 20
    assert {len(each) for each in asked} == {32}


async def test_a_copied_passkey_that_counts_behind_proves_nothing(anna: UUID):
    key = await passkey(anna)
    for counter, right in ((6, True), (5, False), (6, False), (7, True)):
        visit = await back(anna)
        key.counter = counter - 1
        answer = key.sign(await signing.ask(visit=visit, at=LATER))
        assert (await proving.by_passkey(visit=visit, answer=answer, at=LATER) is not None) is right, counter


async def test_a_passkey_of_mallory_is_not_annas(anna: UUID):
    await passkey(anna)
    foreign, visit = await passkey(await person("mallory")), await back(anna)
    options = await signing.ask(visit=visit, at=LATER)
    assert not foreign.knows(options)
    assert await proving.by_passkey(visit=visit, answer=foreign.sign(options), at=LATER) is None


@pytest.mark.parametrize("answer", ["", "{", "[]", '{"id": 7}', '{"id": "x", "response": {}}', "\x00"])
async def test_rubbish_proves_nothing(anna: UUID, answer: str):
    await passkey(anna)
    visit = await back(anna)
    await signing.ask(visit=visit, at=LATER)
    assert await proving.by_passkey(visit=visit, answer=answer, at=LATER) is None


def test_six_digits_are_an_apps_and_letters_are_a_recovery_codes():
    assert not recovering.looks_like_one("234 567")
    assert recovering.looks_like_one("abcd-efgh-ijkl-mnop")


def test_a_derived_secret_is_as_long_as_a_drawn_one():
    assert len(codes.derived(bytes(32))) == len(codes.fresh())
