"""Companies' keys under the deployment's master keys: made, wrapped, unwrapped, and remembered while in use.

A company's keys are random and lie in the database only wrapped (AES-256-GCM, bound to company, purpose and version).
The master keys are in the environment or a file: the first wraps, all of them unwrap, so that they can take turns.
"""

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from secrets import token_bytes
from typing import NamedTuple
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from leumund.kit.settings import Settings
from leumund.kit.vaults import KEY_BYTES, Vault
from leumund.tenancy.keys import deriving

DATA, INDEX = "data", "index"
_NONCE_BYTES = 12
_REMEMBERED_COMPANIES = 5_000


class MasterMissing(RuntimeError):
    """A company's key was wrapped by a master key that the settings do not name, or is not here at all."""


class Wrapped(msgspec.Struct, frozen=True):
    """One key of a company as the directory keeps it; ``master`` names the master key that opens it."""

    purpose: str
    version: int
    wrapped: bytes
    master: str
    writes_at: datetime


class _Opened(NamedTuple):
    wrapped: tuple[Wrapped, ...]
    data: Mapping[int, AESGCM]
    finding: bytes


class Masters:
    """The master keys of a deployment, known by ``names``; the ``first`` wraps."""

    def __init__(self, settings: Settings) -> None:
        self._keys = {_name(master): AESGCM(deriving.derived(master, "wrap")) for master in settings.masters()}
        self.names = list(self._keys)
        self.first = self.names[0]

    def wrap(self, plain: bytes, *, company: UUID, purpose: str, version: int, writes_at: datetime) -> Wrapped:
        """``plain`` as the directory keeps it, under the first master key."""
        nonce = token_bytes(_NONCE_BYTES)
        sealed = self._keys[self.first].encrypt(nonce, plain, _bound(company, purpose, version))
        return Wrapped(purpose, version, nonce + sealed, self.first, writes_at)

    def unwrap(self, key: Wrapped, *, company: UUID) -> bytes:
        """The key itself. Raises MasterMissing, also where a master key of that name does not open it."""
        try:
            opened = self._keys[key.master]
            bound = _bound(company, key.purpose, key.version)
            return opened.decrypt(key.wrapped[:_NONCE_BYTES], key.wrapped[_NONCE_BYTES:], bound)
        except (KeyError, InvalidTag):
            raise MasterMissing(f"{key.purpose} key {key.version} of {company} needs master key {key.master}") from None

    def made(self, *, company: UUID, at: datetime) -> list[Wrapped]:
        """The keys a company begins with."""
        return [
            self.wrap(token_bytes(KEY_BYTES), company=company, purpose=purpose, version=1, writes_at=at)
            for purpose in (DATA, INDEX)
        ]


class Vaults:
    """Makes each company's vault; what was unwrapped once is remembered for the process's life."""

    def __init__(self, masters: Masters) -> None:
        self._masters = masters
        self._opened: OrderedDict[UUID, _Opened] = OrderedDict()

    def vault(self, company: UUID, wrapped: tuple[Wrapped, ...], *, at: datetime) -> Vault:
        """The vault of ``company``, sealing with the newest key that writes at ``at``. Raises MasterMissing."""
        if not wrapped:
            raise MasterMissing(f"no key of {company} is here; a backup without keys is completed by persons return")
        opened = self._open(company, wrapped)
        # The first always writes: a company can be opened by a machine whose clock is a little ahead of ours.
        data = [key for key in wrapped if key.purpose == DATA]
        writing = max(key.version for key in data if key is data[0] or key.writes_at <= at)
        return Vault(company=company, data=opened.data, writes=writing, index=opened.finding)

    def companies(self) -> set[UUID]:
        """Whose keys are remembered."""
        return set(self._opened)

    def forget(self, company: UUID) -> None:
        """Hold the keys of a company that has left no longer."""
        self._opened.pop(company, None)

    def _open(self, company: UUID, wrapped: tuple[Wrapped, ...]) -> _Opened:
        opened = self._opened.get(company)
        if opened is None or opened.wrapped != wrapped:
            plain = {(key.purpose, key.version): self._masters.unwrap(key, company=company) for key in wrapped}
            data = {version: AESGCM(key) for (purpose, version), key in plain.items() if purpose == DATA}
            opened = self._opened[company] = _Opened(wrapped, data, plain[INDEX, 1])
        self._opened.move_to_end(company)
        if len(self._opened) > _REMEMBERED_COMPANIES:
            self._opened.popitem(last=False)
        return opened


def _name(master: str) -> str:
    return sha256(deriving.derived(master, "name")).hexdigest()[:16]


def _bound(company: UUID, purpose: str, version: int) -> bytes:
    return f"{company.hex}/{purpose}/{version}".encode()
