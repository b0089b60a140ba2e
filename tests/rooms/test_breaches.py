"""A breach is kept with what was known when, its clock runs from when the company knew, and nothing is written over."""

from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from leumund.audit import listing as log
from leumund.kit import free_text, ground, printing
from leumund.kit.ground import Ground
from leumund.privacy.breaches import listing, recording, rules, showing, telling
from leumund.privacy.breaches.recording import Said
from tests.conftest import NOON

HOUR = timedelta(hours=1)
CLERK = f"staff:{uuid4()}"
MAIL = "Eine Liste mit 12 Adressen ging an die falsche Firma."


async def begun() -> UUID:
    return await recording.record(words=MAIL, known_at=NOON - HOUR, actor=CLERK, at=NOON)


async def step(breach: UUID, what: str, words: str = "So war es.", *, hours: int = 1, **counted: int) -> None:
    said = Said(words=words, **counted)
    await recording.take(breach=breach, what=what, said=said, actor=CLERK, at=NOON + hours * HOUR)


async def test_the_clock_runs_for_72_hours_from_when_it_was_known(inside: Ground):
    breach = await begun()
    for hours, late in ((71, False), (72, True)):
        standing = (await listing.find(breach=breach, at=NOON + hours * HOUR)).standing
        assert (standing.due_at, standing.is_late) == (NOON + 71 * HOUR, late)


async def test_what_the_authority_asks_for_is_missing_until_it_is_told_in_phases(inside: Ground):
    breach = await begun()
    asked = []
    for what in (*rules.CONTENT, "authority_needed", "people_not_needed", "authority_told"):
        asked.append((await listing.find(breach=breach, at=NOON)).standing.missing)
        await step(breach, what)
    assert asked[0] == [*rules.CONTENT, "authority", "people"]
    assert asked[-1] == ["authority_told"]
    assert (await listing.find(breach=breach, at=NOON)).standing.missing == []


async def test_told_in_time_stays_in_time_and_too_late_stays_late(inside: Ground):
    for hours, late in ((70, False), (80, True)):
        breach = await begun()
        await step(breach, "authority_told", hours=hours)
        assert (await listing.find(breach=breach, at=NOON + 900 * HOUR)).standing.is_late is late


async def test_no_clock_runs_where_the_authority_need_not_be_told(inside: Ground):
    breach = await begun()
    await step(breach, "authority_not_needed", "Die Datei war verschlüsselt.")
    assert not (await listing.find(breach=breach, at=NOON + 900 * HOUR)).standing.is_late
    await step(breach, "authority_needed", "", hours=2)
    assert (await listing.find(breach=breach, at=NOON + 900 * HOUR)).standing.is_late


async def test_the_newest_word_holds_and_the_older_one_stays(inside: Ground):
    breach = await begun()
    await step(breach, "nature", "Zehn.", people=10, hours=1)
    await step(breach, "nature", "Doch zwölf.", people=12, records=24, hours=2)
    found = await listing.find(breach=breach, at=NOON)
    newest = found.newest("nature")
    assert newest is not None
    assert (newest.words, newest.people, newest.records) == ("Doch zwölf.", 12, 24)
    assert [told.words for told in found.story] == [MAIL, "Zehn.", "Doch zwölf."]


@pytest.mark.parametrize(
    ("what", "words", "fault"),
    [
        ("nature", "  ", recording.WordsMissing),
        ("authority_not_needed", "", recording.WordsMissing),
        ("nature", "x" * 5001, free_text.TooLong),
        ("forgotten", "x", recording.StepUnknown),
    ],
)
async def test_a_step_says_what_it_must(inside: Ground, what: str, words: str, fault: type[Exception]):
    breach = await begun()
    with pytest.raises(fault):
        await step(breach, what, words)


async def test_nothing_follows_the_end(inside: Ground):
    breach = await begun()
    await step(breach, "closed", "")
    with pytest.raises(recording.BreachClosed):
        await step(breach, "nature")


@pytest.mark.parametrize("known_at", [NOON + HOUR, NOON - timedelta(days=5000)])
async def test_nobody_knew_in_the_future_or_long_ago(inside: Ground, known_at):
    with pytest.raises(recording.NotYet):
        await recording.record(words=MAIL, known_at=known_at, actor=CLERK, at=NOON)


@pytest.mark.parametrize("sql", ["UPDATE breach_step SET at = now()", "DELETE FROM breach", "DELETE FROM breach_step"])
async def test_mallory_changes_no_step(inside: Ground, sql: str):
    await begun()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with ground.savepoint():
            await ground.execute(sql)


async def test_words_are_sealed_and_the_log_has_none(inside: Ground):
    breach = await begun()
    rows = await ground.fetch("SELECT words_sealed FROM breach_step WHERE breach = $1", breach)
    assert b"Adressen" not in rows[0]["words_sealed"]
    assert "Adressen" not in str((await log.page(subject=breach)).rows)


async def test_what_the_operator_tells_stands_in_the_register_once(inside: Ground):
    notice = uuid4()
    for _ in range(2):
        await telling.tell(notice=notice, words="Ein Backup lag offen.", actor="operator:cli", at=NOON)
    (found,) = await listing.every(at=NOON)
    assert (found.source, found.known_at, found.happened) == ("operator", NOON, "Ein Backup lag offen.")


@pytest.mark.parametrize("lang", ["de", "en"])
async def test_it_is_printed_as_the_authority_asks_for_it(inside: Ground, lang: str):
    breach = await begun()
    await step(breach, "nature", "Zwölf.", people=12)
    found = await listing.find(breach=breach, at=NOON)
    sheet = showing.sheet(found, controller="Linden GmbH", lang=lang, moment=str, at=NOON)
    assert MAIL in str(sheet)
    assert printing.pdf(sheet).startswith(b"%PDF")
