"""What the demo prints while it plays."""

from rich.console import Console

_console = Console(highlight=False, soft_wrap=True)


def chapter(title: str) -> None:
    _console.print(f"\n[bold]{title}[/bold]")


def step(sentence: str) -> None:
    """Something that has just happened."""
    _console.print(f"  [green]✓[/green] {sentence}")


def figure(line: str) -> None:
    """A line for people and programs alike, on its own and without decoration."""
    print(line, flush=True)


def login(address: str, *, email: str, password: str, secret: str) -> None:
    """How to get in: the second factor's secret goes into an authenticator app."""
    _console.print(f"  [bold]{address}[/bold]\n    {email}   password {password}   second factor {secret}")
