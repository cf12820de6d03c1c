"""People are found by their names, whatever the script."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_SPELLED = (
    "AаАәӘàÀáÁâÂãÃäÄåÅāĀăĂąĄǎǍBбБCцЦçÇćĆĉĈċĊčČDдДďĎđĐðÐEеЕёЁэЭєЄèÈéÉêÊëËēĒĕĔėĖęĘěĚəƏFфФGгГғҒґҐĝĜğĞġ"
    "ĠģĢHхХһҺҳҲĥĤħĦIиИіІїЇйЙыЫýÝÿŸŷŶyYìÌíÍîÎïÏĩĨīĪĭĬįĮıӣӢJжЖҷҶҹҸӂӁĵĴKкКқҚqQķĶLлЛĺĹļĻľĽŀĿłŁMмМNнНңҢñ"
    "ÑńŃņŅňŇŋŊOоОөӨòÒóÓôÔõÕöÖøØōŌŏŎőŐPпПRрРŕŔŗŖřŘSсСŝŜşŞșȘśŚTтТţŢťŤŧŦțȚUуУұҰүҮўЎӯӮùÙúÚûÛüÜũŨūŪŭŬůŮű"
    "ŰųŲVвВwWŵŴXZзЗźŹżŻžŽӡӠШЩЧЮЯŠÆŒ!\"#$%&()*+,-./:;<=>?@[]^_{|}~«»“”„‐‑‒–—…№·•ъьЪЬ'`´ʹʺʻʼʽʾʿˈ‘’′"
)
_READ_AS = (
    "aaaaaaaaaaaaaaaaaaaaaaaaabbbcccccccccccccdddddddddeeeeeeeeeeeeeeeeeeeeeeeeeeeeefffgggggggggggg"
    "ggghhhhhhhhhhhiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiijjjjjjjjjjjkkkkkkkkklllllllllllllmmmnnnnnn"
    "nnnnnnnnnoooooooooooooooooooooooppprrrrrrrrrssssssssssstttttttttttuuuuuuuuuuuuuuuuuuuuuuuuuuuu"
    "uuuvvvvvvvxzzzzzzzzzzzшщчюяšæœ                                           "
)
_SEVERAL = "ш:sh щ:sh ч:ch ю:iu я:ia š:sh ß:ss æ:ae œ:oe dzh:j zh:j dj:j kh:h gh:g ts:c"


def _fold_function(schema: str) -> str:
    """Return the function by which texts are compared (services/common/search.py)."""
    spelled = _SPELLED.replace("'", "''")
    body = f"translate(coalesce($1, ''), '{spelled}', '{_READ_AS}')"
    for pair in _SEVERAL.split():
        several, plain = pair.split(":")
        body = f"replace({body}, '{several}', '{plain}')"
    return (
        f"CREATE FUNCTION {schema}.fold(text) RETURNS text "
        f"LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $fold$ SELECT {body} $fold$"
    )


def upgrade() -> None:
    op.execute(_fold_function("participants"))
    words = " || ".join(
        "to_tsvector('simple'::regconfig, participants.fold("
        f"(jsonb_path_query_array(names, '$[*].\"{part}\"'::jsonpath))::text))"
        for part in ("given", "family")
    )
    computed = sa.Computed(words, persisted=True)
    column = sa.Column("search", postgresql.TSVECTOR(), computed, nullable=False)
    op.add_column("person", column, schema="participants")
    op.create_index("ix_person_search", "person", ["search"], schema="participants", postgresql_using="gin")


def downgrade() -> None:
    op.drop_index("ix_person_search", table_name="person", schema="participants")
    op.drop_column("person", "search", schema="participants")
    op.execute("DROP FUNCTION participants.fold(text)")
