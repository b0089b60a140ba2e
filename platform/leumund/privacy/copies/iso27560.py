"""What one person allowed as a consent record of ISO/IEC TS 27560:2023, and as the receipt of one.

Header, processing, parties and events as the guide of the W3C's Data Privacy Vocabulary reads the specification, with
what the GDPR asks for beside them: basis, source, recipients, transfers, rights and the complaint authority.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

import msgspec

from leumund.company import describing, processing
from leumund.company.describing import Profile
from leumund.company.processing import Processor
from leumund.consent import rules
from leumund.consent.evidence.proving import Proof
from leumund.consent.evidence.reading import Happening
from leumund.privacy import explaining

SCHEMA = "ISO/IEC TS 27560:2023"
_CONTROLLER, _PRINCIPAL = "controller", "principal"
_ATTRIBUTES = {
    "email": "email address",
    "phone": "telephone number",
    "sms": "telephone number",
    "post": "postal address",
}
_STATES = {"withdrawn": "consent withdrawn", "objected": "consent withdrawn", "refused": "consent refused"}
# The imprint names whoever watches over the trade, which is another one; people choose where they complain.
_AUTHORITY = "any data protection supervisory authority (GDPR Art. 77)"
_RIGHTS = ("access", "rectification", "erasure", "restriction", "portability", "objection", "withdrawal", "complaint")


async def record(*, proof: Proof, language: str) -> dict[str, Any]:
    """The record of ``proof``, whose words for people are in ``language``."""
    profile, handlers = await describing.profile(), await processing.listed()
    return {
        "schema_version": SCHEMA,
        "record_id": str(uuid5(proof.person, proof.chain_hash)),
        "pii_principal_id": str(proof.person),
        "pii_processing": [_processing(each, profile, handlers, language) for each in _texts(proof)],
        "party_identification": [_controller(profile), *map(_party, handlers)],
        "consent_events": list(_events(proof)),
        "chain": {"hash": proof.chain_hash, "unbroken": proof.is_unbroken},
    }


async def receipt(*, proof: Proof, language: str) -> dict[str, Any]:
    """A receipt for the person: a full copy of their record under an id of its own."""
    copied = await record(proof=proof, language=language)
    return {"schema_version": SCHEMA, "receipt_id": str(uuid5(UUID(copied["record_id"]), "receipt")), "record": copied}


def as_json(told: dict[str, Any]) -> bytes:
    """The file."""
    return msgspec.json.format(msgspec.json.encode(told), indent=2)


def _texts(proof: Proof) -> Sequence[Happening]:
    """Each version of each text with one of the events it was shown for."""
    return [*{(each.text, each.channel): each for each in proof.story}.values()]


def _processing(each: Happening, profile: Profile, handlers: Sequence[Processor], language: str) -> dict[str, Any]:
    kept = next(data for data in explaining.explain(language) if data.key == "consents")
    return {
        "privacy_notice": "/privacy",
        "language": each.language,
        "text": {"id": str(each.text), "version": each.version, "sha256": each.sha256, "wording": each.wording},
        "purposes": [
            {
                "purpose": each.title,
                "purpose_type": each.purpose,
                "lawful_basis": "GDPR Art. 6(1)(a): consent",
                "source": each.source,
                "pii_information": [{"pii_type": _ATTRIBUTES[each.channel], "pii_optional": True}],
                "pii_controllers": [_CONTROLLER],
                "collection_method": each.source,
                "processing_method": f"messages by {each.channel}",
                "storage_locations": sorted({profile.country, *(one.country for one in handlers)}),
                "retention_period": kept.period,
                "jurisdiction": profile.country,
                "recipient_third_parties": [str(one.id) for one in handlers if one.role == "recipient"],
                "third_country_transfers": [
                    {"party_id": str(one.id), "country": one.country, "safeguards": one.safeguards}
                    for one in handlers
                    if one.safeguards != "none_needed"
                ],
                "withdrawal_method": "/portal/preferences",
                "privacy_rights": list(_RIGHTS),
                "automated_decision_making": False,
                "authority_party": _AUTHORITY,
            }
        ],
    }


def _controller(profile: Profile) -> dict[str, Any]:
    return {
        "party_id": _CONTROLLER,
        "party_type": "PII controller",
        "party_name": profile.legal_name,
        "party_address": ", ".join(profile.imprint.get(part, "") for part in ("street", "postal_code", "city")),
        "party_contact": profile.imprint.get("email") or profile.sender_email,
    }


def _party(one: Processor) -> dict[str, Any]:
    return {
        "party_id": str(one.id),
        "party_type": "PII processor" if one.role == "processor" else "third party",
        "party_name": one.name,
        "party_address": f"{one.address}, {one.country}",
        "party_contact": one.address,
    }


def _events(proof: Proof) -> Sequence[dict[str, Any]]:
    """Each event with its state in the specification's words; a yes to what stood already is re-affirmed."""
    told, given = [], set[tuple[str, str]]()
    for each in proof.story:
        about = (each.purpose, each.channel)
        again = each.state == "given" and about in given
        given = given | {about} if each.state == "given" else given - {about} if _ends(each) else given
        told.append(_event(each, "consent re-affirmed" if again else _STATES.get(each.state, f"consent {each.state}")))
    return told


def _event(each: Happening, state: str) -> dict[str, Any]:
    return {
        "event_id": str(each.id),
        "event_time": each.at.isoformat(),
        "event_type": "explicit" if each.state == "given" else "notice" if each.state == "requested" else "change",
        "event_state": state,
        # Good until it is withdrawn.
        "validity_duration": "until withdrawn" if each.state == "given" else "not applicable",
        "entity_id": _CONTROLLER if each.state in ("invalidated", "terminated", "expired") else _PRINCIPAL,
        "purpose_type": each.purpose,
        "channel": each.channel,
        "text": str(each.text),
        "evidence": each.evidence,
        "position": each.position,
        "hash": each.chain_hash,
    }


def _ends(each: Happening) -> bool:
    return each.state in rules.ENDS or (each.state == "expired" and each.request is None)
