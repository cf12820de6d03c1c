"""Everything the environment may decide about this service."""

from pydantic_settings import SettingsConfigDict

from services.common.settings import KeepingSettings


class Settings(KeepingSettings):
    """Read once, at start; frozen afterwards."""

    model_config = SettingsConfigDict(env_prefix="PARTICIPANTS_")
