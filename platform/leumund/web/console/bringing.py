"""A file that a member brings in a form: chosen on it, or carried over from its last step, and one at a time read."""

from typing import Any, NamedTuple

import anyio
from litestar import Request
from litestar.datastructures import UploadFile

from leumund.customers.intake import reading
from leumund.staff.members import Member
from leumund.web import forms
from leumund.web.console import carrying, entering

_COLUMN = "column_"
# A few large files at once would leave no memory and no turn to anybody's pages.
ONE_AT_A_TIME = anyio.CapacityLimiter(1)


class Brought(NamedTuple):
    """A file on its way: its bytes, the same sealed for the next step, and what the form said of its columns."""

    content: bytes
    sealed: str
    mapping: dict[str, str]


async def brought(request: Request[Any, Any, Any], who: Member) -> Brought:
    """The file of the form. Raises NotCarried, TooLarge, NotReadable."""
    sent = await forms.sent(request)
    upload = sent.get("file")
    # An empty file is a file, and told so; a form without one has no name for it.
    chosen = None
    if isinstance(upload, UploadFile) and upload.filename:
        chosen = await upload.read()
        reading.recognise(chosen, name=upload.filename)
    async with entering.reading(request):
        if chosen is not None:
            content, sealed = chosen, carrying.packed(chosen, member=who.id)
        else:
            sealed = str(sent.get("kept", ""))
            content = carrying.unpacked(sealed, member=who.id)
    columns = {name.removeprefix(_COLUMN): str(value) for name, value in sent.items() if name.startswith(_COLUMN)}
    return Brought(content, sealed, columns)
