"""Every key of a deployment, derived from its one secret: nothing to store, nothing to mix up."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from leumund.kit.settings import Settings


def derive(settings: Settings, name: str) -> bytes:
    """32 bytes for ``name`` by HKDF (RFC 5869)."""
    kdf = HKDF(algorithm=SHA256(), length=32, salt=b"leumund", info=name.encode())
    return kdf.derive(settings.secret_key.get_secret_value().encode())


def password_of(settings: Settings, role: str) -> str:
    """The database password of one LOGIN role."""
    return derive(settings, "role:" + role).hex()


def company_secret(settings: Settings, schema_name: str) -> bytes:
    """What the keys of one company are made from; the schema's random name keeps a reopened slug apart."""
    return derive(settings, "company:" + schema_name)
