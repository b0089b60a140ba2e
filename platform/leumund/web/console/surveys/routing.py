"""The pages about surveys, in one place."""

from litestar import Controller

from leumund.web.console.surveys.survey_benches import SurveyBenchController
from leumund.web.console.surveys.survey_charts import SurveyChartController
from leumund.web.console.surveys.survey_comments import SurveyCommentController
from leumund.web.console.surveys.survey_drafts import SurveyDraftController
from leumund.web.console.surveys.survey_places import SurveyPlaceController
from leumund.web.console.surveys.survey_previews import SurveyPreviewController
from leumund.web.console.surveys.survey_publishing import SurveyPublicationController
from leumund.web.console.surveys.survey_questions import SurveyQuestionController
from leumund.web.console.surveys.survey_rates import SurveyRateController
from leumund.web.console.surveys.survey_results import SurveyResultController
from leumund.web.console.surveys.survey_ruling import SurveyRuleController
from leumund.web.console.surveys.survey_studio import StudioController
from leumund.web.console.surveys.survey_taking import SurveyTakingController
from leumund.web.console.surveys.surveys import SurveyController
from leumund.web.console.surveys.wave_limits import WaveLimitController
from leumund.web.console.surveys.wave_planning import WavePlanController
from leumund.web.console.surveys.wave_words import WaveWordController
from leumund.web.console.surveys.waves import WaveController

CONTROLLERS: tuple[type[Controller], ...] = (
    SurveyBenchController,
    SurveyChartController,
    SurveyCommentController,
    SurveyDraftController,
    SurveyPlaceController,
    SurveyPreviewController,
    SurveyPublicationController,
    SurveyQuestionController,
    SurveyRateController,
    SurveyResultController,
    SurveyRuleController,
    StudioController,
    SurveyTakingController,
    SurveyController,
    WaveLimitController,
    WavePlanController,
    WaveWordController,
    WaveController,
)
