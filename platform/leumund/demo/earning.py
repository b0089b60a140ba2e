"""Two months of a program in one go, each deed at its moment: people take part, friends buy, give back, are released.

It is one transaction, so that the worker, which lives today, finds all of it done.
"""

from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from leumund.consent.texts import publishing as texts
from leumund.customers.records import finding
from leumund.demo import following, neighbours, paying
from leumund.demo.neighbours import Friend
from leumund.demo.paying import Payers
from leumund.kit import actors
from leumund.programs import drafting, issuing, joining
from leumund.programs.joining import Form
from leumund.referrals import accepting, confirming, sharing
from leumund.referrals.sharing import Link
from leumund.rewards import converting, refunding, releasing
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order

Deed = Callable[[datetime], Awaitable[None]]
# What was due so many days ago is paid already; what was released since waits.
_PAID = 25


async def earned(desk: Payers, *, today: datetime) -> None:
    """Inside the company: what ``neighbours`` tells, up to a batch that arrived and one that waits."""
    began = today - timedelta(days=neighbours.BEGAN)
    work = neighbours.terms(at=today)
    await drafting.begin(terms=work, member=desk.owner, at=began)
    seen = (await drafting.in_work(key=work.key)).seen
    await issuing.issue(key=work.key, seen=seen, actor=f"staff:{desk.owner}", at=began)
    await following.planned(by=desk.owner, at=began)
    links = {email: await _takes_part(email, began + timedelta(hours=2)) for email in neighbours.ADVOCATES}
    for days, deed in sorted(_deeds(links, desk), key=lambda each: -each[0]):
        await deed(today - timedelta(days=days))
    await paying.gathered(desk, at=today)


def _deeds(links: dict[str, Link], desk: Payers) -> Iterator[tuple[int, Deed]]:
    for friend in neighbours.FRIENDS:
        yield from _deeds_of(friend, links[friend.advocate])
    yield _PAID, lambda at: paying.paid(desk, at=at)


def _deeds_of(friend: Friend, link: Link) -> Iterator[tuple[int, Deed]]:
    earned: list[UUID] = []
    yield friend.signed_up, lambda at: _signs_up(friend, link, at)
    if friend.bought is None:
        return
    yield friend.bought, lambda at: _buys(friend, earned, at)
    if friend.gave_back is not None:
        yield friend.gave_back, lambda at: _gives_back(friend, at)
    elif friend.bought > neighbours.HOLD_DAYS:
        yield friend.bought - neighbours.HOLD_DAYS, lambda at: _released(earned, at)


async def _takes_part(email: str, at: datetime) -> Link:
    person = await finding.by_email(email=email)
    assert person is not None, "among the customers that were imported"
    form = Form(language="de", terms=(await texts.current(kind="terms", language="de")).id)
    request = await joining.join(customer=person.id, email=email, form=form, at=at, program=neighbours.KEY)
    assert request is not None, "asked for the first time"
    await confirming.confirm(request=request, at=at, evidence={})
    offer = await joining.offered(customer=person.id, at=at, program=neighbours.KEY)
    await sharing.code_of(customer=person.id, program=offer.id, at=at)
    link = await sharing.standing(customer=person.id, program=offer.id)
    assert link is not None, "made just now"
    return link


async def _signs_up(friend: Friend, link: Link, at: datetime) -> None:
    click = await following.followed(link=link.id, friend=friend, at=at)
    form = accepting.Form(
        language="de",
        terms=(await texts.current(kind="terms", language="de")).id,
        email=friend.email,
        given_name=friend.given_name,
        family_name=friend.family_name,
        click=click,
    )
    request = await accepting.accept(code=link.code, form=form, at=at)
    assert request is not None, "nobody knows them yet"
    await confirming.confirm(request=request, at=at, evidence={})


async def _buys(friend: Friend, earned: list[UUID], at: datetime) -> None:
    order = Order(
        order_id=friend.order_id,
        cents=friend.order_cents,
        currency="EUR",
        customer=CustomerRef(email=friend.email),
        occurred_at=at,
    )
    earned += (await converting.convert(order=order, at=at)).rewards


async def _gives_back(friend: Friend, at: datetime) -> None:
    await refunding.refund(order_id=friend.order_id, at=at, actor=actors.COMMAND_LINE)


async def _released(earned: list[UUID], at: datetime) -> None:
    for reward in earned:
        await releasing.release(reward=reward, at=at)
