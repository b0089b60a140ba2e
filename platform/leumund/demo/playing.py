"""Play the demo from an empty folder to the figures, and keep serving until Ctrl-C."""

import asyncio
import sys
from pathlib import Path
from typing import NamedTuple

from leumund.demo import companies, figuring, journey, operators, people, staging, telling, trying
from leumund.demo.people import Login
from leumund.demo.staging import Stage
from leumund.kit import clock, places
from leumund.tenancy.directory import Tenant

_GUEST_COLUMNS = {"external_id": "RESPNUM", "country": "Q17COUNTRY"}
_BERLIN = "Europe/Berlin"
_AIRPORT_OWNER = "owner@airport.example"


class Played(NamedTuple):
    """Who may look around once the play is over."""

    operator: Login
    staff: list[Login]


async def play(data: Path, *, once: bool, wished_port: int) -> None:
    """The main job on real parts in ``data``; with ``once`` it ends after the figures."""
    telling.chapter("Setting the stage: database, mail server, web and worker")
    async with staging.staged(data, wished_port=wished_port) as stage:
        telling.step(f"serving at {stage.at}, mail goes to a sink on this machine")
        tenants = {slug: await companies.applied(stage, slug) for slug in ("airport", "linden", "birke")}
        await staging.night_is_over(stage, at=clock.now())
        telling.step("three companies applied from their folders: airport, linden, birke")
        played = Played(await operators.created(stage), await _acts(stage, tenants))
        await _figures(stage, tenants)
        _logins(stage, played)
        if not once:
            await _serve_on(played)


async def _acts(stage: Stage, tenants: dict[str, Tenant]) -> list[Login]:
    telling.chapter("Airport: 2,831 guests and what they answered in 2017")
    guests, airport = (places.tenants() / "airport" / "guests.csv").read_bytes(), tenants["airport"]
    staff = [await companies.member_enrolled(stage, airport, _AIRPORT_OWNER, language="en")]
    await (await people.owner_agrees(stage, staff[0])).close()
    telling.step(await companies.customers_imported(stage, airport, guests, columns=_GUEST_COLUMNS))
    telling.step(await companies.interviews_imported(stage, airport, guests))
    for act in (journey.LINDEN, journey.BIRKE):
        telling.chapter(f"{act.slug.title()}: from the survey to both rewards")
        staff.extend(await journey.played(stage, tenants[act.slug], act))
    telling.chapter("Linden's test company: the same way, and nothing leaves it")
    staff.append(await trying.tried_out(stage, tenants["linden"], owner=journey.LINDEN.owner))
    return staff


async def _figures(stage: Stage, tenants: dict[str, Tenant]) -> None:
    telling.chapter("Figures")
    for slug, tenant in tenants.items():
        async with stage.deployment.scopes.reading(tenant):
            telling.figure(await figuring.answers(slug))
    async with stage.deployment.scopes.reading(tenants["airport"]):
        telling.figure(await figuring.weighted("airport", time_zone=_BERLIN, year=2017))
        for fact in ("purpose", "terminal"):
            for line in await figuring.parts("airport 2017", fact=fact, time_zone=_BERLIN):
                telling.figure(line)
    for slug in ("linden", "birke"):
        async with stage.deployment.scopes.reading(tenants[slug]):
            telling.figure(await figuring.money(slug))
        async with stage.deployment.scopes.inside(tenants[slug]):
            telling.figure(await figuring.books(slug, at=clock.now()))
    async with stage.deployment.scopes.reading(tenants["linden"]):
        telling.figure(await figuring.scores("linden"))


async def _serve_on(played: Played) -> None:
    telling.chapter("Serving until Ctrl-C")
    if sys.stdin.isatty():
        telling.step("press Enter for the codes an authenticator app would show now")
        asyncio.get_running_loop().add_reader(sys.stdin, _tell_codes, played)
    await asyncio.Event().wait()


def _tell_codes(played: Played) -> None:
    if not sys.stdin.readline():
        asyncio.get_running_loop().remove_reader(sys.stdin)
    for login in (played.operator, *played.staff):
        telling.step(f"{login.address}  {login.code()}")


def _logins(stage: Stage, played: Played) -> None:
    telling.chapter("Have a look")
    for login in (played.operator, *played.staff):
        telling.login(login.address, email=login.email, password=login.password, secret=login.secret)
    telling.step(f"every mail lies in {stage.mailbox.folder}: survey links of those who have not answered, for one")
    telling.step(f"a shell that has read {stage.settings_file} runs commands on it: leumund isolation verify, for one")
    telling.figure(f"mails: {stage.mailbox.count} sent, {stage.at} serves")
