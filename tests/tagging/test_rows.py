import json

import pytest
from needs import needs

from cchc_ml.reading.inputs import PendingArticle
from cchc_ml.tagging.rows import as_row, tag_lines, tag_rows

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


ARTICLE = [
    "Xã trả 97,6% hồ sơ một cửa trước hạn.",
    "Thủ tục hành chính về đất đai được rút từ 15 ngày xuống còn 9 ngày.",
    "Người dân ngồi chờ ít hơn trước.",
    "Bộ phận một cửa tiếp nhận 120 hồ sơ.",
]


def rows_of(texts, **fields):
    return [({"text": text, **fields}, "text") for text in texts]


def test_an_article_is_read_in_context(model, tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("\n\n".join(text * 2 for text in ARTICLE), "utf8")
    article = PendingArticle(str(file), False)
    rows = list(tag_rows(model, [article]))
    texts = [row["text"] for row in rows]
    documents = [None if row["kind"] != "body" else 0 for row in rows]
    assert len(texts) == 4
    want = [as_row(annotation, text) for annotation, text in zip(model.annotate(texts, documents), texts, strict=True)]
    alone = [as_row(annotation, text) for annotation, text in zip(model.annotate(texts), texts, strict=True)]
    assert [row["scores"] for row in rows] == [row["scores"] for row in want] != [row["scores"] for row in alone]
    assert list(tag_rows(model, [article, article]))[4:] == rows
    assert [row["scores"] for row in tag_rows(model, [article], context=False)] == [row["scores"] for row in alone]
    again = [({key: row[key] for key in ("source", "paragraph", "text", "kind")}, "text") for row in rows]
    assert [row["scores"] for row in tag_rows(model, again)] == [row["scores"] for row in rows]


@pytest.mark.parametrize("n_jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_documents_of_a_table_are_read_in_context_whatever_the_batches(model, n_jobs):
    texts = ARTICLE * 400  # several batches
    items = [({"text": text, "document": f"d{number // 7}"}, "text") for number, text in enumerate(texts)]
    documents = [number // 7 for number in range(len(texts))]
    want = [as_row(annotation, text)["scores"] for annotation, text in zip(model.annotate(texts, documents), texts)]  # noqa: B905
    assert [row["scores"] for row in tag_rows(model, items, context=True, n_jobs=n_jobs)] == want


def test_a_document_that_comes_back_is_an_error(model):
    items = rows_of(ARTICLE, document="a") + rows_of(ARTICLE, document="b") + rows_of(ARTICLE, document="a")
    with pytest.raises(ValueError, match="the rows of 'document:a' do not stand together, so they cannot be read in"):
        list(tag_rows(model, items, context=True))
    assert len(list(tag_rows(model, items))) == 12


@pytest.mark.parametrize("tag", [tag_rows, tag_lines])
@pytest.mark.parametrize("n_jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_pages_that_cannot_be_read_are_told_or_are_an_error(small, tmp_path, tag, n_jobs):
    """An article of four pages, of which one was scanned."""
    needs("pypdfium2")
    canvas = needs("reportlab.pdfgen.canvas").Canvas(str(tmp_path / "a.pdf"))
    for day in ("hai", "ba", "tu"):
        canvas.drawString(60, 780, f"Thu {day}, xa hop ban viec go ho so tre hen cua dan trong nam thon xa.")
        canvas.showPage()
    canvas.drawInlineImage(needs("PIL.Image").new("L", (8, 8)), 0, 0, 595, 842)
    canvas.showPage()
    canvas.save()
    items = [PendingArticle(str(tmp_path / "a.pdf"), False)] * 3
    notes = []
    assert list(tag(small.model_, items, n_jobs=n_jobs, on_note=notes.append))
    assert notes == [f"{tmp_path / 'a.pdf'}: not read: page 4 is a scan without text; run OCR on it first"] * 3
    with pytest.raises(ValueError, match=r"a\.pdf: not read: page 4 is a scan"):
        list(tag(small.model_, items, n_jobs=n_jobs))
