"""A score is kept of whoever agreed to it, says why, and is gone with the consent, whoever ends it."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from itertools import product
from uuid import UUID

import msgspec
import numpy as np
import pytest

from leumund.consent.stopping import objecting as objecting_to_all
from leumund.consent.stopping import withdrawing
from leumund.consent.texts import publishing as texts
from leumund.kit import ground
from leumund.kit.ground import Ground
from leumund.privacy.forgetting import erasing
from leumund.privacy.rights import objecting, restricting
from leumund.rewards import converting
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from leumund.scoring import facts as things
from leumund.scoring import gathering, keeping, open_model, reading, rules
from leumund.scoring.facts import Averages
from leumund.surveys.figures import loyalty, ruling, tallying
from tests.conftest import NOON
from tests.rooms import whole

ANNA, BERT, CLARA = "anna@kundin.example", "bert@freund.example", "clara@kundin.example"
DAY = timedelta(days=1)


@pytest.fixture
async def anna(inside: Ground) -> UUID:
    """Anna, who said 9 and agreed to be evaluated."""
    await whole.company(at=NOON)
    await agreeable(at=NOON)
    person = await whole.person(ANNA, at=NOON)
    await whole.answered(person, score=9, comment="Prima", at=NOON)
    await whole.allow(person, ANNA, purpose="profile", at=NOON)
    return person


async def agreeable(*, at: datetime) -> None:
    """The company asks whether it may evaluate."""
    for language in ("de", "en"):
        await texts.publish(
            kind="consent",
            purpose="profile",
            channels=["email"],
            language=language,
            title="Kennzahl",
            wording="Ja, Profil.",
            at=at,
        )


async def scores() -> dict[UUID, int]:
    """Whatever is kept, of whomever."""
    return {row["customer"]: row["score"] for row in await ground.fetch("SELECT customer, score FROM advocate_score")}


async def test_a_score_says_why(anna: UUID):
    await keeping.score(people=[anna], at=NOON)
    scored = await reading.of(customer=anna)
    assert scored is not None
    # (0.5 x 0.5 + 3 x 0.9 ** 3) / 3.5
    assert (scored.told.start, scored.told.score, scored.model) == (50, 70, 1)
    assert [(reason.key, reason.points, reason.amount) for reason in scored.told.reasons] == [("recommend", 20, 1.0)]
    assert scored.told.low < 70 < scored.told.high


async def test_nobody_is_scored_who_did_not_agree(anna: UUID):
    clara = await whole.person(CLARA, at=NOON)
    await whole.answered(clara, score=10, comment="", at=NOON)
    await keeping.score(people=[anna, clara], at=NOON)
    assert (await scores()).keys() == {anna}
    assert await reading.of(customer=clara) is None


async def withdrawn(anna: UUID, at: datetime) -> None:
    await withdrawing.withdraw(customer=anna, email=ANNA, purpose="profile", source="portal", at=at)


async def everything_withdrawn(anna: UUID, at: datetime) -> None:
    await withdrawing.withdraw(customer=anna, email=ANNA, source="portal", at=at)


async def objected_to_advertising(anna: UUID, at: datetime) -> None:
    await objecting_to_all.object_to_all(customer=anna, email=ANNA, source="portal", at=at)


async def objected_to_profiling(anna: UUID, at: datetime) -> None:
    await objecting.to_profiling(customer=anna, actor=f"customer:{anna}", at=at)


async def restricted(anna: UUID, at: datetime) -> None:
    await restricting.restrict(customer=anna, reason="accuracy_contested", actor=f"customer:{anna}", at=at)


async def wants_to_be_gone(anna: UUID, at: datetime) -> None:
    await erasing.begin(customer=anna, reason="no_longer_needed", actor=f"customer:{anna}", language="de", at=at)


async def erased(anna: UUID, at: datetime) -> None:
    await erasing.erase(customer=anna, rule="no_longer_needed", at=at)


async def moved_to_another_mailbox(anna: UUID, at: datetime) -> None:
    await ground.execute("UPDATE customer SET email_hash = 'elsewhere' WHERE id = $1", anna)


Ending = Callable[[UUID, datetime], Awaitable[None]]
ENDINGS: tuple[Ending, ...] = (
    withdrawn,
    everything_withdrawn,
    objected_to_advertising,
    objected_to_profiling,
    restricted,
    wants_to_be_gone,
    erased,
    moved_to_another_mailbox,
)


@pytest.mark.parametrize("end", ENDINGS, ids=lambda end: end.__name__)
async def test_the_end_of_the_consent_ends_the_score(anna: UUID, end: Ending):
    await keeping.score(people=[anna], at=NOON)
    assert (await scores()).keys() == {anna}
    await end(anna, NOON + DAY)
    # At that very moment nobody reads it any more, whatever a job still has to take away.
    assert await reading.of(customer=anna) is None
    assert await ground.fetch(reading.SCORED) == []
    await keeping.score(people=[anna], at=NOON + DAY)
    assert await scores() == {}


@pytest.mark.parametrize("end", [withdrawn, moved_to_another_mailbox, restricted], ids=lambda end: end.__name__)
async def test_the_night_takes_away_what_nobody_may_keep(anna: UUID, end: Ending):
    await keeping.score(people=[anna], at=NOON)
    await end(anna, NOON + DAY)
    await keeping.begin(at=NOON + DAY)
    assert await scores() == {}


async def test_who_agrees_again_is_scored_again(anna: UUID):
    await withdrawn(anna, NOON + DAY)
    await keeping.score(people=[anna], at=NOON + DAY)
    await whole.allow(anna, ANNA, purpose="profile", at=NOON + 2 * DAY)
    await keeping.score(people=[anna], at=NOON + 2 * DAY)
    assert (await scores()).keys() == {anna}


async def test_facts_gathered_are_those_the_rules_reckon_with(anna: UUID):
    """What SQL says of marks, ages, friends and purchases is what the pure functions say."""
    at = NOON + 400 * DAY
    code = await whole.advocate(ANNA, at=NOON)
    await whole.friend(code, BERT, at=NOON + 30 * DAY)
    for place, (who, cents) in enumerate(((BERT, 90_000), (ANNA, 5_000))):
        order = Order(
            order_id=f"A{place}",
            cents=cents,
            currency="EUR",
            customer=CustomerRef(email=who),
            occurred_at=NOON + 60 * DAY,
        )
        await converting.convert(order=order, at=NOON + 60 * DAY)
    found = await gathering.facts(people=[anna], at=at)
    answer = rules.fade(400, half_life_days=rules.ANSWER_HALF_LIFE_DAYS)
    friend, won = (rules.fade(days, half_life_days=rules.DEED_HALF_LIFE_DAYS) for days in (370, 340))
    expected = things.rows(
        {
            "recommend_answers": answer,
            "recommend_gladness": answer * rules.gladness(9, low=0, high=10),
            "takes_part": 1,
            "referred": friend,
            "converted": won,
            "tenure_days": 340,
            "purchases": 1,
            "revenue_cents": 5_000,
        }
    )
    np.testing.assert_allclose(found, expected, rtol=1e-9)


async def survey(*questions: dict[str, object]) -> UUID:
    """A survey of these questions, named."""
    rows = await ground.fetch(
        "INSERT INTO survey (key, version, definition, named, published_at) VALUES ('wide', 1, $1, true, $2) "
        "RETURNING id",
        msgspec.json.encode({"titles": {"de": "Weit"}, "questions": questions}).decode(),
        NOON,
    )
    id_: UUID = rows[0]["id"]
    return id_


async def said(who: UUID, which: UUID, at: datetime, **marks: object) -> None:
    await ground.execute(
        "INSERT INTO survey_answer (survey, customer, marks, language, channel, answered_at) "
        "VALUES ($1, $2, $3, 'de', 'portal', $4)",
        which,
        who,
        msgspec.json.encode(marks).decode(),
        at,
    )


LOYAL = [
    {"key": "overall", "kind": "overall"},
    {"key": "recommend", "kind": "nps"},
    {"key": "again", "kind": "again"},
    {"key": "advantage", "kind": "advantage"},
]


STRICT = loyalty.Rule(recommend=3, again=2, advantage=1, satisfied_from=5, loyal_from=90)


@pytest.mark.parametrize(
    "marks", [(5, 10, 5, 5), (5, 3, 2, 3), (2, 9, 5, 4), (1, 2, 1, 1), (4, 8, 4, 3), (3, 10, 4, 4)]
)
async def test_types_are_those_of_the_loyalty_index(anna: UUID, marks: tuple[int, int, int, int]):
    which = await survey(*LOYAL)
    await said(anna, which, NOON, overall=marks[0], recommend=marks[1], again=marks[2], advantage=marks[3])
    found = await gathering.facts(people=[anna], at=NOON)
    worth = {"apostle": 1.0, "mercenary": 0.5, "hostage": 0.5, "defector": 0.0}
    assert found[0, things.AT["type_answers"]] == 1
    assert found[0, things.AT["type_gladness"]] == worth[loyalty.type_of([*marks], rule=loyalty.Rule())]
    # The company's own cut-offs and weights hold, and for what was said before as well.
    await ruling.settle(key="wide", rule=STRICT, actor="system:test", at=NOON)
    found = await gathering.facts(people=[anna], at=NOON)
    assert found[0, things.AT["type_gladness"]] == worth[loyalty.type_of([*marks], rule=STRICT)]


async def test_types_in_sql_are_those_of_the_index_whatever_the_rule(anna: UUID):
    every = list(product(range(1, 6), range(11), range(1, 6), range(1, 6)))
    told = [msgspec.json.encode(dict(zip(loyalty.QUESTIONS, marks, strict=True))).decode() for marks in every]
    await survey(*LOYAL)
    for rule in (loyalty.Rule(), STRICT, loyalty.Rule(recommend=7, again=0, advantage=3, loyal_from=1)):
        await ruling.settle(key="wide", rule=rule, actor="system:test", at=NOON)
        rows = await ground.fetch(
            f"SELECT {ruling.TYPED} AS type FROM unnest($1::jsonb[]) WITH ORDINALITY AS a (marks, place), "
            f"({ruling.RULED} WHERE s.key = 'wide') AS ruled ORDER BY a.place",
            told,
        )
        assert [row["type"] for row in rows] == [loyalty.type_of([*marks], rule=rule) for marks in every]


async def test_ratings_of_one_answer_count_as_one(anna: UUID):
    which = await survey(
        {"key": "service", "kind": "csat"},
        {"key": "effort", "kind": "ces"},
        {"key": "price", "kind": "scale", "low": 0, "high": 4, "driver": True},
        {"key": "colour", "kind": "scale", "low": 0, "high": 4},
        {"key": "faith", "kind": "csat", "sensitive": True},
    )
    await said(anna, which, NOON, service=5, effort=4, price=2, colour=0, faith=1)
    found = await gathering.facts(people=[anna], at=NOON)
    assert found[0, things.AT["ratings_answers"]] == 1
    # What was not asked as a rating, and what was reviewed as sensitive, says nothing.
    assert found[0, things.AT["ratings_gladness"]] == pytest.approx((1 + 0.5**3 + 0.5**3) / 3)


async def test_facts_are_those_of_their_moment(anna: UUID):
    await said(anna, await survey(*LOYAL), NOON + 2 * DAY, overall=5)
    before, after = [await gathering.facts(people=[anna], at=NOON + days * DAY) for days in (1, 3)]
    assert before[0, things.AT["loyalty_answers"]] == 0 < after[0, things.AT["loyalty_answers"]]


async def test_a_company_is_its_answers_and_its_customers(anna: UUID):
    for place in range(5):
        other = await whole.person(f"p{place}@people.example", at=NOON)
        await whole.answered(other, score=10 if place else 2, comment="", at=NOON)
    beside = await gathering.averages(at=NOON)
    assert beside == Averages(mean=6 / 8, tenure_days=0, purchases=0, revenue_cents=0)


async def test_a_pass_looks_at_everybody_in_steps_and_then_at_those_of_whom_something_was_told(
    anna: UUID, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(keeping, "CHUNK", 2)
    people = [anna]
    for place in range(4):
        email = f"p{place}@people.example"
        people.append(await whole.person(email, at=NOON))
        await whole.allow(people[-1], email, purpose="profile", at=NOON)
    await tallying.tally(time_zone="UTC", at=NOON + DAY - timedelta(hours=1))
    assert await keeping.begin(at=NOON + DAY)
    assert not await keeping.begin(at=NOON + DAY), "the pass goes on"
    assert await passed(NOON + DAY) == 5
    assert (await scores()).keys() == set(people)
    await whole.answered(people[3], score=0, comment="", at=NOON + 2 * DAY - timedelta(hours=1))
    assert await keeping.begin(at=NOON + 2 * DAY)
    assert await passed(NOON + 2 * DAY) == 1
    assert (await scores())[people[3]] < 50
    assert await keeping.begin(at=NOON + 8 * DAY)
    assert await passed(NOON + 8 * DAY) == 5, "once a week it is everybody"


async def test_an_answer_of_long_ago_counts_from_the_night_it_was_brought_in(anna: UUID):
    await tallying.tally(time_zone="UTC", at=NOON + DAY)
    await keeping.begin(at=NOON + DAY)
    await passed(NOON + DAY)
    before = await scores()
    await said(anna, await survey(*LOYAL), NOON - 30 * DAY, overall=1)
    # Whichever job of the night comes first.
    await tallying.tally(time_zone="UTC", at=NOON + 2 * DAY)
    await keeping.begin(at=NOON + 2 * DAY)
    assert await passed(NOON + 2 * DAY) == 1
    assert (await scores())[anna] < before[anna]
    await keeping.begin(at=NOON + 3 * DAY)
    await passed(NOON + 3 * DAY)
    await keeping.begin(at=NOON + 4 * DAY)
    assert await passed(NOON + 4 * DAY) == 0, "and is looked at no longer once it has counted"


async def passed(at: datetime) -> int:
    """Work the jobs of a pass off; how many people were looked at."""
    looked = 0
    while (now := await keeping.current()) is not None and now.ended_at is None:
        looked += await keeping.go_on(after=now.reached, at=at)
    return looked


async def test_whoever_agreed_before_the_first_night_is_seen_beside_everything_in_it(anna: UUID):
    await keeping.score(people=[anna], at=NOON)
    for place in range(5):
        other = await whole.person(f"p{place}@people.example", at=NOON)
        await whole.answered(other, score=2, comment="", at=NOON)
    assert await keeping.begin(at=NOON + timedelta(hours=8))
    assert await passed(NOON + timedelta(hours=8)) == 1
    now = await keeping.current()
    assert now is not None
    assert now.averages == await gathering.averages(at=NOON + timedelta(hours=8))
    await keeping.begin(at=NOON + DAY)
    now = await keeping.current()
    assert now is not None
    assert not now.everybody


async def test_where_another_rule_types_people_everybody_is_scored_anew(anna: UUID):
    await keeping.begin(at=NOON)
    await passed(NOON)
    await ruling.settle(key="any", rule=STRICT, actor="system:test", at=NOON + timedelta(hours=1))
    assert await keeping.begin(at=NOON + DAY)
    now = await keeping.current()
    assert now is not None
    assert now.everybody
    await passed(NOON + DAY)
    await keeping.begin(at=NOON + 2 * DAY)
    now = await keeping.current()
    assert now is not None
    assert not now.everybody


async def test_a_pass_that_looked_before_does_not_take_back_what_was_said_since(anna: UUID):
    await keeping.score(people=[anna], at=NOON)
    await whole.answered(anna, score=0, comment="", at=NOON + DAY)
    await keeping.score(people=[anna], at=NOON + DAY)
    newest = await scores()
    await keeping.score(people=[anna], at=NOON)
    assert await scores() == newest


async def test_a_job_of_a_pass_that_was_given_up_does_nothing(anna: UUID, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(keeping, "CHUNK", 1)
    bert = await whole.person(BERT, at=NOON)
    await whole.allow(bert, BERT, purpose="profile", at=NOON)
    await keeping.begin(at=NOON)
    assert await keeping.go_on(after=keeping.FIRST, at=NOON) == 1
    before = await keeping.current()
    assert before is not None
    assert await keeping.begin(at=NOON + DAY, everybody=True)
    # Its last step would end the new pass before anybody was looked at.
    assert await keeping.go_on(after=before.reached, at=NOON + DAY) == 0
    assert await passed(NOON + DAY) == 2


async def test_where_nobody_agreed_no_pass_begins(inside: Ground):
    await whole.company(at=NOON)
    assert not await keeping.begin(at=NOON)


async def test_what_would_change_a_score_begins_where_it_stands(anna: UUID):
    await keeping.score(people=[anna], at=NOON)
    scored = await reading.of(customer=anna)
    assert scored is not None
    changes = {each.key: each.score for each in await reading.what_would_change(customer=anna, scored=scored)}
    assert changes["glad_answer"] > scored.told.score > changes["unhappy_answer"]
    beside = await keeping.current()
    assert beside is not None
    now = open_model.reckon(await gathering.facts(people=[anna], at=NOON), beside.averages)
    assert rules.rounded(now.score[0]) == scored.told.score
