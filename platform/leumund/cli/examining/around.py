"""What stands around the database: settings, and the way out for mails."""

from leumund.cli.examining.findings import Finding, Health
from leumund.kit import environment
from leumund.kit.settings import Settings
from leumund.messages.carrying import mailing
from leumund.tenancy.database.server import Server


async def settings(_: Server, settings: Settings) -> list[Finding]:
    """What is set, without secrets."""
    told = environment.read()
    lines = [
        Finding(Health.OK, f"LEUMUND_{name.upper()} = {'(set)' if 'Secret' in str(field.annotation) else value}")
        for name, field in type(told).model_fields.items()
        if (value := getattr(told, name)) is not None
    ]
    if told.database_url is None:
        lines.append(Finding(Health.OK, f"LEUMUND_DATABASE_URL is not set: the embedded server in {settings.data}"))
    local = settings.base_domain == "localhost" or settings.base_domain.endswith(".localhost")
    if settings.public_scheme == "http" and not local:
        # Browsers keep a __Host- cookie by TLS alone, so nobody could sign in.
        lines.append(Finding(Health.WARN, "LEUMUND_PUBLIC_SCHEME is http: nobody can sign in without https"))
    return lines


async def mail(_: Server, settings: Settings) -> list[Finding]:
    """That the mail server takes a greeting."""
    return [Finding(Health.OK, await mailing.greet(settings.smtp_url.get_secret_value()))]
