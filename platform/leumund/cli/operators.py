"""``leumund operator``: accounts of those who run the platform."""

import sys
from typing import Annotated

import typer

from leumund.cli import opening
from leumund.kit import clock
from leumund.operating import creating
from leumund.operating.creating import Created
from leumund.tenancy.deployment import Deployment


def create(
    email: str,
    reset: Annotated[bool, typer.Option("--reset", help="New password and second factor; ends all sessions.")] = False,
) -> None:
    """Create an operator and print the second factor, once; the password is asked for, or read from standard input."""
    password = _password()

    async def make(deployment: Deployment) -> Created:
        deed = creating.reset_operator if reset else creating.create_operator
        return await deed(deployment, email=email, password=password, at=clock.now())

    created = opening.inside_deployment(make, role="operator")
    typer.echo(f"{created.email} may sign in. The second factor is shown now and never again:")
    typer.echo(f"  secret   {created.secret}")
    typer.echo(f"  address  {created.otpauth_uri}")


def _password() -> str:
    # Never an option: the command line is read by everybody on the machine and kept by the shell.
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")
