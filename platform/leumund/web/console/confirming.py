"""Ask before a deed that cannot be taken back: its page says what follows, and a name is typed out to confirm it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from litestar import Request, Response

from leumund.kit.faults import Refused
from leumund.staff.members import Member
from leumund.web import forms
from leumund.web.console import entering


class Deed(NamedTuple):
    """What waits to be confirmed: the ``name`` to type, its page's words, and the page one came from.

    With ``coded`` the page asks for a code of the authenticator app too.
    """

    name: str
    title: str
    words: str
    button: str
    back: str
    back_name: str
    # Whether a borrowed browser is too little for it.
    coded: bool = False


async def page(
    request: Request[Any, Any, Any],
    who: Member,
    deed: Deed,
    *,
    sent: Mapping[str, str] | None = None,
    fault: Refused | None = None,
) -> Response[str]:
    """The page that asks; the same address takes the answer."""
    return await entering.page(
        request,
        who,
        "console_confirm.html",
        status=422 if fault else 200,
        deed=deed,
        action=request.url.path,
        values={"typed": (sent or {}).get("typed", "")},
        errors=forms.errors(fault, entering.language(request)) if fault else {},
    )
