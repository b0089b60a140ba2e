"""What a company has set: compared before and after a folder is applied, for the log of changes."""

from collections.abc import Mapping

import msgspec

from leumund.company import describing
from leumund.company.describing import NotDescribed
from leumund.programs import offering
from leumund.programs.offering import NoProgram

# What follows from other settings, or is no setting.
_FOLLOWS = {"worn", "id", "key"}


async def settings() -> Mapping[str, object]:
    """The company's profile and its program, by the names of their fields; nothing before there are any."""
    return {name: value for name, value in (await _profile() | await _program()).items() if name not in _FOLLOWS}


async def _profile() -> dict[str, object]:
    try:
        told = msgspec.structs.asdict(await describing.profile())
    except NotDescribed:
        return {}
    # ``name`` is what people's names are called, which the log masks.
    return {("company" if field == "name" else field): value for field, value in told.items()}


async def _program() -> dict[str, object]:
    try:
        offer = await offering.offered()
    except NoProgram:
        return {}
    rules = [{**msgspec.structs.asdict(rule), "id": None} for rule in offer.rules]
    return msgspec.structs.asdict(offer) | {"rules": rules}
