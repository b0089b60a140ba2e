"""``leumund customers``: people brought in from files, with every refused row named."""

import typer

app = typer.Typer(no_args_is_help=True, help="A company's customers.")
