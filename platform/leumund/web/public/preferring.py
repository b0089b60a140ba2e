"""The preference centre as a page: each purpose and channel with two buttons alike, what is stored, and a stop for all.

The same page stands behind the link of a mail and in the portal; where it stands it says by ``base``.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from litestar import Request, Response

from leumund.consent import rules
from leumund.consent.evidence import reading
from leumund.consent.evidence.reading import Standing
from leumund.consent.stopping import suppressing
from leumund.customers.changing.choosing import Choice, Page
from leumund.customers.records.finding import Person
from leumund.privacy import explaining
from leumund.web import answering, entering, forms
from leumund.web.forms import UNTRIED, Tried
from leumund.web.public import evidence

_SIGNALS = {"sec-gpc": "gpc", "dnt": "dnt"}


class Seen(NamedTuple):
    """What one person's preferences are, read in one scope; ``objected`` when they objected to all advertising."""

    person: Person
    standings: list[Standing]
    objected: bool


async def look(person: Person, lang: str) -> Seen:
    """How everything stands that the company asks of ``person``."""
    standings = await reading.standing(customer=person.id, language=lang)
    assert person.email is not None, "whoever comes here was written to"
    return Seen(person, standings, await suppressing.objected(email=person.email))


async def page(
    request: Request[Any, Any, Any], seen: Seen, tried: Tried = UNTRIED, *, base: str, template: str
) -> Response[str]:
    """The centre under ``base``, with what has just been done, or what is wrong."""
    lang = await entering.language(request)
    return await answering.page(
        request,
        template,
        path=base,
        base=base,
        email=forms.masked(seen.person.email or ""),
        choices=[row for standing in seen.standings for row in _rows(standing, base)],
        objected=seen.objected,
        signal=signal(request),
        stored=explaining.explain(lang),
        **tried.shown(),
    )


def signal(request: Request[Any, Any, Any]) -> str:
    """How the browser itself objects to tracking: ``gpc``, ``dnt``, or not at all."""
    return next((name for header, name in _SIGNALS.items() if request.headers.get(header) == "1"), "")


def chosen(sent: Mapping[str, str], purpose: str) -> Choice:
    """What was pressed for ``purpose``."""
    return Choice(
        purpose=purpose,
        channel=sent.get("channel") or None,
        allow=forms.ticked(sent, "choice"),
        shown=sent.get("text", ""),
    )


def stops_all(request: Request[Any, Any, Any], choice: Choice) -> bool:
    """Whether a no means everything: the browser objects by itself, and nothing expressly says otherwise."""
    return bool(signal(request)) and not choice.allow


async def told(request: Request[Any, Any, Any], *, source: str) -> Page:
    """Where the form stood, and with which signal of the browser it was sent."""
    known = evidence.of(request, page=source)
    told = {"signal": by} if (by := signal(request)) else {}
    return Page(source=source, language=await entering.language(request), evidence={**known, **told})


def _rows(standing: Standing, base: str) -> Iterator[dict[str, Any]]:
    for channel in standing.channels:
        yield {
            "purpose": standing.purpose,
            "channel": channel,
            "title": standing.title,
            "wording": standing.wording,
            "text": standing.text,
            "given": channel in standing.given,
            "may_give": not standing.retired and channel in rules.PROVEN_BY_MAIL,
            "retired": standing.retired,
            "action": f"{base}/{standing.purpose}",
        }
