"""Forms as visitors send them: plain texts by field, and what is wrong with them next to each field."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from litestar import Request, Response
from litestar.datastructures import FormMultiDict
from litestar.exceptions import ClientException

from leumund.kit.faults import Overtaken, Refusals, Refused, TooSoon
from leumund.kit.knocking import Knock
from leumund.web import answering, peers

Choice = TypeVar("Choice", bound=str)
# Enough for the longest comment, escaped; a body above it is refused before it is read.
MOST_BODY_BYTES = 100_000
_TICKED = ("yes", "on")
_LONGEST = 200
_LONGEST_NUMBER = 9


class Missing(Refused):
    """A field that must be filled is not."""


class Mistyped(Refused):
    """What was typed to confirm is something else."""


class NotChosen(Refused):
    """One of a few had to be chosen."""


class TooLong(Refused):
    """A field of one line holds more than anybody would write there."""


class NotAccepted(Refused):
    """The terms were not accepted."""


class OutOfDate(Refused):
    """The form was open too long, or its wording has changed since: it must be read and sent again."""


class Tried(NamedTuple):
    """What became of a page's forms: what was ``sent``, what is wrong with it by field, or what it has ``done``."""

    sent: Mapping[str, str] = {}
    errors: Mapping[str, str] = {}
    done: str = ""
    status: int = 200

    def shown(self, **before: str | None) -> dict[str, Any]:
        """What a page tells of it; its fields hold what stood in them ``before`` until something was sent."""
        return {"status": self.status, "values": {**before, **self.sent}, "errors": self.errors, "done": self.done}


# A page that was only opened.
UNTRIED = Tried()


async def sent(request: Request[Any, Any, Any]) -> FormMultiDict:
    """All that was sent, files too. Raises ClientException, a 400, for what is in no encoding one could read."""
    try:
        given = await request.form()
        for name, value in given.multi_items():
            # A part may say that it is UTF-7: then half of a surrogate pair gets in, which is no letter of anybody's.
            f"{name}{value if isinstance(value, str) else ''}".encode()
    except (UnicodeError, LookupError) as fault:
        raise ClientException from fault
    return given


async def filled(request: Request[Any, Any, Any]) -> dict[str, str]:
    """What was sent, trimmed, with lines as we end them; files and NUL, which no field of ours takes, are left out."""
    given = await sent(request)
    return {name: _plain(value) for name, value in given.items() if isinstance(value, str)}


async def listed(request: Request[Any, Any, Any]) -> dict[str, list[str]]:
    """As ``filled``, with every value of a field that was sent several times."""
    given = await sent(request)
    return {name: [_plain(value) for value in given.getall(name) if isinstance(value, str)] for name in given}


def ticked(sent: Mapping[str, str], name: str) -> bool:
    """Whether the box was ticked."""
    return sent.get(name) in _TICKED


def whole(sent: Mapping[str, str], name: str, *, otherwise: int = 0) -> int:
    """A small whole number; ``otherwise`` for what is none, which has to be one that the field does not take."""
    text = sent.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER else otherwise


def chosen(sent: Mapping[str, str], name: str, among: Sequence[Choice], *, fault: str) -> Choice:
    """The one ``among`` a few that was chosen. Raises NotChosen with ``fault``, the key of what is said then."""
    for each in among:
        if each == sent.get(name):
            return each
    raise NotChosen(fault, field=name)


async def secret(request: Request[Any, Any, Any], name: str) -> str:
    """A password exactly as it was sent: whoever began or ended one with a space meant it."""
    value = (await sent(request)).get(name, "")
    return value if isinstance(value, str) else ""


def knock(request: Request[Any, Any, Any], sent: Mapping[str, str], *, token: str) -> Knock:
    """A filled form of signing in, all but its password; ``token`` is the session the browser still has."""
    return Knock(email=sent.get("email", ""), code=sent.get("code", ""), peer=peers.place(request), token=token)


def require(sent: Mapping[str, str], *, fields: tuple[str, ...]) -> None:
    """Nothing, when all ``fields`` are filled and the terms accepted. Raises Refusals."""
    faults = list(_unfilled(sent, fields))
    if not ticked(sent, "terms"):
        faults.append(NotAccepted("errors.forms.terms", field="terms"))
    if faults:
        raise Refusals(faults)


def require_typed(sent: Mapping[str, str], *, name: str) -> None:
    """Nothing, when ``name`` was typed out to confirm a deed. Raises Mistyped."""
    # A page shows several spaces as one, and so they are typed.
    if sent.get("typed", "").split() != name.split():
        raise Mistyped("errors.forms.mistyped", field="typed", name=name)


def require_filled(sent: Mapping[str, str], *, fields: tuple[str, ...], beside: Iterable[Refused] = ()) -> None:
    """Nothing, when all ``fields`` are filled, none of them endlessly, and nothing is wrong ``beside`` that.

    Raises Refusals, in which an empty field is told to be empty and not to be wrong.
    """
    endless = (
        TooLong("errors.forms.too_long", field=name, longest=_LONGEST) for name in fields if _endless(sent, name)
    )
    if faults := [*beside, *_unfilled(sent, fields), *endless]:
        raise Refusals(faults)


def refused(sent: Mapping[str, str], fault: Refused | Refusals, lang: str) -> Tried:
    """What was sent, beside what is wrong with it; ``form`` is the field of what belongs to none."""
    errors = {field or "form": text for field, text in answering.errors_of(fault, lang).items()}
    kinds = {Overtaken: 409, TooSoon: 429}
    return Tried(sent, errors, status=next((kinds[kind] for kind in kinds if isinstance(fault, kind)), 422))


def timed(page: Response[str], fault: Exception) -> Response[str]:
    """The form again, after one try too many with the wait that a machine understands (RFC 6585)."""
    if isinstance(fault, TooSoon):
        page.set_header("retry-after", str(fault.wait_seconds))
    return page


def done(request: Request[Any, Any, Any], among: Container[str]) -> Tried:
    """What the address says has been done, as far as its page has words for it."""
    said = request.query_params.get("done", "")
    return Tried(done=said if said in among else "")


def masked(email: str) -> str:
    """An address as a hint to its owner: ``b…@people.example``."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}…@{domain}"


def _plain(value: str) -> str:
    # Browsers end lines as mail does (HTML, "constructing the entry list").
    return value.replace("\0", "").replace("\r\n", "\n").strip()


def _unfilled(sent: Mapping[str, str], fields: tuple[str, ...]) -> Iterator[Refused]:
    return (Missing("errors.forms.missing", field=name) for name in fields if not sent.get(name))


def _endless(sent: Mapping[str, str], name: str) -> bool:
    return len(sent.get(name, "")) > _LONGEST
