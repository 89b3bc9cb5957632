import csv
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from needs import needs

from cchc_ml.reading.inputs import PendingArticle, read_inputs, read_unparsed
from cchc_ml.tagging.checks import RowChecks
from cchc_ml.tagging.rows import as_row, tag_lines, tag_rows
from cchc_ml.tagging.schema import RESULTS
from cchc_ml.tagging.writers import json_lines

ROWS = [({"id": n, "text": f"Xã {n} rà soát văn bản. Hồ sơ nộp qua mạng đạt {n}%."}, "text") for n in range(1100)]


@pytest.fixture
def articles(tmp_path):
    for n in range(40):
        (tmp_path / f"{n:02}.txt").write_text(
            f"Bộ phận một cửa xã {n} trả 12 hồ sơ trước hạn.\nDân đến dự đông đủ cả.\n", "utf8"
        )
    return [PendingArticle(str(path), keep_boilerplate=False) for path in sorted(tmp_path.glob("*.txt"))]


@pytest.mark.slow
def test_rows_and_articles_do_not_depend_on_the_number_of_processes(small, articles):
    items = [*ROWS[:700], *articles, *ROWS[700:]]
    one, two = (list(tag_rows(small.model_, items, n_jobs=n)) for n in (1, 2))
    assert one == two
    assert [row.get("id", row.get("source")) for row in one] == [
        *range(700),
        *(article.path for article in articles for _ in range(2)),
        *range(700, 1100),
    ]
    lines = [b"".join(lines.data for lines in tag_lines(small.model_, items, n_jobs=n)) for n in (1, 2)]
    assert lines[0] == lines[1] == "".join(json_lines(one)).encode()
    one, two = ([lines.data for lines in tag_lines(small.model_, ROWS, n_jobs=n, kind=".csv")] for n in (1, 2))
    assert one == two
    assert [data.count(b"id,text,pillars,institutional_probability") for data in one] == [1, 0, 0]
    assert b"".join(one).count(b"\n") == 1101


@pytest.mark.parametrize("kind", [".csv", ".tsv.gz"])
def test_articles_as_csv_have_the_columns_of_their_rows(small, articles, kind):
    gone = PendingArticle("gone.txt", keep_boilerplate=False)
    data = b"".join(
        lines.data for lines in tag_lines(small.model_, [gone, *articles], kind=kind, on_error=lambda *why: None)
    )
    rows = list(csv.DictReader(data.decode().splitlines(), delimiter="\t" if ".tsv" in kind else ","))
    wanted = list(tag_rows(small.model_, articles))
    assert [row["pillars"] for row in rows] == [";".join(row["pillars"]) for row in wanted]
    assert list(rows[0])[:-13] == [name for name in wanted[0] if name not in RESULTS]
    assert not list(tag_lines(small.model_, [], kind=kind))
    with pytest.raises(ValueError, match="a row already has a column 'tthc_evidence'"):
        list(tag_lines(small.model_, [({"text": "Mưa.", "tthc_evidence": ""}, "text")], kind=kind))


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


# Lines of JSON Lines files, and what else stands in such files.
GOOD = [
    '{"text": "Xã trả hồ sơ một cửa trước hạn.", "id": 1}',
    '{"id":2,"text":"Xã \\"họp\\" v\\u1ec1 th\\u1ee7 t\\u1ee5c.\\n\\ud83d\\ude00"}',
    '{"text": "a", "n": -0, "m": 1E5, "k": 123456789012345678901234567890, "j": 1e-7, "i": [1, {"x": 2.50}]}',
    '{"text": "cũ", "a": 1, "text": "mới", "a": 2}',
    '{"text": "Xã họp.", "n": "\\ud800"}',
    '{"\\udfff": 1, "text": "Xã họp."}\r',
    "",
    "\u2028",
]
BAD = [
    '{"text": "Xã họp.", "n": NaN}',
    '{"text": "Xã họp.", "n": 1e999}',
    '{"text": "Xã họp.", "n": "\x01"}',
    '{"text": "Xã \\udc00"}',
    '{"text": "Xã họp.", "scores": 1}',
    '{"text": 5}',
    '{"id": 5}',
    "{broken",
    "[]",
    "\ufeff{}",
    '{"a":' * 5000,
]
EMPTY = ['{"text": ""}', '{"text": null}', '{"text": "\\u3000"}']
ARTICLES = [
    json.dumps({"source": f"{n}.txt", "paragraph": 1, "kind": "body", "text": "Thủ tục một cửa."}).replace("para", p)
    for n in range(2)
    for p in ("para", "p\\u0061ra")
]


def outcome(read, tag, model, files, on_error, on_note, context):
    """Return the lines, the failures and the notes, or the error."""
    failures, notes = [], []
    told = {"on_error": lambda *why: failures.append(why) if on_error else None, "on_note": notes.append}
    told = {name: function if wanted else None for (name, function), wanted in zip(told.items(), (on_error, on_note))}  # noqa: B905
    try:
        rows = list(tag(model, read(files, check=RowChecks(".jsonl"), **told), context=context, **told))
    except ValueError as error:
        return str(error)
    return b"".join(lines.data for lines in rows).splitlines(), failures, notes


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    files=st.lists(st.lists(st.sampled_from([*GOOD * 4, *BAD, *EMPTY, *ARTICLES]), max_size=9), min_size=1, max_size=3),
    on_error=st.booleans(),
    on_note=st.booleans(),
    context=st.sampled_from([None, False]),
)
def test_lines_that_workers_parse_are_tagged_as_rows_are(small, tmp_path, files, on_error, on_note, context):
    paths = [str(tmp_path / f"{number}.jsonl") for number in range(len(files))]
    for path, lines in zip(paths, files, strict=True):
        Path(path).write_text("\n".join(lines), "utf8", newline="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cchc_ml.reading.decode.BLOCK_LINES", 2)
        patch.setattr("cchc_ml.tagging.rows.BATCH_ROWS", 3)
        how = (tag_lines, small.model_, paths, on_error, on_note, context)
        assert outcome(read_unparsed, *how) == outcome(read_inputs, *how)


@pytest.mark.parametrize("n_jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_what_workers_find_in_lines_is_told_at_the_end_of_the_file(small, tmp_path, n_jobs):
    line = GOOD[0] + "\n"
    (tmp_path / "a.jsonl").write_text(line * 700 + '{"text": ""}\n{broken\n' + line * 700 + "[]\n{}\n", "utf8")
    (tmp_path / "b.jsonl").write_bytes(line.encode() * 800 + b"[]\n" + line.encode() * 700 + b"\xff\n" + line.encode())
    a, b = (str(tmp_path / name) for name in ("a.jsonl", "b.jsonl"))
    failures, notes = [], []
    told = {"on_error": lambda *why: failures.append(why), "on_note": notes.append}
    done = tag_lines(small.model_, read_unparsed([a, b], **told), n_jobs=n_jobs, **told)
    assert sum(lines.rows for lines in done) == 1400 + 1500
    assert notes == [f"{a}: rows passed over: 1 without text (line 701)"]
    assert [path for path, _ in failures] == [a, b]
    assert failures[0][1].startswith(f"{a}, line 702: broken JSON: ")
    assert failures[0][1].endswith(" (and 2 more rows)")
    assert failures[1][1] == (
        f"{b}, line 801: found list, want one JSON object a line; "
        f"{b}, line 1502 is not UTF-8 text; save it as UTF-8 text"
    )


def test_an_error_in_lines_comes_before_one_of_the_next_file(small, tmp_path):
    (tmp_path / "a.jsonl").write_text("[]\n")
    items = read_unparsed([str(tmp_path / "a.jsonl"), str(tmp_path / "gone.jsonl")])
    with pytest.raises(ValueError, match=r"a\.jsonl, line 1: found list, want one JSON object a line"):
        list(tag_lines(small.model_, items))
