"""What PostgreSQL's refusals mean to a caller."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import asyncpg
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi as driver
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from services.common.problems import Conflict, PreconditionFailed, Problem, RequestInvalid, Unavailable

_REFUSED_BY_CONSTRAINT: Final[dict[str, type[Problem]]] = {}

_PASSING = (
    asyncpg.exceptions.LockNotAvailableError,
    asyncpg.exceptions.QueryCanceledError,
    asyncpg.exceptions.SerializationError,
    asyncpg.exceptions.DeadlockDetectedError,
    asyncpg.exceptions.PostgresConnectionError,
    asyncpg.exceptions.InsufficientResourcesError,
    asyncpg.exceptions.OperatorInterventionError,
    asyncpg.exceptions.InvalidCatalogNameError,
    asyncpg.exceptions.IdleInTransactionSessionTimeoutError,
    asyncpg.exceptions.InternalClientError,
    asyncpg.exceptions.ReadOnlySQLTransactionError,
    asyncpg.exceptions.InterfaceError,
)
"""Refusals that the same request may not meet again: locks, limits, a server going down or away."""


def translate_constraint(name: str, problem: type[Problem]) -> None:
    """Answer a violation of constraint `name` with `problem`; called by a room's tables when imported."""
    _REFUSED_BY_CONSTRAINT[name] = problem


@contextmanager
def translated_database_errors() -> Iterator[None]:
    """Turn what the database refuses into problems; a bug of ours stays an exception.

    Details name the constraint at most, never a value.
    """
    try:
        yield
    except StaleDataError as error:
        raise PreconditionFailed("The resource was changed by someone else at the same time.") from error
    except IntegrityError as error:
        raise _problem_of_constraint(error) from error
    except DBAPIError as error:
        if error.connection_invalidated or isinstance(_cause(error), _PASSING):
            raise Unavailable("The database is busy or restarting; try again shortly.") from error
        if isinstance(_cause(error), asyncpg.exceptions.DataError):
            raise RequestInvalid("A value is outside what can be stored.") from error
        raise
    except driver.Error as error:  # what a pool meets that is asked for a bare connection
        if isinstance(error.__cause__, _PASSING):
            raise Unavailable("The database is busy or restarting; try again shortly.") from error
        raise
    except (PoolTimeout, *_PASSING, ConnectionError, TimeoutError) as error:
        raise Unavailable("The database is busy or cannot be reached; try again shortly.") from error


def _cause(error: DBAPIError) -> BaseException | None:
    return error.orig.__cause__ if error.orig is not None else None


def _problem_of_constraint(error: IntegrityError) -> Problem:
    cause = _cause(error)
    constraint = getattr(cause, "constraint_name", None) or ""
    if problem := _REFUSED_BY_CONSTRAINT.get(constraint):
        return problem("Something with the same key exists already.")
    if isinstance(cause, asyncpg.exceptions.UniqueViolationError):
        return Conflict("Something with the same key exists already.")
    if isinstance(cause, asyncpg.exceptions.ForeignKeyViolationError):
        return Conflict(
            "The request refers to something that does not exist, or removes what others refer to."
        )
    return RequestInvalid("A value breaks a rule of what can be stored.")
