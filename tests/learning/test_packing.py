import gzip
import json

import pytest

from cchc_ml.learning.corpus import default_lexicon, text_hash
from cchc_ml.learning.packing import pack_files, pack_with_documents, same_rows, verify_packed, write_packed
from cchc_ml.model.lexicon import Lexicon

LEXICON = Lexicon(["xã", "hồ sơ", "hồ", "một cửa", "chợ"])


def table(tmp_path, *rows, name="rows.jsonl"):
    path = tmp_path / name
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf8")
    return path


def test_same_rows_tells_the_first_difference(tmp_path, labelled):
    packed = pack_files([labelled], default_lexicon())
    path = tmp_path / "p.jsonl.gz"
    path.write_bytes(gzip.compress(packed.encode()))
    assert same_rows(packed, path) == ""
    assert "has 240 rows, this text 239" in same_rows(packed.split("\n", 1)[1], path)
    changed = packed.replace('"sha256":"', '"sha256":"0', 1)
    assert "first in row 1 ('A1-01-1'): sha256" in same_rows(changed, path)


def test_no_text_is_packed_whatever_its_column(tmp_path, corpus):
    path = table(
        tmp_path, *({"nội dung": row["text"], "labels": row["labels"], "id": row["id"]} for row in corpus.rows[:5])
    )
    packed = pack_files([path], default_lexicon())
    assert all(row["text"][:30] not in packed for row in corpus.rows[:5])
    assert '"id":"A1-01-1"' in packed
    with pytest.raises(ValueError, match="has text in 'content' too, which would be published; remove that column"):
        pack_files([table(tmp_path, {"text": "a", "content": "b", "labels": []})], default_lexicon())


def test_a_packed_file_is_not_packed_again(tmp_path, labelled):
    packed = tmp_path / "packed.jsonl"
    packed.write_text(pack_files([labelled], default_lexicon()), "utf8")
    with pytest.raises(ValueError, match=r"packed\.jsonl is packed already; give the file with the text"):
        pack_files([packed], default_lexicon())


def test_a_packed_file_is_written_and_verified(tmp_path, labelled):
    out = tmp_path / "p.jsonl.gz"
    assert write_packed([labelled], out) == 240
    assert gzip.decompress(out.read_bytes()).decode() == pack_files([labelled], default_lexicon())
    verify_packed([labelled], out)
    with pytest.raises(FileExistsError, match="give --force to overwrite it"):
        write_packed([labelled], out)
    out.write_bytes(gzip.compress(gzip.decompress(out.read_bytes()).replace(b'"sha256":"', b'"sha256":"0', 1)))
    with pytest.raises(ValueError, match=r"differs from this text, first in row 1 \('A1-01-1'\): sha256"):
        verify_packed([labelled], out)
    with pytest.raises(ValueError, match=r"packed rows are a \.jsonl\.gz file; found .*x\.jsonl"):
        write_packed([labelled], tmp_path / "x.jsonl")


def document(name, *texts):
    return {"corpus": "c", "document": name, "title": "T", "paragraphs": [[i, text] for i, text in enumerate(texts)]}


def row(name, part, text, labels=()):
    return {"text": text, "labels": list(labels), "corpus": "c", "document": name, "part": part, "id": f"{name}{part}"}


@pytest.fixture
def files(tmp_path):
    """Training rows, held-out rows, and their documents."""
    train = table(tmp_path, row("A", 0, "Xã trả hồ sơ.", ["tthc"]), row("B", 1, "Chợ đông."), name="train.jsonl")
    held_out = table(tmp_path, row("B", 0, "Một cửa. Hồ sơ, hồ nước."), name="validation.jsonl")
    documents = table(
        tmp_path,
        document("A", "Xã trả hồ sơ.", "MỘT CỬA; hồ sơ - hồ nước", "Chợ."),
        document("B", "Một cửa. Hồ sơ, hồ nước.", "Chợ đông."),
        name="documents.jsonl",
    )
    return train, held_out, documents


def test_documents_are_packed_beside_their_rows(files):
    train, held_out, documents = files
    packed, counted = pack_with_documents([train, held_out], [documents], LEXICON)
    rows = [json.loads(line) for line in packed.splitlines()]
    # The training row of document B is left out, because B has a held-out row.
    assert [(row["id"], row["split"]) for row in rows] == [("A0", "train"), ("B0", "validation")]
    assert rows[0]["sha256"] == text_hash("Xã trả hồ sơ.")
    assert not {"text", "sentences"} & {key for row in rows for key in row}
    # The text of B0 is left out where it is written again, in whatever spelling.
    assert [(p.document, p.part) for p in counted.paragraphs] == [("A", 0), ("A", 2), ("B", 0), ("B", 1)]
    assert counted.counts.paragraphs().toarray().tolist() == [
        [1, 1, 1, 0, 0],
        [0, 0, 0, 0, 1],
        [0, 1, 2, 1, 0],
        [0, 0, 0, 0, 1],
    ]


def test_the_text_of_a_row_counts_where_the_document_has_another(files, tmp_path):
    train = table(tmp_path, row("A", 0, "Xã họp, xã vui."), name="train.jsonl")
    _, counted = pack_with_documents([train], [files[2]], LEXICON)
    assert counted.counts.paragraphs().toarray()[0].tolist() == [2, 0, 0, 0, 0]


def test_a_row_without_its_document_is_reported(files, tmp_path):
    train = table(tmp_path, row("C", 0, "Xã họp."), name="train.jsonl")
    with pytest.raises(ValueError, match="row 'C0' is not in the documents; give the document that it stands in"):
        pack_with_documents([train], [files[2]], LEXICON)
    with pytest.raises(
        ValueError, match=r"train\.jsonl, line 1: found text, labels, .*; want a document with `corpus`"
    ):
        pack_with_documents([train], [train], LEXICON)


def test_packed_documents_are_written_and_verified(files, tmp_path):
    train, held_out, documents = files
    out = tmp_path / "out" / "p.jsonl.gz"
    out.parent.mkdir()
    assert write_packed([train, held_out], out, [documents]) == 2
    verify_packed([train, held_out], out, [documents])
    with pytest.raises(FileExistsError, match="give --force to overwrite it"):
        write_packed([train, held_out], out, [documents])
    original = documents.read_text("utf8")
    changed = original.replace('2, "Chợ."', '2, "Chợ, chợ, xã."')
    documents.write_text(changed, "utf8")
    with pytest.raises(ValueError, match=r"documents\.npz\.xz holds other counts than those of these documents"):
        verify_packed([train, held_out], out, [documents])
    documents.write_text(original.replace("[2,", "[3,"), "utf8")
    with pytest.raises(ValueError, match=r"holds 4 paragraphs, not those of these documents"):
        verify_packed([train, held_out], out, [documents])


def test_the_shipped_counts_are_those_of_the_text(top):
    shared = top.parent / "shared/real"
    if not shared.is_dir():
        pytest.skip("the third-party text does not lie beside this checkout; it is not published")
    names = ("train", "news_more", "modern_train", "validation", "modern_validation")
    rows = [shared / f"{name}.jsonl" for name in names]
    documents = [shared / "documents/modern.jsonl.gz", shared / "documents/news.jsonl.gz"]
    verify_packed(rows, top / "data/real.jsonl.gz", documents)
