"""What is held here about one person under pseudonyms, for that person; participants asks on their behalf."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.inquiries import Inquiry
from services.evaluation.db.subject_data import read_rows_about


class SubjectInquiry(BaseModel):
    """Which pseudonyms are asked about, and whether their holder asks."""

    model_config = ConfigDict(extra="forbid")

    pseudonyms: list[str] = Field(max_length=1000)
    by_author: bool
    """The words of action plans are for who wrote them alone."""


async def tell_subject_data(session: AsyncSession, asked: SubjectInquiry) -> Mapping[str, Any]:
    """Return what is tied to these pseudonyms; answers of anonymous surveys are tied to none."""
    told = await read_rows_about(session, asked.pseudonyms)
    if not asked.by_author:
        for plan in told["action_plans"]:
            plan["items"] = len(plan["items"])
    return told


INQUIRIES: Final = {"subject-data": Inquiry(SubjectInquiry, tell_subject_data, frozenset({"participants"}))}
