"""What one company's rows are sealed with and found by, while a scope of it is open.

A seal is AES-256-GCM under the company's data key and names, as data that is not hidden but bound, the company and the
place it belongs to: carried to another row, column or company it does not open. It begins with the version of its key,
so that keys can take turns. The index key never changes: what is hashed with it is kept nowhere else.
"""

from collections.abc import Mapping
from hmac import digest
from os import urandom
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

KEY_BYTES = 32
NONCE_BYTES = 12
_VERSION_BYTES = 2
_HEAD_BYTES = _VERSION_BYTES + NONCE_BYTES


class KeyMissing(RuntimeError):
    """Sealed with a key that this process does not hold."""


class Vault:
    """The keys of ``company``: ``data`` by version, of which ``writes`` seals what is new, and ``index``.

    ``head`` is what each new seal begins with.
    """

    def __init__(self, *, company: UUID, data: Mapping[int, AESGCM], writes: int, index: bytes) -> None:
        assert writes in data, "what is sealed can be opened"
        assert 0 not in data, "version 0 is kept for the keys of people"
        assert len(index) == KEY_BYTES, "a key is 32 bytes"
        self.company = company
        # Written once: a file of many people seals half a million times.
        self._bound_to = f"{company.hex}/".encode()
        self._data = data
        self._index = index
        self.head = writes.to_bytes(_VERSION_BYTES)
        self._writing = data[writes]
        # A file of a hundred thousand people asks for the same few again and again; gone with the scope.
        self._made: dict[str, bytes] = {}
        self._hashing: dict[str, HMAC] = {}

    def seal(self, plain: bytes, place: str) -> bytes:
        """``plain`` for ``place``, such as ``customer.email_sealed.<row>``: version, nonce, ciphertext, tag."""
        nonce = urandom(NONCE_BYTES)
        return self.head + nonce + self._writing.encrypt(nonce, plain, self.bound(place))

    def unseal(self, sealed: bytes, place: str) -> bytes:
        """Raises cryptography's InvalidTag for another place or company, and KeyMissing."""
        key = self._data.get(version_of(sealed))
        if key is None:
            raise KeyMissing(f"data key {version_of(sealed)}")
        return key.decrypt(sealed[_VERSION_BYTES:_HEAD_BYTES], sealed[_HEAD_BYTES:], self.bound(place))

    def is_current(self, sealed: bytes) -> bool:
        """Whether ``sealed`` was sealed with the key that seals what is new."""
        return sealed.startswith(self.head)

    def key(self, purpose: str) -> bytes:
        """32 bytes for one purpose of this company, the same for as long as it lives."""
        made = self._made.get(purpose)
        if made is None:
            made = self._made[purpose] = digest(self._index, purpose.encode(), "sha256")
        return made

    def hashed(self, purpose: str, value: bytes) -> bytes:
        """HMAC-SHA-256 of ``value`` under the key for ``purpose``."""
        begun = self._hashing.get(purpose)
        if begun is None:
            begun = self._hashing[purpose] = HMAC(self.key(purpose), SHA256())
        hashing = begun.copy()
        hashing.update(value)
        return hashing.finalize()

    def bound(self, place: str) -> bytes:
        """What every seal for ``place`` of this company is bound to."""
        return self._bound_to + place.encode()


def version_of(sealed: bytes) -> int:
    """Which of its company's data keys sealed this."""
    return int.from_bytes(sealed[:_VERSION_BYTES])
