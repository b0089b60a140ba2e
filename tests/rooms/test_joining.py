"""Taking part begins with a confirmation, and begins anew with a new one."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from leumund.consent.texts import publishing as texts
from leumund.kit import ground
from leumund.kit.ground import Ground
from leumund.programs import joining, moving, offering, publishing
from leumund.programs.joining import Form
from leumund.programs.offering import NoProgram
from leumund.referrals import accepted, confirming, sharing
from tests.conftest import NOON
from tests.rooms import whole

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ANNA = "anna@people.example"


async def join(customer: UUID, *, at: datetime) -> UUID | None:
    terms = (await texts.current(kind="terms", language="de")).id
    return await joining.join(customer=customer, email=ANNA, form=Form(language="de", terms=terms), at=at)


async def confirm(request: UUID | None, *, at: datetime) -> confirming.Confirmed:
    assert request is not None, "whoever does not take part may ask to"
    return await confirming.confirm(request=request, at=at, evidence={})


async def program_of(key: str) -> UUID:
    return next(offer.id for offer in await offering.all_offers() if offer.key == key)


async def another_program(*, at: datetime) -> None:
    """What ran before ends, and the company offers its customers something new."""
    await moving.end_others(keys=["nachbarn"], at=at)
    await publishing.publish(terms=msgspec.structs.replace(whole.TERMS, key="nachbarn"), at=at)


async def test_whoever_left_and_comes_back_confirms_anew(inside: Ground):
    await whole.company(at=NOON)
    anna, program = await whole.person(ANNA, at=NOON), await program_of("freunde")
    await confirm(await join(anna, at=NOON), at=NOON)
    assert await joining.takes_part(customer=anna, program=program)
    await ground.execute("UPDATE participation SET ended_at = $1", NOON + DAY)
    again = await join(anna, at=NOON + 2 * DAY)
    assert not await joining.takes_part(customer=anna, program=program), "nobody has pressed the new mail's button"
    await confirm(again, at=NOON + 3 * DAY)
    assert await ground.fetch("SELECT confirmed_at FROM participation") == [{"confirmed_at": NOON + 3 * DAY}]


async def test_whoever_takes_part_stays_so_when_somebody_sends_the_form_again(inside: Ground):
    await whole.company(at=NOON)
    anna = await whole.person(ANNA, at=NOON)
    await confirm(await join(anna, at=NOON), at=NOON)
    assert await join(anna, at=NOON + DAY) is None
    assert await joining.takes_part(customer=anna, program=await program_of("freunde"))


async def test_whoever_took_part_in_a_program_that_ended_may_take_part_in_the_next(inside: Ground):
    await whole.company(at=NOON)
    anna = await whole.person(ANNA, at=NOON)
    await confirm(await join(anna, at=NOON), at=NOON)
    await another_program(at=NOON + DAY)
    old, new = await program_of("freunde"), await program_of("nachbarn")
    assert not await joining.takes_part(customer=anna, program=new), "she accepted the terms of another program"
    await confirm(await join(anna, at=NOON + DAY), at=NOON + 2 * DAY)
    assert await joining.takes_part(customer=anna, program=new)
    assert await sharing.standing(customer=anna, program=new)
    assert await ground.fetch("SELECT confirmed_at FROM participation WHERE program = $1", old) == [
        {"confirmed_at": NOON}
    ]


async def test_a_button_confirms_the_program_its_mail_was_about(inside: Ground):
    await whole.company(at=NOON)
    anna = await whole.person(ANNA, at=NOON)
    earlier = await join(anna, at=NOON)
    await another_program(at=NOON + HOUR)
    later = await join(anna, at=NOON + HOUR)
    old, new = await program_of("freunde"), await program_of("nachbarn")
    await confirm(earlier, at=NOON + 2 * HOUR)
    assert await joining.takes_part(customer=anna, program=old)
    assert not await joining.takes_part(customer=anna, program=new)
    await confirm(later, at=NOON + 3 * HOUR)
    assert await joining.takes_part(customer=anna, program=new)


async def test_a_mail_asked_for_twice_confirms_by_either_button(inside: Ground):
    await whole.company(at=NOON)
    anna = await whole.person(ANNA, at=NOON)
    first = await join(anna, at=NOON)
    await join(anna, at=NOON + HOUR)
    assert (await confirm(first, at=NOON + 2 * HOUR)).login is not None
    assert await joining.takes_part(customer=anna, program=await program_of("freunde"))


async def test_a_program_that_rests_meanwhile_can_still_be_confirmed(inside: Ground):
    await whole.company(at=NOON)
    anna = await whole.person(ANNA, at=NOON)
    asked = await join(anna, at=NOON)
    await publishing.publish(terms=msgspec.structs.replace(whole.TERMS, state="paused"), at=NOON + HOUR)
    assert (await confirm(asked, at=NOON + 2 * HOUR)).login is not None


async def test_a_program_is_offered_to_customers_and_to_whoever_took_part_and_to_no_friend_who_has_not_bought(
    inside: Ground,
):
    await whole.company(at=NOON)
    anna = await whole.person(ANNA, at=NOON)
    await confirm(await join(anna, at=NOON), at=NOON)
    bert = await whole.person("bert@people.example", at=NOON, name="Bert")
    assert await joining.offered_anew(customer=anna, at=NOON + 2 * DAY) == [], "she takes part in it"
    await moving.end_others(keys=["nachbarn"], at=NOON + DAY)
    assert await joining.offered_anew(customer=anna, at=NOON + 2 * DAY) == [], "nothing is live"
    await another_program(at=NOON + DAY)
    assert [offer.key for offer in await joining.offered_anew(customer=anna, at=NOON + 2 * DAY)] == ["nachbarn"]
    assert [offer.key for offer in await joining.offered_anew(customer=bert, at=NOON + 2 * DAY)] == ["nachbarn"]
    await ground.execute("UPDATE customer SET stage = 'lead' WHERE id = $1", bert)
    assert await joining.offered_anew(customer=bert, at=NOON + 2 * DAY) == [], "he has bought nothing"
    assert not await joining.may_ask(customer=bert, program="nachbarn", at=NOON + 2 * DAY)
    await confirm(await join(anna, at=NOON + DAY), at=NOON + 2 * DAY)
    assert await joining.offered_anew(customer=anna, at=NOON + 2 * DAY) == []


async def test_somebody_takes_part_in_the_program_they_chose_of_several(inside: Ground):
    await whole.company(at=NOON)
    await publishing.publish(terms=msgspec.structs.replace(whole.TERMS, key="nachbarn"), at=NOON + HOUR)
    anna, terms = await whole.person(ANNA, at=NOON), (await texts.current(kind="terms", language="de")).id
    form = Form(language="de", terms=terms)
    for key, at in (("freunde", NOON + DAY), ("nachbarn", NOON + 2 * DAY)):
        request = await joining.join(customer=anna, email=ANNA, form=form, at=at, program=key)
        await confirm(request, at=at)
        assert await joining.takes_part(customer=anna, program=await program_of(key))
    assert len(await accepted.of(customer=anna)) == 2
    with pytest.raises(NoProgram):
        await joining.join(customer=anna, email=ANNA, form=form, at=NOON + DAY, program="niemand")


async def test_a_program_for_a_segment_is_open_to_whoever_is_in_it(inside: Ground):
    await whole.company(at=NOON)
    anna, bert = [await whole.person(f"{name}@people.example", at=NOON, name=name) for name in ("anna", "bert")]
    (segment,) = await ground.fetch(
        "INSERT INTO segment (key, name, purpose, version, definition, evaluates, created_at, changed_at) "
        "VALUES ('stamm', 'Stamm', 'Dank', 1, '{}', false, $1, $1) RETURNING id",
        NOON,
    )
    await ground.execute("INSERT INTO segment_member VALUES ($1, $2, $3)", segment["id"], anna, NOON.date())
    await publishing.publish(terms=msgspec.structs.replace(whole.TERMS, audience=segment["id"]), at=NOON + HOUR)
    assert (await joining.offered(customer=anna, at=NOON + DAY)).key == "freunde"
    with pytest.raises(NoProgram):
        await joining.offered(customer=bert, at=NOON + DAY)


async def test_what_was_accepted_is_read_again_to_the_letter_whatever_is_published_since(inside: Ground):
    await whole.company(at=NOON)
    code = await whole.advocate(ANNA, at=NOON)
    await whole.friend(code, "bert@people.example", at=NOON)
    dearer = [msgspec.structs.replace(whole.TERMS.rules[0], cents=9900)]
    await publishing.publish(terms=msgspec.structs.replace(whole.TERMS, rules=dearer), at=NOON + DAY)
    for email in (ANNA, "bert@people.example"):
        (one,) = await accepted.of(customer=await whole.person(email, at=NOON))
        assert (one.number, one.wording) == (1, "Wir zahlen.")
        assert "Wer empfiehlt, bekommt: 50" in one.conditions
        assert "Wer geworben wird, bekommt: 25" in one.conditions
        assert "9" not in one.conditions.replace("2026", "")
