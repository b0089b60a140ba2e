"""What a deployment's one secret is turned into: nothing to store, nothing to mix up."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from leumund.kit.settings import Settings


def derive(settings: Settings, name: str) -> bytes:
    """32 bytes for ``name`` by HKDF (RFC 5869)."""
    return derived(settings.secret_key.get_secret_value(), name)


def derived(secret: str, name: str) -> bytes:
    """32 bytes for ``name`` from any secret of enough randomness."""
    kdf = HKDF(algorithm=SHA256(), length=32, salt=b"leumund", info=name.encode())
    return kdf.derive(secret.encode())


def password_of(settings: Settings, role: str) -> str:
    """The database password of one LOGIN role."""
    return derive(settings, "role:" + role).hex()
