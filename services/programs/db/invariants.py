"""What must hold of this room's rows at any moment, as SQL that returns the rows where it does not."""

from collections.abc import Mapping
from typing import Final

INVARIANTS: Final[Mapping[str, str]] = {
    "I6 a reversal takes back exactly what it reverses": """
        SELECT back.id FROM ledger_entry AS back JOIN ledger_entry AS entry ON entry.id = back.reverses_id
        WHERE back.amount <> -entry.amount OR entry.reverses_id IS NOT NULL
           OR (back.fund_id, back.kind, back.currency, back.provenance)
              <> (entry.fund_id, entry.kind, entry.currency, entry.provenance)
           OR (back.edition_id, back.delivery_id, back.origin_id, back.organization_id)
              IS DISTINCT FROM (entry.edition_id, entry.delivery_id, entry.origin_id, entry.organization_id)
    """,
    "I6 allocations of a fund sum to no more than it received and was promised, per currency": """
        SELECT fund_id, currency FROM ledger_entry GROUP BY fund_id, currency, provenance
        HAVING coalesce(sum(amount) FILTER (WHERE kind = 'allocation'), 0)
             > coalesce(sum(amount) FILTER (
                   WHERE kind = 'commitment' OR kind = 'receipt' AND origin_id IS NULL), 0)
    """,
    "I6 what fulfills a promise sums to no more than the promise": """
        SELECT promise.id FROM ledger_entry AS promise
        WHERE promise.reverses_id IS NULL AND promise.kind IN ('pledge', 'commitment')
          AND (SELECT coalesce(sum(amount), 0) FROM ledger_entry AS fulfilling
               WHERE fulfilling.origin_id = promise.id)
            > promise.amount + (SELECT coalesce(sum(amount), 0) FROM ledger_entry AS back
                                WHERE back.reverses_id = promise.id)
    """,
}
"""P6 of design/programs.md, and I6 of design/reliability.md."""
