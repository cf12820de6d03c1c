"""What certificates look like on the wire."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import Field

from services.common.actions import Action
from services.common.wire import Answer, Id, Line, Request, Resource, Texts
from services.participants.domain.certificates import CertificateKind, CertificateState, CertificateVerdict


class CertificateIssue(Request):
    """For whom certificates are wanted."""

    participation_ids: list[Id] = Field(min_length=1, max_length=500)
    kind: CertificateKind = CertificateKind.COMPLETION


class CertificateItem(Resource):
    """A certificate in a list; its token stands in the address that its QR code leads to."""

    edition_id: UUID
    participation_id: UUID
    kind: CertificateKind
    number: str
    content_hash: str
    verify_token: str
    state: CertificateState
    issued_at: datetime
    replaced_by: UUID | None


class CertificateRead(CertificateItem):
    """A certificate, with what this caller may do to it."""

    revocation_reason: str | None
    """Why somebody asked for its revocation, approved or not."""
    actions: list[Action]


class CertificateVerification(Answer):
    """Whether a certificate is genuine, and as little more as tells a copy from an invention."""

    verdict: CertificateVerdict
    number: str | None
    kind: CertificateKind | None
    holder: str | None
    edition_title: dict[str, str] | None
    content_hash: str | None

    @classmethod
    def unknown(cls) -> Self:
        """Return the answer to a token that no certificate carries."""
        nothing = dict.fromkeys(cls.model_fields)
        return cls.model_validate(nothing | {"verdict": CertificateVerdict.UNKNOWN})


class RevocationRequest(Request):
    """Why a certificate is to be taken back."""

    reason: Line


class Signatory(Request):
    """Who signs an edition's certificates; plain text."""

    name: Line
    post: Line


class CertificateDesignWrite(Request):
    """What an edition's certificates say beside the holder; plain text, never markup."""

    issuer: Texts
    wording: Texts | None = None
    signatories: list[Signatory] = Field(max_length=4)
    logos: list[Id] = Field(default_factory=list, max_length=4)
    """Files of the purpose `certificate_logo`, from left to right; those that the design has already may stay."""


class CertificateDesignRead(Resource):
    """What an edition's certificates say beside the holder."""

    edition_id: UUID
    issuer: dict[str, str]
    wording: dict[str, str] | None
    signatories: list[dict[str, Any]]
    logos: list[UUID]
