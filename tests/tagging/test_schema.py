import pyarrow as pa
import pytest

from cchc_ml.pillars import PILLARS
from cchc_ml.tagging.rows import as_row
from cchc_ml.tagging.schema import (
    RESULTS,
    SPARK_RESULTS,
    TaggedRow,
    add_results,
    guess_schema,
    result_arrays,
    spark_results,
)

TEXT = "Xã rà soát văn bản quy phạm pháp luật. Chợ đông."


def in_sparks_words(kind):
    """Return an Arrow type in the notation of Spark's schemas."""
    if pa.types.is_map(kind):
        return f"map<{in_sparks_words(kind.key_type)}, {in_sparks_words(kind.item_type)}>"
    if pa.types.is_list(kind):
        return f"array<{in_sparks_words(kind.value_type)}>"
    if pa.types.is_struct(kind):
        return f"struct<{', '.join(f'{field.name}: {in_sparks_words(field.type)}' for field in kind)}>"
    return {pa.string(): "string", pa.float64(): "double", pa.int32(): "int"}[kind]


def test_parquet_and_spark_have_the_same_types():
    added = add_results(pa.schema([]))
    assert ", ".join(f"{field.name} {in_sparks_words(field.type)}" for field in added) == SPARK_RESULTS
    assert tuple(added.names) == RESULTS == tuple(TaggedRow.__annotations__)


def test_spark_and_parquet_have_the_categories_of_a_codebook(own):
    added = add_results(pa.schema([]), own.codebook)
    words = ", ".join(f"{field.name} {in_sparks_words(field.type)}" for field in added)
    assert words == spark_results(own.codebook)
    assert f"{own.codebook[own.n - 1]}: double>" in words


def test_the_columns_of_a_table_are_kept_and_its_metadata_dropped():
    own = pa.schema([pa.field("n", pa.int8(), nullable=False), pa.field("day", pa.date32())], metadata={"pandas": "{}"})
    added = add_results(own)
    assert [added.field("n"), added.field("day")] == [own.field("n"), own.field("day")]
    assert added.metadata is None


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([None, None], pa.string()),
        ([None, 3], pa.int64()),
        ([1.5, None], pa.float64()),
        (["a", None], pa.string()),
        ([["a"], []], pa.list_(pa.string())),
    ],
)
def test_types_are_guessed_from_rows(small, values, kind):
    (annotation,) = small.model_.annotate([TEXT])
    rows = [{"own": value, **as_row(annotation, TEXT)} for value in values]
    assert guess_schema(rows) == add_results(pa.schema([("own", kind)]))


def test_arrays_hold_what_rows_say(small):
    rows = [as_row(annotation, TEXT) for annotation in small.model_.annotate([TEXT, "Trời mưa."])]
    table = pa.Table.from_arrays(result_arrays(rows), schema=add_results(pa.schema([])))
    assert [
        {**row, "evidence": dict(row["evidence"]), "evidence_spans": dict(row["evidence_spans"])}
        for row in table.to_pylist()
    ] == rows
    assert rows[0]["evidence_spans"]["institutional"] == [0, 38]
    assert list(rows[0]["scores"]) == [p.value for p in PILLARS]
