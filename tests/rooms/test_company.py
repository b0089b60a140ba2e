"""A company describes itself once, and again only where something changed."""

from datetime import UTC, datetime

import msgspec
import pytest

from leumund.company import describing, rules
from leumund.company.describing import Profile
from leumund.kit.ground import Ground

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LINDEN = Profile(
    name="Linden",
    legal_name="Linden Energie GmbH",
    imprint={"street": "Lindenallee 1", "postal_code": "20095", "city": "Hamburg", "country": "Deutschland"},
    sender_name="Linden Energie",
    sender_email="post@linden.example",
    languages=["de", "en"],
    country="DE",
    currency="EUR",
    time_zone="Europe/Berlin",
    theme="hearth",
    tokens={"color-brand": "#0a5c36"},
)


async def test_nobody_has_said_yet_who_it_is(inside: Ground):
    with pytest.raises(describing.NotDescribed):
        await describing.profile()


async def test_it_is_what_it_was_described_as(inside: Ground):
    assert await describing.describe(profile=LINDEN, at=NOON)
    assert await describing.profile() == LINDEN


async def test_saying_the_same_again_changes_nothing(inside: Ground):
    await describing.describe(profile=LINDEN, at=NOON)
    assert not await describing.describe(profile=LINDEN, at=NOON)


async def test_a_new_colour_is_a_change(inside: Ground):
    await describing.describe(profile=LINDEN, at=NOON)
    green = msgspec.structs.replace(LINDEN, tokens={"color-brand": "#00ff00"}, logo="logo.svg")
    assert await describing.describe(profile=green, at=NOON)
    assert await describing.profile() == green


async def test_the_state_it_chose_stays_whatever_it_is_described_as(inside: Ground):
    await describing.describe(profile=LINDEN, at=NOON)
    assert await describing.settle(region="HH", at=NOON)
    assert not await describing.settle(region="HH", at=NOON)
    assert not await describing.describe(profile=LINDEN, at=NOON)
    assert await describing.describe(profile=msgspec.structs.replace(LINDEN, name="Linde"), at=NOON)
    assert (await describing.profile()).region == "HH"


def test_it_is_written_in_one_line():
    written = rules.controller(LINDEN.legal_name, LINDEN.imprint)
    assert written == "Linden Energie GmbH, Lindenallee 1, 20095 Hamburg, Deutschland"
    assert rules.controller("Birke Ltd", {}) == "Birke Ltd"
