import datetime
import json
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from needs import missing, needs
from pyarrow import parquet

from cchc_ml.pillars import PILLARS
from cchc_ml.tagging.parquet import SPARK_RESULTS, Partition, plan_partitions, tag_frames, tag_partition, tag_partitions

TEXTS = [
    "Xã rà soát văn bản quy phạm pháp luật. Chợ đông.",
    "Tỷ lệ giải ngân vốn đầu tư công đạt 9%.",
    "Trận mưa làm ngập chợ.",
]


def write(path, texts=TEXTS, **columns):
    parquet.write_table(pa.table({"text": texts, **columns}), path)
    return str(path)


def test_frames_get_three_columns_and_keep_theirs(small):
    frames = [
        pd.DataFrame({"n": [1, 2], "text": TEXTS[:2]}, index=[7, 8]),
        pd.DataFrame({"n": [3], "text": TEXTS[2:]}, index=[9]),
    ]
    tagged = pd.concat(tag_frames(frames, small.model_))
    assert list(tagged) == ["n", "text", "pillars", "scores", "evidence", "evidence_spans"]
    assert list(tagged.index) == [7, 8, 9]
    assert list(tagged.pillars) == [[p.value for p in found] for found in small.tag(TEXTS)]
    assert tagged.evidence[7] == {"institutional": "Xã rà soát văn bản quy phạm pháp luật."}
    assert list(tagged.scores[7]) == [p.value for p in PILLARS]


def test_a_frame_may_be_empty(small):
    assert list(next(tag_frames([pd.DataFrame({"text": []})], small.model_))) == [
        "text",
        "pillars",
        "scores",
        "evidence",
        "evidence_spans",
    ]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"txt": ["a"]}, "data frame: no column 'text'; found: txt"),
        ({"text": ["a", None]}, r"data frame, row 2: row without text \(text is (None|nan)\)"),
        ({"text": ["a"], "scores": [1]}, "data frame already has a column 'scores'"),
    ],
)
def test_frames_that_are_refused(small, columns, message):
    with pytest.raises(ValueError, match=message):
        next(tag_frames([pd.DataFrame(columns)], small.model_))


def test_a_partition_keeps_types_and_says_what_the_classifier_says(small, tmp_path):
    days, numbers = [datetime.date(2024, 5, 1)] * 3, pa.array([1, None, 3], pa.int8())
    source = write(tmp_path / "a.parquet", day=days, n=numbers, deep=[[{"a": 1}], [], None])
    done = tag_partition(small.model_, Partition(source, str(tmp_path / "b.parquet")))
    assert (done.rows, done.error) == (3, None)
    before, after = parquet.read_table(source), parquet.read_table(tmp_path / "b.parquet")
    assert after.select(before.column_names).equals(before)
    assert after["pillars"].to_pylist() == [[p.value for p in found] for found in small.tag(TEXTS)]
    assert after["evidence"].to_pylist()[0] == [("institutional", "Xã rà soát văn bản quy phạm pháp luật.")]


@pytest.mark.slow
def test_a_partition_is_the_same_in_any_number_of_processes_and_pieces(small, tmp_path, monkeypatch):
    sources = [write(tmp_path / f"{n}.parquet", TEXTS * 5) for n in range(3)]
    for folder in ("one", "two", "pieces"):
        (tmp_path / folder).mkdir()
    for folder, n_jobs in (("one", 1), ("two", 2)):
        assert [
            done.rows for done in tag_partitions(small.model_, plan_partitions(sources, tmp_path / folder), n_jobs)
        ] == [15, 15, 15]
    assert (tmp_path / "one" / "2.parquet").read_bytes() == (tmp_path / "two" / "2.parquet").read_bytes()
    monkeypatch.setattr("cchc_ml.tagging.parquet.BATCH_ROWS", 4)
    list(tag_partitions(small.model_, plan_partitions(sources, tmp_path / "pieces")))
    assert parquet.read_table(tmp_path / "pieces" / "2.parquet").equals(
        parquet.read_table(tmp_path / "one" / "2.parquet")
    )


def test_a_partition_that_cannot_be_tagged_leaves_nothing(small, tmp_path):
    source = write(tmp_path / "a.parquet", ["Một.", " "])
    done = tag_partition(small.model_, Partition(source, str(tmp_path / "b.parquet")))
    assert str(done.error) == f"{source}, row 2: row without text (text is ' ')"
    empty = write(tmp_path / "c.parquet", []).replace("c.parquet", "d.parquet")
    parquet.write_table(pa.table({"other": pa.array([], pa.string())}), empty)
    assert str(tag_partition(small.model_, Partition(empty, str(tmp_path / "b.parquet"))).error).endswith(
        "no column 'text'; found: other"
    )
    assert (
        str(tag_partition(small.model_, Partition("gone.parquet", str(tmp_path / "b.parquet"))).error)
        == "no file gone.parquet"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.parquet", "c.parquet", "d.parquet"]


def test_plans_that_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"a\.csv is not a \.parquet file"):
        plan_partitions(["a.csv"], tmp_path)
    with pytest.raises(ValueError, match="have the same name"):
        plan_partitions(["x/a.parquet", "y/A.parquet"], tmp_path)
    with pytest.raises(ValueError, match="would be overwritten"):
        plan_partitions([str(tmp_path / "a.parquet")], tmp_path)


def test_a_plan_has_each_file_once_wherever_a_worker_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (one,) = plan_partitions(["a.parquet", str(tmp_path / "a.parquet")], Path("out"))
    assert one == Partition(str(tmp_path / "a.parquet"), str(tmp_path / "out" / "a.parquet"))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # pyspark 4.0 leaves a socket open
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_spark_tags_with_the_same_function(monkeypatch):
    sql = needs("pyspark.sql")
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)  # or its workers run whatever python3 there is
    try:
        session = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    except Exception as error:  # no Java, or another than it wants
        missing(f"Spark does not start here: {error}", "Spark needs a Java that it knows.")
    try:
        frame = session.createDataFrame([(n, text) for n, text in enumerate(TEXTS)], "n int, text string").repartition(
            2
        )
        rows = frame.mapInPandas(tag_frames, f"n int, text string, {SPARK_RESULTS}").orderBy("n").collect()
    finally:
        session.stop()
    here = next(tag_frames([pd.DataFrame({"text": TEXTS})]))
    assert [row.pillars for row in rows] == list(here.pillars)
    assert [row.scores.asDict() for row in rows] == list(here.scores)
    assert json.dumps([row.evidence for row in rows]) == json.dumps(list(here.evidence))
    assert [row.evidence_spans for row in rows] == list(here.evidence_spans)
