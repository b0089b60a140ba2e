"""A company's shop: it has an API key and tells what was bought."""

from typing import Any
from uuid import uuid4

import httpx

from leumund.kit import clock
from leumund.staff import api_keys
from leumund.staff.api_keys import Created
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant

JSON = {"content-type": "application/json"}


class Shop:
    """Calls the API at one company's host with one key."""

    def __init__(self, door: Any, tenant: Tenant, key: Created) -> None:
        self.tenant = tenant
        self.key = key
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=door), base_url=f"https://{tenant.host}/api/v1"
        )

    @classmethod
    async def open(cls, door: Any, deployment: Deployment, tenant: Tenant) -> "Shop":
        """A shop with a fresh key."""
        async with deployment.scopes.inside(tenant):
            made = await api_keys.create(
                name=f"shop {uuid4().hex[:6]}", scopes=api_keys.SCOPES, actor="system:test", at=clock.now()
            )
        return cls(door, tenant, made)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers=self._headers(headers))

    async def post(self, path: str, body: object, *, once: str | None = None, **headers: str) -> httpx.Response:
        """POST ``body`` as JSON under the Idempotency-Key ``once``, a fresh one where none is given."""
        keyed = {"idempotency-key": once or uuid4().hex, **self._headers(headers)}
        return await self.client.post(path, json=body, headers=keyed)

    async def send(self, path: str, raw: bytes, **headers: str) -> httpx.Response:
        """POST bytes as they are."""
        keyed = {"idempotency-key": uuid4().hex, **JSON, **self._headers(headers)}
        return await self.client.post(path, content=raw, headers=keyed)

    def _headers(self, given: dict[str, str]) -> dict[str, str]:
        return {"authorization": f"Bearer {self.key.key}"} | {
            name.replace("_", "-"): value for name, value in given.items()
        }
