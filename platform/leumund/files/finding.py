"""Find what company.toml says where it has the shape it should have; whatever has another one is passed over."""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from leumund.kit import language
from leumund.tenancy import provisioning
from leumund.tenancy.provisioning import BadSlug

_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]", re.ASCII)
_PURPOSE = re.compile(r"(?=.{1,40}$)[a-z]+(?:_[a-z]+)*", re.ASCII)

Shape = TypeVar("Shape")


def at(plain: Mapping[str, Any], key: str, shape: type[Shape], otherwise: Shape) -> Shape:
    """The value at a dotted key where it has this shape, else ``otherwise``."""
    value: Any = plain
    for name in key.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, shape) else otherwise


def slug(plain: Mapping[str, Any]) -> str:
    """The company's slug where it may be one, else nothing."""
    given = at(plain, "slug", str, "")
    try:
        provisioning.check_slug(given)
    except BadSlug:
        return ""
    return given


def spoken(plain: Mapping[str, Any]) -> list[str]:
    """The languages of the company that we speak too, each once."""
    return [lang for lang in dict.fromkeys(words(plain, "languages")) if lang in language.LANGUAGES]


def programs(plain: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Every program that is a table, by the key of its table."""
    listed = [(f"programs[{place}]", one) for place, one in enumerate(at(plain, "programs", list, []), 1)]
    return [(key, one) for key, one in [("program", plain.get("program")), *listed] if isinstance(one, dict)]


def purposes(plain: Mapping[str, Any]) -> list[str]:
    """The purposes whose names may become a file's."""
    return [purpose for purpose in at(plain, "consents", dict, {}) if is_purpose(purpose)]


def hosts(plain: Mapping[str, Any]) -> dict[str, str]:
    """The company's own hosts that are written as hosts are, with the key of each."""
    given = enumerate(at(plain, "hosts", list, []), 1)
    return {host: f"hosts[{place}]" for place, host in given if isinstance(host, str) and _HOST.fullmatch(host)}


def is_purpose(name: str) -> bool:
    """Whether a purpose may be called so."""
    return _PURPOSE.fullmatch(name) is not None


def words(plain: Mapping[str, Any], key: str) -> list[str]:
    """The texts in a list."""
    return [word for word in at(plain, key, list, []) if isinstance(word, str)]
