"""Search by words, whatever their script."""

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


_SEARCH = {
    "delivery": ("code", "title.*"),
    "delivery_document": ("title",),
    "edition": ("code", "title.*", "topic.*"),
    "lecturer": ("names.*",),
    "organization": ("code", "acronym", "verbatim_name", "names.*"),
    "program": ("code", "title.*"),
    "source": ("code", "title"),
}
"""By table: columns of text, and of texts by language."""


def _vector(column: str) -> str:
    name, dot, _ = column.partition(".")
    part = f"(jsonb_path_query_array({name}, '$.*'::jsonpath))::text" if dot else f"({name})::text"
    return f"to_tsvector('simple'::regconfig, programs.fold({part}))"


def upgrade() -> None:
    op.execute(_fold_function("programs"))
    op.drop_index("ix_edition_search", table_name="edition", schema="programs")
    op.drop_column("edition", "search", schema="programs")
    for table, columns in _SEARCH.items():
        computed = sa.Computed(" || ".join(map(_vector, columns)), persisted=True)
        column = sa.Column("search", postgresql.TSVECTOR(), computed, nullable=False)
        op.add_column(table, column, schema="programs")
        op.create_index(f"ix_{table}_search", table, ["search"], schema="programs", postgresql_using="gin")


def downgrade() -> None:
    for table in _SEARCH:
        op.drop_index(f"ix_{table}_search", table_name=table, schema="programs")
        op.drop_column(table, "search", schema="programs")
    words = (
        "to_tsvector('simple'::regconfig, code) || jsonb_to_tsvector('simple'::regconfig, title, "
        "'[\"string\"]'::jsonb) || coalesce(jsonb_to_tsvector('simple'::regconfig, topic, "
        "'[\"string\"]'::jsonb), ''::tsvector)"
    )
    computed = sa.Computed(words, persisted=True)
    op.add_column(
        "edition", sa.Column("search", postgresql.TSVECTOR(), computed, nullable=False), schema="programs"
    )
    op.create_index("ix_edition_search", "edition", ["search"], schema="programs", postgresql_using="gin")
    op.execute("DROP FUNCTION programs.fold(text)")
