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
             > coalesce(sum(amount) FILTER (WHERE kind IN ('commitment', 'exchange_in')
                                            OR kind = 'receipt' AND origin_id IS NULL), 0)
             - coalesce(sum(amount) FILTER (WHERE kind = 'exchange_out'), 0)
    """,
    "I6 the two sides of an exchange stand and fall together": """
        SELECT one.id FROM ledger_entry AS one
        WHERE one.kind IN ('exchange_out', 'exchange_in') AND one.reverses_id IS NULL AND (
            SELECT count(*) FROM ledger_entry AS other
            WHERE other.kind IN ('exchange_out', 'exchange_in') AND other.kind <> one.kind
              AND other.reverses_id IS NULL AND (other.origin_id = one.id OR other.id = one.origin_id)
              AND (other.fund_id, other.rate, other.dated, other.provenance)
                  = (one.fund_id, one.rate, one.dated, one.provenance)
              AND other.currency <> one.currency
              AND (SELECT count(*) FROM ledger_entry AS back WHERE back.reverses_id = other.id)
                  = (SELECT count(*) FROM ledger_entry AS back WHERE back.reverses_id = one.id)
        ) <> 1
    """,
    "P7 budgets of a subject in force do not overlap in a currency": """
        SELECT one.id FROM budget AS one JOIN budget AS other
          ON other.subject_id = one.subject_id AND other.currency = one.currency AND other.id > one.id
         AND other.starts_on <= one.ends_on AND other.ends_on >= one.starts_on
        WHERE NOT EXISTS (SELECT FROM budget AS later WHERE later.revises_id IN (one.id, other.id))
    """,
    "P7 a revision keeps what it revises but the amount": """
        SELECT later.id FROM budget AS later JOIN budget AS earlier ON earlier.id = later.revises_id
        WHERE (later.subject_kind, later.subject_id, later.currency, later.provenance)
              <> (earlier.subject_kind, earlier.subject_id, earlier.currency, earlier.provenance)
           OR (later.starts_on, later.ends_on) <> (earlier.starts_on, earlier.ends_on)
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
"""P6 and P7 of design/programs.md, and I6 of design/reliability.md."""
