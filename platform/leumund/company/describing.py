"""Describe the company, and read the description: what every mail, page and consent says of it."""

from datetime import datetime

import msgspec
from msgspec.structs import replace

from leumund.company import calendaring, rules
from leumund.company.tables import CompanyProfile
from leumund.kit import ground
from leumund.kit.faults import Refused

# For queries that read what is offered anyway: by whose clocks its days are told.
ZONE = "(SELECT time_zone FROM company_profile)"


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """A company as it shows itself; ``languages`` has the one it prefers first.

    ``tokens`` are the company's own, ``worn`` are all: its theme's with its own laid over, for whoever knows no themes.
    ``region`` is whose holidays count where the country's states have their own, or empty.
    """

    name: str
    legal_name: str
    imprint: dict[str, str]
    sender_name: str
    sender_email: str
    languages: list[str]
    country: str
    currency: str
    time_zone: str
    theme: str
    tokens: dict[str, str] = {}
    worn: dict[str, str] = {}
    logo: str | None = None
    region: str = ""


class NoSuchRegion(Refused):
    """The company's country has no such state."""


class NotDescribed(LookupError):
    """The company is open but nobody has said yet who it is."""


async def profile() -> Profile:
    """The company as it stands now. Raises NotDescribed."""
    found = await _find()
    if found is None:
        raise NotDescribed("describe the company first")
    return found


async def country() -> str | None:
    """Where the company is, by its ISO 3166-1 code; None before it has said so."""
    found = await _find()
    return None if found is None else found.country


async def controller() -> str:
    """Who a consent is given to: the company's name and postal address as one line."""
    found = await profile()
    return rules.controller(found.legal_name, found.imprint)


async def describe(*, profile: Profile, at: datetime) -> bool:
    """Let the company be ``profile``, in the state it chose (``settle``); false when it already is.

    A test company's legal name says that it is one, whoever describes it.
    """
    found = await _find()
    profile = replace(profile, region=found.region if found else "", legal_name=borne(legal_name=profile.legal_name))
    if found == profile:
        return False
    row = CompanyProfile(**msgspec.to_builtins(profile), updated_at=at)
    changing = [column for column in CompanyProfile.all_columns() if column is not CompanyProfile.id]
    await CompanyProfile.insert(row).on_conflict(target=CompanyProfile.id, action="DO UPDATE", values=changing)
    return True


def borne(*, legal_name: str) -> str:
    """``legal_name`` as the company whose scope is open bears it."""
    return rules.legal_name(legal_name, is_twin=ground.current().is_twin)


async def objections(*, region: str) -> list[Refused]:
    """What is wrong with ``region``: nothing where it is empty, or a state of the company's country."""
    known = not region or region in calendaring.regions((await profile()).country)
    return [] if known else [NoSuchRegion("errors.company.region", field="region")]


async def settle(*, region: str, at: datetime) -> bool:
    """Let the holidays of ``region`` count, to which nothing is objected; false when they already do."""
    if region == (await profile()).region:
        return False
    await CompanyProfile.update({CompanyProfile.region: region, CompanyProfile.updated_at: at}, force=True)
    return True


async def _find() -> Profile | None:
    row = await CompanyProfile.select().first().output(load_json=True)
    return None if row is None else msgspec.convert(row, Profile)
