"""Taking part begins with a confirmation, and begins anew with a new one."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from leumund.consent.texts import publishing as texts
from leumund.kit import ground
from leumund.kit.ground import Ground
from leumund.programs import joining, moving, offering, publishing
from leumund.programs.joining import Form
from leumund.referrals import confirming, sharing
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
    assert await sharing.standing_code(customer=anna, program=new)
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


async def test_only_whoever_took_part_before_is_offered_the_program_that_followed(inside: Ground):
    await whole.company(at=NOON)
    anna = await whole.person(ANNA, at=NOON)
    await confirm(await join(anna, at=NOON), at=NOON)
    bert = await whole.person("bert@people.example", at=NOON, name="Bert")
    assert await joining.offered_anew(customer=anna, at=NOON + 2 * DAY) is None, "she takes part in it"
    await moving.end_others(keys=["nachbarn"], at=NOON + DAY)
    assert await joining.offered_anew(customer=anna, at=NOON + 2 * DAY) is None, "nothing is live"
    await another_program(at=NOON + DAY)
    offer = await joining.offered_anew(customer=anna, at=NOON + 2 * DAY)
    assert offer is not None
    assert offer.key == "nachbarn"
    assert await joining.offered_anew(customer=bert, at=NOON + 2 * DAY) is None, "he never took part in anything"
    await confirm(await join(anna, at=NOON + DAY), at=NOON + 2 * DAY)
    assert await joining.offered_anew(customer=anna, at=NOON + 2 * DAY) is None
