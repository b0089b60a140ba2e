"""Every page of this entrance in one place."""

from litestar import Router
from litestar.types import ControllerRouterHandler

from leumund.web import refusing
from leumund.web.console import entering
from leumund.web.console.agreement import AgreementController
from leumund.web.console.audit import AuditController
from leumund.web.console.breaches import BreachController
from leumund.web.console.care import CareController
from leumund.web.console.care_deeds import CareDeedController
from leumund.web.console.care_settings import CareSettingController
from leumund.web.console.case_deeds import CaseDeedController
from leumund.web.console.case_entering import CaseEntryController
from leumund.web.console.cases import CaseController
from leumund.web.console.charts import ChartController
from leumund.web.console.classes import ClassController
from leumund.web.console.consent_files import ConsentFileController
from leumund.web.console.consents import ConsentController
from leumund.web.console.customer_claims import CustomerClaimController
from leumund.web.console.customers import CustomerController
from leumund.web.console.domains import DomainController
from leumund.web.console.drafts import DraftController
from leumund.web.console.enrolling import EnrolController
from leumund.web.console.entering import Forbidden, NotSignedIn
from leumund.web.console.imports import ImportController
from leumund.web.console.isolation import IsolationController
from leumund.web.console.keys import KeyController
from leumund.web.console.leaving import LeavingController
from leumund.web.console.ledger import LedgerController
from leumund.web.console.ledger_taking import LedgerTakingController
from leumund.web.console.links import LinkController
from leumund.web.console.mail import MailController
from leumund.web.console.message_limits import MessageLimitController
from leumund.web.console.message_texts import MessageTextController
from leumund.web.console.messages import MessageController
from leumund.web.console.occasion_cards import OccasionCardController
from leumund.web.console.occasion_drafts import OccasionDraftController
from leumund.web.console.occasion_mails import OccasionMailController
from leumund.web.console.occasions import OccasionController
from leumund.web.console.overview import OverviewController
from leumund.web.console.payout_batches import PayoutBatchController
from leumund.web.console.payout_outcomes import PayoutOutcomeController
from leumund.web.console.payout_settings import PayoutSettingController
from leumund.web.console.payout_vouchers import PayoutVoucherController
from leumund.web.console.payouts import PayoutController
from leumund.web.console.program import ProgramController
from leumund.web.console.program_drafts import ProgramDraftController
from leumund.web.console.program_publication import ProgramPublicationController
from leumund.web.console.program_rewards import ProgramRewardController
from leumund.web.console.program_steering import ProgramFrameController
from leumund.web.console.program_trial import ProgramTrialController
from leumund.web.console.purchase_imports import PurchaseImportController
from leumund.web.console.purchases import PurchaseController
from leumund.web.console.records import RecordController
from leumund.web.console.referrals import ReferralController
from leumund.web.console.retention import RetentionController
from leumund.web.console.review_doubts import ReviewDoubtController
from leumund.web.console.review_signs import ReviewSignController
from leumund.web.console.reviews import ReviewController
from leumund.web.console.rewards import RewardController
from leumund.web.console.scores import ScoreController
from leumund.web.console.segment_drafts import SegmentDraftController
from leumund.web.console.segment_taking import SegmentTakingController
from leumund.web.console.segments import SegmentController
from leumund.web.console.share import ShareController
from leumund.web.console.share_campaigns import ShareCampaignController
from leumund.web.console.share_codes import ShareCodeController
from leumund.web.console.signing_in import SignInController
from leumund.web.console.stripe_account import StripeAccountController
from leumund.web.console.support import SupportController
from leumund.web.console.survey_benches import SurveyBenchController
from leumund.web.console.survey_charts import SurveyChartController
from leumund.web.console.survey_comments import SurveyCommentController
from leumund.web.console.survey_drafts import SurveyDraftController
from leumund.web.console.survey_places import SurveyPlaceController
from leumund.web.console.survey_previews import SurveyPreviewController
from leumund.web.console.survey_publishing import SurveyPublicationController
from leumund.web.console.survey_questions import SurveyQuestionController
from leumund.web.console.survey_rates import SurveyRateController
from leumund.web.console.survey_results import SurveyResultController
from leumund.web.console.survey_ruling import SurveyRuleController
from leumund.web.console.survey_studio import StudioController
from leumund.web.console.survey_taking import SurveyTakingController
from leumund.web.console.surveys import SurveyController
from leumund.web.console.team import TeamController
from leumund.web.console.texts import TextController
from leumund.web.console.twin import TwinController
from leumund.web.console.wave_limits import WaveLimitController
from leumund.web.console.wave_planning import WavePlanController
from leumund.web.console.wave_words import WaveWordController
from leumund.web.console.waves import WaveController
from leumund.web.console.webhooks import WebhookController
from leumund.web.defending import SameOriginForms
from leumund.web.refusing import FAULTS


def routes() -> list[ControllerRouterHandler]:
    """What staff open; each handler asks who it is before anything else."""
    return [
        Router(
            path="/console",
            route_handlers=[*_program(), *_customers(), *_surveys(), *_privacy(), *_access()],
            middleware=[SameOriginForms()],
            exception_handlers={
                **FAULTS,
                NotSignedIn: entering.to_login,
                Forbidden: refusing.later(entering.forbidden),
            },
        )
    ]


def _program() -> list[ControllerRouterHandler]:
    """What a program offers, says and brings."""
    return [
        OverviewController,
        ChartController,
        ReferralController,
        ReviewController,
        ReviewDoubtController,
        ReviewSignController,
        RewardController,
        PurchaseController,
        PurchaseImportController,
        LedgerController,
        LedgerTakingController,
        LinkController,
        PayoutBatchController,
        PayoutController,
        PayoutOutcomeController,
        PayoutSettingController,
        PayoutVoucherController,
        ProgramController,
        ProgramDraftController,
        ProgramRewardController,
        ProgramPublicationController,
        ProgramTrialController,
        ProgramFrameController,
        ShareController,
        ShareCampaignController,
        ShareCodeController,
        TextController,
        DraftController,
        OccasionController,
        OccasionDraftController,
        OccasionMailController,
        OccasionCardController,
        MessageController,
        MessageTextController,
        MessageLimitController,
    ]


def _customers() -> list[ControllerRouterHandler]:
    """Who they are, what they agreed to, which of them are alike, and who needs looking after."""
    return [
        CustomerController,
        CustomerClaimController,
        ConsentController,
        ConsentFileController,
        ImportController,
        SegmentController,
        SegmentDraftController,
        SegmentTakingController,
        ClassController,
        ScoreController,
        CareController,
        CareSettingController,
        CareDeedController,
    ]


def _surveys() -> list[ControllerRouterHandler]:
    """Where surveys are written, whom they ask, and what was answered."""
    return [
        StudioController,
        SurveyDraftController,
        SurveyQuestionController,
        SurveyPreviewController,
        SurveyPublicationController,
        SurveyController,
        SurveyPlaceController,
        WaveController,
        WaveWordController,
        WavePlanController,
        WaveLimitController,
        SurveyBenchController,
        SurveyRateController,
        SurveyResultController,
        SurveyRuleController,
        SurveyCommentController,
        SurveyTakingController,
        SurveyChartController,
    ]


def _privacy() -> list[ControllerRouterHandler]:
    """What people ask of their data, and how the law is kept."""
    return [
        CaseController,
        CaseEntryController,
        CaseDeedController,
        BreachController,
        RecordController,
        RetentionController,
        AgreementController,
    ]


def _access() -> list[ControllerRouterHandler]:
    """Who gets in, and what they did."""
    return [
        SignInController,
        EnrolController,
        TeamController,
        KeyController,
        WebhookController,
        DomainController,
        MailController,
        StripeAccountController,
        AuditController,
        IsolationController,
        SupportController,
        TwinController,
        LeavingController,
    ]
