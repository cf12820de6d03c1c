"""Everything the environment may decide about this service."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from services.common.settings import AppSettings


class Settings(AppSettings):
    """Read once, at start; frozen afterwards."""

    model_config = SettingsConfigDict(env_prefix="EVALUATION_")

    keystore_url: SecretStr | None = None
    """DSN of the key store; without it no survey can be opened."""
    master_key: Path | None = Field(default=None, validation_alias="QOLDAU_MASTER_KEY")
    """The file whose key wraps those of the key store."""
    participants_sealing_key: Path | None = None
    """The file with participants' public X25519 key (hexadecimal), to which survey tokens are sealed."""
    counting_interval: float = Field(default=2.0, gt=0)
    """Seconds between two looks for closed surveys that wait for their count."""
