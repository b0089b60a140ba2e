"""The key of each person: what names them or is in their own words lies under it, and is unreadable once it is gone.

A person is whom an id stands for; their key is random and lies in ``person_key``, sealed by the company's vault. A seal
of a person begins with version 0, which no data key of a company has: when those take turns it stays as it is, since
only the key above it is sealed anew.
"""

from collections.abc import Mapping, Sequence
from os import urandom
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from leumund.kit import ground
from leumund.kit.vaults import KEY_BYTES, NONCE_BYTES, Vault

HEAD = bytes(2)
_BODY = len(HEAD) + NONCE_BYTES
_KEEP = "INSERT INTO person_key (id, key_sealed) SELECT unnest($1::uuid[]), unnest($2::bytea[])"
_HELD = "SELECT id, key_sealed FROM person_key WHERE id = ANY ($1::uuid[])"
_DESTROY = "DELETE FROM person_key WHERE id = ANY ($1::uuid[])"


class Gone(Exception):
    """Nobody has this person's key: it was destroyed, or never made."""


class PersonKey:
    """One person's key in the open company; one that ``is_gone`` seals and opens nothing."""

    def __init__(self, plain: bytes | None, vault: Vault) -> None:
        self._key = AESGCM(plain) if plain is not None else None
        self._bound = vault.bound

    @property
    def is_gone(self) -> bool:
        return self._key is None

    def seal(self, plain: bytes, place: str) -> bytes:
        """``plain`` for ``place``, such as ``customer.email_sealed.<row>``. Raises Gone."""
        nonce = urandom(NONCE_BYTES)
        return HEAD + nonce + self._held().encrypt(nonce, plain, self._bound(place))

    def unseal(self, sealed: bytes, place: str) -> bytes:
        """Raises Gone, and cryptography's InvalidTag for another person, place or company, or a company's seal."""
        key = self._held()
        if not sealed.startswith(HEAD):
            raise InvalidTag
        return key.decrypt(sealed[len(HEAD) : _BODY], sealed[_BODY:], self._bound(place))

    def _held(self) -> AESGCM:
        if self._key is None:
            raise Gone("the key of this person is gone")
        return self._key


class Fresh(NamedTuple):
    """A new key, and what ``person_key`` has to keep of it before anything is sealed with it for good."""

    key: PersonKey
    kept: bytes


def brought(person: str) -> str:
    """The SQL that brings along what ``opened`` opens; ``person`` is what the id is called there."""
    return f"(SELECT key_sealed FROM person_key WHERE person_key.id = {person})"  # noqa: S608 - names of ours alone


def opened(kept: bytes | None, *, person: UUID) -> PersonKey:
    """The key of ``person`` as ``brought`` brought it along, which is gone where that is None.

    Raises cryptography's InvalidTag for another person's or company's.
    """
    vault = ground.current().vault
    return PersonKey(vault.unseal(kept, _place(person)) if kept is not None else None, vault)


def under(kept: bytes | None, key: PersonKey | None) -> PersonKey | None:
    """What ``kept`` lies under where it may be a person's words or nobody's: their ``key``, or None for the company's.

    A person's words of whom no key came along are those of somebody who is gone.
    """
    if kept is None or not kept.startswith(HEAD):
        return None
    return key or PersonKey(None, ground.current().vault)


async def key(*, person: UUID) -> PersonKey:
    """The key of one person. Raises Gone."""
    found = await keys(people=[person])
    if person not in found:
        raise Gone("the key of this person is gone")
    return found[person]


async def keys(*, people: Sequence[UUID]) -> Mapping[UUID, PersonKey]:
    """The keys of many at once; whose is gone is not among them."""
    rows = await ground.fetch(_HELD, people)
    return {row["id"]: opened(row["key_sealed"], person=row["id"]) for row in rows}


def fresh(*, person: UUID) -> Fresh:
    """A key for somebody new, which nobody has until ``keep`` has kept it."""
    vault, plain = ground.current().vault, urandom(KEY_BYTES)
    return Fresh(PersonKey(plain, vault), vault.seal(plain, _place(person)))


async def keep(made: Mapping[UUID, Fresh]) -> None:
    """Keep new keys by whose they are; nobody ever gets a second one, under which older words would not open."""
    await ground.execute(_KEEP, [*made], [each.kept for each in made.values()])


async def make(*, people: Sequence[UUID]) -> Mapping[UUID, PersonKey]:
    """Keys for people who have none yet."""
    made = {person: fresh(person=person) for person in people}
    await keep(made)
    return {person: each.key for person, each in made.items()}


async def destroy(*, people: Sequence[UUID]) -> int:
    """Take the keys of ``people`` away for good; how many had one."""
    return await ground.execute(_DESTROY, people)


def _place(person: UUID) -> str:
    """As sealing.Column says it, by which keys that take turns find it."""
    return f"person_key.key_sealed.{person.hex}"
