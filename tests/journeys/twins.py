"""A company from its folder and its test company, for journeys through both."""

from typing import NamedTuple
from uuid import uuid4

from msgspec.structs import replace

from leumund.files import opening, reading, twinning
from leumund.kit import clock, places
from leumund.tenancy.database.server import as_owner
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests import served


class Pair(NamedTuple):
    """A company that does business, and its twin."""

    live: Tenant
    twin: Tenant


async def pair(deployment: Deployment, *, of: str = "linden") -> Pair:
    """The company of the folder ``of`` under a name nobody had before, and its test company."""
    folder = reading.read(places.tenants() / of)
    slug = f"{of}-{uuid4().hex[:8]}"
    await opening.apply_folder(deployment, replace(folder, company=replace(folder.company, slug=slug)))
    live = await deployment.directory.by_slug(slug)
    await served.agree(deployment, live, at=clock.now())
    async with as_owner(deployment.server) as owner:
        made = await twinning.twin(deployment, live, owner=owner)
    return Pair(live, made.twin)
