"""Everything the environment may decide about the gateway."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from limits import parse
from pydantic import AfterValidator, Field, IPvAnyNetwork, SecretStr
from pydantic_settings import SettingsConfigDict

from gateway.identity.domain.provider_tokens import Provider
from services.common.settings import AppSettings

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def _origin(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}:
        raise ValueError("expected an address such as https://api.example.org")
    return f"{parts.scheme}://{parts.netloc}"


def _rate_limit(text: str) -> str:
    parse(text)
    return text


RateLimit = Annotated[str, AfterValidator(_rate_limit)]
Origin = Annotated[str, AfterValidator(_origin)]


class Settings(AppSettings):
    """Read once, at start; frozen afterwards."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_", env_ignore_empty=True)

    public_url: Origin = Field(default="http://127.0.0.1:8000", validation_alias="QOLDAU_PUBLIC_URL")
    """The address that clients use; issuer of the access tokens."""
    programs_url: str = Field(validation_alias="QOLDAU_PROGRAMS_URL")
    """Where the programs service listens: `unix:/path/to.sock` or `http://host:port`."""
    participants_url: str = Field(validation_alias="QOLDAU_PARTICIPANTS_URL")
    """Where the participants service listens."""
    evaluation_url: str = Field(validation_alias="QOLDAU_EVALUATION_URL")
    """Where the evaluation service listens."""
    internal_address: str | None = Field(default=None, pattern=r"^(unix:/.+|http://[^/:]+:[0-9]{1,5})$")
    """Where the gateway listens to the other apps alone: `unix:/path/to.sock` or `http://host:port`."""
    cors_origins: frozenset[Origin] = frozenset()
    """Origins of browser applications that may call this interface; in demonstration mode loopback too."""

    rate_limit: RateLimit = "1200/minute"
    """What one signed-in caller may ask."""
    anonymous_rate_limit: RateLimit = "2400/minute"
    """What one address may ask without signing in; behind one address a whole course may answer its survey."""
    rate_limit_store: str | None = None
    """Where several gateways count together, `redis://host:6379`; by default each counts for itself."""
    trusted_proxies: frozenset[IPvAnyNetwork] = frozenset()
    """Networks of the proxies in front, whose word in `X-Forwarded-For` is taken."""

    oidc_issuers: tuple[Provider, ...] = Field(default=(), validation_alias="OIDC_ISSUERS")
    """Identity providers whose access tokens are accepted, beside this installation's own."""
    smtp_url: SecretStr | None = None
    """`smtp://user:password@host:587`: the mail server that takes invitations and resets."""
    mail_folder: Path | None = None
    """Where they are written as `.eml` files instead; without either they wait."""
    mail_from: str = "Qoldau <qoldau@localhost>"
    password_page: str | None = None
    """Address of the page that sets passwords; links carry the token in their fragment."""
    webhook_networks: frozenset[IPvAnyNetwork] = frozenset()
    """Networks of the inside that webhooks may be sent to, also without TLS; public ones always may, with it."""
    secrets_key: Path | None = None
    """The file under whose key webhook secrets and authenticator secrets are kept; the signing key by default.

    Whoever replaces the signing key keeps the former file here.
    """

    @property
    def on_loopback(self) -> bool:
        """Say whether the installation is reached from its own machine only."""
        return urlsplit(self.public_url).hostname in LOOPBACK

    @property
    def has_demonstration_accounts(self) -> bool:
        """Say whether there are accounts whose password everybody knows."""
        return self.demonstration and self.on_loopback

    @property
    def addresses(self) -> dict[str, str]:
        """Return where each service listens."""
        return {
            "programs": self.programs_url,
            "participants": self.participants_url,
            "evaluation": self.evaluation_url,
        }
