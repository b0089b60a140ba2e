"""Links this process knows, so that following one asks the database nothing: where each leads, for a few seconds.

Kept by company and code as written, the longest unused first to go; codes that lead nowhere are remembered beside them,
so that guesses drive out nobody's links. When the word of a change comes (decision 22) all of it is forgotten. What is
asked for at one company while its rows are being asked goes along in the next question: however many codes are guessed
at once, a company is asked one question at a time.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from time import monotonic
from typing import TypeVar

import msgspec

from leumund.kit import clock
from leumund.referrals import leading, salting
from leumund.referrals.leading import Aside, Led
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import RENEWED, Tenant

# Where a link leads is settled once more by the page it leads to, so a change may be a little older here than a host's.
FRESH_SECONDS = 5.0
MOST_KNOWN = 20_000
MOST_UNKNOWN = 20_000
_MOST_AT_ONCE = 1_000
Key = tuple[str, str]
Value = TypeVar("Value")


class Known(msgspec.Struct):
    """A link that stands until ``ends`` by the process's clock, and is asked for anew from ``renews`` on.

    ``ways`` are its addresses made this very second.
    """

    led: Led
    aside: Aside
    renews: float
    ends: float
    second: int = 0
    ways: dict[str, bytes] = {}


class Links:
    """One process's memory of links, and the questions it asks to fill it."""

    def __init__(self) -> None:
        self._known: OrderedDict[Key, Known] = OrderedDict()
        self._unknown: OrderedDict[Key, float] = OrderedDict()
        # By schema: codes somebody waits for, and whether they are being asked for.
        self._waiting: dict[str, dict[str, asyncio.Future[Known | None]]] = {}
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._word = 0

    def __len__(self) -> int:
        return len(self._known) + len(self._unknown)

    async def find(self, deployment: Deployment, tenant: Tenant, code: str) -> Known | None:
        """The link of ``code`` as it was written, or None; without a query where it is known. Raises as scopes do."""
        if self._word != deployment.directory.times_forgotten:
            self.forget()
            self._word = deployment.directory.times_forgotten
        key, now = (tenant.schema_name, code), monotonic()
        known = self._known.get(key)
        if known is not None and now < known.ends:
            self._known.move_to_end(key)
            if now >= known.renews:
                # Whatever is followed all the time is asked for in time, and nobody waits for it.
                known.renews = known.ends
                self._ask(deployment, tenant, code)
            return known
        if now < self._unknown.get(key, 0.0):
            return None
        # Others wait for it too: whoever goes away takes nobody's answer along.
        return await asyncio.shield(self._ask(deployment, tenant, code))

    def forget(self) -> None:
        """Ask anew from now on."""
        self._known.clear()
        self._unknown.clear()

    def _ask(self, deployment: Deployment, tenant: Tenant, code: str) -> asyncio.Future[Known | None]:
        waiting = self._waiting.setdefault(tenant.schema_name, {})
        answer = waiting.get(code)
        if answer is None:
            answer = waiting[code] = asyncio.get_running_loop().create_future()
        if tenant.schema_name not in self._asking:
            self._asking[tenant.schema_name] = asyncio.create_task(self._answer(deployment, tenant))
        return answer

    async def _answer(self, deployment: Deployment, tenant: Tenant) -> None:
        """Ask for all that is waited for, and for what came meanwhile."""
        waiting = self._waiting[tenant.schema_name]
        asked: dict[str, asyncio.Future[Known | None]] = {}
        try:
            while waiting:
                asked = {code: waiting.pop(code) for code in list(waiting)[:_MOST_AT_ONCE]}
                await self._answer_all(deployment, tenant, asked)
        finally:
            # Where this task was ended nobody waits for what never comes; an answer that was given stays.
            for answer in (*asked.values(), *waiting.values()):
                answer.cancel()
            del self._asking[tenant.schema_name], self._waiting[tenant.schema_name]

    async def _answer_all(
        self, deployment: Deployment, tenant: Tenant, asked: Mapping[str, asyncio.Future[Known | None]]
    ) -> None:
        word = deployment.directory.times_forgotten
        try:
            found = await _read(deployment, tenant, list(asked))
        except Exception as fault:
            for answer in asked.values():
                answer.set_exception(fault)
                # Whoever asked may be gone; then nobody else has to hear of it.
                answer.exception()
            return
        for code, answer in asked.items():
            known = found.get(code)
            if word == deployment.directory.times_forgotten:
                self._remember((tenant.schema_name, code), known)
            answer.set_result(known)

    def _remember(self, key: Key, known: Known | None) -> None:
        if known is None:
            self._known.pop(key, None)
            _keep(self._unknown, key, monotonic() + FRESH_SECONDS, MOST_UNKNOWN)
        else:
            self._unknown.pop(key, None)
            _keep(self._known, key, known, MOST_KNOWN)


def _keep(kept: OrderedDict[Key, Value], key: Key, value: Value, most: int) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > most:
        kept.popitem(last=False)


async def _read(deployment: Deployment, tenant: Tenant, codes: list[str]) -> dict[str, Known]:
    """Two queries, however many codes; and two more once a day, when the company's day begins."""
    begun = monotonic()
    at = clock.now()
    async with deployment.scopes.reading(tenant):
        led = await leading.lead(codes=codes, at=at)
        aside = await leading.aside(at=at) if led else None
    if aside is None:
        return {}
    if aside.key is None and not tenant.is_moving:
        async with deployment.scopes.inside(tenant):
            await salting.begin(day_date=aside.day_date, ends_at=aside.ends_at)
            aside = await leading.aside(at=at)
    # Whatever is known of a day ends with it.
    ends = begun + min(FRESH_SECONDS, (aside.ends_at - at).total_seconds())
    return {code: Known(each, aside, begun + FRESH_SECONDS * RENEWED, ends) for code, each in led.items()}
