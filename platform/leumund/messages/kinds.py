"""The kinds of mail there are; one that is not here cannot be queued."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import msgspec

# Art. 6(1) GDPR (a), (b), (c) and (f). Advertising knows the first alone: § 7(3) UWG asks of each recipient for a sale,
# goods like those sold, and a notice when the address was taken, none of which we are told.
Basis = Literal["consent", "contract", "legal_obligation", "legitimate_interest"]


# What is asked in a survey, and being evaluated, is no reason to be sent anything else.
OF_THEIR_OWN = frozenset({"survey", "profile"})


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """``path`` leads to where the mail points, a letter nowhere, with ``{token}`` signed for ``signed_for`` and the
    mail's subject, or for the mail where it ``names_itself``.

    ``basis`` is why it may be sent at all. On ``consent`` it is advertising, and ``purposes`` are those it may be sent
    for: a survey is advertising too (BGH VI ZR 225/17). ``greets`` by name only where the name was not typed by
    somebody we do not know yet.
    """

    path: str
    basis: Basis
    purposes: frozenset[str] = frozenset()
    signed_for: str | None = None
    # It puts a question, with the marks to tap where there are some.
    asks_score: bool = False
    # It says why, in a sentence of ours for the person's side, which stands in place of a question.
    gives_reason: bool = False
    greets: bool = True
    # The person asked for this very mail a moment ago.
    wished: bool = False
    # Whether a company may choose its own words; what the law has us say stays as it is.
    editable: bool = False
    # Where a company writes its words instead, each mail its own; it then names them as its ``text``.
    written_at: str = ""
    # For whatever purpose a company asks a consent, but for those that have mails of their own.
    any_purpose: bool = False
    # It says ``{code}``, digits to type in where its link leads.
    coded: bool = False
    # A member writes its subject and words to this one person; it has no button, and is answered like any letter.
    written: bool = False
    # Its link is signed for the mail itself: what is behind it may change, and opens only while the person has the
    # address this very mail went to.
    names_itself: bool = False

    def __post_init__(self) -> None:
        assert bool(self.path) != self.written, "a letter leads nowhere, and any other mail somewhere"
        assert (bool(self.purposes) or self.any_purpose) == self.advertising, (
            "what needs a consent says for which purpose, and nothing else does"
        )

    @property
    def advertising(self) -> bool:
        """Whether it needs a consent at the moment of sending."""
        return self.basis == "consent"

    def is_for(self, purpose: str | None) -> bool:
        """Whether a consent of ``purpose`` is one it may be sent on."""
        return purpose in self.purposes or (self.any_purpose and purpose is not None and purpose not in OF_THEIR_OWN)


# What the links in the foot of an advertisement are signed for.
UNSUBSCRIBE, PREFERENCES = "unsubscribe", "preferences"
# Where a person reads what became of their request.
_ANSWERED = Kind(
    path="/rights/answer/{token}",
    basis="legal_obligation",
    signed_for="rights_answer",
    greets=False,
    names_itself=True,
)
KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "survey_invitation": Kind(
            path="/s/{token}",
            basis="consent",
            purposes=frozenset({"survey"}),
            signed_for="survey",
            asks_score=True,
            editable=True,
        ),
        # To whoever has not answered: advertising as the first one was.
        "survey_reminder": Kind(
            path="/s/{token}",
            basis="consent",
            purposes=frozenset({"survey"}),
            signed_for="survey",
            asks_score=True,
            editable=True,
        ),
        "advocate_invitation": Kind(
            path="/join/{token}",
            basis="consent",
            purposes=frozenset({"recommendation"}),
            signed_for="join",
            editable=True,
        ),
        # A greeting and whatever else comes by itself is advertising too, in words of its own each time.
        "occasion": Kind(path="/portal", basis="consent", any_purpose=True, written_at="/console/occasions"),
        # Art. 7(1) GDPR: who sends advertising has to be able to show that the addressee wanted it.
        "opt_in": Kind(path="/confirm/{token}", basis="legal_obligation", signed_for="confirm", greets=False),
        "portal_login": Kind(
            path="/portal/enter/{token}",
            basis="contract",
            signed_for="portal",
            greets=False,
            wished=True,
            editable=True,
        ),
        "reward_released": Kind(path="/portal", basis="contract", editable=True),
        # What became of what was owed: it arrived, or it could not be paid and is theirs as before.
        "reward_paid": Kind(path="/portal/payouts", basis="contract", editable=True),
        "reward_unpaid": Kind(path="/portal/payouts", basis="contract", editable=True),
        # Told to whoever did not enter it.
        "account_notice": Kind(path="/portal/payouts", basis="contract", wished=True),
        # A batch that the schedule drafted waits for whoever may approve it; codes run short.
        "payouts_waiting": Kind(path="/console/payouts", basis="legitimate_interest"),
        "vouchers_low": Kind(path="/console/payouts/vouchers", basis="legitimate_interest"),
        # Stripe's books say otherwise than ours, and a person has to look.
        "stripe_differs": Kind(path="/console/payouts/stripe", basis="legitimate_interest"),
        # Art. 22(3) GDPR: who is refused what they may have counted on hears of it, why, and how to object.
        "referral_refused": Kind(path="/portal/data", basis="contract", gives_reason=True),
        # What somebody just did to their own account, told to where they would miss it.
        "security_notice": Kind(path="/portal/security", basis="contract", wished=True),
        "address_change": Kind(
            path="/address/{token}", basis="contract", signed_for="address", greets=False, wished=True
        ),
        "address_notice": Kind(path="/rights", basis="contract", wished=True),
        "support_requested": Kind(path="/console/support", basis="legitimate_interest"),
        # Art. 12 GDPR: who asks for their rights is answered, whatever else rests of theirs.
        "rights_code": Kind(
            path="/rights/confirm/{token}", basis="legal_obligation", signed_for="rights", greets=False, coded=True
        ),
        "rights_extended": _ANSWERED,
        "rights_refused": _ANSWERED,
        "rights_done": _ANSWERED,
        "rights_copy_ready": Kind(
            path="/rights/copy/{token}", basis="legal_obligation", signed_for="rights_copy", greets=False
        ),
        # Art. 12(3) and 18(3) GDPR: who is about to be gone, or to be used again, hears of it.
        "erasure_begun": Kind(path="/portal", basis="legal_obligation"),
        "restriction_ending": Kind(path="/portal", basis="legal_obligation"),
        # Who complained in an answer is answered: that sells nothing. Who said nothing in words is asked to, which is
        # advertising as the survey was (BGH VI ZR 225/17).
        "care_reply": Kind(path="", basis="legitimate_interest", written=True),
        "care_question": Kind(path="", basis="consent", purposes=frozenset({"survey"}), written=True),
        "care_digest": Kind(path="/console/care", basis="legitimate_interest"),
        "reviews_waiting": Kind(path="/console/reviews", basis="legitimate_interest"),
        "case_reminder": Kind(path="/console/cases", basis="legal_obligation"),
        # The books are not as they were written.
        "books_untrue": Kind(path="/console/ledger", basis="legitimate_interest"),
        # Who moved from one class to another: how many, and where to look.
        "class_changes": Kind(path="/console/segments/classes", basis="legitimate_interest"),
        # Art. 33(2) GDPR, and 28(2): what happened at the processor, and who else is to work for it.
        "breach_notice": Kind(path="/console/breaches", basis="legal_obligation"),
        "processor_notice": Kind(path="/console/agreement", basis="legal_obligation"),
        "staff_enrolment": Kind(path="/console/enrol/{token}", basis="contract", signed_for="enrol", editable=True),
    }
)


def signed_for(kind: str) -> str:
    """What the links in mails of ``kind`` are signed for, for the page they lead to."""
    purpose = KINDS[kind].signed_for
    assert purpose is not None, f"{kind} carries no signed link"
    return purpose
