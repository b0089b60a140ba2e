"""Who operates this deployment, as every company's list of processors names them."""

from leumund.company.processing import Described
from leumund.kit import language
from leumund.kit.language import LANGUAGES
from leumund.kit.settings import Settings


def host(settings: Settings) -> Described:
    """The operator as a processor; one who did not say who they are is known by the base domain."""
    return Described(
        role="processor",
        name=settings.operator_name or settings.base_domain,
        address=settings.operator_address or settings.base_domain,
        country=settings.operator_country,
        what_for={lang: language.text("texts.host", lang) for lang in LANGUAGES},
    )
