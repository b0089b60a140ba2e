"""The mail loop: who has no account proves by a link and a code that they read the mailbox we have on file.

Whoever asks is told the same, whether we know the address or not: only its mailbox learns that we do. The code stands
nowhere and is made anew when the mail is written; a scanner that opens the link does not type it in.
"""

from datetime import datetime, timedelta
from hmac import compare_digest
from uuid import UUID, uuid4

import msgspec

from leumund.customers.login import factors
from leumund.customers.notation import normalising
from leumund.customers.records import finding as people
from leumund.customers.records.finding import Person
from leumund.kit import digits, faults, free_text, ground, tokens
from leumund.messages import kinds, sending
from leumund.messages.gate import pacing
from leumund.privacy.cases import finding, identifying, opening, recording, rules
from leumund.privacy.cases.finding import NotNow, Open
from leumund.privacy.cases.opening import Asked
from leumund.privacy.cases.rules import Kind
from leumund.privacy.cases.tables import ASKED, RightsProof
from leumund.privacy.rights import releasing

PURPOSE = kinds.signed_for("rights_code")
WITHIN = timedelta(minutes=10)
MOST_WRONG = 5
_LOCK = """
SELECT p.id, p.customer, p.rights_case, p.kind, p.language, p.words_sealed, p.asked_at, p.wrong_codes
FROM rights_proof p JOIN customer c ON c.id = p.customer AND c.email_hash = p.address_hash
WHERE p.id = $1 AND p.expires_at > $2 AND p.wrong_codes < $3 AND p.proven_at IS NULL
"""
_WRONG = "UPDATE rights_proof SET wrong_codes = wrong_codes + 1 WHERE id = $1"
_RIGHT = "UPDATE rights_proof SET proven_at = $2, words_sealed = NULL WHERE id = $1"


class ProofGone(faults.Unknown):
    """Used, run out, or tried too often: all answer alike, and one asks anew."""


class NoAddress(faults.Refused):
    """There is no address on file that a code could go to."""


class Proven(msgspec.Struct, frozen=True, kw_only=True):
    """What the code opened; ``copy`` leads to what lies ready at once, ``must_log_in`` where a code is not enough."""

    case: Open
    must_log_in: bool
    copy: str | None


class _Proof(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    customer: UUID
    rights_case: UUID | None
    kind: Kind
    language: str
    words_sealed: bytes | None
    asked_at: datetime
    wrong_codes: int


async def ask(*, kind: Kind, email: str, told: str, language: str, at: datetime) -> None:
    """Mail a link and a code to ``email`` where it is somebody's; the caller answers the same either way.

    Raises free_text.TooLong.
    """
    plain, address = free_text.checked(told, field="words"), email.strip().lower()
    if not await pacing.may_prove(mailbox=normalising.folded(address), at=at):
        return
    person = await people.by_email(email=address)
    if person is not None:
        await _send(person, kind, None, plain, language, at)


async def ask_of(*, case: UUID, by: UUID, at: datetime) -> None:
    """Mail them to the person whose case staff entered, at the address on file and at no other.

    Raises what finding.locked raises, identifying.NobodyNamed, NoAddress.
    """
    found = await finding.locked(case=case, to="identified")
    if found.customer is None:
        raise identifying.NobodyNamed("errors.rights.nobody_named", field="form")
    person = await people.by_id(customer=found.customer)
    if person is None or person.email is None:
        raise NoAddress("errors.rights.no_address", field="form")
    await _send(person, found.kind, case, "", found.language, at)
    await recording.record(case=case, what="loop_sent", actor=f"staff:{by}", at=at)


async def waiting(*, token: str, at: datetime) -> Kind:
    """What the code will ask for. Raises tokens.BadToken, ProofGone."""
    rows = await ground.fetch(_LOCK, tokens.read(PURPOSE, token), at, MOST_WRONG)
    if not rows:
        raise ProofGone("errors.rights.proof_gone")
    return _Proof(**rows[0]).kind


async def prove(*, token: str, code: str, at: datetime) -> Proven | None:
    """Open the case the code stands for; None for a wrong one, which counts and so has to be committed.

    Raises tokens.BadToken, ProofGone.
    """
    rows = await ground.fetch(f"{_LOCK} FOR UPDATE OF p", tokens.read(PURPOSE, token), at, MOST_WRONG)
    if not rows:
        raise ProofGone("errors.rights.proof_gone")
    proof, typed = _Proof(**rows[0]), "".join(code.split())
    if not compare_digest(digits.of(PURPOSE, proof.id).encode(), typed.encode()):
        await ground.execute(_WRONG, proof.id)
        return None
    await ground.execute(_RIGHT, proof.id, at)
    return await _proven(proof, at)


async def _proven(proof: _Proof, at: datetime) -> Proven:
    actor = f"customer:{proof.customer}"
    held = await factors.counting(customer=proof.customer, at=at)
    must_log_in = rules.needs_login(proof.kind, has_second_factor=bool(held))
    case = await _case(proof.rights_case, proof.customer) if proof.rights_case else await _open(proof, actor, at)
    if must_log_in:
        await recording.record(case=case, what="login_asked", actor=actor, at=at)
    else:
        await identifying.identify(case=case, by="loop", actor=actor, at=at)
    copy = None
    if proof.kind in rules.COPIED and not must_log_in:
        copy = await releasing.release_by_itself(case=case, at=at)
    return Proven(case=await finding.plain(case=case), must_log_in=must_log_in, copy=copy)


async def _case(case: UUID, customer: UUID) -> UUID:
    """The case staff sent the code for, as long as it is open and still about ``customer``. Raises ProofGone."""
    try:
        found = await finding.locked(case=case)
    except NotNow as fault:
        raise ProofGone("errors.rights.proof_gone") from fault
    if found.customer != customer:
        raise ProofGone("errors.rights.proof_gone")
    return case


async def _open(proof: _Proof, actor: str, at: datetime) -> UUID:
    """The case came in when it was asked for, and not when it was proven who did."""
    asked = Asked(
        kind=proof.kind,
        customer=proof.customer,
        came="loop",
        language=proof.language,
        words=ASKED.tell(proof.words_sealed, proof.id, key=await finding.key_of(proof.customer)),
    )
    return await opening.open(asked=asked, actor=actor, received_at=proof.asked_at, at=at)


async def _send(person: Person, kind: Kind, case: UUID | None, told: str, language: str, at: datetime) -> None:
    proof = uuid4()
    await RightsProof.insert(
        RightsProof(
            id=proof,
            customer=person.id,
            address_hash=await people.address_hash(customer=person.id),
            rights_case=case,
            kind=kind,
            language=language,
            words_sealed=ASKED.keep(told, proof, key=await finding.key_of(person.id)),
            asked_at=at,
            expires_at=at + WITHIN,
        )
    )
    await sending.queue(kind="rights_code", customer=person.id, subject_id=proof, language=language, at=at)
