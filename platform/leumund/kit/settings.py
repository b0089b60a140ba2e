"""What a deployment is told: the LEUMUND_* variables, and what each may be."""

import re
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from leumund.kit import masters

PREFIX = "LEUMUND_"


class Settings(BaseSettings):
    """What a deployment needs to know. No secret has a default."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", env_ignore_empty=True)

    secret_key: SecretStr = Field(description="at least 32 characters of randomness; every key is derived from it")
    base_domain: str = Field(description="companies live at <slug>.<base domain>, the operator at the base domain")
    smtp_url: SecretStr = Field(description="smtp://user:password@host:port, smtps:// for TLS from the start")
    master_keys: SecretStr | None = Field(default=None, description="comma-separated, 32 characters or more each")
    master_key_file: Path | None = Field(
        default=None, validate_default=True, description="the same from a file, one key a line"
    )
    database_url: SecretStr | None = Field(default=None, description="any PostgreSQL 15 or later; embedded when unset")
    pooler_url: str | None = Field(default=None, description="a PgBouncer companies' connections go through, if any")
    replica_url: str | None = Field(default=None, description="a read replica that figures are asked of, if any")
    operator_name: str = Field(default="", description="who operates this, as companies' notices name them")
    operator_address: str = Field(default="", description="their postal address, in one line")
    operator_country: str = Field(default="DE", pattern="^[A-Z]{2}$", description="where they are, by ISO code")
    subprocessors_file: Path | None = Field(default=None, description="who works for you, as TOML; companies are told")
    backups: str = Field(
        default="", description="in a sentence, what you do for backups and where they lie; companies' records quote it"
    )
    server_keepers: str = Field(
        default="", description="superusers of whoever keeps the database server for you, comma-separated, if others do"
    )
    data: Path = Field(default=Path("var"), description="where the embedded database lies")
    listen_host: str = "127.0.0.1"
    listen_port: Annotated[int, Field(ge=1, le=65535)] = 8000
    public_scheme: Literal["https", "http"] = "https"
    public_port: Annotated[int, Field(ge=1, le=65535)] | None = Field(default=None, description="443 when unset")
    dns_servers: str = Field(default="", description="who is asked for companies' domains; the system's when unset")
    sender_spf: str = Field(
        default="",
        description="how companies' domains let your mail server send in their SPF, such as include:spf.you.example",
    )
    returns_domain: str = Field(
        default="", description="where mails that cannot be delivered come back to, if anywhere"
    )
    returns_port: Annotated[int, Field(ge=1, le=65535)] = Field(
        default=2526, description="where they are taken by SMTP"
    )
    stripe_url: str = Field(
        default="", description="what stands in for Stripe's servers in a demo or a test, if anything"
    )
    trusted_proxies: str = Field(default="", description="addresses or networks whose X-Forwarded-For is believed")
    web_processes: Annotated[int, Field(ge=1, le=64)] = 2
    connections: Annotated[int, Field(ge=2, le=2000)] = Field(default=60, description="hard ceiling of one process")
    connections_per_company: Annotated[int, Field(ge=1, le=50)] = 4

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < masters.FEWEST_CHARACTERS:
            raise ValueError(f"needs at least {masters.FEWEST_CHARACTERS} characters")
        return value

    @field_validator("master_keys")
    @classmethod
    def _long_enough_each(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            masters.check(masters.listed(value.get_secret_value().split(",")))
        return value

    @field_validator("master_key_file")
    @classmethod
    def _one_place(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        """A key in two places would be two keys one day; without one no company could be read."""
        if "master_keys" not in info.data:
            return value
        if (value is None) == (info.data["master_keys"] is None):
            raise ValueError("either this or LEUMUND_MASTER_KEYS must be set, and not both")
        if value is not None:
            masters.check(masters.in_file(value))
        return value

    @field_validator("base_domain", "returns_domain")
    @classmethod
    def _plain_host(cls, value: str, info: ValidationInfo) -> str:
        host = value.lower().rstrip(".")
        if not host and info.field_name == "returns_domain":
            return host
        if not all(label.replace("-", "a").isalnum() and label.isascii() for label in host.split(".")):
            raise ValueError("is a host name such as leumund.example, without scheme or port")
        return host

    @field_validator("sender_spf")
    @classmethod
    def _one_mechanism(cls, value: str) -> str:
        if value and not re.fullmatch(r"(?:include|a|mx|ip4|ip6|redirect)(?:[:=][A-Za-z0-9._:/-]+)?", value):
            raise ValueError("is one mechanism such as include:spf.leumund.example")
        return value.lower()

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, value: SecretStr) -> SecretStr:
        parts = urlsplit(value.get_secret_value())
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("starts with smtp:// or smtps:// and names a host")
        return value

    @field_validator("database_url")
    @classmethod
    def _postgres(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            parts = urlsplit(value.get_secret_value())
            if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
                raise ValueError("starts with postgresql:// and names a database")
        return value

    @field_validator("pooler_url", "replica_url")
    @classmethod
    def _another_way(cls, value: str | None) -> str | None:
        if value is not None:
            parts = urlsplit(value)
            if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/") or "@" in parts.netloc:
                raise ValueError("starts with postgresql://, names a database and no user")
        return value

    @field_validator("stripe_url")
    @classmethod
    def _stand_in(cls, value: str) -> str:
        """Companies' keys go there, so it is reached by TLS or on this very machine."""
        parts = urlsplit(value)
        is_near = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
        if value and not (is_near or (parts.scheme == "https" and parts.hostname)):
            raise ValueError("starts with https://, or with http:// on this machine")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _named_networks(cls, value: str) -> str:
        try:
            networks = [ip_network(part.strip(), strict=False) for part in value.split(",") if part.strip()]
        except ValueError:
            raise ValueError("is a list of addresses or networks such as 10.0.0.1, 10.1.0.0/16") from None
        if any(network.prefixlen == 0 for network in networks):
            raise ValueError("names no more than your proxies; whoever is trusted can claim to be anybody")
        return ",".join(map(str, networks))

    @field_validator("dns_servers")
    @classmethod
    def _dns_servers(cls, value: str) -> str:
        try:
            return ",".join(f"{address}#{port}" for address, port in _name_servers(value))
        except ValueError:
            raise ValueError("is a list of addresses such as 9.9.9.9, 10.0.0.1#5353") from None

    @model_validator(mode="after")
    def _room_for_one_company(self) -> "Settings":
        if self.connections < self.connections_per_company:
            raise ValueError("LEUMUND_CONNECTIONS is below LEUMUND_CONNECTIONS_PER_COMPANY")
        return self

    def masters(self) -> list[str]:
        """The master keys: the first wraps companies' keys, all of them unwrap."""
        if self.master_keys is not None:
            return masters.listed(self.master_keys.get_secret_value().split(","))
        assert self.master_key_file is not None, "one of the two is set"
        return masters.in_file(self.master_key_file)

    def name_servers(self) -> list[tuple[str, int]]:
        """Whom to ask for companies' domains, address and port; nobody named means the system's."""
        return _name_servers(self.dns_servers)

    def keepers(self) -> list[str]:
        """The roles by which others keep the database server; nobody named means that it is your own."""
        return [name.strip() for name in self.server_keepers.split(",") if name.strip()]

    def origin(self, host: str) -> str:
        """The address people see for ``host``, without a trailing slash."""
        usual = {"https": 443, "http": 80}[self.public_scheme]
        port = f":{self.public_port}" if self.public_port not in (None, usual) else ""
        return f"{self.public_scheme}://{host}{port}"


def _name_servers(listed: str) -> list[tuple[str, int]]:
    parts = (part.strip().partition("#") for part in listed.split(",") if part.strip())
    return [(str(ip_address(address)), int(port or 53)) for address, _, port in parts]
