"""What must hold of this room's rows at any moment, as SQL that returns the rows where it does not."""

from collections.abc import Mapping
from typing import Final

from services.participants.db import tables  # noqa: F401  declares them all
from services.participants.db.personal import erased_invariants

INVARIANTS: Final[Mapping[str, str]] = {
    "I1 seats taken in a line are its unanswered offers and its participants, and within its seats": """
        SELECT line.id FROM mirror_seat_line AS line
        WHERE line.taken > coalesce(line.seats, 0) OR line.taken <>
            (SELECT count(*) FROM offer WHERE offer.seat_line_id = line.id AND offer.state = 'offered')
          + (SELECT count(*) FROM participation AS p
             WHERE p.seat_line_id = line.id AND p.state NOT IN ('withdrawn', 'no_show'))
    """,
    "I1 seats taken in an edition are those of its lines, and within its capacity": """
        SELECT edition.id FROM mirror_edition AS edition
        WHERE edition.taken > edition.capacity OR edition.taken <>
            (SELECT coalesce(sum(line.taken), 0) FROM mirror_seat_line AS line
             WHERE line.edition_id = edition.id)
    """,
    "I2 a person has one live application to an edition": """
        SELECT person_id, edition_id FROM application WHERE state NOT IN ('withdrawn', 'void')
        GROUP BY person_id, edition_id HAVING count(*) > 1
    """,
    "R3 an authority's live ranks in an edition differ": """
        SELECT n.authority_id, n.edition_id FROM nomination AS n JOIN application AS a ON a.id = n.application_id
        WHERE a.state NOT IN ('withdrawn', 'void')
        GROUP BY n.authority_id, n.edition_id, n.rank HAVING count(*) > 1
    """,
    "R6 a refusal names its reason": """
        SELECT id FROM application WHERE state IN ('ineligible', 'rejected') AND reason_code IS NULL
    """,
    "acceptance and participation stand together": """
        SELECT offer.id FROM offer FULL JOIN participation ON participation.offer_id = offer.id
        WHERE (offer.state = 'accepted') IS DISTINCT FROM (participation.id IS NOT NULL)
    """,
    "R10 a scheme has no more vouchers than it was agreed for": """
        SELECT scheme.id FROM mirror_voucher_scheme AS scheme WHERE coalesce(scheme.quantity, 0) < (
            SELECT count(*) FROM voucher WHERE voucher.scheme_id = scheme.id AND voucher.state <> 'void')
    """,
    **erased_invariants(),
    "I10 no key leads to an erased person": """
        SELECT key FROM person_key JOIN person ON person.id = person_id WHERE erased_at IS NOT NULL
    """,
    "I9 nobody who may take a free seat of the line waits": """
        SELECT line.id FROM mirror_seat_line AS line JOIN mirror_edition AS e ON e.id = line.edition_id
        CROSS JOIN LATERAL (
            SELECT line.seats - line.taken - count(*) FILTER (
                       WHERE NOT EXISTS (SELECT FROM offer WHERE offer.application_id = a.id)) AS free,
                   count(*) FILTER (
                       WHERE p.sex = 'female' AND (
                           NOT EXISTS (SELECT FROM offer WHERE offer.application_id = a.id)
                           OR EXISTS (SELECT FROM offer WHERE offer.application_id = a.id
                                      AND offer.state IN ('offered', 'accepted')))
                         AND NOT EXISTS (SELECT FROM offer JOIN participation AS gone ON gone.offer_id = offer.id
                                         WHERE offer.application_id = a.id
                                           AND gone.state IN ('withdrawn', 'no_show'))) AS women
            FROM application AS a JOIN person AS p ON p.id = a.person_id
            WHERE a.seat_line_id = line.id AND a.state = 'selected') AS held
        WHERE e.decisions_released_at IS NOT NULL AND e.state <> 'cancelled'
          AND (e.replacement_until IS NULL OR clock_timestamp() < e.replacement_until)
          AND (e.capacity IS NULL OR e.taken < e.capacity)
          AND NOT EXISTS (SELECT FROM selection_settings AS s
                          WHERE s.edition_id = e.id AND s.promotion = 'propose')
          AND EXISTS (
              SELECT FROM application AS a JOIN person AS p ON p.id = a.person_id
              WHERE a.seat_line_id = line.id AND a.state = 'waitlisted' AND held.free > CASE
                  WHEN p.sex <> 'female' AND line.minimum_women_is_hard
                  THEN greatest(line.minimum_women - held.women, 0) ELSE 0 END)
    """,
}
"""What must hold -> the statement; run with the room's schema as search path."""
