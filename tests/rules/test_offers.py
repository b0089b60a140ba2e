"""What an offer says people get is what they get: nothing that is over, and no less than one sum says."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from leumund.programs.offers import Offer, Rule, Version
from leumund.web.public import offers

MAY = datetime(2026, 5, 1, tzinfo=UTC)
BASE = Rule(side="advocate", kind="cash", cents=5000, key="base")
TIER = Rule(side="advocate", kind="cash", cents=7500, key="tier", from_count=3)
FIFTH = Rule(side="advocate", kind="cash", cents=10_000, key="fifth", milestone=5)
SPRING = Rule(side="advocate", kind="cash", cents=2000, key="spring", bonus=True, ends_at=MAY)


def promised(*rules: Rule, at: datetime = MAY, language: str = "de") -> offers.Promise | None:
    version = Version(
        id=UUID(int=2), number=1, terms={}, texts={}, hold_days=14, rules=rules, published_at=MAY, published_by="demo"
    )
    offer = Offer(
        id=UUID(int=1),
        key="nachbarn",
        state="live",
        currency="EUR",
        budget_cents=1,
        begins_at=None,
        ends_at=None,
        review_above_cents=None,
        four_eyes_above_cents=None,
        zone="Europe/Berlin",
        version=version,
    )
    found = offers.promised(offer, side="advocate", language=language, at=at)
    return found and offers.Promise(*(part.replace("\xa0", " ") for part in found))


def test_one_reward_is_said_as_it_is():
    assert promised(BASE) == ("50 €", "", "50 €")


@pytest.mark.parametrize(("language", "said"), [("de", "mindestens 50 €"), ("en", "at least €50")])
def test_where_a_tier_or_a_milestone_can_make_it_more_one_sum_says_so(language: str, said: str):
    found = promised(BASE, TIER, FIFTH, language=language)
    assert found is not None
    assert found.whole == said
    assert "75" in found.least


def test_a_tier_that_gives_less_is_said_beside_the_first():
    less = promised(BASE, Rule(side="advocate", kind="cash", cents=1000, key="less", from_count=3))
    assert less is not None
    assert less.whole == "50 € (10 €, ab der 3. erfolgreichen Empfehlung)"


def test_a_campaign_that_is_over_is_promised_to_nobody():
    day = timedelta(days=1)
    running, over = promised(BASE, SPRING, at=MAY - day), promised(BASE, SPRING, at=MAY)
    assert running is not None
    assert running.least.startswith("20 €")
    assert over == ("50 €", "", "50 €")
    assert promised(SPRING, at=MAY) is None
