"""Where themes, companies and migrations lie: beside the code in a checkout, within it when installed."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_SHIPPED = _PACKAGE / "_shipped"
_ROOT = _SHIPPED if _SHIPPED.is_dir() else _PACKAGE.parent.parent


def themes() -> Path:
    return _ROOT / "themes"


def tenants() -> Path:
    return _ROOT / "tenants"


def migrations() -> Path:
    return _ROOT / "migrations"


def locales() -> Path:
    return _PACKAGE / "locales"
