"""Segments find exactly whom their definition means, and nobody who may not be evaluated."""

from base64 import urlsafe_b64encode
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leumund.consent import checking
from leumund.consent.stopping import withdrawing
from leumund.customers.segments import defining, keeping, reading
from leumund.customers.segments.defining import Condition, Definition, Group
from leumund.customers.segments.facts import FACTS
from leumund.customers.segments.keeping import ChangedMeanwhile, Worded
from leumund.customers.segments.reading import SegmentUnknown
from leumund.kit import ground
from leumund.kit.cursors import BadCursor
from leumund.kit.faults import Refusals
from leumund.kit.ground import Ground
from leumund.privacy.rights import objecting
from leumund.segmenting import (
    classing,
    compiling,
    computing,
    counting,
    describing,
    forgetting,
    inferring,
    listing,
    ranking,
    refreshing,
    rules,
    starting,
    taking,
    telling,
)
from leumund.segmenting.counting import TakesTooLong
from leumund.segmenting.describing import Described
from leumund.segmenting.taking import Wanted
from leumund.surveys.figures import loyalty
from tests.conftest import NOON
from tests.rooms import segmented

DAY = timedelta(days=1)
PURPOSE = "Einladung zur Weihnachtsfeier"
GERMAN = Condition(fact="language", op="in", among=("de",))
BUYERS = Condition(fact="purchases", op="least", number=1)


def asking(*conditions: Condition | Group, join: Any = "all", negated: bool = False) -> Definition:
    return Definition(root=Group(join=join, of=conditions, negated=negated))


def worded(definition: Definition, *, name: str = "Gäste", purpose: str = PURPOSE) -> Worded:
    return Worded(name=name, purpose=purpose, definition=definition)


async def kept(definition: Definition, **words: str) -> UUID:
    return await keeping.create(worded=worded(definition, **words), actor="system:test", at=NOON)


async def members(segment: UUID) -> set[UUID]:
    found = await reading.known(segment=segment)
    sql = reading.members_sql("$1", evaluates=found.evaluates)
    return {row["customer"] for row in await ground.fetch(sql, segment)}


_CODES = {"language": segmented.LANGUAGES, "country": segmented.COUNTRIES, "interest": segmented.CATEGORIES}


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    name = draw(st.sampled_from(sorted(FACTS)))
    fact = FACTS[name]
    choices = fact.choices or _CODES.get(name, ())
    return Condition(
        fact=name,
        op=draw(st.sampled_from(fact.ops)),
        among=tuple(draw(st.lists(st.sampled_from(choices), min_size=1, unique=True))) if choices else (),
        number=draw(st.sampled_from((0, 1, 2, 30, 60, 70, 330, 1000, 2500))) % (fact.most + 1),
        days=draw(st.sampled_from((0, 1, 30, 59))) if fact.windowed else 0,
        category=draw(st.sampled_from(("", *segmented.CATEGORIES))) if fact.sorted else "",
        currency=draw(st.sampled_from(segmented.CURRENCIES)) if fact.kind == "money" else "",
        negated=draw(st.booleans()),
    )


def groups(deep: int) -> st.SearchStrategy[Group]:
    inside: st.SearchStrategy[Any] = conditions() if deep == 1 else conditions() | groups(deep - 1)
    of = st.lists(inside, min_size=1, max_size=3).map(tuple)
    return st.builds(Group, join=st.sampled_from(("all", "any")), of=of, negated=st.booleans())


@pytest.mark.parametrize("lot", range(3))
async def test_a_statement_finds_whom_plain_reading_finds(inside: Ground, lot: int):
    await segmented.drawn(Random(lot), people=30, at=NOON)
    await classing.classify(at=NOON)
    await inferring.infer(at=NOON)
    asked = definitions(150)
    sizes = set()
    for definition in asked:
        defining.check(definition)
        made = compiling.compiled(definition, at=NOON)
        found = {row["customer"] for row in await ground.fetch(made.members, *made.arguments)}
        assert found == await segmented.members(definition, at=NOON), defining.write(definition)
        sizes.add(len(found))
    assert len(sizes) > 10, "some find many and some find few"


def definitions(number: int) -> list[Definition]:
    """As many, the same each time: thrown outside of the loop that asks the database."""
    thrown: list[Definition] = []

    @settings(max_examples=number)
    @given(groups(defining.MOST_DEEP))
    def throw(root: Group) -> None:
        thrown.append(Definition(root=root))

    throw()
    return thrown


async def test_who_came_and_who_went_is_told_and_counted(inside: Ground):
    await segmented.open_for_business(at=NOON)
    anna = await segmented.person("anna", at=NOON, language="de")
    segment = await kept(asking(GERMAN))
    assert await computing.compute(segment=segment, at=NOON) == computing.Diff(members=1, came=1, went=0)
    assert await computing.compute(segment=segment, at=NOON) == computing.Diff(members=1, came=0, went=0)

    bert = await segmented.person("bert", at=NOON, language="de")
    await ground.execute("UPDATE customer SET language = 'en' WHERE id = $1", anna)
    assert await computing.compute(segment=segment, at=NOON + DAY) == computing.Diff(members=1, came=1, went=1)
    assert await members(segment) == {bert}
    (since,) = await ground.fetch("SELECT since_date FROM segment_member")
    assert since["since_date"] == (NOON + DAY).date()
    course = await ground.fetch("SELECT day_date, members, came, went FROM segment_course ORDER BY day_date")
    assert [tuple(row.values())[1:] for row in course] == [(1, 1, 0), (1, 1, 1)]


async def test_what_is_about_to_be_used_is_no_older_than_an_hour(inside: Ground):
    await segmented.open_for_business(at=NOON)
    segment = await kept(asking(GERMAN))
    await computing.freshen(segment=segment, at=NOON)
    anna = await segmented.person("anna", at=NOON, language="de")
    await computing.freshen(segment=segment, at=NOON + timedelta(minutes=59))
    assert await members(segment) == set()
    await computing.freshen(segment=segment, at=NOON + timedelta(minutes=61))
    assert await members(segment) == {anna}


@pytest.mark.parametrize("ending", ["withdraws", "objects", "objects to all", "rests", "moves"])
async def test_who_may_not_be_evaluated_any_more_is_in_it_no_longer_from_that_moment(inside: Ground, ending: str):
    await segmented.open_for_business(at=NOON)
    anna, email = await segmented.person("anna", at=NOON, language="de"), "anna@people.example"
    await segmented.bought(anna, 5_000, at=NOON)
    buyers, german = await kept(asking(BUYERS), name="Käufer"), await kept(asking(GERMAN))
    for segment in (buyers, german):
        await computing.compute(segment=segment, at=NOON)
    assert await members(buyers) == await members(german) == {anna}
    assert await reading.is_in(segment=buyers, customer=anna)

    later = NOON + timedelta(seconds=1)
    if ending == "withdraws":
        await withdrawing.withdraw(customer=anna, email=email, purpose="profile", source="test", at=later)
    elif ending == "objects":
        await objecting.to_profiling(customer=anna, actor="customer:test", at=later)
    elif ending == "objects to all":
        await objecting.to_advertising(customer=anna, source="test", at=later)
    elif ending == "rests":
        await ground.execute("UPDATE customer SET held = 'restriction' WHERE id = $1", anna)
    else:
        await ground.execute("UPDATE customer SET email_hash = 'another' WHERE id = $1", anna)
    assert await members(buyers) == set()
    assert not await reading.is_in(segment=buyers, customer=anna)
    assert await members(german) == (set() if ending == "rests" else {anna}), "to select is not to evaluate"
    assert await computing.compute(segment=buyers, at=later) == computing.Diff(members=0, came=0, went=1)


async def test_evaluable_is_whom_the_gate_would_let_through(inside: Ground):
    await segmented.open_for_business(at=NOON)
    people = {name: await segmented.person(name, at=NOON) for name in ("anna", "bert", "clara", "dora")}
    emails = {name: f"{name}@people.example" for name in people}
    later = NOON + timedelta(minutes=1)
    await withdrawing.withdraw(
        customer=people["bert"], email=emails["bert"], purpose="profile", source="test", at=later
    )
    await objecting.to_advertising(customer=people["clara"], source="test", at=later)
    people["emil"] = await segmented.person("emil", at=NOON, profiled=False)
    emails["emil"] = "emil@people.example"
    await kept(asking(BUYERS))
    made = compiling.compiled(asking(Condition(fact="purchases", op="most", number=0)), at=later)
    found = {row["customer"] for row in await ground.fetch(made.members, *made.arguments)}
    allowed = {
        person
        for name, person in people.items()
        if await checking.allowed(customer=person, email=emails[name], purpose="profile", channel="email")
    }
    assert found == allowed == {people["anna"], people["dora"]}


async def test_an_anonymous_answer_and_a_sensitive_question_find_nobody(inside: Ground):
    plain = await segmented.open_for_business(at=NOON)
    sensitive = await segmented.survey(at=NOON, sensitive=True)
    anna = await segmented.person("anna", at=NOON)
    await segmented.answered(None, 10, survey=plain, at=NOON)
    await segmented.answered(anna, 10, survey=sensitive, at=NOON)
    glad = asking(Condition(fact="nps_class", op="in", among=("promoter",)))
    assert (await counting.count(definition=glad, at=NOON)).members == 0
    await segmented.answered(anna, 9, survey=plain, at=NOON)
    assert (await counting.count(definition=glad, at=NOON)).members == 1


def test_types_of_loyalty_are_those_of_the_index():
    assert FACTS["loyalty"].choices == loyalty.TYPES


async def test_a_count_says_how_many_each_condition_holds_for(inside: Ground):
    await segmented.open_for_business(at=NOON)
    for name, tongue in (("anna", "de"), ("bert", "de"), ("clara", "en")):
        customer = await segmented.person(name, at=NOON, language=tongue)
        if name != "bert":
            await segmented.bought(customer, 5_000, at=NOON)
    await segmented.person("dora", at=NOON, profiled=False)
    emil = await segmented.person("emil", at=NOON)
    await ground.execute("UPDATE customer SET held = 'restriction' WHERE id = $1", emil)
    counted = await counting.count(definition=asking(GERMAN, BUYERS), at=NOON)
    assert (counted.looked_at, counted.members, counted.conditions) == (3, 1, [2, 2])
    assert counted.left_out == {"resting": 1, "objected": 0, "no_consent": 1}
    counted = await counting.count(definition=asking(GERMAN), at=NOON)
    assert (counted.looked_at, counted.members, counted.left_out) == (4, 2, {"resting": 1})


NO: dict[str, Any] = {"op": "in", "among": ("de",)}
DEEP = Group(join="all", of=(Group(join="any", of=(Group(join="all", of=(GERMAN,)),)),))


@pytest.mark.parametrize(
    ("definition", "field", "key"),
    [
        (asking(), None, "nothing"),
        (asking(GERMAN, Group(join="any", of=())), "1", "nothing"),
        (asking(Condition(fact="horoscope", **NO)), "0.fact", "fact"),
        (asking(Condition(fact="purchases", **NO)), "0.fact", "fact"),
        (asking(Condition(fact="language", op="in")), "0.among", "none_chosen"),
        (asking(Condition(fact="language", op="in", among=("de'; DROP",))), "0.among", "language"),
        (asking(Condition(fact="stage", op="in", among=("friend",))), "0.among", "none_chosen"),
        (asking(Condition(fact="score", op="least", number=101)), "0.number", "number"),
        (asking(Condition(fact="purchases", op="least", number=-1)), "0.number", "number"),
        (asking(Condition(fact="last_purchase", op="least", number=3, days=3)), "0.days", "days"),
        (asking(Condition(fact="purchases", op="least", number=3, category="Gas!")), "0.category", "category"),
        (asking(Condition(fact="clicks", op="least", number=3, category="gas")), "0.category", "category"),
        (asking(Condition(fact="revenue", op="least", number=3)), "0.currency", "currency"),
        (asking(Condition(fact="purchases", op="least", number=3, currency="EUR")), "0.currency", "currency"),
        (asking(*[GERMAN] * 25), None, "too_many"),
        (
            asking(Group(join="all", of=(Group(join="any", of=(Group(join="all", of=(GERMAN,)),)),))),
            "0.0.0",
            "too_deep",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused_at_its_place(definition: Definition, field: str | None, key: str):
    with pytest.raises(Refusals) as refused:
        defining.check(definition)
    assert [(fault.field, fault.key) for fault in refused.value.faults] == [(field, f"errors.segments.{key}")]


@pytest.mark.parametrize(
    ("words", "field"), [({"name": ""}, "name"), ({"name": "x" * 81}, "name"), ({"purpose": "Werbung"}, "purpose")]
)
async def test_a_segment_has_a_name_and_says_what_it_is_for(inside: Ground, words: dict[str, str], field: str):
    with pytest.raises(Refusals) as refused:
        await kept(asking(GERMAN), **words)
    assert [fault.field for fault in refused.value.faults] == [field]


async def test_a_segment_without_a_purpose_is_none_even_to_the_database(inside: Ground):
    await kept(asking(GERMAN))
    with pytest.raises(asyncpg.CheckViolationError):
        await ground.execute("UPDATE segment SET purpose = ''")


async def test_two_segments_do_not_have_one_name(inside: Ground):
    await kept(asking(GERMAN))
    with pytest.raises(Refusals) as refused:
        await kept(asking(BUYERS), name="gäste")
    assert [fault.key for fault in refused.value.faults] == ["errors.segments.namesake"]


async def test_a_changed_segment_keeps_what_it_asked_before(inside: Ground):
    segment = await kept(asking(GERMAN))
    await keeping.change(segment=segment, version=1, worded=worded(asking(BUYERS)), actor="system:test", at=NOON)
    found = await reading.known(segment=segment)
    assert (found.version, found.evaluates, found.computed_at) == (2, True, None)
    versions = await ground.fetch("SELECT definition FROM segment_version ORDER BY version")
    assert [defining.read(row["definition"]) for row in versions] == [asking(GERMAN), asking(BUYERS)]
    with pytest.raises(ChangedMeanwhile):
        await keeping.change(segment=segment, version=1, worded=worded(asking(GERMAN)), actor="system:test", at=NOON)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with ground.savepoint():
            await ground.execute("DELETE FROM segment_version")


async def test_a_segment_that_ended_has_nobody_in_it(inside: Ground):
    await segmented.open_for_business(at=NOON)
    anna = await segmented.person("anna", at=NOON, language="de")
    segment = await kept(asking(GERMAN))
    await computing.compute(segment=segment, at=NOON)
    await keeping.end(segment=segment, actor="system:test", at=NOON)
    assert not await reading.is_in(segment=segment, customer=anna)
    assert segment not in {each.id for each in await reading.every()}
    with pytest.raises(SegmentUnknown):
        await computing.compute(segment=segment, at=NOON)


async def test_the_advocates_are_a_segment_that_ships_and_evaluates_nobody(inside: Ground):
    await segmented.open_for_business(at=NOON)
    anna = await segmented.person("anna", at=NOON, profiled=False)
    await segmented.person("bert", at=NOON, profiled=False)
    await segmented.takes_part(anna, at=NOON)
    assert await starting.start(at=NOON) == len(starting.SHIPPED)
    assert await starting.start(at=NOON) == 0
    advocates = next(each for each in await reading.every() if each.key == "advocates")
    assert advocates.shipped
    assert not advocates.evaluates
    await computing.compute(segment=advocates.id, at=NOON)
    assert await members(advocates.id) == {anna}


async def crowd(*, at: Any = NOON, **tongues: int) -> list[UUID]:
    """So many people of each language."""
    return [
        await segmented.person(f"{tongue}{number}", at=at, language=tongue)
        for tongue, many in tongues.items()
        for number in range(many)
    ]


EVERYBODY = asking(Condition(fact="stage", op="in", among=("customer",)))


async def described(definition: Definition) -> Described:
    segment = await kept(definition)
    await computing.compute(segment=segment, at=NOON)
    return await describing.describe(kept=await reading.known(segment=segment), at=NOON)


async def test_figures_tell_of_no_fewer_than_five(inside: Ground):
    survey = await segmented.open_for_business(at=NOON)
    people = await crowd(de=12, en=7, fr=3)
    for customer in people[:6]:
        await segmented.bought(customer, 1_000, at=NOON)
        await segmented.answered(customer, 10, survey=survey, at=NOON)
    for customer in people[:4]:
        await segmented.bought(customer, 1_000, currency="CHF", at=NOON)
    told = await described(EVERYBODY)
    language = next(part for part in told.parts if part.name == "language")
    # Three alone would be known from the others, so the seven are put to them.
    assert (told.members, language.values, language.rest) == (22, {"de": 12}, 10)
    assert [(each.currency, each.customers, each.cents) for each in told.bought] == [("EUR", 6, 6_000)]
    assert told.nps is not None
    assert (told.nps.answers, told.nps.nps) == (6, 100.0)


async def test_of_a_few_there_are_no_figures_at_all(inside: Ground):
    await segmented.open_for_business(at=NOON)
    await crowd(de=4)
    assert await described(EVERYBODY) == Described(members=4)


@given(st.dictionaries(st.text(max_size=3), st.integers(1, 30), max_size=6))
def test_no_cell_tells_of_a_few_not_even_by_what_is_left(counted: dict[str, int]):
    shown, rest = rules.cells(counted, least=5)
    assert sum(shown.values()) + rest == sum(counted.values())
    assert all(number >= 5 for number in shown.values())
    assert rest == 0 or rest >= 5 or not shown


async def test_a_file_holds_what_its_reader_may_see_and_spares_class_c_where_it_costs_money(inside: Ground):
    await segmented.open_for_business(at=NOON)
    anna, bert = await segmented.person("anna", at=NOON), await segmented.person("bert", at=NOON)
    emil = await segmented.person("emil", at=NOON, profiled=False)
    for customer, cents in ((anna, 9_000), (bert, 100), (emil, 100)):
        await segmented.bought(customer, cents, at=NOON)
    await classing.classify(at=NOON)
    segment = await kept(EVERYBODY)
    found = await computing.freshen(segment=segment, at=NOON)

    async def taken(*, contacts: bool = False, paid: bool = False, overruled: bool = False) -> list[dict[str, Any]]:
        return await taking.take(kept=found, wanted=Wanted(contacts=contacts, paid=paid, overruled=overruled), at=NOON)

    by_name = {row["given_name"]: row for row in await taken()}
    assert {name: row["class"] for name, row in by_name.items()} == {"Anna": "A (EUR)", "Bert": "C (EUR)", "Emil": None}
    assert "email" not in by_name["Anna"]
    emails = {row["email"] for row in await taken(contacts=True)}
    assert emails == {"anna@people.example", "bert@people.example", "emil@people.example"}
    assert {row["given_name"] for row in await taken(paid=True)} == {"Anna", "Emil"}
    assert len(await taken(paid=True, overruled=True)) == 3


async def test_a_night_prepares_everything_and_leaves_a_job_for_each_segment(inside: Ground):
    await segmented.open_for_business(at=NOON)
    anna = await segmented.person("anna", at=NOON)
    await segmented.bought(anna, 9_000, at=NOON)
    segment = await kept(asking(BUYERS))
    assert await refreshing.refresh(at=NOON) == 1 + len(starting.SHIPPED)
    assert [each.letter for each in await ranking.of_customer(customer=anna)] == ["A"]
    lines = {line.kept.id: line for line in await listing.every()}
    assert lines[segment].latest is None
    await computing.compute(segment=segment, at=NOON)
    assert [each.named.name for each in (await listing.members(segment=segment)).rows] == ["Anna"]
    assert [each.id for each in await reading.of_customer(customer=anna)] == [segment]


async def test_marketing_hears_of_changes_once_a_week(inside: Ground):
    await segmented.open_for_business(at=NOON)
    anna, bert = await segmented.person("anna", at=NOON), await segmented.person("bert", at=NOON)
    await segmented.bought(anna, 9_000, at=NOON)
    await segmented.bought(bert, 100, at=NOON)
    await classing.classify(at=NOON)
    assert await telling.tell(at=NOON) == 0
    told = []
    for days in range(1, 15):
        at = NOON + days * DAY
        await segmented.bought(bert if days % 2 else anna, 100_000 * days, at=at)
        await classing.classify(at=at)
        told.append(await telling.tell(at=at) > 0)
    assert [day for day, said in enumerate(told, 1) if said] == [1, 8]
    assert {each.named.name for each in await ranking.changes()} == {"Anna", "Bert"}


async def test_who_takes_back_the_consent_is_forgotten_by_all_that_evaluates(inside: Ground):
    await segmented.open_for_business(at=NOON)
    anna, email = await segmented.person("anna", at=NOON, language="de"), "anna@people.example"
    for _ in range(3):
        await segmented.bought(anna, 9_000, categories=["gas"], at=NOON)
    bert = await segmented.person("bert", at=NOON)
    for _ in range(12):
        await segmented.bought(bert, 9_000, categories=["strom"], at=NOON)
    buyers, german = await kept(asking(BUYERS), name="Käufer"), await kept(asking(GERMAN))
    await refreshing.refresh(at=NOON)
    for segment in (buyers, german):
        await computing.compute(segment=segment, at=NOON)
    assert await forgetting.forget(customer=anna) == 0
    assert [each.category for each in await ranking.interests(customer=anna)] == ["gas"]

    await withdrawing.withdraw(customer=anna, email=email, purpose="profile", source="test", at=NOON + DAY)
    assert await ranking.interests(customer=anna) == await ranking.of_customer(customer=anna) == []
    assert await forgetting.forget(customer=anna) == 3, "her class, her interest and one segment"
    assert await members(german) == {anna}


async def test_a_count_that_takes_too_long_says_what_to_do_instead(inside: Ground, monkeypatch: pytest.MonkeyPatch):
    await segmented.open_for_business(at=NOON)
    monkeypatch.setattr(counting, "_LEFT_OUT", "SELECT pg_sleep(60)")
    await ground.execute("SET LOCAL statement_timeout = '100ms'")
    with pytest.raises(TakesTooLong):
        await counting.count(definition=asking(GERMAN), at=NOON)


@pytest.mark.parametrize("some", [0, 100])
async def test_a_list_goes_on_until_it_is_over_whoever_may_not_be_found_any_more(
    inside: Ground, monkeypatch: pytest.MonkeyPatch, some: int
):
    monkeypatch.setattr(listing, "_SOME", some)
    await segmented.open_for_business(at=NOON)
    people = await crowd(de=7)
    segment = await kept(EVERYBODY)
    await computing.compute(segment=segment, at=NOON)
    resting = sorted(people)[2]
    await ground.execute("UPDATE customer SET held = 'restriction' WHERE id = $1", resting)
    seen, after = list[UUID](), None
    while True:
        page = await listing.members(segment=segment, after=after, limit=2)
        seen += [each.id for each in page.rows]
        if (after := page.after) is None:
            break
    assert seen == sorted(set(people) - {resting})


async def test_a_list_goes_on_only_behind_somebody_who_is_here(inside: Ground):
    await segmented.open_for_business(at=NOON)
    await crowd(de=3)
    segment = await kept(EVERYBODY)
    await computing.compute(segment=segment, at=NOON)
    for nobody in (UUID(int=0), UUID(int=2**128 - 1)):
        elsewhere = urlsafe_b64encode(f"{NOON.isoformat()}|{nobody}".encode()).decode()
        with pytest.raises(BadCursor):
            await listing.members(segment=segment, after=elsewhere)
