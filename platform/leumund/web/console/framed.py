"""A mail to look at stands in a frame of its own: it brings styles along that no page of ours may have."""

from litestar import Response

from leumund.messages.words.writing import Shown
from leumund.web import answering, defending

# For the page around it.
AROUND = {"content-security-policy": f"{defending.POLICY}; frame-src 'self'"}
# A page of our own brings no styles along, and is walked through by forms.
_OURS = {"content-security-policy": defending.POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")}
_WITHIN = {
    **answering.NO_STORE,
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'"
    ),
}


# A mail of a test company may open what its links lead to, in a window of their own, as a mail reader does.
_OPENING = _WITHIN | {
    "content-security-policy": _WITHIN["content-security-policy"].replace(
        "sandbox;", "sandbox allow-popups allow-popups-to-escape-sandbox;"
    )
}


def whole(shown: Shown, *, part: str) -> Response[str]:
    """As ``answer``, and its links open what they lead to."""
    if part == "text":
        return note(shown.text)
    html = shown.html.replace("<head>", '<head><base target="_blank">', 1)
    return Response(html, media_type="text/html; charset=utf-8", headers=_OPENING)


def answer(shown: Shown, *, part: str) -> Response[str]:
    """The mail's plain ``text`` where that is the part asked for, else its HTML."""
    if part == "text":
        return note(shown.text)
    return Response(shown.html, media_type="text/html; charset=utf-8", headers=_WITHIN)


def within(page: Response[str]) -> Response[str]:
    """A page of ours, which may stand in a frame of the console."""
    page.headers.update(_OURS)
    return page


def note(text: str, *, status: int = 200) -> Response[str]:
    """Plain text in a frame."""
    return Response(text, status_code=status, media_type="text/plain; charset=utf-8", headers=_WITHIN)


def around(page: Response[str]) -> Response[str]:
    """``page``, which may hold such frames."""
    page.headers.update(AROUND)
    return page
