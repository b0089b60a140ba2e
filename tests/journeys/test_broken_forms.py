"""Forms that no browser sends: half a letter in any field is refused whole, wherever the form goes."""

from typing import Any

import pytest

from tests.journeys.guests import OURS, Guest

# Half of a surrogate pair, in the encodings that can say it.
HALVES = {"utf-7": b"a+2AA-b", "unicode_escape": rb"a\ud800b"}
PAGES = {
    "/portal/login": "email",
    "/rights": "email",
    "/console/login": "password",
    "/console/segments/new": "name",
    "/console/surveys/places": "key",
    "/console/surveys/studio": "key",
    "/console/surveys/waves/new": "key",
    "/console/team": "name",
}


async def told(guest: Guest, page: str, field: str, *, encoding: str) -> int:
    """What is answered to a form whose one ``field`` is in ``encoding``."""
    head = f'Content-Disposition: form-data; name="{field}"\r\nContent-Type: text/plain; charset={encoding}'
    body = b"--B\r\n" + head.encode() + b"\r\n\r\n" + HALVES[encoding] + b"\r\n--B--\r\n"
    headers = {**OURS, "content-type": "multipart/form-data; boundary=B"}
    return (await guest.client.post(page, content=body, headers=headers)).status_code


@pytest.mark.parametrize("encoding", HALVES)
async def test_half_a_letter_is_no_fault_of_ours(desk: Any, encoding: str):
    mallory = await desk()
    answers = {page: await told(mallory, page, field, encoding=encoding) for page, field in PAGES.items()}
    assert answers == dict.fromkeys(PAGES, 400)
