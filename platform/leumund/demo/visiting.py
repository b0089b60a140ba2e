"""A visitor without a browser: follows links, fills forms as the page has them, keeps session cookies."""

from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urljoin, urlsplit

import httpx

# What says of itself that it is a machine is not counted as a click.
_DEVICE = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Refusal(Exception):
    """A page answered with an error."""


class _Form(HTMLParser):
    """The first form of a page that posts to a path, or the first form at all."""

    def __init__(self, wanted: str) -> None:
        super().__init__()
        self._wanted = wanted
        self._inside = False
        self.action: str | None = None
        self.fields: dict[str, str] = {}
        self.boxes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and self.action is None and self._wanted in given.get("action", ""):
            self._inside, self.action = True, given.get("action", "")
        elif tag in ("input", "button") and self._inside and given.get("name"):
            self._take(given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False

    def _take(self, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind == "checkbox":
            self.boxes.add(given["name"])
        if kind not in ("checkbox", "radio") or "checked" in given:
            self.fields[given["name"]] = given.get("value", "on")


class Visitor:
    """One person's device at one company; ``at`` is where the server listens, hosts are told by header alone."""

    def __init__(self, at: str) -> None:
        self._client = httpx.AsyncClient(timeout=30, headers={"accept-language": "de", "user-agent": _DEVICE})
        self._at = urlsplit(at).netloc
        self.cookies: dict[str, str] = {}
        self.page = ""
        self.address = ""

    async def close(self) -> None:
        await self._client.aclose()

    async def open(self, address: str) -> str:
        """GET a page, at a whole address or at one of the page before, following redirects."""
        return await self._send("GET", urljoin(self.address, address), None)

    async def submit(
        self, values: dict[str, str] | None = None, *, to: str = "", ticked: set[str] | None = None
    ) -> str:
        """Send the page's form whose action holds ``to``, with ``values`` over what it is filled with."""
        form = _Form(to)
        form.feed(self.page)
        if form.action is None:
            raise Refusal(f"{self.address} has no form to {to or 'send'}")
        boxes = dict.fromkeys(form.boxes & (ticked or set()), "on")
        return await self._send("POST", urljoin(self.address, form.action), form.fields | boxes | (values or {}))

    async def _send(self, method: str, address: str, data: dict[str, str] | None) -> str:
        for _ in range(5):
            parts = urlsplit(address)
            target = parts._replace(scheme="http", netloc=self._at).geturl()
            headers = {"host": parts.netloc, "origin": f"{parts.scheme}://{parts.netloc}"} | self._cookie()
            answer = await self._client.request(method, target, data=data, headers=headers)
            self._keep(answer)
            self.address = address
            if answer.is_redirect:
                method, data, address = "GET", None, urljoin(address, answer.headers["location"])
                continue
            if answer.is_error:
                raise Refusal(f"{method} {address}: {answer.status_code}")
            self.page = answer.text
            return self.page
        raise Refusal(f"{address} redirects in circles")

    def _cookie(self) -> dict[str, str]:
        pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"cookie": pairs} if pairs else {}

    def _keep(self, answer: httpx.Response) -> None:
        for header in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(header).items():
                self.cookies[name] = morsel.value
