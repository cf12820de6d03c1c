"""Everything the environment may decide about this service."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.common.settings import KeepingSettings


class Settings(KeepingSettings):
    """Read once, at start; frozen afterwards."""

    model_config = SettingsConfigDict(env_prefix="EVALUATION_")

    participants_sealing_key: Path | None = None
    """The file with participants' public X25519 key (hexadecimal), to which survey tokens are sealed."""
    counting_interval: float = Field(default=2.0, gt=0)
    """Seconds between two looks for closed surveys that wait for their count."""
