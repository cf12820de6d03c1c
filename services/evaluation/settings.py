"""Everything the environment may decide about this service."""

from pathlib import Path

from pydantic_settings import SettingsConfigDict

from services.common.settings import KeepingSettings


class Settings(KeepingSettings):
    """Read once, at start; frozen afterwards."""

    model_config = SettingsConfigDict(env_prefix="EVALUATION_", env_ignore_empty=True)

    participants_sealing_key: Path | None = None
    """The file with participants' public X25519 key (hexadecimal), to which survey tokens are sealed."""
    survey_page: str | None = None
    """Address of the page on which respondents enter their code, for the QR codes of slips."""
