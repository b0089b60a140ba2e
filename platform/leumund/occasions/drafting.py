"""Draft an occasion: begun from a template, kept as often as wanted, however unfinished."""

from datetime import datetime
from uuid import UUID, uuid4

from leumund.audit import noting
from leumund.company import describing
from leumund.kit import ground, language
from leumund.kit.faults import Overtaken, Refused
from leumund.occasions import defining, reading
from leumund.occasions.defining import Definition, Said, Step, Trigger
from leumund.occasions.tables import Occasion

LONGEST_NAME = 80
_MAIL = Step(kind="mail")
# What a company can begin with; words are in the catalogues, and no purpose is chosen for anybody.
TEMPLATES = {
    "birthday": (Trigger(kind="birthday"), [_MAIL]),
    "purchase": (
        Trigger(kind="purchase", days=3),
        [_MAIL, Step(kind="wait", days=21), Step(kind="stop", reasons=["bought", "withdrew"]), _MAIL],
    ),
    "thanks": (Trigger(kind="answer", days=1, answer="promoter"), [_MAIL]),
}
_KEEP = """
UPDATE occasion SET name = $3, draft = $4, revision = revision + 1, changed_at = $5, changed_by = $6
WHERE id = $1 AND revision = $2
"""


class Unnamed(Refused):
    """An occasion needs a name to be known by."""


class Meanwhile(Overtaken):
    """Somebody else changed the draft since this one was begun."""


async def start(*, template: str, lang: str, by: UUID, at: datetime) -> UUID:
    """A new draft from one of TEMPLATES, named in ``lang``; its mails speak all the company's languages."""
    trigger, steps = TEMPLATES[template]
    spoken = reading.spoken(await describing.profile())
    purposes = await reading.purposes()
    definition = Definition(
        purpose=next(iter(purposes)) if len(purposes) == 1 else "",
        trigger=trigger,
        steps=[_worded(step, template, place, spoken) for place, step in enumerate(steps, 1)],
        goal="recommended" if template == "thanks" else "bought",
    )
    row = Occasion(
        id=uuid4(),
        name=language.text(f"occasions.template.{template}", lang),
        draft=defining.written(definition),
        changed_at=at,
        changed_by=by,
    )
    await Occasion.insert(row)
    await noting.note(actor=f"staff:{by}", action="occasion.drafted", subject=row.id, at=at)
    return row.id


async def keep(*, occasion: UUID, name: str, definition: Definition, after: int, by: UUID, at: datetime) -> int:
    """Keep a draft that was begun from the revision ``after``; which one it is now.

    Raises OccasionUnknown, Unnamed, Meanwhile.
    """
    await reading.known(occasion=occasion)
    plain = " ".join(name.split())
    if not 0 < len(plain) <= LONGEST_NAME:
        raise Unnamed("errors.occasions.name", field="name", longest=LONGEST_NAME)
    if not await ground.execute(_KEEP, occasion, after, plain, defining.written(definition), at, by):
        raise Meanwhile("errors.occasions.meanwhile")
    return after + 1


def _worded(step: Step, template: str, place: int, spoken: list[str]) -> Step:
    if step.kind != "mail":
        return step
    # One who comes back to a second mail reads other words.
    key = f"occasions.words.{template}.{place}"
    places = {"name": "{{ name }}", "company": "{{ company }}"}
    words = {
        each: Said(
            subject=language.text(f"{key}.subject", each, **places),
            wording=language.text(f"{key}.wording", each, **places),
        )
        for each in spoken
    }
    return Step(kind="mail", words=words)
