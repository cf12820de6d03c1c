"""Everything the environment may decide about this service."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from services.common.settings import AppSettings


class Settings(AppSettings):
    """Read once, at start; frozen afterwards."""

    model_config = SettingsConfigDict(env_prefix="PARTICIPANTS_")

    keystore_database_url: SecretStr | None = Field(
        default=None, validation_alias="QOLDAU_KEYSTORE_DATABASE_URL"
    )
    """DSN of the key store; without one, what needs a key answers 503."""
    master_key: Path | None = Field(default=None, validation_alias="QOLDAU_MASTER_KEY")
    """File of the key that wraps the keys of the store."""
