"""What comes back of a mail is read for what it is, and nothing else is taken for a bounce."""

import pytest

from leumund.messages.carrying import reports
from leumund.messages.carrying.reports import COMPLAINT, PERMANENT, TEMPORARY, Report

BOUNCE = """From: MAILER-DAEMON@example.com
To: x@returns.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

This is the mail system at example.com.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; example.com

Final-Recipient: rfc822; bert@example.com
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user

--b
Content-Type: text/rfc822-headers

Subject: Wie zufrieden sind Sie?

--b--
"""
FEEDBACK = """From: complaints@example.com
Subject: Abuse report
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is an abuse report.

--b
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: Provider/1.0
Version: 1

--b--
"""
HOLIDAY = """From: bert@example.com
Subject: Abwesend
Auto-Submitted: auto-replied

Ich bin bis Montag im Urlaub. Status: 5.1.1 ist mir egal.
"""
OLD = """From: Mail Delivery Subsystem <MAILER-DAEMON@example.com>
Subject: Returned mail: User unknown

   ----- The following addresses had permanent fatal errors -----
<bert@example.com>

   ----- Transcript of session follows -----
550 <bert@example.com>... User unknown
"""


@pytest.mark.parametrize(
    ("action", "status", "report"),
    [
        ("failed", "5.1.1", Report(PERMANENT, "5.1.1")),
        ("failed", "4.4.7 (expired)", Report(TEMPORARY, "4.4.7")),
        ("delayed", "4.2.2", Report(TEMPORARY, "4.2.2")),
        ("delivered", "2.0.0", None),
        ("relayed", "2.0.0", None),
    ],
)
def test_a_report_for_machines_is_taken_at_its_word(action: str, status: str, report: Report | None):
    assert reports.read(BOUNCE.format(action=action, status=status).encode()) == report


@pytest.mark.parametrize(("kind", "report"), [("abuse", Report(COMPLAINT, "")), ("not-spam", None)])
def test_a_complaint_is_one_unless_it_praises(kind: str, report: Report | None):
    assert reports.read(FEEDBACK.format(kind=kind).encode()) == report


def test_a_bounce_from_before_there_were_reports_is_known_too():
    assert reports.read(OLD.encode()) == Report(PERMANENT, "")


@pytest.mark.parametrize(
    "content",
    [HOLIDAY.encode(), b"", b"\xff\x00 no mail at all", b"Content-Type: multipart/report\n\n--", b":" * 10_000],
)
def test_whatever_else_comes_is_no_bounce(content: bytes):
    assert reports.read(content) is None
