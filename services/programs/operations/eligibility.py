"""Saving eligibility rules: only such as can be evaluated."""

from collections.abc import Sequence

from services.common.expressions import check_expressions
from services.common.worker import WorkerPool
from services.programs.domain.eligibility import RULE_VARIABLES
from services.programs.domain.problems import RuleUnsound
from services.programs.schemas.editions import EligibilityRule


async def require_sound_rules(worker: WorkerPool, rules: Sequence[EligibilityRule] | None) -> None:
    """Raise `RuleUnsound`, which points at the place, unless every rule compiles within bounds (invariant P10).

    Ask before a row is locked: it takes as long as the worker does.
    """
    expressions = {
        f"/eligibility_rules/{place}/expression": rule.expression for place, rule in enumerate(rules or ())
    }
    if expressions and (faults := await check_expressions(worker, RULE_VARIABLES, expressions)):
        raise RuleUnsound("An eligibility rule cannot be evaluated.", errors=faults)
