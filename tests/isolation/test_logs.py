"""What people send us is not in the log, whatever goes wrong with it."""

import json
from typing import Any

import pytest
import structlog

from leumund.kit import ground, logs
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.isolation.callers import asked

CANARY = "canary-4711"
PART = '--X\r\nContent-Disposition: form-data; name="{name}"\r\n{more}\r\n{value}\r\n'
BROKEN = [
    ("", b"\xff"),
    ("Content-Type: text/plain; charset=bogus\r\n", b"x"),
    ("Content-Type: text/plain; charset=utf-16-le\r\n", b"\x00\xd8"),
]


def form(more: str, value: bytes) -> bytes:
    """A multipart form with a password in it and one part that is in no encoding."""
    told = PART.format(name="password", more="", value=CANARY).encode()
    return told + PART.format(name="email", more=more, value="").encode()[:-2] + value + b"\r\n--X--\r\n"


@pytest.mark.parametrize(("more", "value"), BROKEN)
@pytest.mark.parametrize("path", ["/console/login", "/portal/login"])
async def test_a_form_in_no_encoding_is_refused_and_not_told(
    door: Any, energy: Tenant, capfd: pytest.CaptureFixture[str], path: str, more: str, value: bytes
):
    headers = {"content-type": "multipart/form-data; boundary=X", "cookie": f"__Host-console={CANARY}"}
    answer = await asked(door, path, host=energy.host, method="POST", extra=headers, content=form(more, value))
    assert answer.status_code == 400
    said = capfd.readouterr()
    assert CANARY not in said.out + said.err


async def test_a_fault_is_told_by_kind_and_place_and_without_a_value(
    deployment: Deployment, company: Tenant, capfd: pytest.CaptureFixture[str]
):
    logs.configure()
    secret = CANARY

    async def deed() -> None:
        async with deployment.scopes.inside(company):
            for _ in range(2):
                await ground.execute(
                    "INSERT INTO customer (external_id, source, created_at, updated_at) VALUES ($1, 'x', now(), now())",
                    secret,
                )

    with pytest.raises(Exception, match="duplicate key") as raised:
        await deed()
    assert CANARY in str(getattr(raised.value, "detail", "")), "the database quotes it: the attack can succeed"
    structlog.get_logger().error("unexpected", incident="1", exc_info=raised.value)
    line = json.loads(capfd.readouterr().err.splitlines()[-1])
    assert line["fault"] == ["UniqueViolationError 23505"]
    assert any("test_logs.py" in frame for frame in line["at"])
    assert CANARY not in json.dumps(line)


async def test_a_page_that_fails_names_its_route_and_not_its_address(
    door: Any, energy: Tenant, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    def broken(*_: object) -> None:
        raise ZeroDivisionError(CANARY)

    monkeypatch.setattr("leumund.kit.tokens.read", broken)
    answer = await asked(door, f"/confirm/{CANARY}", host=energy.host)
    assert answer.status_code == 500
    said = capfd.readouterr()
    assert "ZeroDivisionError" in said.err
    assert "/confirm/{token" in said.err
    assert CANARY not in said.out + said.err
