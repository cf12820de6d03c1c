"""What the environment may decide about any app; each app's own settings extend this."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class AppSettings(BaseSettings):
    """Read once, at start; frozen afterwards.

    An app's own facts carry its prefix (`PROGRAMS_DATABASE_URL`), what all apps share carries `QOLDAU_`.
    """

    model_config = SettingsConfigDict(
        frozen=True, populate_by_name=True, extra="ignore", env_ignore_empty=True
    )

    database_url: SecretStr
    """DSN of the runtime role; libpq style, unix sockets included."""
    read_database_url: SecretStr
    """DSN of the reader role, which PostgreSQL holds read-only."""
    signing_key: Path
    """This app's private Ed25519 key, a JWK."""
    write_connections: int = Field(default=8, ge=1)
    """Size of the pool for changes; never exceeded."""
    read_connections: int = Field(default=8, ge=1)
    """Size of the pool for reads; never exceeded."""

    public_keys: Path = Field(validation_alias="QOLDAU_PUBLIC_KEYS")
    """The JWKS with the public keys of every app."""
    demonstration: bool = Field(default=False, validation_alias="QOLDAU_DEMO")
    """Demonstration mode: synthetic accounts, story and a clock that can be moved."""
    programs_url: str | None = Field(default=None, validation_alias="QOLDAU_PROGRAMS_URL")
    """Where the app is reached by the others: `unix:/path/of/its/socket` or `http://host:port`."""
    participants_url: str | None = Field(default=None, validation_alias="QOLDAU_PARTICIPANTS_URL")
    evaluation_url: str | None = Field(default=None, validation_alias="QOLDAU_EVALUATION_URL")
    files: str | None = Field(default=None, validation_alias="QOLDAU_FILES")
    """Where files are kept: a folder, or the URL of an object store (`s3://bucket/prefix`); None: nowhere."""
    scanner: str | None = Field(default=None, validation_alias="QOLDAU_SCANNER")
    """The ClamAV daemon that is asked about each upload: `unix:/path/of/its/socket` or `tcp://host:port`."""
    gateway_url: str | None = Field(default=None, validation_alias="QOLDAU_GATEWAY_URL")
    """The gateway's inner address: it tells webhook endpoints of events, and makes links."""
    background: bool = Field(default=True, validation_alias="QOLDAU_BACKGROUND")
    """Whether this process relays events and runs jobs beside serving requests."""
    log_level: str = Field(default="INFO", validation_alias="QOLDAU_LOG_LEVEL")

    @property
    def peers(self) -> dict[str, str]:
        """The addresses of the apps that events can be sent to; those without one keep their events waiting."""
        addresses = {
            "programs": self.programs_url,
            "participants": self.participants_url,
            "evaluation": self.evaluation_url,
            "gateway": self.gateway_url,
        }
        return {app: address for app, address in addresses.items() if address}


class KeepingSettings(AppSettings):
    """Also of an app that keeps what must be destroyable: personal data, sealed answers."""

    keystore_url: SecretStr | None = Field(default=None, validation_alias="QOLDAU_KEYSTORE_URL")
    """DSN of the key store; without one, what needs a key answers 503."""
    master_key: Path | None = Field(default=None, validation_alias="QOLDAU_KEYSTORE_MASTER_KEY")
    """The file whose key wraps those of the key store."""
