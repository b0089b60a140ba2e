"""Ask before a deed that cannot be taken back: its page says what follows, and a name is typed out to confirm it."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, TypeVar

from litestar import Request, Response

from leumund.kit import clock
from leumund.staff import proving
from leumund.staff.members import Member
from leumund.staff.proving import WrongCode
from leumund.web.console import entering
from leumund.web.forms import UNTRIED, Tried

Result = TypeVar("Result")


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


async def page(request: Request[Any, Any, Any], who: Member, deed: Deed, tried: Tried = UNTRIED) -> Response[str]:
    """The page that asks; the same address takes the answer."""
    shown = tried.shown(typed="")
    return await entering.page(request, who, "console_confirm.html", deed=deed, action=request.url.path, **shown)


async def with_code(
    request: Request[Any, Any, Any], who: Member, code: str, deed: Callable[[], Awaitable[Result]]
) -> Result:
    """What ``deed`` returns. Raises WrongCode, once the failure has been counted."""
    async with entering.inside(request):
        if await proving.prove(member=who.id, code=code, at=clock.now()):
            return await deed()
    raise WrongCode
