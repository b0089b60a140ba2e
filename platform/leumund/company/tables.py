"""The one row that says who the company is."""

from piccolo.columns import JSONB, SmallInt, Text, Timestamptz
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
    currency = Text()
    time_zone = Text()
    theme = Text()
    tokens = JSONB()
    worn = JSONB()
    logo = Text(null=True, default=None)
    updated_at = Timestamptz()
