"""``leumund customers``: people brought in from files, with every refused row named."""

from pathlib import Path
from typing import Annotated

import typer

from leumund.cli import opening
from leumund.customers import importing, reading
from leumund.customers.importing import Report
from leumund.kit import clock, language
from leumund.tenancy.deployment import Deployment

app = typer.Typer(no_args_is_help=True, help="A company's customers.")
