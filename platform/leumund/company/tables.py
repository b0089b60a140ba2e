"""The one row that says who the company is, and those who handle data beside it."""

from piccolo.columns import JSONB, UUID, Boolean, Date, Integer, SmallInt, Text, Timestamptz
from piccolo.table import Table

from leumund.kit import ground


class CompanyProfile(Table, tablename="company_profile", db=ground.ROWS):
    """One row, or none before the company has described itself."""

    id = SmallInt(primary_key=True, default=1)
    name = Text()
    legal_name = Text()
    imprint = JSONB()
    sender_name = Text()
    sender_email = Text()
    languages = JSONB()
    country = Text()
    region = Text(default="")
    currency = Text()
    time_zone = Text()
    theme = Text()
    tokens = JSONB()
    worn = JSONB()
    logo = Text(null=True, default=None)
    updated_at = Timestamptz()


class Processor(Table, tablename="processor", db=ground.ROWS):
    """Somebody who handles people's data for the company or as a recipient; a row ends and is never taken away."""

    id = UUID(primary_key=True)
    role = Text()
    name = Text()
    address = Text()
    country = Text()
    what_for = JSONB()
    safeguards = Text()
    is_host = Boolean(default=False)
    since_date = Date()
    until_date = Date(null=True, default=None)


class AgreementAcceptance(Table, tablename="agreement_acceptance", db=ground.ROWS):
    """That somebody accepted the agreement with the processor; append-only by grant."""

    id = UUID(primary_key=True)
    version = Integer()
    language = Text()
    document = Text()
    sha256 = Text()
    actor = Text()
    at = Timestamptz()


class AgreementNotice(Table, tablename="agreement_notice", db=ground.ROWS):
    """What the processor told of a change, and whether the company objected."""

    id = UUID(primary_key=True)
    version = Integer()
    processors = JSONB()
    told_at = Timestamptz()
    until_at = Timestamptz()
    objected_at = Timestamptz(null=True, default=None)
    objected_by = Text(null=True, default=None)
