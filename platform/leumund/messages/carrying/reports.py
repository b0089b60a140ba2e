"""Read what comes back of a mail: a bounce (RFC 3464, and those who never heard of it) or a complaint (RFC 5965)."""

import logging
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import Message
from typing import NamedTuple

import structlog
from flufl.bounce import all_failures

# Its detectors tell at length which of them is looking, and quote the mail.
logging.getLogger("flufl.bounce").disabled = True
log = structlog.get_logger()
PERMANENT, TEMPORARY, COMPLAINT = "permanent", "temporary", "complaint"
_STATUS = re.compile(r"^\s*([245]\.[0-9]{1,3}\.[0-9]{1,3})", re.ASCII)


class Report(NamedTuple):
    """What came back: for good, for now, or as a complaint; ``status`` is the enhanced code (RFC 3463) or empty."""

    kind: str
    status: str


def read(content: bytes) -> Report | None:
    """The report in a mail; None where it is something else, such as an answer from holiday."""
    mail = message_from_bytes(content, policy=policy.compat32)
    if mail.get_param("report-type") == "feedback-report":
        return Report(COMPLAINT, "") if _complains(mail) else None
    status = next(_statuses(mail), "")
    if status:
        return Report(PERMANENT if status.startswith("5") else TEMPORARY, status) if status[0] != "2" else None
    return _guessed(mail)


def _complains(mail: Message) -> bool:
    kinds = [str(part["feedback-type"]).strip().lower() for part in mail.walk() if part["feedback-type"]]
    return any(kind != "not-spam" for kind in kinds)


def _guessed(mail: Message) -> Report | None:
    """What servers say who know no reports: their words, as Mailman has collected them."""
    try:
        temporary, permanent = all_failures(mail)
    except Exception as fault:
        # A detector trips over what no mail server writes, such as a mail from nobody.
        log.info("return_not_read", fault=type(fault).__name__)
        return None
    if permanent:
        return Report(PERMANENT, "")
    return Report(TEMPORARY, "") if temporary else None


def _statuses(mail: Message) -> Iterator[str]:
    """Each recipient's status, in the parts that are made for machines."""
    for part in mail.walk():
        status = _STATUS.match(str(part.get("status", "")))
        if status and part.get("action", "").strip().lower() in ("failed", "delayed"):
            yield status[1]
