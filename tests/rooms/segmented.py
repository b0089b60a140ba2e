"""Companies drawn by lot, and a segment worked out over them in plain Python, one person after the other."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import msgspec

from leumund.company import describing
from leumund.consent.giving import importing
from leumund.consent.giving.importing import Given
from leumund.consent.texts import publishing as texts
from leumund.customers.records import registering
from leumund.customers.records.registering import Record
from leumund.customers.segments.defining import Condition, Definition, Group
from leumund.kit import ground
from leumund.programs import offering, publishing
from leumund.referrals import sharing
from leumund.surveys.figures import loyalty, ruling
from leumund.surveys.figures.loyalty import Rule
from tests.rooms import whole

LANGUAGES, COUNTRIES, CATEGORIES, CURRENCIES = ("de", "en", "fr"), ("DE", "AT"), ("gas", "strom"), ("EUR", "CHF")
OWN_RULE = Rule(recommend=2, again=0, satisfied_from=3, loyal_from=60)
_ANSWER = """
INSERT INTO survey_answer (survey, customer, marks, language, channel, answered_at)
VALUES ($1, $2, $3, 'de', 'email', $4)
"""
_SURVEY = """
INSERT INTO survey (key, version, definition, named, published_at) VALUES ($1, 1, $2, true, $3) RETURNING id
"""
_BUY = """
INSERT INTO conversion (program, order_id, customer, number, referral, cents, currency, categories, occurred_at,
    recorded_at, refunded_at)
SELECT $1, $2, $3, (SELECT coalesce(max(number), 0) + 1 FROM conversion WHERE customer = $3), $4, $5, $6, $7, $8, $8, $9
RETURNING id
"""
_REFER = """
INSERT INTO referral (program, version, link, advocate, friend, request, terms, state, attributed_at, confirmed_at)
SELECT l.program, v.id, l.id, l.advocate, $2, gen_random_uuid(), $3, $4, $5, $6
FROM share_link l JOIN program_version v ON v.program = l.program WHERE l.advocate = $1
RETURNING id
"""


async def open_for_business(*, at: datetime) -> UUID:
    """A company with texts and a program, and a survey that asks whether one recommends; returns the survey."""
    await describing.describe(profile=whole.PROFILE, at=at)
    await texts.publish(kind="terms", language="de", title="Teilnahme", wording="Wir zahlen.", at=at)
    await publishing.publish(terms=whole.TERMS, at=at)
    await offer_profiling(at=at)
    return await survey(at=at)


async def offer_profiling(*, at: datetime) -> None:
    """A text by which people may agree to be evaluated."""
    words = {"title": "Kennzahl", "wording": "Ja, eine Kennzahl."}
    await texts.publish(kind="consent", purpose="profile", channels=["email"], language="de", **words, at=at)


async def survey(*, at: datetime, sensitive: bool = False) -> UUID:
    """One with the question of recommending alone."""
    question = {"key": "recommend", "kind": "nps", "texts": {"de": {"question": "Wie?"}}, "sensitive": sensitive}
    told = {"titles": {"de": "Wie?"}, "questions": [question]}
    return (await ground.fetch(_SURVEY, uuid4().hex, _json(told), at))[0]["id"]


async def person(name: str, *, at: datetime, profiled: bool = True, stage: str = "customer", **told: Any) -> UUID:
    """Somebody, who agreed to be evaluated unless it is said that they did not."""
    email = f"{name}@people.example"
    record = Record(email=email, given_name=told.pop("given", name.title()), **told)
    customer = (await registering.register(record=record, source="test", stage=stage, at=at)).id
    if profiled:
        await agree(customer, email, at=at)
    return customer


async def agree(customer: UUID, email: str, *, at: datetime) -> None:
    """They agreed elsewhere, and it is known how."""
    given = Given(
        customer=customer,
        purpose="profile",
        channel="email",
        email=email,
        known_by=(email,),
        basis="Angekreuzt auf dem Vertrag vom Mai, Feld 3",
        at=at,
    )
    assert await importing.import_all(given=[given], source="test"), "nobody had said anything before"


async def bought(customer: UUID, cents: int, *, at: datetime, currency: str = "EUR", **how: Any) -> UUID:
    """A purchase; ``how`` may name its ``categories``, the ``referral`` it came by and when it was ``refunded_at``."""
    program = (await offering.current(at=at)).id
    told = (how.get("referral"), cents, currency, how.get("categories", []), at, how.get("refunded_at"))
    return (await ground.fetch(_BUY, program, uuid4().hex, customer, *told))[0]["id"]


async def answered(customer: UUID | None, mark: int, *, survey: UUID, at: datetime, **marks: int) -> None:
    """A mark for recommending, and others by their questions."""
    await ground.execute(_ANSWER, survey, customer, _json({"recommend": mark, **marks}), at)


async def takes_part(customer: UUID, *, at: datetime) -> None:
    """They share a link of their own."""
    offer = await offering.current(at=at)
    program, version = offer.id, offer.version.id
    terms = (await texts.current(kind="terms", language="de")).id
    await ground.execute(
        "INSERT INTO participation (program, version, customer, terms, requested_at, confirmed_at) "
        "VALUES ($1, $2, $3, $4, $5, $5)",
        program,
        version,
        customer,
        terms,
        at,
    )
    await sharing.code_of(customer=customer, program=program, at=at)


async def recommended(advocate: UUID, friend: UUID, *, at: datetime, state: str = "attributed") -> UUID:
    """A friend of somebody who takes part."""
    terms = (await texts.current(kind="terms", language="de")).id
    return (await ground.fetch(_REFER, advocate, friend, terms, state, at, at))[0]["id"]


async def drawn(dice: Random, *, people: int, at: datetime) -> None:
    """A company of so many people, each with whatever the dice say."""
    asked = [await open_for_business(at=at - timedelta(days=400)), await survey(at=at, sensitive=True)]
    # One survey types people by a rule of its own.
    asked.append(await survey(at=at))
    (own,) = await ground.fetch("SELECT key FROM survey WHERE id = $1", asked[-1])
    await ruling.settle(key=own["key"], rule=OWN_RULE, actor="system:test", at=at)
    everybody = []
    for number in range(people):
        told = {
            "language": dice.choice((*LANGUAGES, None)),
            "country": dice.choice((*COUNTRIES, None)),
            "customer_since_date": dice.choice((None, at.date() - timedelta(days=dice.randint(300, 360)))),
            "stage": dice.choice(("lead", "customer")),
        }
        profiled = dice.random() < 0.7
        everybody.append(await person(f"p{number}", at=at - timedelta(days=300), profiled=profiled, **told))
    for customer in everybody:
        await _live(customer, everybody, asked, dice, at)
    await ground.execute("UPDATE customer SET held = 'restriction' WHERE id = ANY ($1)", everybody[:2])
    await ground.execute("UPDATE customer SET profiling_objected_at = $2 WHERE id = ANY ($1)", everybody[2:4], at)


async def _live(customer: UUID, everybody: list[UUID], asked: list[UUID], dice: Random, at: datetime) -> None:
    def ago() -> datetime:
        return at - timedelta(days=dice.randint(0, 60), seconds=dice.randint(0, 2))

    for _ in range(dice.randint(0, 4)):
        kinds = dice.sample(CATEGORIES, dice.randint(0, 2))
        refunded = ago() if dice.random() < 0.2 else None
        currency = dice.choice(CURRENCIES)
        cents = dice.choice((500, 1000, 2500))
        await bought(customer, cents, currency=currency, categories=kinds, refunded_at=refunded, at=ago())
    for _ in range(dice.randint(0, 3)):
        rest = ("overall", "again", "advantage") if dice.random() < 0.7 else ("overall",)
        marks = {name: dice.randint(1, 5) for name in rest}
        await answered(customer, dice.randint(0, 10), survey=dice.choice(asked), at=ago(), **marks)
    if dice.random() < 0.5:
        await takes_part(customer, at=at - timedelta(days=60))
        for friend in dice.sample([each for each in everybody if each != customer], dice.randint(0, 2)):
            if not await ground.fetch("SELECT FROM referral WHERE friend = $1", friend):
                referral = await recommended(customer, friend, state=dice.choice(("qualified", "expired")), at=ago())
                await bought(friend, 900, referral=referral, at=ago())
        await ground.execute(
            "INSERT INTO click_count (link, day_date, clicks) SELECT id, $2, $3 FROM share_link WHERE advocate = $1",
            customer,
            ago().date(),
            dice.randint(1, 3),
        )
    if dice.random() < 0.4:
        await ground.execute(
            "INSERT INTO advocate_score (customer, model, score, low, high, start, reasons, at) "
            "VALUES ($1, 1, $2, 0, 100, 50, '[]', $3)",
            customer,
            dice.choice((0, 40, 70, 100)),
            at,
        )


async def members(definition: Definition, *, at: datetime) -> set[UUID]:
    """Who belongs, person by person."""
    rows = await _everything(at)
    allowed = {row["id"] for row in rows if row["held"] is None}
    if definition.evaluates:
        allowed &= {row["id"] for row in rows if row["objected"] is None and row["agreed"]}
    return {row["id"] for row in rows if row["id"] in allowed and _holds(definition.root, row, at)}


async def _everything(at: datetime) -> list[dict[str, Any]]:
    """Everybody, each with a list of all they did."""
    people = await ground.fetch(
        "SELECT id, stage, language, country, customer_since_date, held, profiling_objected_at AS objected "
        "FROM customer"
    )
    agreed = await ground.fetch("SELECT customer FROM consent_event WHERE purpose = 'profile' AND state = 'given'")
    lists = {
        "purchases": "SELECT customer, cents, currency, categories, occurred_at AS at FROM conversion "
        "WHERE refunded_at IS NULL",
        "answers": "SELECT a.customer, a.score, a.marks, a.answered_at AS at, a.id, "
        "s.definition::text LIKE '%\"sensitive\": true%' AS sensitive, "
        "EXISTS (SELECT FROM loyalty_rule r WHERE r.key = s.key) AS ruled "
        "FROM survey_answer a JOIN survey s ON s.id = a.survey",
        "participations": "SELECT customer FROM participation",
        "scores": "SELECT customer, score FROM advocate_score",
        "classes": "SELECT customer, class FROM customer_class",
        "interests": "SELECT customer, category FROM customer_interest",
        "clicks": "SELECT l.advocate AS customer, k.day_date AS at, k.clicks FROM click_count k "
        "JOIN share_link l ON l.id = k.link",
        "friends": "SELECT advocate AS customer, confirmed_at AS at FROM referral WHERE state = 'qualified'",
        "conversions": "SELECT r.advocate AS customer, v.occurred_at AS at FROM conversion v "
        "JOIN referral r ON r.id = v.referral WHERE r.state = 'qualified' AND v.refunded_at IS NULL",
    }
    known: dict[UUID, dict[str, Any]] = {
        row["id"]: {**row, "agreed": False} | {name: [] for name in lists} for row in people
    }
    for row in agreed:
        known[row["customer"]]["agreed"] = True
    for name, sql in lists.items():
        for row in await ground.fetch(sql):
            if row["customer"] is not None and _is_past(row.get("at"), at):
                known[row["customer"]][name].append(row)
    return list(known.values())


def _is_past(moment: Any, at: datetime) -> bool:
    return moment is None or (moment <= at if isinstance(moment, datetime) else moment <= at.date())


def _holds(node: Group | Condition, row: Mapping[str, Any], at: datetime) -> bool:
    if isinstance(node, Group):
        inside = [_holds(each, row, at) for each in node.of]
        return (all(inside) if node.join == "all" else any(inside)) is not node.negated
    return _is(node, row, at) is not node.negated


def _is(condition: Condition, row: Mapping[str, Any], at: datetime) -> bool:  # noqa: C901 - one line a fact
    fact, since = condition.fact, at - timedelta(days=condition.days)
    if fact in ("stage", "language", "country"):
        return row[fact] in condition.among
    if fact == "customer_days":
        return _aged(row["customer_since_date"], condition, (at - timedelta(days=condition.number)).date())
    if fact == "takes_part":
        return bool(row["participations"])
    if fact in ("class", "interest"):
        name, key = {"class": ("classes", "class"), "interest": ("interests", "category")}[fact]
        return any(each[key] in condition.among for each in row[name])
    if fact == "score":
        return any(_compared(each["score"], condition) for each in row["scores"])
    if fact in ("purchases", "revenue", "last_purchase"):
        return _bought(condition, row, since, at)
    answers = row["answers"]
    if fact == "answered":
        return any(not condition.days or each["at"] > since for each in answers)
    if fact == "last_answer":
        last = max((each["at"] for each in answers), default=None)
        return _aged(last, condition, at - timedelta(days=condition.number))
    if fact == "nps_class":
        newest = _newest([each for each in answers if not each["sensitive"]])
        return newest is not None and _class(newest["score"]) in condition.among
    if fact == "loyalty":
        whole = [each for each in answers if not each["sensitive"] and len(json.loads(each["marks"])) == 4]
        return (newest := _newest(whole)) is not None and _type(newest) in condition.among
    if fact == "clicks":
        counted = [each["clicks"] for each in row["clicks"] if not condition.days or each["at"] >= since.date()]
        return _compared(sum(counted), condition)
    return _compared(len([each for each in row[fact] if not condition.days or each["at"] > since]), condition)


def _bought(condition: Condition, row: Mapping[str, Any], since: datetime, at: datetime) -> bool:
    counted = [
        each
        for each in row["purchases"]
        if (not condition.days or each["at"] > since)
        and (not condition.category or condition.category in each["categories"])
        and (not condition.currency or each["currency"] == condition.currency)
    ]
    if condition.fact == "last_purchase":
        last = max((each["at"] for each in counted), default=None)
        return _aged(last, condition, at - timedelta(days=condition.number))
    amounts = [each["cents"] for each in counted]
    return _compared(sum(amounts) if condition.fact == "revenue" else len(amounts), condition)


def _compared(value: int, condition: Condition) -> bool:
    return value >= condition.number if condition.op == "least" else value <= condition.number


def _aged(moment: datetime | date | None, condition: Condition, then: Any) -> bool:
    if moment is None:
        return False
    return bool(moment <= then) if condition.op == "least" else bool(moment >= then)


def _newest(answers: list[dict[str, Any]]) -> dict[str, Any] | None:
    return max(answers, key=lambda each: (each["at"], each["id"]), default=None)


def _type(answer: Mapping[str, Any]) -> str:
    marks = json.loads(answer["marks"])
    return loyalty.type_of([marks[name] for name in loyalty.QUESTIONS], rule=OWN_RULE if answer["ruled"] else Rule())


def _class(score: int) -> str:
    return "promoter" if score >= 9 else "detractor" if score <= 6 else "passive"


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
