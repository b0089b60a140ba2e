"""Passkeys (WebAuthn): what a browser is asked to sign, and whether it was signed for us, here and just now.

A passkey belongs to the host it was made at: whatever page of another host asks for it, the browser signs for that
host's name and we refuse. What is asked is good once, for one session, for five minutes.
"""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec
import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from leumund.company import describing
from leumund.customers.login import factors
from leumund.customers.login.factors import Factor
from leumund.customers.login.visiting import Visit
from leumund.customers.records import finding
from leumund.customers.tables import CustomerSession
from leumund.kit import ground, tokens
from leumund.kit.faults import Refused

_ASKED_FOR = timedelta(minutes=5)
_LONGEST_ANSWER = 20_000
_TAKE = """
UPDATE customer_session session SET challenge_hash = NULL
FROM (SELECT id, challenge_hash, challenge_at FROM customer_session WHERE id = $1 FOR UPDATE) asked
WHERE session.id = asked.id AND asked.challenge_hash IS NOT NULL AND asked.challenge_at > $2
RETURNING asked.challenge_hash
"""
_NEEDS_PRESENCE_ALONE = UserVerificationRequirement.PREFERRED


class Refuted(Refused):
    """Not asked for by us, not now, not here, or not signed by this passkey: all are told alike."""

    def __init__(self) -> None:
        super().__init__("errors.customers.passkey_refused", field="passkey")


class Passkey(msgspec.Struct, frozen=True, kw_only=True):
    """What we keep of a passkey: its id, the key its signatures are held against, and the host it was made at."""

    id: str
    public_key: str
    host: str
    counter: int = 0

    def kept(self) -> str:
        return msgspec.json.encode({"id": self.id, "public_key": self.public_key, "host": self.host}).decode()


def told(factor: Factor) -> Passkey:
    """The passkey a factor keeps."""
    return msgspec.json.decode(factor.secret, type=Passkey)


def host() -> str:
    """The name passkeys of this company are made for (rpId)."""
    return urlsplit(ground.current().origin).hostname or ""


async def ask_for_new(*, visit: Visit, at: datetime) -> str:
    """What a browser is asked to make a passkey of, as JSON; the older question of this session is void."""
    person, profile = await finding.known(customer=visit.customer), await describing.profile()
    name = person.email or person.name or profile.name
    options = webauthn.generate_registration_options(
        rp_id=host(),
        rp_name=profile.name,
        user_id=visit.customer.bytes,
        user_name=name,
        user_display_name=person.name or name,
        challenge=await _ask(visit, at),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=_NEEDS_PRESENCE_ALONE
        ),
        exclude_credentials=_named(await factors.of(customer=visit.customer)),
    )
    return webauthn.options_to_json(options)


async def ask(*, visit: Visit, at: datetime) -> str:
    """What a browser is asked to sign by a passkey that counts, as JSON."""
    counting = await factors.counting(customer=visit.customer, at=at)
    options = webauthn.generate_authentication_options(
        rp_id=host(),
        challenge=await _ask(visit, at),
        allow_credentials=_named(counting),
        user_verification=_NEEDS_PRESENCE_ALONE,
    )
    return webauthn.options_to_json(options)


async def made(*, visit: Visit, answer: str, at: datetime) -> Passkey:
    """The passkey a browser made when asked. Raises Refuted."""
    challenge = await _take(visit, at)
    try:
        made = webauthn.verify_registration_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=host(),
            expected_origin=ground.current().origin,
        )
    except WebAuthnException as fault:
        raise Refuted from fault
    return Passkey(
        id=bytes_to_base64url(made.credential_id),
        public_key=bytes_to_base64url(made.credential_public_key),
        host=host(),
        counter=made.sign_count,
    )


async def signed(*, visit: Visit, answer: str, at: datetime) -> tuple[Factor, int]:
    """The passkey that signed what was asked, and how often it says it has; the question is used up either way.

    Raises Refuted.
    """
    challenge, sent = await _take(visit, at), _read(answer)
    counting = await factors.counting(customer=visit.customer, at=at)
    factor = next((each for each in counting if each.kind == factors.PASSKEY and told(each).id == sent.get("id")), None)
    if factor is None:
        raise Refuted
    try:
        verified = webauthn.verify_authentication_response(
            credential=sent,
            expected_challenge=challenge,
            expected_rp_id=host(),
            expected_origin=ground.current().origin,
            credential_public_key=base64url_to_bytes(told(factor).public_key),
            credential_current_sign_count=factor.counter,
        )
    except WebAuthnException as fault:
        raise Refuted from fault
    return factor, verified.new_sign_count


def _named(held: list[Factor]) -> list[PublicKeyCredentialDescriptor]:
    passkeys = [told(factor) for factor in held if factor.kind == factors.PASSKEY]
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.id)) for each in passkeys if each.host == host()]


async def _ask(visit: Visit, at: datetime) -> bytes:
    """A question nobody was asked before: 256 bits, of which the session keeps the seed alone."""
    seed = tokens.digest(tokens.fresh())
    await CustomerSession.update(challenge_hash=seed, challenge_at=at).where(CustomerSession.id == visit.id)
    return _challenge(seed)


async def _take(visit: Visit, at: datetime) -> bytes:
    rows = await ground.fetch(_TAKE, visit.id, at - _ASKED_FOR)
    if not rows:
        raise Refuted
    return _challenge(rows[0]["challenge_hash"])


def _challenge(seed: str) -> bytes:
    return ground.current().key("challenge:" + seed)


def _read(answer: str) -> dict[str, Any]:
    try:
        sent = msgspec.json.decode(answer[:_LONGEST_ANSWER])
    except msgspec.DecodeError as fault:
        raise Refuted from fault
    if not isinstance(sent, dict):
        raise Refuted
    return sent
