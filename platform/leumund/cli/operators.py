"""``leumund operator``: accounts of those who run the platform."""

from typing import Annotated

import typer

from leumund.cli import opening
from leumund.kit import clock
from leumund.operating import creating
from leumund.tenancy.deployment import Deployment

app = typer.Typer(no_args_is_help=True, help="Accounts of those who run the platform.")


@app.callback()
def _group() -> None:
    """Keeps ``create`` a sub-command while it is the only one."""


@app.command()
def create(
    email: str,
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
) -> None:
    """Create an operator; prints the second factor's address once, for an authenticator app."""

    async def make(deployment: Deployment) -> str:
        return await creating.create_operator(deployment, email=email, password=password, at=clock.now())

    typer.echo(opening.inside_deployment(make))
