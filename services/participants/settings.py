"""Everything the environment may decide about this service."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from services.common.settings import KeepingSettings


class Settings(KeepingSettings):
    """Read once, at start; frozen afterwards."""

    model_config = SettingsConfigDict(env_prefix="PARTICIPANTS_", env_ignore_empty=True)

    unsealing_key: Path | None = None
    """The file with this room's private X25519 key (hexadecimal), which opens the tokens of messages."""
    mail_folder: Path | None = None
    """Where messages are written as `.eml` files. Without folder, server or key they wait."""
    smtp_url: SecretStr | None = None
    """`smtp://user:password@host:587`: the mail server that takes messages instead of the folder."""
    mail_from: str = "Qoldau <qoldau@localhost>"
    """The sender of every message."""
    survey_page: str | None = None
    """Address of the page on which respondents enter their code; links carry the code in their fragment."""
    entry_page: str | None = None
    """Address of the page that signs people in by the link in a message; the token stands in its fragment."""
    public_url: str | None = Field(default=None, validation_alias="QOLDAU_PUBLIC_URL")
    """Where everybody reaches the system: certificates lead there to be verified."""
    agency: str = "Qoldau"
    """The name under which certificates are issued where an edition's design names none."""
