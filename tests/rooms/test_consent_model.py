"""Whatever people, staff, files, mails and nights do to consents, in whatever order: what a small model says, holds.

No advertising goes without a consent valid at that moment for that person, channel and purpose; a stop always wins; the
state is the fold of the events; every chain verifies; what is refused leaves all rows as they were.
"""

import asyncio
from functools import partial
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from leumund.consent import checking
from leumund.consent.giving import confirming
from leumund.consent.stopping import ending, suppressing
from leumund.kit import ground
from leumund.messages.gate import gating
from tests.rooms import consent_deeds as deeds
from tests.rooms.consent_model import DAY, HOUR, MINUTE, PURPOSES
from tests.rooms.consent_story import MAILBOXES, PEOPLE, Here, Story

PLAN = settings(
    max_examples=16,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
async def here(inside: ground.Ground) -> Here:
    return Here(await deeds.company(PEOPLE))


async def tell_any(here: Here) -> None:
    """Any stories."""
    # The machine is no coroutine; it lives in a thread, and the rooms stay on this loop and in this scope.
    await asyncio.to_thread(run_state_machine_as_test, partial(Story, here), settings=PLAN)


BOTH = dict.fromkeys(PURPOSES, True)
# Each is told of Anna, who allowed everything, got a mail, and has a link that waits.
FIRST: list[tuple[Any, dict[str, Any]]] = [
    (Story.was_restricted, {"name": "anna"}),
    (Story.complained, {"place": 0}),
    *((Story.objected, {"name": "anna", "by_telephone": each}) for each in (True, False)),
    *((Story.time_passed, {"time": each}) for each in (2 * DAY, HOUR, 31 * DAY)),
    (Story.confirmed, {"place": 0}),
    (Story.agreed_in_the_portal, {"name": "anna", "purpose": "survey"}),
    *((Story.withdrew_in_the_portal, {"name": "anna", "purpose": each}) for each in (None, "survey")),
    (Story.withdrew_by_telephone, {"name": "anna", "purpose": None}),
    (Story.unsubscribed_by_one_click, {"place": 0}),
    *((Story.moved_to_another_mailbox, {"name": "anna", "email": each}) for each in MAILBOXES[:3]),
    *((Story.wanted_to_be_erased, {"name": "anna", "reason": each}) for each in ("objection", "no_longer_needed")),
]
# Whatever might bring a yes back, the older first.
PAPER: dict[str, Any] = {"name": "anna", "purpose": "survey", "way": "paper", "channel": "email", "is_proven": True}
FILE: dict[str, Any] = {"name": "anna", "email": None, "claimed": {"survey"}, "proven": True}
THEN: list[tuple[Any, dict[str, Any]]] = [
    (Story.everybody_was_to_be_asked, {}),
    (Story.confirmed, {"place": 0}),
    (Story.was_taken_down, PAPER | {"ago": HOUR}),
    (Story.moved_to_another_mailbox, {"name": "anna", "email": MAILBOXES[0]}),
    (Story.came_in_by_a_file, FILE),
    (Story.agreed_in_the_portal, {"name": "anna", "purpose": "survey"}),
    (Story.asked, {"name": "anna", "ticked": BOTH, "at_once": True}),
    (Story.was_told_that_the_rest_ends, {"name": "anna"}),
    (Story.time_passed, {"time": 31 * DAY}),
    (Story.came_in_by_a_file, FILE),
    (Story.was_taken_down, PAPER | {"ago": MINUTE}),
    (Story.asked, {"name": "anna", "ticked": BOTH, "at_once": True}),
]


async def tell_of_anna(here: Here) -> None:
    """What comes first, and then whatever might bring a yes back."""
    for first in FIRST:
        await asyncio.to_thread(_tell, here, [first, *THEN])


def _tell(here: Here, deeds_of_hers: list[tuple[Any, dict[str, Any]]]) -> None:
    story = Story(here)
    try:
        story.two_are_asked_and_written_to(BOTH, at_once=True)
        story.asked("anna", BOTH, at_once=False)
        for deed, how in deeds_of_hers:
            deed(story, **how)
            story.all_is_as_the_model_says()
    finally:
        story.teardown()


async def test_whatever_happened_brings_back_no_more_than_it_may(here: Here):
    await tell_of_anna(here)


async def test_no_story_gets_a_mail_past_the_gate(here: Here):
    await tell_any(here)
    assert min(here.told["deliver", "sent"], here.told["deliver", "held"]) >= 10, "much was sent, and much was not"


@pytest.mark.parametrize(
    ("room", "statement", "said", "instead"),
    [
        pytest.param(checking, "_ALLOWED", "WHERE channel = $5", "WHERE false AND channel = $5", id="stops"),
        pytest.param(checking, "_ALLOWED", "(latest.address, person.address)", "(person.address)", id="mailboxes"),
        pytest.param(ending, "_OPEN", "WHERE NOT state = ANY ($4::text[])", "WHERE false", id="withdrawals"),
        pytest.param(gating, "_HELD", "held IS NOT NULL", "held = 'erased'", id="rest"),
        pytest.param(confirming, "_ASKED", "ended.at >= asked.at", "false", id="old links"),
        pytest.param(confirming, "_CLAIM", "expires_at > $2", "expires_at <> $2", id="48 hours"),
        pytest.param(suppressing, "_LIFT", "AND reason = 'withdrawal'", "", id="hard stops"),
    ],
)
async def test_a_room_that_forgets_something_is_found_by_the_same_stories(
    here: Here, monkeypatch: pytest.MonkeyPatch, room: ModuleType, statement: str, said: str, instead: str
):
    sql = getattr(room, statement)
    assert said in sql
    monkeypatch.setattr(room, statement, sql.replace(said, instead))
    with pytest.raises(
        AssertionError, match=r"(goes where|lets through whom) it may|fold of the events|what stands|should be"
    ):
        await tell_of_anna(here)
