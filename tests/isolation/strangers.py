"""A survey that strangers answer at a counter, its place, and an answer of one of them that waits in the box."""

from datetime import datetime
from uuid import uuid4

from leumund.surveys.asking import dropping_in, placing
from leumund.surveys.asking.placing import Place, Wanted
from leumund.surveys.questions import starting
from leumund.surveys.studio import publishing


async def leave(mark: str, *, at: datetime) -> Place:
    """All of it with ``mark`` in its words."""
    asked = starting.nps({"de": {"question": f"Wie war es, {mark}?", "followup": mark}})
    await publishing.publish(key="theke", definition=asked, named=False, at=at)
    wanted = Wanted(key="theke", kind="qr", name=mark)
    place = await placing.make(wanted=wanted, actor="system:test", at=at)
    await dropping_in.count(peer=mark, code=place.code, at=at)
    sent = {"recommend": ["9"], "comment": [mark]}
    await dropping_in.answer(code=place.code, ticket=uuid4(), sent=sent, page=0, language="de")
    return place
