import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_ml.reading import decode as module
from cchc_ml.reading.decode import (
    PrependedStream,
    check_not_empty,
    decode,
    decode_lines,
    decode_page,
    line_blocks,
    read_text,
)
from cchc_ml.text.encodings import repair_text, to_tcvn3, to_vni

NOT_UTF8 = b"caf\xe9 \xff\xfe na\xefve"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "x.txt is empty"),
        (b" \n", "x.txt is empty"),
        (b"a\0b", "x.txt is binary, not text; save it as UTF-8 text"),
        (NOT_UTF8, "x.txt is not UTF-8, UTF-16, Windows-1258, TCVN3 or VNI text; save it as UTF-8 text"),
    ],
)
def test_one_sentence_says_why_a_file_and_its_lines_are_not_text(tmp_path, data, message):
    path = tmp_path / "x.txt"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=message):
        read_text(path)
    with pytest.raises(ValueError, match=message.removesuffix("; save it as UTF-8 text")):
        decode_page(data, str(path))
    if data.strip():
        with pytest.raises(ValueError, match=message.replace("x.txt", "x.txt, line 1")):
            list(decode_lines(io.BytesIO(data), str(path)))


def test_a_missing_or_empty_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file .*x\.txt"):
        read_text(tmp_path / "x.txt")
    (tmp_path / "x.txt").write_bytes(b"")
    with pytest.raises(ValueError, match=r"x\.txt is empty"):
        check_not_empty(tmp_path / "x.txt")


def test_the_byte_order_mark_is_dropped(tmp_path):
    path = tmp_path / "x.txt"
    path.write_bytes("Xã".encode("utf-8-sig"))
    assert read_text(path) == "Xã"
    assert list(decode_lines(io.BytesIO("Xã\nhọp".encode("utf-8-sig")), "x")) == ["Xã\n", "họp"]


def test_a_bad_end_of_a_file_is_found():
    with pytest.raises(ValueError, match=r"^x, byte \d+, is not UTF-16 text; save it as UTF-8 text"):
        decode("Xã họp bàn việc.".encode("utf-16") + b"\0", "x")
    with pytest.raises(ValueError, match=r"^x, line 20001 is not UTF-8 text; save it as UTF-8 text"):
        list(decode_lines(io.BytesIO("Xã họp.\n".encode() * 20_000 + b"\xff\n"), "x"))


@pytest.mark.parametrize("codec", ["utf8", "utf-8-sig", "utf-16"])
def test_lines_come_in_the_encoding_of_the_first_bytes(codec):
    lines = [f"Dòng số {n}: xã họp bàn\n" for n in range(9000)]
    assert list(decode_lines(io.BytesIO("".join(lines).encode(codec)), "x")) == lines


def test_a_page_with_a_few_wrong_bytes_is_read():
    data = ("<p>" + "Xã họp bàn việc gỡ hồ sơ. " * 30 + "</p>").encode()
    assert decode_page(data + b"\xff", "x") == data.decode()
    with pytest.raises(ValueError, match="x is"):
        decode_page(data + b"\xff" * 9, "x")


def test_a_page_is_read_in_the_encoding_that_it_declares():
    data = "<meta charset=iso-8859-1><p>Caf\xe9 \xb0 na\xefve \xff</p>".encode("latin-1")
    assert decode_page(data, "x").startswith("<meta charset=iso-8859-1><p>Café °")
    unknown = "<meta charset=none><p>Xã họp</p>".encode() + b"\xff"
    assert decode_page(unknown, "x") == "<meta charset=none><p>Xã họp</p>"


def test_a_long_line_is_rejected(monkeypatch):
    monkeypatch.setattr(module, "MAX_LINE_BYTES", 1_000_000)
    monkeypatch.setattr(module, "SNIFF_BYTES", 100)
    assert len(next(decode_lines(io.BytesIO(b"a" * 999_999), "x"))) == 999_999
    with pytest.raises(ValueError, match="x has a line longer than 1 MB; want one row a line"):
        next(decode_lines(io.BytesIO(b"a" * 1_000_000), "x"))


def outcome(lines):
    """Return what is read, and the error that ends it."""
    found = []
    try:
        found.extend(lines)
    except ValueError as error:
        return "".join(found), str(error)
    return "".join(found), None


def lines_of_blocks(data):
    number = 1
    for first, block in line_blocks(io.BytesIO(data), "x"):
        assert first == number
        number += block.count(b"\n")
        yield block.decode()


LINES = st.sampled_from(["Xã họp bàn việc", "", "a" * 40, "\0", "\ufeff", "\r", "\u2028"])


@given(st.lists(LINES.map(str.encode) | st.just(b"\xc3") | st.binary(max_size=3), max_size=20), st.booleans())
def test_blocks_are_the_same_lines_and_end_with_the_same_error(lines, has_mark):
    data = b"\xef\xbb\xbf" * has_mark + b"\n".join(lines)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SNIFF_BYTES", 50)
        patch.setattr(module, "MAX_LINE_BYTES", 300)
        patch.setattr(module, "BLOCK_LINES", 3)
        assert outcome(lines_of_blocks(data)) == outcome(decode_lines(io.BytesIO(data), "x"))


@pytest.mark.parametrize("codec", ["utf8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_blocks_are_utf8_whatever_the_encoding_and_not_too_large(codec, monkeypatch):
    monkeypatch.setattr(module, "BLOCK_BYTES", 1000)
    text = "".join(f"Dòng {n}: xã họp bàn\n" for n in range(700))
    blocks = [block for _, block in line_blocks(io.BytesIO(text.encode(codec)), "x")]
    assert b"".join(blocks).decode() == text
    assert max(map(len, blocks)) < 1100
    assert len(blocks) > 10


@given(st.binary(max_size=60), st.binary(max_size=60), st.lists(st.integers(-1, 30), max_size=30))
def test_a_prepended_stream_reads_as_one_stream(head, rest, sizes):
    whole = io.BytesIO(head + rest)
    joined = PrependedStream(head, io.BytesIO(rest))
    for size in sizes:
        assert joined.readline(size) == whole.readline(size)
    assert joined.read() == whole.read()
    assert joined.readable()


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_a_prepended_stream_gives_the_same_lines(head, rest):
    assert list(PrependedStream(head, io.BytesIO(rest))) == list(io.BytesIO(head + rest))


class Pipe(io.BytesIO):
    """A stream that fails when it is asked for more than the lines that have arrived."""

    def read(self, size=-1):
        raise AssertionError("would wait for more than a line")

    read1 = readinto = read


@pytest.mark.parametrize("codec", ["utf8", "utf-16-le"])
def test_lines_of_a_pipe_are_passed_on_as_they_arrive(codec):
    mark = "\ufeff".encode(codec)
    lines = ["Xã họp bàn\n", "Dân đến dự\n"]
    pipe = Pipe("".join(lines[1:]).encode(codec))
    stream = PrependedStream(mark + lines[0].encode(codec), pipe)
    assert next(decode_lines(stream, "x")) == lines[0]


@pytest.mark.parametrize("write", [to_tcvn3, to_vni])
def test_each_line_of_a_mixed_file_is_decoded_as_it_was_encoded(write):
    """Some lines are UTF-8, others bytes of an old font, others letters of an old font in UTF-8."""
    lines = ["Cải cách thủ tục hành chính ở xã được đẩy mạnh.", "Trả kết quả đúng hẹn cho dân.", "Sổ đỏ cấp nhanh."]
    written = [lines[0].encode(), write(lines[1]).encode("latin-1"), write(lines[2]).encode()]
    for order in ([0, 1, 2], [1, 0, 2], [1, 1, 1, 0], [2, 1]):
        text = decode(b"\n".join(written[i] for i in order), "x")
        assert repair_text(text).split("\n") == [lines[i] for i in order]
