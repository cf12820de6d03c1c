"""What one app may ask of another about somebody: answered on the inner address, in no OpenAPI document."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True)
class Inquiry:
    """One kind of question: what is asked, who answers, and which apps may ask."""

    model: type[BaseModel]
    answer: Callable[[AsyncSession, Any], Awaitable[Mapping[str, Any]]]
    """Reads what is asked for, as `model`, and returns what is told as JSON."""
    askers: frozenset[str]


Inquiries = Mapping[str, Inquiry]
"""Last part of the path below `/internal/` -> what is answered there."""
