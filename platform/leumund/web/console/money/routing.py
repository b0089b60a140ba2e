"""The pages about what recommendations bring and cost, in one place."""

from litestar import Controller

from leumund.web.console.money.ledger import LedgerController
from leumund.web.console.money.ledger_taking import LedgerTakingController
from leumund.web.console.money.payout_batches import PayoutBatchController
from leumund.web.console.money.payout_outcomes import PayoutOutcomeController
from leumund.web.console.money.payout_settings import PayoutSettingController
from leumund.web.console.money.payout_vouchers import PayoutVoucherController
from leumund.web.console.money.payouts import PayoutController
from leumund.web.console.money.purchase_imports import PurchaseImportController
from leumund.web.console.money.purchases import PurchaseController
from leumund.web.console.money.referrals import ReferralController
from leumund.web.console.money.review_doubts import ReviewDoubtController
from leumund.web.console.money.review_signs import ReviewSignController
from leumund.web.console.money.reviews import ReviewController
from leumund.web.console.money.rewards import RewardController
from leumund.web.console.money.stripe_account import StripeAccountController

CONTROLLERS: tuple[type[Controller], ...] = (
    LedgerController,
    LedgerTakingController,
    PayoutBatchController,
    PayoutOutcomeController,
    PayoutSettingController,
    PayoutVoucherController,
    PayoutController,
    PurchaseImportController,
    PurchaseController,
    ReferralController,
    ReviewDoubtController,
    ReviewSignController,
    ReviewController,
    RewardController,
    StripeAccountController,
)
