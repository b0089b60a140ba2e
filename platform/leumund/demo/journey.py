"""The whole way once: invited, glad, an advocate, a friend, a purchase, and a reward for each of the two."""

from typing import NamedTuple
from uuid import UUID

from leumund.demo import companies, earning, people, regulars, telling, tending
from leumund.demo.paying import Payers
from leumund.demo.people import Login
from leumund.demo.staging import Stage
from leumund.demo.tending import Desk
from leumund.kit import clock, places
from leumund.staff import members
from leumund.surveys.answers.reading import Otherwise
from leumund.tenancy.directory import Tenant


class Play(NamedTuple):
    """Who acts in one company's journey; ``said`` are marks and words of those who answer beside the advocate.

    Of them ``joining`` take part as well. Where it ``brings``, purchases and voucher codes come in files; where it
    ``tends``, the year of regular customers follows.
    """

    slug: str
    language: str
    owner: str
    advocate: str
    friend: str
    order_cents: int
    glad: str
    said: list[tuple[str, int, str]]
    joining: frozenset[str] = frozenset()
    tends: bool = False
    brings: bool = False


LINDEN = Play(
    slug="linden",
    language="de",
    owner="owner@linden.example",
    advocate="anna.ahorn@people.example",
    friend="bert@friends.example",
    order_cents=90_000,
    glad="Freundlich, schnell, gern wieder.",
    said=[
        ("clara.clausen@people.example", 9, "Der Wechsel ging von allein."),
        ("jonas.becker@people.example", 7, "Solide, nur die App ist langsam."),
        ("mehmet.yilmaz@people.example", 3, "Der Abschlag wurde ohne Erklärung erhöht."),
        ("lena.sommer@people.example", 10, "Die Solaranlage läuft, und jemand ruft zurück."),
        ("paul.vogt@people.example", 9, "Die neue Rechnung versteht man."),
        ("sofia.rossi@people.example", 9, ""),
        ("emil.brandt@people.example", 9, "Preis gehalten wie versprochen."),
        ("aylin.demir@people.example", 10, ""),
        ("karl.winter@people.example", 8, "Gut, nur der Termin hat gedauert."),
        ("nora.falk@people.example", 7, ""),
    ],
    joining=frozenset(
        f"{name}@people.example" for name in ("clara.clausen", "lena.sommer", "paul.vogt", "emil.brandt", "aylin.demir")
    ),
    tends=True,
)
BIRKE = Play(
    slug="birke",
    language="en",
    owner="owner@birke.example",
    advocate="anna.ashby@people.example",
    friend="bert@friends.example",
    order_cents=24_900,
    glad="The community team is lovely.",
    said=[
        ("clara.clarke@people.example", 10, "Best coffee of any office."),
        ("oliver.bennett@people.example", 8, "Good, but the phone rooms fill up early."),
        ("priya.patel@people.example", 6, "Too loud on Thursdays."),
    ],
    brings=True,
)


async def played(stage: Stage, tenant: Tenant, play: Play) -> list[Login]:
    """Nearly everything by mail and HTTP, as the people themselves would do it; returns who may look around."""
    folder, otherwise = places.tenants() / play.slug, Otherwise(language=play.language)
    login = await companies.member_enrolled(stage, tenant, play.owner, language=play.language)
    telling.step(f"{play.owner} set up the account with a second factor")
    owner = await people.owner_agrees(stage, login)
    telling.step("the owner accepted the processor agreement; only now customers may come in")
    telling.step(await companies.customers_imported(stage, tenant, (folder / "customers.csv").read_bytes()))
    past = (folder / "answers.csv").read_bytes()
    telling.step(await companies.answers_imported(stage, tenant, past, otherwise=otherwise))
    key = await people.owner_makes_a_key_and_invites(owner, login)
    telling.step("the owner made a key for the shop and invited the customers to the survey")
    await _answered(stage, play)
    await recommended(stage, tenant, play, key)
    logins = [login]
    if play.brings:
        sold = regulars.purchases((folder / "purchases.csv").read_bytes(), at=clock.now())
        by = await _member(stage, tenant, play.owner)
        telling.step(await companies.purchases_brought(stage, tenant, sold, by=by))
        codes = (folder / "vouchers.csv").read_bytes()
        telling.step(await companies.vouchers_brought(stage, tenant, codes, by=by))
    if play.tends:
        # Before a night closes the days in which it happens.
        logins.append(await _earned(stage, tenant, play))
        await tending.tended(stage, tenant, Desk(login, owner, key))
    await owner.close()
    return logins


async def _earned(stage: Stage, tenant: Tenant, play: Play) -> Login:
    """Two months of a second program; returns the login of whoever pays for it."""
    email = f"accounting@{play.slug}.example"
    accountant = await companies.member_enrolled(stage, tenant, email, language=play.language, role="accounting")
    telling.step(f"{email} set up an account: whoever gathers a payout does not approve it alone")
    payers = Payers(accountant=await _member(stage, tenant, email), owner=await _member(stage, tenant, play.owner))
    async with stage.deployment.scopes.inside(tenant):
        await earning.earned(payers, today=clock.now())
    telling.step("two months of a second program: ten friends, tiers, a milestone, a bonus, an order that came back")
    telling.step("one payout arrived; another one waits for the owner, whose eyes are the second pair")
    return accountant


async def _member(stage: Stage, tenant: Tenant, email: str) -> UUID:
    """The member of ``tenant`` with that address."""
    async with stage.deployment.scopes.reading(tenant):
        return next(each.id for each in await members.everybody() if each.email == email)


async def _answered(stage: Stage, play: Play) -> None:
    for email, score, comment in play.said:
        visitor = await people.customer_answers(stage, email, score=score, comment=comment)
        telling.step(f"{email} answered {score}" + (f": {comment}" if comment else ""))
        if email in play.joining:
            telling.step(f"{email} takes part and shares {await people.customer_joins(stage, visitor, email)}")
        await visitor.close()


async def recommended(stage: Stage, tenant: Tenant, play: Play, key: str) -> None:
    """From the survey in the advocate's mail to the purchase of their friend."""
    glad = await people.customer_answers(stage, play.advocate, score=10, comment=play.glad)
    telling.step(f"{play.advocate} answered 10: {play.glad}")
    link = await people.customer_joins(stage, glad, play.advocate)
    telling.step(f"{play.advocate} takes part and shares {link}")
    await people.friend_accepts(stage, link, play.friend, language=play.language)
    telling.step(f"{play.friend} followed the link, signed up and confirmed by mail")
    order = {"order_id": "A-1001", "amount_cents": play.order_cents, "currency": "EUR"}
    await people.shop_reports(stage, tenant, key, [{**order, "customer": {"email": play.friend}}])
    telling.step(f"the shop reported the purchase of {play.order_cents / 100:.2f} EUR; both rewards are booked")
