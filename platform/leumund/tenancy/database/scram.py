"""What the server keeps of a role's password: a SCRAM verifier (RFC 5802, 7677), made here and not there.

The server would stretch each password over 4,096 rounds, and so would every client that logs in, to slow down guessing
of what people choose. Ours are 256 derived bits, which nobody guesses; one round makes a company in 12 ms less and
opens its connections in half the time. And no statement, so no log of the server's, holds a password.
"""

from base64 import b64encode
from hashlib import pbkdf2_hmac, sha256
from hmac import digest
from secrets import token_bytes

_ROUNDS = 1
_SALT_BYTES = 16


def verifier(password: str) -> str:
    """What to write where SQL says PASSWORD; another one each time, and each as good."""
    salt = token_bytes(_SALT_BYTES)
    salted = pbkdf2_hmac("sha256", password.encode(), salt, _ROUNDS)
    stored = sha256(digest(salted, b"Client Key", "sha256")).digest()
    server = digest(salted, b"Server Key", "sha256")
    return f"SCRAM-SHA-256${_ROUNDS}:{_text(salt)}${_text(stored)}:{_text(server)}"


def _text(value: bytes) -> str:
    return b64encode(value).decode()
