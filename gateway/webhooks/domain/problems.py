"""The error catalogue of webhooks."""

from typing import ClassVar

from services.common.problems import NotFound, Title, title


class EndpointNotFound(NotFound):
    """There is no such webhook endpoint."""

    slug: ClassVar[str] = "webhook-endpoint-not-found"
    title: ClassVar[Title] = title(
        en="Webhook endpoint not found", ru="Адрес веб-хука не найден", kk="Веб-хук мекенжайы табылмады"
    )


class DeliveryNotFound(NotFound):
    """There is no such webhook delivery, or it is older than deliveries are kept."""

    slug: ClassVar[str] = "webhook-delivery-not-found"
    title: ClassVar[Title] = title(
        en="Webhook delivery not found", ru="Доставка веб-хука не найдена", kk="Веб-хук жеткізілімі табылмады"
    )
