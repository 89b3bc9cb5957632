import json

import pytest

from cchc_ml.reading.inputs import PendingArticle
from cchc_ml.tagging.rows import tag_lines, tag_rows

ROWS = [({"id": n, "text": f"Xã {n} rà soát văn bản. Hồ sơ nộp qua mạng đạt {n}%."}, "text") for n in range(1100)]


@pytest.fixture
def articles(tmp_path):
    for n in range(40):
        (tmp_path / f"{n:02}.txt").write_text(
            f"Bộ phận một cửa xã {n} trả 12 hồ sơ trước hạn.\nDân đến dự đông đủ cả.\n", "utf8"
        )
    return [PendingArticle(str(path), keep_boilerplate=False) for path in sorted(tmp_path.glob("*.txt"))]


def test_rows_and_articles_do_not_depend_on_the_number_of_processes(small, articles):
    items = [*ROWS[:700], *articles, *ROWS[700:]]
    one, two = (list(tag_rows(small.model_, items, n_jobs=n)) for n in (1, 2))
    assert one == two
    assert [row.get("id", row.get("source")) for row in one] == [
        *range(700),
        *(article.path for article in articles for _ in range(2)),
        *range(700, 1100),
    ]
    lines = ["".join(tag_lines(small.model_, items, n_jobs=n)) for n in (1, 2)]
    assert lines[0] == lines[1]
    assert [json.loads(line) for line in lines[0].splitlines()] == one


@pytest.mark.parametrize("n_jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_an_article_that_cannot_be_read_is_told(small, articles, n_jobs):
    items = [*articles[:20], PendingArticle("gone.txt", keep_boilerplate=False), *articles[20:]]
    failures = []
    rows = list(tag_rows(small.model_, items, n_jobs=n_jobs, on_error=lambda *why: failures.append(why)))
    assert len(rows) == 80
    assert [name for name, _ in failures] == ["gone.txt"]
    with pytest.raises(FileNotFoundError, match=r"gone\.txt"):
        list(tag_rows(small.model_, items, n_jobs=n_jobs))


@pytest.mark.parametrize("n_jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_field_that_is_taken_is_refused(small, n_jobs):
    items = [*ROWS, ({"text": "Xã họp.", "scores": 1}, "text")]
    with pytest.raises(ValueError, match="a row already has a column 'scores'"):
        list(tag_rows(small.model_, items, n_jobs=n_jobs))


def test_the_place_of_a_sentence_is_kept_though_an_equal_one_stands_before(model):
    sentence = "xã trả hồ sơ đúng hạn là thủ tục hành chính tốt"
    text = f"Ông nói: {sentence}, theo báo cáo.\n{sentence}"
    (row,) = tag_rows(model, [({"text": text}, "text")])
    assert row["evidence"] == {"tthc": sentence}
    assert row["evidence_spans"] == {"tthc": [text.rindex(sentence), len(text)]}
