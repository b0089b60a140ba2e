"""Taking part begins with a confirmation, and begins anew with a new one."""

from datetime import datetime, timedelta
from uuid import UUID

from leumund.consent import publishing
from leumund.kit import ground
from leumund.kit.ground import Ground
from leumund.programs import joining
from tests.conftest import NOON
from tests.rooms import whole

DAY = timedelta(days=1)
ANNA = "anna@people.example"


async def join(customer: UUID, *, at: datetime) -> None:
    terms = (await publishing.current(kind="terms", language="de")).id
    await joining.join(customer=customer, email=ANNA, consents={}, terms=terms, language="de", evidence={}, at=at)


async def test_whoever_left_and_comes_back_confirms_anew(inside: Ground):
    await whole.company(at=NOON)
    anna = await whole.person(ANNA, at=NOON)
    await join(anna, at=NOON)
    await joining.confirm(customer=anna, at=NOON)
    assert await joining.takes_part(customer=anna)
    await ground.execute("UPDATE participation SET ended_at = $1", NOON + DAY)
    await join(anna, at=NOON + 2 * DAY)
    assert not await joining.takes_part(customer=anna), "nobody has pressed the new mail's button"
    await joining.confirm(customer=anna, at=NOON + 3 * DAY)
    assert await ground.fetch("SELECT confirmed_at FROM participation") == [{"confirmed_at": NOON + 3 * DAY}]


async def test_whoever_takes_part_stays_so_when_somebody_sends_the_form_again(inside: Ground):
    await whole.company(at=NOON)
    anna = await whole.person(ANNA, at=NOON)
    await join(anna, at=NOON)
    await joining.confirm(customer=anna, at=NOON)
    await join(anna, at=NOON + DAY)
    assert await joining.takes_part(customer=anna)
