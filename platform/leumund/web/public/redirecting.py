"""``GET /r/<code>``: on to where the link leads, with a token that shows the click; no cookie, no referrer, no trace.

Plain ASGI before Litestar, since it is the address that is printed and shared: a known link is answered from memory and
its click counted in it. Whatever else is asked for there, and every code that leads nowhere, is the pages' to answer.
"""

from typing import Any
from urllib.parse import parse_qs, quote, urlencode

from leumund.kit import clock
from leumund.kit.language import LANGUAGES
from leumund.referrals import rules, stamping
from leumund.referrals.clicking import Where
from leumund.referrals.codes import reading
from leumund.referrals.stamping import Click
from leumund.tenancy.arriving import App, Receive, Scope, Send, deployment_of, tenant_of
from leumund.web.defending import RAW_HEADERS
from leumund.web.public import clicks
from leumund.web.public.guessing import Guesses
from leumund.web.public.links import Known, Links
from leumund.web.public.passing import passing

ROOT = "/r/"
# Why a link was not followed, for the page that says so.
FAULT = "link_fault"
_FOUND = 302
_HEADERS = (*RAW_HEADERS, (b"cache-control", b"no-store"), (b"content-length", b"0"))
_LONGEST_QUERY = 256
_BODY = {"type": "http.response.body", "body": b""}


class Redirects:
    """Answers followed links itself, and leaves all else to ``pages``."""

    def __init__(self, pages: App) -> None:
        self._pages = pages
        self.links = Links()
        self.guesses = Guesses()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if not path.startswith(ROOT):
            await self._pages(scope, receive, send)
            return
        code, _, beyond = path[len(ROOT) :].partition("/")
        known = await self._find(scope, code)
        if known is None or beyond or scope["method"] not in ("GET", "HEAD"):
            await self._pages(scope, receive, send)
            return
        campaign, language = asked(scope["query_string"], known) if scope["query_string"] else ("", "")
        location = way(scope, known, code=code, campaign=campaign)
        if language:
            location += f"&lang={language}".encode()
        await send({"type": "http.response.start", "status": _FOUND, "headers": [*_HEADERS, (b"location", location)]})
        await send(_BODY)
        # Counted once it is answered. A link that was tested is not followed.
        if scope["method"] == "GET":
            where = Where(known.led.link, known.aside.day_date, campaign)
            clicks.note(tenant=tenant_of(scope), where=where, who=passing(scope, known, campaign))

    async def _find(self, scope: Scope, code: str) -> Known | None:
        """The link, whatever is asked for below it; where codes are tried out, one by its own code alone."""
        if len(code) > reading.LONGEST:
            return None
        tenant = tenant_of(scope)
        try:
            patience = self.guesses.wait(schema=tenant.schema_name, peer=_peer(scope))
            # Many share an address, and nobody's own link is kept from them: no other code is looked up there.
            if patience is not None and not rules.is_drawn(reading.normal(code)):
                raise patience
            known = await self.links.find(deployment_of(scope), tenant, code)
            if known is None:
                self.guesses.note(schema=tenant.schema_name, peer=_peer(scope), code=code)
            if patience is not None and (known is None or not known.led.is_own):
                raise patience
        except Exception as fault:
            scope["state"][FAULT] = fault
            return None
        return known


def _peer(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""


def asked(query: bytes, known: Known) -> tuple[str, str]:
    """The campaign that ``c`` names, where the company made one of that key, and the language ``lang`` asks for."""
    if len(query) > _LONGEST_QUERY:
        return "", ""
    given = parse_qs(query.decode("latin-1"))
    campaign, language = (given.get(name, [""])[0] for name in ("c", "lang"))
    return campaign if campaign in known.aside.campaigns else "", language if language in LANGUAGES else ""


def way(scope: Scope, known: Known, *, code: str, campaign: str) -> bytes:
    """Where the link leads, with this second's token."""
    at = clock.now()
    second = int(at.timestamp())
    if second != known.second:
        known.second, known.ways = second, {}
    made = known.ways.get(campaign)
    if made is None:
        vault = deployment_of(scope).scopes.vault(tenant_of(scope))
        token = stamping.stamp(click=Click(link=known.led.link, at=at, campaign=campaign), vault=vault)
        made = known.ways[campaign] = _way(known.led.url, code, token, campaign).encode("ascii")
    return made


def _way(url: str | None, code: str, token: str, campaign: str) -> str:
    also: dict[str, Any] = {"c": campaign} if campaign else {}
    if url is None:
        return f"{ROOT}{quote(code)}/{rules.LANDING}?{urlencode({'click': token} | also)}"
    return f"{url}{'&' if '?' in url else '?'}{urlencode({'leumund': token} | also)}"
