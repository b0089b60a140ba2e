"""The pages about what the company offers, in one place."""

from litestar import Controller

from leumund.web.console.offer.drafts import DraftController
from leumund.web.console.offer.links import LinkController
from leumund.web.console.offer.program import ProgramController
from leumund.web.console.offer.program_drafts import ProgramDraftController
from leumund.web.console.offer.program_publication import ProgramPublicationController
from leumund.web.console.offer.program_rewards import ProgramRewardController
from leumund.web.console.offer.program_steering import ProgramFrameController
from leumund.web.console.offer.program_trial import ProgramTrialController
from leumund.web.console.offer.share import ShareController
from leumund.web.console.offer.share_campaigns import ShareCampaignController
from leumund.web.console.offer.share_codes import ShareCodeController
from leumund.web.console.offer.texts import TextController

CONTROLLERS: tuple[type[Controller], ...] = (
    DraftController,
    LinkController,
    ProgramController,
    ProgramDraftController,
    ProgramPublicationController,
    ProgramRewardController,
    ProgramFrameController,
    ProgramTrialController,
    ShareController,
    ShareCampaignController,
    ShareCodeController,
    TextController,
)
