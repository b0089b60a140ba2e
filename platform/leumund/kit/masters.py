"""Master keys as an environment or a file lists them."""

from collections.abc import Iterable
from pathlib import Path

FEWEST_CHARACTERS = 32


def listed(keys: Iterable[str]) -> list[str]:
    """``keys`` without what is empty and the space around each."""
    return [key.strip() for key in keys if key.strip()]


def in_file(file: Path) -> list[str]:
    """One a line. Raises ValueError."""
    try:
        return listed(file.read_text("utf-8").splitlines())
    except (OSError, UnicodeDecodeError) as fault:
        raise ValueError(f"cannot be read ({type(fault).__name__})") from None


def check(keys: list[str]) -> None:
    """Nothing, where there is one and each is long enough. Raises ValueError."""
    if not keys or any(len(key) < FEWEST_CHARACTERS for key in keys):
        raise ValueError(f"needs at least {FEWEST_CHARACTERS} characters for each key")
