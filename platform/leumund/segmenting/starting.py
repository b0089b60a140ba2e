"""The segments that ship: a company has them without making them, and may give each words of its own.

The first is the one a company is promised (requirements A54): those who recommend, for messages of its own to them. To
take part is a contract, so nobody is evaluated to be found here.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from uuid import uuid4

from leumund.customers.segments import keeping
from leumund.customers.segments.defining import Condition, Definition, Group
from leumund.customers.segments.keeping import Worded
from leumund.kit import language

_ADVOCATES = Definition(root=Group(join="all", of=(Condition(fact="takes_part", op="yes"),)))
_GLAD = Definition(
    root=Group(
        join="all",
        of=(
            Condition(fact="nps_class", op="in", among=("promoter",)),
            Condition(fact="last_answer", op="most", number=365),
            Condition(fact="takes_part", op="yes", negated=True),
        ),
    )
)
SHIPPED: Mapping[str, Definition] = MappingProxyType({"advocates": _ADVOCATES, "glad": _GLAD})
_ACTOR = "system:worker"


async def start(*, at: datetime) -> int:
    """Make those that are missing; how many those were."""
    return sum([await _put(key, definition, at) for key, definition in SHIPPED.items()])


def named(key: str, lang: str) -> tuple[str, str]:
    """Name and purpose of one that ships, in a reader's language."""
    return language.text(f"segments.shipped.{key}", lang), language.text(f"segments.shipped.{key}.purpose", lang)


async def _put(key: str, definition: Definition, at: datetime) -> bool:
    name, purpose = named(key, language.LANGUAGES[0])
    worded = Worded(name=name, purpose=purpose, definition=definition)
    return await keeping.put(segment=uuid4(), key=key, worded=worded, actor=_ACTOR, at=at)
