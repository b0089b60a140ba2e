"""Nobody fills a stranger's mailbox with our forms, and nobody pays for Mallory's flood but Mallory."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from leumund.kit import ground
from leumund.messages.gate import pacing
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.conftest import NOON
from tests.rooms import whole

MALLORY, ANNA = "198.51.100.7", "192.0.2.1"
HOUR = timedelta(hours=1)
VICTIM = "clara@people.example"


async def floods(times: int, *, peer: str = MALLORY, link: str = "") -> None:
    for _ in range(times):
        await pacing.count(peer=peer, link=link, at=NOON)


async def mails(kind: str) -> int:
    return len(await ground.fetch("SELECT FROM message WHERE kind = $1", kind))


async def test_one_place_has_thirty_mails_sent_an_hour_and_others_have_theirs(inside: ground.Ground):
    await floods(30)
    with pytest.raises(pacing.TooMany) as refused:
        await pacing.count(peer=MALLORY, at=NOON + HOUR / 4)
    assert refused.value.wait_seconds == 45 * 60
    await pacing.count(peer=ANNA, at=NOON)
    await pacing.count(peer=MALLORY, at=NOON + HOUR)


async def test_one_link_has_a_hundred_mails_sent_an_hour_from_wherever(inside: ground.Ground):
    for n in range(100):
        await floods(1, peer=f"198.51.100.{n}", link="abcdefgh")
    with pytest.raises(pacing.TooMany):
        await pacing.count(peer=ANNA, link="abcdefgh", at=NOON)
    await pacing.count(peer=ANNA, link="hgfedcba", at=NOON)


async def test_all_together_have_a_ceiling(inside: ground.Ground):
    await floods(1)
    await ground.execute("UPDATE mail_attempt SET attempts = 2000 WHERE key_hash = $1", pacing._hashed("all"))
    with pytest.raises(pacing.TooMany):
        await pacing.count(peer=ANNA, at=NOON)


async def test_what_is_kept_tells_no_address_and_goes_when_it_counts_no_more(inside: ground.Ground):
    await floods(1, link="abcdefgh")
    assert await pacing.may_check(mailbox=VICTIM, at=NOON)
    rows = await ground.fetch("SELECT * FROM mail_attempt")
    assert len(rows) == 4
    assert not any(word in str(rows) for word in (MALLORY, "abcdefgh", "clara"))
    await pacing.clear(at=NOON + HOUR)
    assert len(await ground.fetch("SELECT FROM mail_attempt")) == 1
    await pacing.clear(at=NOON + 24 * HOUR)
    assert await ground.fetch("SELECT FROM mail_attempt") == []


async def test_a_hundred_names_of_one_mailbox_get_three_mails(inside: ground.Ground):
    await whole.company(at=NOON)
    code = await whole.advocate("anna@people.example", at=NOON)
    before = await mails("opt_in")
    asked = [await whole.accept(code, VICTIM.replace("@", f"+{n}@"), at=NOON) for n in range(100)]
    assert (sum(request is not None for request in asked), await mails("opt_in") - before) == (3, 3)
    assert await whole.accept(code, VICTIM, at=NOON + 24 * HOUR) is not None


async def test_what_one_kind_of_mail_used_up_leaves_the_others(inside: ground.Ground):
    for may, most in ((pacing.may_check, 3), (pacing.may_log_in, 5), (pacing.may_prove, 5)):
        assert [await may(mailbox=VICTIM, at=NOON) for _ in range(most + 1)] == [True] * most + [False]
    member = uuid4()
    assert [await pacing.may_test(member=member, at=NOON) for _ in range(21)] == [True] * 20 + [False]


async def test_many_at_once_for_one_mailbox_are_no_more_than_the_limit(deployment: Deployment, company: Tenant):
    async def ask() -> bool:
        async with deployment.scopes.inside(company):
            return await pacing.may_log_in(mailbox=VICTIM, at=NOON)

    assert sum(await asyncio.gather(*(ask() for _ in range(24)))) == 5


async def test_whoever_takes_part_is_asked_nothing_again(inside: ground.Ground):
    await whole.company(at=NOON)
    await whole.advocate("anna@people.example", at=NOON)
    before = await mails("opt_in")
    assert await whole.join("anna@people.example", at=NOON) is None
    assert await mails("opt_in") == before


async def test_thirty_joins_of_one_person_are_three_mails(inside: ground.Ground):
    await whole.company(at=NOON)
    await whole.person(VICTIM, at=NOON)
    asked = [await whole.join(VICTIM, at=NOON) for _ in range(30)]
    assert (sum(request is not None for request in asked), await mails("opt_in")) == (3, 3)
