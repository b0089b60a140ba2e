"""The pages about what is written to people, in one place."""

from litestar import Controller

from leumund.web.console.messages.message_limits import MessageLimitController
from leumund.web.console.messages.message_texts import MessageTextController
from leumund.web.console.messages.messages import MessageController
from leumund.web.console.messages.occasion_cards import OccasionCardController
from leumund.web.console.messages.occasion_drafts import OccasionDraftController
from leumund.web.console.messages.occasion_mails import OccasionMailController
from leumund.web.console.messages.occasions import OccasionController

CONTROLLERS: tuple[type[Controller], ...] = (
    MessageLimitController,
    MessageTextController,
    MessageController,
    OccasionCardController,
    OccasionDraftController,
    OccasionMailController,
    OccasionController,
)
