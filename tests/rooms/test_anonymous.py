"""An anonymous answer cannot be tied to anybody: not by a column, a moment or an order, by whoever has the database."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest

from leumund.kit import ground, personal
from leumund.kit.faults import Refusals
from leumund.surveys import rules
from leumund.surveys.answers import answering, listing, mixing
from leumund.surveys.answers.answering import NoLongerOpen
from leumund.surveys.questions.defining import Condition, Definition, Question, Wording
from leumund.surveys.studio import closing, publishing
from leumund.surveys.studio.publishing import Published
from tests.conftest import NOON
from tests.rooms import whole

DAY = timedelta(days=1)
# Each answers at a moment of their own, which no row may tell.
MOMENTS = [NOON + timedelta(hours=n, minutes=7 * n + 3, seconds=11 * n + 1, microseconds=n + 1) for n in range(40)]
_COLUMNS = """
SELECT c.relname AS "table", a.attname AS name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
"""
ASKED = Definition(
    titles={"de": "Anonym"},
    questions=[
        Question(key="recommend", kind="nps", required=True, texts={"de": Wording(question="Wie wahrscheinlich?")}),
        Question(
            key="why",
            kind="text",
            texts={"de": Wording(question="Was war los?")},
            when=[Condition(question="recommend", marks=list(range(7)))],
        ),
        Question(key="comment", kind="text", texts={"de": Wording(question="Noch etwas?")}),
    ],
)


@pytest.fixture
async def survey(inside: ground.Ground) -> Published:
    await whole.company(at=NOON)
    return await publishing.publish(key="ehrlich", definition=ASKED, named=False, at=NOON)


async def invited(survey: Published, number: int) -> UUID:
    person = await whole.person(f"guest{number}@people.example", at=NOON)
    rows = await ground.fetch(
        "INSERT INTO survey_invitation (survey, customer, invited_at, expires_at) "
        "VALUES ($1, $2, $3, $3::timestamptz + interval '90 days') RETURNING id",
        survey.id,
        person,
        NOON,
    )
    invitation: UUID = rows[0]["id"]
    return invitation


async def answer(
    invitation: UUID, score: int, *, at: datetime, words: str = "", language: str = "de", channel: str = "email"
) -> None:
    sent = {"recommend": [str(score)], "why": [words], "comment": [words]}
    for page in (0, 1):
        await answering.answer(invitation=invitation, sent=sent, page=page, language=language, channel=channel, at=at)


async def everything() -> list[str]:
    """All that stands in the company's tables, column by column, as a superuser would read it."""
    found = []
    for table in {row["table"] for row in await ground.fetch(_COLUMNS)}:
        rows = await ground.fetch(f"SELECT to_jsonb(t)::text AS row FROM {table} t")
        found += [row["row"] for row in rows]
    return found


async def scores_as_written() -> list[int]:
    """In the order the table's file has them, which is that of writing."""
    return [row["score"] for row in await ground.fetch("SELECT score FROM survey_answer ORDER BY ctid")]


async def test_until_there_are_enough_nothing_can_be_read_and_nothing_is_counted(survey: Published):
    for number in range(rules.LEAST_CELL - 1):
        await answer(await invited(survey, number), 9, at=MOMENTS[number], words="Kanarienvogel")
        assert await mixing.mix(at=NOON + DAY) == 0
    assert await ground.fetch("SELECT FROM survey_answer") == []
    assert not any("Kanarienvogel" in row for row in await everything())
    await answer(await invited(survey, 99), 3, at=MOMENTS[9], words="Kanarienvogel")
    assert await mixing.mix(at=NOON + DAY) == rules.LEAST_CELL
    said = (await listing.answers(after=None)).rows
    assert sorted(each.score for each in said) == [3, 9, 9, 9, 9]
    assert {(each.customer, each.name, each.comment) for each in said} == {(None, "", "Kanarienvogel")}


async def test_no_column_moment_id_or_order_leads_from_an_answer_to_who_was_asked(survey: Published):
    invitations = [await invited(survey, number) for number in range(len(MOMENTS))]
    given = [number % 11 for number in range(len(MOMENTS))]
    for invitation, score, moment in zip(invitations, given, MOMENTS, strict=True):
        await answer(invitation, score, at=moment)
    boxed = {row["id"] for row in await ground.fetch("SELECT id FROM survey_box")}
    assert await mixing.mix(at=NOON + 3 * DAY) == len(MOMENTS)
    rows = await ground.fetch(
        "SELECT id, survey, invitation, customer, imported_ref, attributes, answered_at FROM survey_answer"
    )
    assert {(row["invitation"], row["customer"], row["imported_ref"], row["attributes"]) for row in rows} == {
        (None, None, None, "{}")
    }
    assert {row["id"] for row in rows}.isdisjoint({*boxed, *invitations})
    assert len({row["answered_at"] for row in rows}) == 1
    # Somebody's place among forty is drawn by lot: that all keep theirs happens once in 8 * 10^47 nights.
    assert sorted(await scores_as_written()) == sorted(given)
    assert await scores_as_written() != given
    by_id = await ground.fetch("SELECT score FROM survey_answer ORDER BY id")
    assert [row["score"] for row in by_id] != given
    told = await everything()
    for moment in MOMENTS:
        assert not any(moment.isoformat()[:19] in row for row in told), "no row tells when anybody answered"
    assert await ground.fetch("SELECT FROM survey_box") == await ground.fetch("SELECT FROM survey_batch") == []


async def test_the_key_of_what_was_written_out_is_gone_and_with_it_every_older_copy(survey: Published):
    for number in range(rules.LEAST_CELL):
        await answer(await invited(survey, number), 8, at=MOMENTS[number])
    copies = await ground.fetch("SELECT id, batch, content_sealed FROM survey_box")
    before = await personal.keys(people=[copies[0]["batch"]])
    assert len(before) == 1, "while it waits it can be opened"
    await mixing.mix(at=NOON + DAY)
    assert await personal.keys(people=[copies[0]["batch"]]) == {}


async def test_a_link_answers_once_and_says_of_itself_only_that_it_was_used(survey: Published):
    invitation = await invited(survey, 1)
    await answer(invitation, 2, at=MOMENTS[5])
    with pytest.raises(NoLongerOpen):
        await answer(invitation, 10, at=MOMENTS[6])
    with pytest.raises(NoLongerOpen):
        await answering.look(invitation=invitation, at=MOMENTS[6])
    rows = await ground.fetch("SELECT answered_at, invited_at FROM survey_invitation WHERE id = $1", invitation)
    assert rows[0]["answered_at"] == rows[0]["invited_at"] == NOON


async def test_nothing_is_kept_before_the_last_page(survey: Published):
    invitation = await invited(survey, 1)
    first = await answering.answer(
        invitation=invitation, sent={"recommend": ["3"]}, page=0, language="de", at=MOMENTS[1]
    )
    assert first.next_page == 1
    assert await ground.fetch("SELECT FROM survey_box") == []
    assert not (await answering.look(invitation=invitation, at=MOMENTS[2])).answered
    with pytest.raises(Refusals):
        await answering.answer(invitation=invitation, sent={"why": ["Kalt"]}, page=1, language="de", at=MOMENTS[2])


async def test_a_language_few_speak_is_not_told(survey: Published):
    for number in range(12):
        language = "en" if number < rules.LEAST_CELL - 1 else "de"
        await answer(await invited(survey, number), 9, at=MOMENTS[number], language=language)
    await mixing.mix(at=NOON + DAY)
    assert {row["language"] for row in await ground.fetch("SELECT language FROM survey_answer")} == {None}
    for number in range(12, 24):
        language = "en" if number < 12 + rules.LEAST_CELL else "de"
        await answer(await invited(survey, number), 9, at=MOMENTS[number], language=language)
    await mixing.mix(at=NOON + DAY)
    spoken = await ground.fetch("SELECT language, count(*) AS n FROM survey_answer GROUP BY 1 ORDER BY 1")
    assert {row["language"]: row["n"] for row in spoken} == {"de": 7, "en": 5, None: 12}


async def test_how_long_a_seal_is_tells_neither_a_mark_nor_how_much_somebody_wrote(survey: Published):
    said = [(9, "", "email"), (10, "", "portal"), (3, "Kalt", "email"), (0, "ä" * 4_000, "portal")]
    for number, (score, words, channel) in enumerate(said):
        await answer(await invited(survey, number), score, at=MOMENTS[number], words=words, channel=channel)
    rows = await ground.fetch("SELECT DISTINCT octet_length(content_sealed) AS bytes FROM survey_box")
    assert len(rows) == 1, "whoever sees which seal came with which invitation learns nothing of what it holds"


async def told() -> dict[tuple[str | None, str | None], int]:
    rows = await ground.fetch("SELECT language, channel, count(*) AS n FROM survey_answer GROUP BY 1, 2")
    return {(row["language"], row["channel"]): row["n"] for row in rows}


async def all_answer(survey: Published, said: list[tuple[str, str]]) -> None:
    for number, (language, channel) in enumerate(said):
        person = await invited(survey, number)
        await answer(person, 9, at=MOMENTS[number], language=language, channel=channel)
    await mixing.mix(at=NOON + DAY)


async def test_an_answer_given_in_the_portal_is_told_as_one(survey: Published):
    await all_answer(survey, [("de", "portal")] * 5 + [("de", "email")] * 6)
    assert await told() == {("de", "portal"): 5, ("de", "email"): 6}


async def test_a_channel_few_came_over_is_not_told(survey: Published):
    await all_answer(survey, [("de", "portal")] * 4 + [("de", "email")] * 6)
    assert await told() == {("de", None): 10}


async def test_language_and_channel_together_do_not_tell_what_neither_does_alone(survey: Published):
    await all_answer(
        survey, [("en", "portal"), *[("en", "email")] * 5, *[("de", "portal")] * 5, *[("de", "email")] * 5]
    )
    assert await told() == {("en", None): 6, ("de", None): 10}


async def test_those_of_another_version_are_no_company_to_hide_in(survey: Published):
    for number in range(rules.LEAST_CELL - 1):
        await answer(await invited(survey, number), 9, at=MOMENTS[number])
    changed = msgspec.structs.replace(ASKED, titles={"de": "Noch anonymer"})
    newer = await publishing.publish(key="ehrlich", definition=changed, named=False, at=NOON)
    await answer(await invited(newer, 50), 0, at=MOMENTS[9])
    assert await mixing.mix(at=NOON + DAY) == 0


async def test_too_few_wait_while_their_survey_may_open_again_and_no_longer(survey: Published):
    await answer(await invited(survey, 1), 9, at=MOMENTS[1])
    await closing.close(key="ehrlich", actor=f"staff:{uuid4()}", at=NOON + DAY)
    assert await mixing.let_go(at=NOON + 30 * DAY) == 0
    assert await mixing.let_go(at=NOON + 31 * DAY) == 1
    assert await ground.fetch("SELECT FROM survey_answer") == await ground.fetch("SELECT FROM survey_batch") == []


async def test_what_was_promised_of_a_survey_stays(survey: Published):
    with pytest.raises(publishing.SettledOtherwise):
        await publishing.publish(key="ehrlich", definition=ASKED, named=True, at=NOON)
