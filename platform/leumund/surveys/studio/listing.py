"""List surveys: what there is, published or only drafted, and how each stands."""

import msgspec

from leumund.surveys.questions.defining import Definition
from leumund.surveys.studio import closing, drafting, publishing


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A survey as it would be published next; ``version`` is 0 before the first, ``is_drafted`` where one waits."""

    key: str
    definition: Definition
    named: bool
    version: int
    is_drafted: bool
    is_closed: bool


async def standings() -> list[Standing]:
    """Every survey by key; three queries, however many there are."""
    published = {each.key: each for each in await publishing.every()}
    drafted = {draft.key: draft for draft in await drafting.every()}
    closed = await closing.closed()
    return [
        Standing(
            key=key,
            definition=(drafted.get(key) or published[key]).definition,
            named=(published.get(key) or drafted[key]).named,
            version=published[key].version if key in published else 0,
            is_drafted=key in drafted,
            is_closed=key in closed,
        )
        for key in sorted({*published, *drafted})
    ]
