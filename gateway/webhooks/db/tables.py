"""Tables of webhooks, in the gateway's schema."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.identity.db.tables import Base
from gateway.webhooks.domain.deliveries import EndpointStatus, WebhookDeliveryState, WebhookOutcome
from services.common.database import Versioned, new_id

__all__ = ["Base", "WebhookAttempt", "WebhookDelivery", "WebhookEndpoint"]


class WebhookEndpoint(Versioned, Base):
    """An address of another system that is told what has happened."""

    __tablename__ = "webhook_endpoint"

    url: Mapped[str]
    description: Mapped[str]
    event_types: Mapped[list[str]]
    status: Mapped[EndpointStatus]
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary)
    """Encrypted: it must be read again to sign, and a backup must not tell it."""
    sealed_former_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Signs too until `former_until`."""
    former_until: Mapped[datetime | None]


class WebhookDelivery(Base):
    """One event on its way to one endpoint."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "event_id", name="uq_webhook_delivery_event"),
        Index(
            "ix_webhook_delivery_due",
            "due_at",
            postgresql_where=text("delivered_at IS NULL AND dead_at IS NULL"),
        ),
        Index("ix_webhook_delivery_occurred_at", "occurred_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("gateway.webhook_endpoint.id"))
    event_id: Mapped[UUID]
    event_type: Mapped[str]
    body: Mapped[str]
    """JSON; the same bytes in every attempt."""
    occurred_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int]
    leased_until: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    last_problem: Mapped[str | None]

    @property
    def state(self) -> WebhookDeliveryState:
        """How it stands."""
        if self.delivered_at is not None:
            return WebhookDeliveryState.DELIVERED
        return WebhookDeliveryState.WAITING if self.dead_at is None else WebhookDeliveryState.GIVEN_UP

    @property
    def next_attempt_at(self) -> datetime | None:
        """When it is tried next, unless its endpoint pauses."""
        return self.due_at if self.state is WebhookDeliveryState.WAITING else None


class WebhookAttempt(Base):
    """One attempt to deliver, for whoever looks for what went wrong."""

    __tablename__ = "webhook_attempt"
    __table_args__ = (Index("ix_webhook_attempt_delivery_id", "delivery_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("gateway.webhook_delivery.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    outcome: Mapped[WebhookOutcome]
    status: Mapped[int | None]
    milliseconds: Mapped[int]
