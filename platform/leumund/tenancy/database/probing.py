"""Whether whoever stands between us and the database keeps sessions apart, tried before the first request is served.

A pooler that logs in for everybody as one, or that hands a session on as it was left, shows one company another's rows,
and no query of ours would notice. So we look: every connection has to be whom it logged in as, and to find nothing that
another left. The direct way has to be direct: whoever listens, and the locks of a migration, live in one session.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from secrets import token_hex
from typing import NamedTuple

import asyncpg

from leumund.kit.settings import Settings
from leumund.tenancy import roles
from leumund.tenancy.database import server as servers
from leumund.tenancy.database.server import Server
from leumund.tenancy.directory import State

_MARK = "leumund.mark"
_ROUNDS = 3
_COMPANIES = "SELECT schema_name FROM platform.tenant WHERE state = $1 ORDER BY schema_name LIMIT 5"
# Two show whether one finds what the other left; some more, for a company can keep its own role from logging in.
_ENOUGH = 2
# In this order no pooler of any size gives two clients the same two sessions throughout.
_TURNS = (0, 1, 1, 0, 0, 1)


class Crossing(Exception):
    """What stands between us and the database mixes sessions; behind it one company might see another's rows."""


class Probed(NamedTuple):
    """Which companies were tried, and what is odd about them alone: a company can spoil its own role, and no more."""

    companies: list[str]
    odd: list[str]


class _Client(NamedTuple):
    role: str
    session: asyncpg.Connection


async def probe(server: Server, settings: Settings) -> Probed:
    """Look at the way to ``server`` and, where there is one, through the pooler. Raises Crossing."""
    # Asked as if it were pooled, so that a pooler shows itself in what it answers and not in what it refuses.
    async with _logged_in(server._replace(pooled=True), settings, [server.web_role] * 2) as (two, refused):
        if refused:
            raise Crossing(refused[0])
        await _are_themselves(two)
        await _stay(two)
        companies = [row["schema_name"] for row in await two[0].session.fetch(_COMPANIES, State.OPEN)]
    way = servers.behind(server, settings)
    let_in, odd = await _let_in(way, settings, companies)
    if companies and not let_in:
        # What could not be tried is not safe, and nobody could be served behind it anyway.
        raise Crossing(f"no company could log in to try the way: {odd[0]}")
    # Two clients of each company: what the first leaves, neither the other nor the other company may find.
    async with _logged_in(way, settings, let_in * 2) as (clients, refused):
        for _ in range(_ROUNDS):
            await _are_themselves(clients)
        await _find_nothing_left(clients)
        spoilt = [fault for client in clients[: len(let_in)] for fault in await _odd(client)]
        return Probed(let_in, odd + refused + spoilt)


async def _let_in(server: Server, settings: Settings, companies: Sequence[str]) -> tuple[list[str], list[str]]:
    """The first of ``companies`` that can log in, as many as are enough, and what was said to others before them."""
    let_in, refused = list[str](), list[str]()
    for role in companies:
        if len(let_in) == _ENOUGH:
            break
        async with _logged_in(server, settings, [role]) as (clients, said):
            let_in += [client.role for client in clients]
            refused += said
    return let_in, refused


@asynccontextmanager
async def _logged_in(
    server: Server, settings: Settings, logins: Sequence[str]
) -> AsyncIterator[tuple[list[_Client], list[str]]]:
    """A client for each login the server accepts, and what it said to the others."""
    async with AsyncExitStack() as stack:
        clients, refused = [], []
        for role in logins:
            try:
                session = await servers.connect_as(server, settings, role)
            except asyncpg.PostgresError as fault:
                refused.append(f"{role} cannot log in ({type(fault).__name__})")
                continue
            clients.append(_Client(role, session))
            stack.push_async_callback(session.close)
        yield clients, refused


async def _asked(client: _Client, sql: str) -> object:
    """One value; in a transaction, for behind a pooler only that is sure to be one session."""
    async with client.session.transaction():
        return await client.session.fetchval(sql)


async def _are_themselves(clients: Sequence[_Client]) -> None:
    for client in clients:
        found = await _asked(client, "SELECT session_user::text")
        if found != client.role:
            raise Crossing(f"whoever logs in as {client.role} works as {found}: a pooler logs in for everybody as one")


async def _stay(two: Sequence[_Client]) -> None:
    backends = {(turn, await _asked(two[turn], "SELECT pg_backend_pid()")) for turn in _TURNS}
    if len(backends) != len(two) or len({pid for _, pid in backends}) != len(two):
        raise Crossing(
            "LEUMUND_DATABASE_URL leads through a pooler that changes sessions between transactions: name the server "
            "itself there and the pooler in LEUMUND_POOLER_URL"
        )


async def _find_nothing_left(clients: Sequence[_Client]) -> None:
    for client in clients:
        # Made up anew each time: on some servers a role may say of itself that it begins with a mark it knows.
        mark = token_hex(8)
        await client.session.execute(f"SELECT set_config('{_MARK}', '{mark}', false)")
        for other in clients:
            if other is not client and await _asked(other, f"SELECT current_setting('{_MARK}', true)") == mark:
                raise Crossing("what one request sets, the next one finds: the pooler has to reset every transaction")


async def _odd(client: _Client) -> list[str]:
    found = {name: await _asked(client, f"SELECT current_setting('{name}')") for name in roles.session(client.role)}
    return [
        f"a session of {client.role} begins with {name} = {found[name]} instead of {wanted}"
        for name, wanted in roles.session(client.role).items()
        if found[name] != wanted
    ]
