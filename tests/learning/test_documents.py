import lzma

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.learning.documents import Documents, Paragraph, place_of, read_documents, write_documents
from cchc_ml.model.lexicon import Lexicon

# "một cửa điện tử" has a beginning that is no term.
LEXICON = Lexicon(["hồ", "hồ sơ", "hồ sơ giấy", "sơ", "một cửa", "một cửa điện tử", "xã", "ca", "cá nhân"])
WORDS = st.sampled_from(
    ["hồ", "sơ", "giấy", "một", "cửa", "điện", "tử", "xã", "chợ", ".", "ca", "cá", "nhân", "ca nhan"]
)
TEXTS = st.lists(st.lists(WORDS, max_size=20).map(" ".join), max_size=6)


def documents_of(texts):
    paragraphs = [Paragraph("c", f"d{i // 2}", i % 2) for i in range(len(texts))]
    return Documents(LEXICON, paragraphs, LEXICON.count(texts))


def assert_same(a, b):
    assert list(a.paragraphs) == list(b.paragraphs)
    assert np.array_equal(a.counts.starts, b.counts.starts)
    assert np.array_equal(a.counts.sentences.toarray(), b.counts.sentences.toarray())


@given(TEXTS)
def test_what_is_written_is_read(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("documents") / "d.npz.xz"
    documents = documents_of(texts)
    path.write_bytes(write_documents(documents))
    assert_same(read_documents(path, LEXICON), documents)
    assert write_documents(read_documents(path, LEXICON)) == path.read_bytes()


def test_a_text_without_diacritics_is_kept_too(tmp_path):
    # Without diacritics "ca nhan" is the term "cá nhân", but its beginning "ca" is another term than "cá".
    documents = documents_of(["ca nhan o xa nop ho so mot cua dien tu"])
    assert documents.counts.paragraphs().toarray().any()
    (tmp_path / "d").write_bytes(write_documents(documents))
    assert_same(read_documents(tmp_path / "d", LEXICON), documents)


def test_a_damaged_file_is_reported(tmp_path):
    path = tmp_path / "d.npz.xz"
    whole = write_documents(documents_of(["hồ sơ", "xã"]))
    for damaged in (b"", whole[:-30], b"x" * 100, lzma.compress(b"no arrays"), lzma.compress(b"")):
        path.write_bytes(damaged)
        with pytest.raises(
            ValueError, match=r"d\.npz\.xz is damaged, or was counted with another lexicon; pack it again"
        ):
            read_documents(path, LEXICON)
    path.write_bytes(whole)
    with pytest.raises(ValueError, match="or was counted with another lexicon"):
        read_documents(path, Lexicon(["hồ"]))


def test_a_number_that_is_too_large_is_reported():
    documents = documents_of(["xã " * 200])
    with pytest.raises(ValueError, match=r"found 200\.?0?, too large for int8; give shorter paragraphs"):
        write_documents(documents)


def test_the_others_are_the_rest_of_the_same_documents():
    documents = documents_of(["a"] * 6)  # d0, d1 and d2, of two paragraphs each
    rows = [{"corpus": "c", "document": "d0", "part": 1}, {"corpus": "c", "document": "d2", "part": 7}]
    assert documents.others(rows).tolist() == [0, 4, 5]
    assert documents.others([{"corpus": "e", "document": "d0", "part": 0}, {"text": "a"}]).tolist() == []


@pytest.mark.parametrize("row", [{}, {"corpus": "c"}, {"corpus": "c", "document": "d", "part": "1"}, {"part": 1}])
def test_a_row_may_stand_nowhere(row):
    assert place_of(row) is None
