"""What the gateway holds about one person, for that person; participants asks on their behalf."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.identity.db.erasures import list_accounts_told, list_all_sign_ins
from services.common.inquiries import Inquiry


class AccessInquiry(BaseModel):
    """Whose access is asked about: ids of their records, and their addresses."""

    model_config = ConfigDict(extra="forbid")

    persons: list[UUID] = Field(max_length=100)
    logins: list[str] = Field(max_length=100)


async def tell_access(session: AsyncSession, asked: AccessInquiry) -> Mapping[str, Any]:
    """Return the person's accounts with what they may do, and every sign-in; no secret of either."""
    accounts = await list_accounts_told(session, asked.persons, [login.lower() for login in asked.logins])
    subjects = [*asked.persons, *(account.id for account, _ in accounts)]
    return {
        "accounts": [
            {
                "id": account.id,
                "login": account.login,
                "display_name": account.display_name,
                "status": account.status,
                "created_at": account.created_at,
                "has_authenticator": account.authenticator_since is not None,
                "grants": [
                    {
                        "role": grant.role,
                        "scope_kind": grant.scope_kind,
                        "scope_id": grant.scope_id,
                        "created_at": grant.created_at,
                        "expires_at": grant.expires_at,
                        "withdrawn_at": grant.withdrawn_at,
                        "reason": grant.reason,
                    }
                    for grant in grants
                ],
            }
            for account, grants in accounts
        ],
        "sign_ins": [
            {
                "method": sign_in.method,
                "started_at": sign_in.started_at,
                "expires_at": sign_in.expires_at,
                "revoked_at": sign_in.revoked_at,
            }
            for sign_in in await list_all_sign_ins(session, subjects)
        ],
    }


INQUIRIES: Final = {"subject-data": Inquiry(AccessInquiry, tell_access, frozenset({"participants"}))}
