"""What must hold in this room's tables whatever happens: each query returns the rows that offend."""

from typing import Final

INVARIANTS: Final = {
    "I7 no seal outlives its campaign": (
        "SELECT s.id FROM sealed_ballot s JOIN campaign c ON c.id = s.campaign_id"
        " WHERE c.state NOT IN ('open', 'closed')"
    ),
    "I7 no answer stands before its campaign is counted": (
        "SELECT r.id FROM response r JOIN campaign c ON c.id = r.campaign_id"
        " WHERE c.state NOT IN ('analysed', 'published', 'archived')"
    ),
    "I7 no answer shares an id with a token": "SELECT r.id FROM response r JOIN ballot_token t ON t.id = r.id",
    "I7 only a survey that says so keeps answers by name": (
        "SELECT a.id FROM identified_answer a JOIN campaign c ON c.id = a.campaign_id"
        " WHERE c.anonymity <> 'identified'"
    ),
    # One transaction for the whole campaign, as after a restore, tells nothing of anybody.
    "I7 no answer shares a transaction with a token": (
        "WITH written AS (SELECT DISTINCT campaign_id, xmin::text AS work FROM response)"
        " SELECT t.id FROM written w JOIN ballot_token t"
        " ON t.campaign_id = w.campaign_id AND t.xmin::text = w.work AND t.state = 'used'"
        " WHERE EXISTS (SELECT FROM written o WHERE o.campaign_id = w.campaign_id AND o.work <> w.work)"
    ),
    "E2 as many ballots counted as tokens used": (
        "SELECT c.id FROM campaign c WHERE c.answered <> (SELECT count(*) FROM ballot_token t"
        " WHERE t.campaign_id = c.id AND t.state = 'used')"
    ),
    "E2 as many seals as tokens used while open": (
        "SELECT c.id FROM campaign c WHERE c.state IN ('open', 'closed')"
        " AND (SELECT count(*) FROM sealed_ballot s WHERE s.campaign_id = c.id)"
        " <> (SELECT count(*) FROM ballot_token t WHERE t.campaign_id = c.id AND t.state = 'used')"
    ),
    "counters equal a recount": (
        "SELECT coalesce(k.campaign_id, r.campaign_id) FROM"
        " (SELECT campaign_id, subject_kind, subject_id, n FROM counter WHERE dimension = ''"
        " AND question_code = '') k FULL JOIN (SELECT campaign_id, subject_kind, subject_id, count(*) AS n"
        " FROM response GROUP BY 1, 2, 3) r USING (campaign_id, subject_kind, subject_id)"
        " WHERE k.n IS DISTINCT FROM r.n"
    ),
    "as many respondents of a question as responses that answer it": (
        "SELECT k.campaign_id FROM counter k WHERE k.dimension = '' AND k.question_code <> '' AND k.answer = ''"
        " AND k.n <> (SELECT count(*) FROM response r WHERE r.campaign_id = k.campaign_id"
        " AND r.subject_kind = k.subject_kind AND r.subject_id = k.subject_id"
        " AND r.answers ->> k.question_code <> 'not_applicable')"
    ),
}
