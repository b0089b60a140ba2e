"""A passkey in software: it signs whatever a page asks, also where a real browser would refuse."""

import json
from hashlib import sha256
from secrets import token_bytes
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.encode_cbor import encode_cbor

_PRESENT, _ATTESTED = 0x01, 0x40
_KTY, _EC2, _ALG, _ES256, _CRV, _P256, _X, _Y = 1, 2, 3, -7, -1, 1, -2, -3


class Authenticator:
    """One passkey; ``counter`` is how often it says it has signed, and stays nought where it ``counts`` not."""

    def __init__(self, origin: str, *, counts: bool = True) -> None:
        self.origin = origin
        self.id = token_bytes(16)
        self.counter = 0
        self._counts = counts
        self._key = ec.generate_private_key(ec.SECP256R1())

    def make(self, options: str, **lies: str) -> str:
        """The answer to what ``navigator.credentials.create`` was asked; ``lies`` name another origin or rp."""
        asked: dict[str, Any] = json.loads(options)
        client = self._client("webauthn.create", asked["challenge"], lies)
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + self._public()
        data = self._data(lies.get("rp", asked["rp"]["id"]), _PRESENT | _ATTESTED) + attested
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(clientDataJSON=client, attestationObject=attestation)

    def sign(self, options: str, **lies: str) -> str:
        """The answer to what ``navigator.credentials.get`` was asked."""
        asked: dict[str, Any] = json.loads(options)
        client = self._client("webauthn.get", asked["challenge"], lies)
        if self._counts:
            self.counter += 1
        data = self._data(lies.get("rp", asked["rpId"]), _PRESENT)
        signature = self._key.sign(data + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature)

    def knows(self, options: str) -> bool:
        """Whether a page asks for this passkey, or any."""
        asked: dict[str, Any] = json.loads(options)
        allowed = asked.get("allowCredentials") or []
        return not allowed or bytes_to_base64url(self.id) in {each["id"] for each in allowed}

    def _client(self, kind: str, challenge: str, lies: dict[str, str]) -> bytes:
        told = {"type": kind, "challenge": lies.get("challenge", challenge), "origin": lies.get("origin", self.origin)}
        return json.dumps(told).encode()

    def _data(self, rp: str, flags: int) -> bytes:
        return sha256(rp.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _public(self) -> bytes:
        numbers = self._key.public_key().public_numbers()
        point = {_X: numbers.x.to_bytes(32, "big"), _Y: numbers.y.to_bytes(32, "big")}
        return encode_cbor({_KTY: _EC2, _ALG: _ES256, _CRV: _P256, **point})

    def _answer(self, **response: bytes) -> str:
        name = bytes_to_base64url(self.id)
        said = {part: bytes_to_base64url(value) for part, value in response.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": said})


def challenge_of(options: str) -> bytes:
    """What a page asked to have signed."""
    return base64url_to_bytes(json.loads(options)["challenge"])
