"""Two companies with the same rows and other markers: what every attack is tried on.

Everything a person could recognise holds the company's marker, a word that stands nowhere else.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from string import ascii_lowercase
from typing import Any
from uuid import UUID, uuid4

import msgspec

from leumund.audit import attesting
from leumund.company import describing, processing
from leumund.company.processing import Described
from leumund.consent.texts import drafting, publishing
from leumund.consent.texts.drafting import Draft
from leumund.consent.texts.purposes import Purpose
from leumund.customers.login import factors, visiting
from leumund.customers.login.factors import Shown
from leumund.customers.records import registering
from leumund.customers.records.registering import Record
from leumund.customers.segments import keeping, sparing
from leumund.customers.segments.defining import Condition, Definition, Group
from leumund.customers.segments.keeping import Worded
from leumund.customers.segments.sparing import Rule
from leumund.events.rules import written
from leumund.kit import clock, codes, ground, sight, tokens
from leumund.kit.sight import Asked
from leumund.messages.words import trying
from leumund.messages.words.letters import Words
from leumund.operating import asking, creating, office, watching
from leumund.referrals.claims.telling import Said
from leumund.rewards import converting, deciding
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from leumund.rewards.outcomes import Converted
from leumund.scoring import keeping as scoring
from leumund.segmenting import classing, computing
from leumund.staff import api_keys, inviting, rules, sessions
from leumund.support import granting
from leumund.support.granting import Terms
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.domains import claiming
from leumund.tenancy.verifying.findings import Report
from leumund.web.console import carrying
from tests import links, proofs
from tests.isolation import (
    booked,
    brought,
    duties,
    followed,
    given_back,
    greetings,
    happenings,
    paid,
    paid_by_stripe,
    promised,
    requests_of_people,
    shared,
    strangers,
    subscribed,
)
from tests.journeys import guests, scores, staffing
from tests.journeys.staffing import Colleague
from tests.rooms import whole

_RANDOM = Random()
# An order of so much has to be looked at by a person, and a smaller one earns at once.
_LARGE, _SMALL = 600_000, 90_000
# Whose preferences may be seen is known by a form that reached the mailbox.
_LINKED = {
    "unsubscribe": "SELECT id FROM message WHERE purpose <> ''",
    "preferences": "SELECT id FROM consent_request WHERE confirmed_at IS NOT NULL",
}
WITH_IDS = """
SELECT c.relname::text AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'id'
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.atttypid = 'uuid'::regtype ORDER BY 1
"""


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One company: its people, and all by which something of it can be asked for.

    ``ids`` are row ids by table, ``words`` what people would type, ``signed`` links' tokens by purpose, ``sessions``
    the cookies of everybody in a role and of an advocate.
    """

    tenant: Tenant
    marker: str
    ids: Mapping[str, list[UUID]]
    words: Mapping[str, str]
    signed: Mapping[str, str]
    sessions: Mapping[str, str]
    owner: Colleague
    api_key: str

    def own(self, name: str) -> str:
        """One value by its name in the table of places."""
        known = {**self.signed, **self.words, "member": str(self.owner.member), "slug": self.tenant.slug}
        if name.startswith("api_"):
            noun = name.removeprefix("api_")
            return written(noun, self.ids[noun][0])
        rows = {
            "key": "staff_api_key",
            "endpoint": "event_endpoint",
            "report": "isolation_report",
            "care_case": "customer_case",
            "message": "message",
            "segment": "segment",
            "occasion": "occasion",
            "payout_batch": "payout_batch",
            "breach": "breach",
            "acceptance": "agreement_acceptance",
            "purchase_import": "purchase_import",
        }
        if name in known:
            return known[name]
        return str(self.ids[rows[name]][0])

    def secrets(self) -> set[str]:
        """Whatever of this company may stand in no other one's answer."""
        ids = {each for table in self.ids.values() for one in table for each in (str(one), one.hex)}
        return {
            self.marker,
            self.tenant.slug,
            self.tenant.schema_name,
            self.words["code"],
            self.words["place_code"],
            self.api_key,
            *ids,
            *self.signed.values(),
            *self.sessions.values(),
        }


def marker() -> str:
    """A word nobody uses, of letters alone so that it fits into every field."""
    return "q" + "".join(_RANDOM.choices(ascii_lowercase, k=11))


async def furnish(deployment: Deployment, open_company: Callable[[str], Awaitable[Tenant]], name: str) -> Side:
    """A company with every kind of row there is."""
    tenant, mark = await open_company(name), marker()
    async with deployment.scopes.inside(tenant):
        at = clock.now() - timedelta(hours=2)
        words = await _people(mark, at=at)
    staff = {role: await staffing.enrolled(deployment, tenant, role=role, name=mark) for role in rules.ROLES}
    owner = staff[rules.OWNER]
    asked = await guests.surveyed(deployment, tenant, name=mark)
    glad = await guests.surveyed(deployment, tenant, name=mark)
    async with deployment.scopes.inside(tenant):
        at = clock.now()
        await whole.answer(glad.invitation, 10, comment=mark, at=at)
        portal = await _visit(UUID(words["advocate"]), at=at)
        await _add_factor(UUID(words["advocate"]), mark, at=at)
        key = await api_keys.create(name=f"shop {mark}", scopes=api_keys.SCOPES, actor="system:test", at=at)
        invitation = await inviting.invite(
            email=f"new-{mark}@staff.example", name=mark, role="viewer", language="de", actor="system:test", at=at
        )
        advocate = UUID(words["advocate"])
        rights = await requests_of_people.make(customer=advocate, email=words["email"], mark=mark, at=at)
        desks = {role: await sessions.begin(member=each.member, at=at) for role, each in staff.items()}
        signed = {
            "survey": tokens.sign("survey", asked.invitation),
            "join": tokens.sign("join", glad.invitation),
            "confirm": tokens.sign("confirm", UUID(words["request"])),
            "portal": tokens.sign("portal", await visiting.open_login(customer=UUID(words["advocate"]), at=at)),
            "enrol": links.enrolment(invitation.enrolment),
            **rights.signed,
            **{purpose: tokens.sign(purpose, (await _one(sql))["id"]) for purpose, sql in _LINKED.items()},
        }
        words_of_mail = Words(None, mark, mark)
        await trying.try_out(kind="reward_released", language="de", words=words_of_mail, member=owner.member, at=at)
        await _write_texts(mark, member=owner.member, at=at)
        claim = await claiming.claim(name=f"{mark}.example", at=at, note=proofs.unnoted)
        wall = Report(at=at, postgres="18", version=1, companies=2, probed=1, others=1, subject=mark, checks=())
        await attesting.attest(report=msgspec.to_builtins(wall), findings=0, actor="system:test", at=at)
        await _select(mark, actor=f"staff:{owner.member}", at=at)
        await _score(advocate, words["email"], at=at)
        await duties.leave(member=owner.member, mark=mark, at=at)
        place = await strangers.leave(mark, at=at)
        await greetings.leave(mark, customer=advocate, member=owner.member, at=at)
        await paid.leave(mark, customer=advocate, member=owner.member, at=at)
        await happenings.leave(mark, customer=advocate, at=at)
        await subscribed.leave(mark, at=at)
        await shared.leave(mark, customer=advocate, member=owner.member, at=at)
        await followed.leave(mark, member=owner.member, at=at)
        await booked.leave(member=owner.member, at=at)
        await promised.leave(mark, member=owner.member, at=at)
        await paid_by_stripe.leave(mark, customer=advocate, at=at)
        await brought.leave(mark, email=words["email"], at=at)
        kept = carrying.packed(f"email\n{mark}@people.example\n".encode(), member=owner.member)
        ids = {each["name"]: await _ids(each["name"]) for each in await ground.fetch(WITH_IDS)}
        # Of all people the one whose pages say the marker, and of all referrals one that is told of.
        confirmed = (await _one("SELECT id FROM referral WHERE confirmed_at IS NOT NULL"))["id"]
        for table, row in (("customer", advocate), ("referral", confirmed)):
            ids[table] = [row, *(each for each in ids[table] if each != row)][:2]
    granted, waiting = [await _ask_for_sight(deployment, tenant, at=at) for _ in range(2)]
    async with deployment.scopes.inside(tenant):
        terms = Terms(rooms=granted.rooms, hours=granted.hours)
        assert await granting.grant(asked=granted, terms=terms, by=owner.member, code=owner.code(), at=clock.now())
    ids |= {"support_request": [granted.id, waiting.id], "waiting request": [waiting.id], "claim": [claim]}
    typed = {
        "key_name": f"shop {mark}",
        "endpoint_name": f"hook {mark}",
        "staff_email": owner.email,
        "kept": kept,
        "name": mark,
    }
    typed |= {"survey_key": mark, "survey_question": mark, "program_reward": "advocate"}
    typed |= {"place": str(place.id), "place_code": place.code}
    typed |= {"mail_kind": "reward_released", "tongue": "de", "first_step": "1"}
    typed |= {"api_customer": written("customer", advocate), "api_text": f"txt_{UUID(words['text']).hex}"}
    return Side(
        tenant=tenant,
        marker=mark,
        ids={table: found for table, found in ids.items() if found},
        words=words
        | typed
        | {"case": str(rights.case), "claim": str(claim), "asked": str(waiting.id), "granted": str(granted.id)},
        signed=signed,
        sessions={**desks, "advocate": portal},
        owner=owner,
        api_key=key.key,
    )


async def _write_texts(mark: str, *, member: UUID, at: datetime) -> None:
    """Somebody prints for the company, and a member is writing at a text of its own."""
    printer = Described(role="processor", name=mark, address=mark, country="DE", what_for={"de": mark, "en": mark})
    await processing.settle(wanted=[printer], on=at.date())
    key = f"only_{mark}"
    told = Purpose(key=key, channels=["email"], about=mark)
    draft = Draft(kind="consent", purpose=key, language="de", title=mark, template=mark, told=told)
    await drafting.keep(drafts=[draft], member=member, at=at)


async def _select(mark: str, *, actor: str, at: datetime) -> None:
    """Everybody who is a customer is in a segment, and whoever bought counts for a class."""
    everybody = Group(join="all", of=(Condition(fact="stage", op="in", among=("customer",)),))
    worded = Worded(name=mark, purpose=f"{mark} {mark}", definition=Definition(root=everybody))
    segment = await keeping.create(worded=worded, actor=actor, at=at)
    await computing.compute(segment=segment, at=at)
    await sparing.settle(rule=Rule(), actor=actor, at=at)
    await classing.classify(at=at)


async def _score(advocate: UUID, email: str, *, at: datetime) -> None:
    """Anna agreed to be evaluated."""
    await scores.asked(at=at)
    await whole.allow(advocate, email, purpose="profile", at=at)
    assert await scoring.score(people=[advocate], at=at) == 1


async def _ask_for_sight(deployment: Deployment, tenant: Tenant, *, at: datetime) -> Asked:
    """An operator asks to see the company; no word of theirs holds its marker."""
    email = f"olaf-{uuid4().hex[:8]}@leumund.example"
    await creating.create_operator(deployment, email=email, password="vier Wolken tragen Kastanien", at=at)
    async with office.inside(deployment) as desk:
        operator = await desk.connection.fetchval("SELECT id FROM operator WHERE email = $1", email)
        asked = Asked(
            id=uuid4(),
            operator=operator,
            operator_email=email,
            reason="A reward cannot be found",
            rooms=list(sight.ROOMS),
            hours=2,
            asked_at=at,
        )
        await asking.ask(desk, company=await watching.find(desk, slug=tenant.slug), asked=asked)
    return asked


async def _people(mark: str, *, at: datetime) -> dict[str, str]:
    """A company that says its marker wherever it speaks, Anna who recommends, and two friends who bought."""
    await _describe(mark, at=at - timedelta(days=1))
    anna = f"anna-{mark}@people.example"
    code = await whole.advocate(anna, at=at)
    record = Record(
        email=anna, external_id=f"K-{mark}", given_name=mark, family_name=mark, phone="+49 30 1234567", language="de"
    )
    advocate = (await registering.register(record=record, source="test", at=at)).id
    large, small = [await _order(code, mark, cents=cents, at=at) for cents in (_LARGE, _SMALL)]
    assert small.referral is not None, "the friend had confirmed"
    await deciding.record(referral=small.referral, verdict="approved", by=uuid4(), at=at)
    await _claim(code, mark, at=at)
    await given_back.leave(mark, order_id=small.order_id, at=at)
    request = await whole.accept(code, f"late-{mark}@people.example", at=at, consents={"survey": True})
    assert request is not None, "a stranger may sign up"
    texts = await publishing.all_current()
    return {
        "code": code,
        "advocate": str(advocate),
        "request": str(request),
        "email": anna,
        "external_id": f"K-{mark}",
        "order": large.order_id,
        "small_order": small.order_id,
        "referral": str(large.referral),
        "moment": at.isoformat(),
        "purpose": f"only_{mark}",
        "text_name": f"consent-only_{mark}",
        "text": str(next(text.id for text in texts if text.purpose == f"only_{mark}")),
    }


async def _describe(mark: str, *, at: datetime) -> None:
    terms = msgspec.structs.replace(whole.TERMS, texts={"de": {"headline": mark}, "en": {"headline": mark}})
    await whole.company(at=at, terms=terms)
    profile = msgspec.structs.replace(
        whole.PROFILE,
        name=f"{mark} Energie",
        legal_name=f"{mark} GmbH",
        imprint={**whole.PROFILE.imprint, "street": f"{mark}weg 1"},
        sender_name=mark,
        sender_email=f"hallo@{mark}.example",
        logo=f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><title>{mark}</title></svg>',
    )
    await describing.describe(profile=profile, at=at)
    for language in ("de", "en"):
        await publishing.publish(
            kind="consent",
            purpose=f"only_{mark}",
            channels=["email"],
            language=language,
            title=mark,
            wording=f"Ja, {mark}.",
            at=at,
        )


async def _order(code: str, mark: str, *, cents: int, at: datetime) -> Converted:
    """A friend comes over ``code`` and buys for ``cents``."""
    email = f"bert-{cents}-{mark}@people.example"
    await whole.friend(code, email, at=at)
    told = Order(
        order_id=f"A-{cents}-{mark}", cents=cents, currency="EUR", customer=CustomerRef(email=email), occurred_at=at
    )
    return await converting.convert(order=told, at=at)


async def _claim(code: str, mark: str, *, at: datetime) -> None:
    """Somebody types ``code`` into their shop's checkout."""
    email = f"carla-{mark}@people.example"
    await whole.person(email, at=at)
    told = Order(
        order_id=f"A-code-{mark}",
        cents=_SMALL,
        currency="EUR",
        customer=CustomerRef(email=email),
        occurred_at=at,
        said=Said(code=code, conditions_shown=True),
    )
    assert (await converting.convert(order=told, at=at)).claim_reason == "won"


async def _add_factor(customer: UUID, mark: str, *, at: datetime) -> None:
    """An app that does not count yet, so that its person comes as far as without it."""
    shown = Shown(factors.APP, mark, codes.fresh(), 0)
    await factors.keep(customer=customer, shown=shown, counts_at=at + timedelta(days=1), at=at)


async def _visit(customer: UUID, *, at: datetime) -> str:
    return await visiting.enter(login=await visiting.open_login(customer=customer, at=at), at=at)


async def _ids(table: str) -> list[UUID]:
    return [row["id"] for row in await ground.fetch(f"SELECT id FROM {table} ORDER BY id LIMIT 2")]


async def _one(sql: str) -> dict[str, Any]:
    return (await ground.fetch(sql + " LIMIT 1"))[0]
