"""The whole way once: invited, glad, an advocate, a friend, a purchase, and a reward for each of the two."""

from typing import NamedTuple

from leumund.demo import companies, people, telling
from leumund.demo.people import Login
from leumund.demo.staging import Stage
from leumund.kit import places
from leumund.surveys.answers.reading import Otherwise
from leumund.tenancy.directory import Tenant


class Play(NamedTuple):
    """Who acts in one company's journey; ``said`` are marks and words of those who answer beside the advocate."""

    slug: str
    language: str
    owner: str
    advocate: str
    friend: str
    order_cents: int
    glad: str
    said: list[tuple[str, int, str]]


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
    ],
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
)


async def played(stage: Stage, tenant: Tenant, play: Play) -> Login:
    """Everything by mail and HTTP, as the people themselves would do it; returns the owner's login."""
    folder, otherwise = places.tenants() / play.slug, Otherwise(language=play.language)
    login = await companies.owner_enrolled(stage, tenant, play.owner, language=play.language)
    telling.step(f"{play.owner} set up the account with a second factor")
    owner = await people.owner_agrees(stage, login)
    telling.step("the owner accepted the processor agreement; only now customers may come in")
    telling.step(await companies.customers_imported(stage, tenant, (folder / "customers.csv").read_bytes()))
    past = (folder / "answers.csv").read_bytes()
    telling.step(await companies.answers_imported(stage, tenant, past, otherwise=otherwise))
    key = await people.owner_makes_a_key_and_invites(owner, login)
    telling.step("the owner made a key for the shop and invited the customers to the survey")
    for email, score, comment in play.said:
        await (await people.customer_answers(stage, email, score=score, comment=comment)).close()
        telling.step(f"{email} answered {score}: {comment}")
    glad = await people.customer_answers(stage, play.advocate, score=10, comment=play.glad)
    telling.step(f"{play.advocate} answered 10: {play.glad}")
    link = await people.customer_joins(stage, glad, play.advocate)
    telling.step(f"{play.advocate} takes part and shares {link}")
    await people.friend_accepts(stage, link, play.friend, language=play.language)
    telling.step(f"{play.friend} followed the link, signed up and confirmed by mail")
    await people.shop_reports(stage, tenant, key, play.friend, cents=play.order_cents)
    telling.step(f"the shop reported the purchase of {play.order_cents / 100:.2f} EUR; both rewards are booked")
    return login
