"""Whoever answers while a batch is written out is in it or in the next, and never in none."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

from leumund.kit import ground
from leumund.surveys import rules
from leumund.surveys.answers import boxing, mixing
from leumund.surveys.answers.boxing import Content
from leumund.surveys.questions import starting
from leumund.surveys.questions.filling import Filled
from leumund.surveys.studio import publishing
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.rooms import whole

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ASKED = starting.nps({"de": {"question": "Wie war es?"}})


async def test_an_answer_given_while_others_are_written_out_is_not_lost(deployment: Deployment, company: Tenant):
    async with deployment.scopes.inside(company):
        await whole.company(at=NOON)
        survey = await publishing.publish(key="ehrlich", definition=ASKED, named=False, at=NOON)

    async def answer(mark: int) -> None:
        async with deployment.scopes.inside(company):
            content = Content(filled=Filled(marks={"recommend": mark % 11}), language="de", channel="email")
            await boxing.put(uuid4(), survey=survey, content=content)
            await asyncio.sleep(0)

    async def mix() -> int:
        async with deployment.scopes.inside(company):
            return await mixing.mix(at=NOON)

    written = 0
    for round_ in range(6):
        done = await asyncio.gather(*(answer(round_ + mark) for mark in range(5)), mix(), mix())
        written += sum(each for each in done if each is not None)
    async with deployment.scopes.inside(company):
        waiting = len(await ground.fetch("SELECT FROM survey_box"))
        assert len(await ground.fetch("SELECT FROM survey_answer")) == written == 30 - waiting
        assert written >= rules.LEAST_CELL, "some were written out"
        assert waiting + await mixing.mix(at=NOON) >= waiting, "and what is left can be opened"
