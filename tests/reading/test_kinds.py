import io
import zipfile

import pytest
from office import write_zip

import cchc_ml
from cchc_ml.reading.kinds import ARTICLES, FileKind, check_office_file, has_known_kind, kind_of, kind_to_read

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
HEADS = {
    b"%PDF-1.7\n": FileKind.PDF,
    b"junk\n%PDF-1.4": FileKind.PDF,
    b"{\\rtf1\\ansi": FileKind.RTF,
    b"\n {\\rtf1": FileKind.RTF,
    b"PK\x03\x04": FileKind.ARCHIVE,
    OLE: FileKind.OLD_OFFICE,
    b"<!DOCTYPE html><p>": FileKind.PAGE,
    b"\xef\xbb\xbf\n<html>": FileKind.PAGE,
    b"<?xml version='1.0'?>\n<!-- x --><html>": FileKind.PAGE,
    "<html><p>Xã".encode("utf-16"): FileKind.PAGE,
    "<html><p>Xã".encode("utf-16-le"): FileKind.PAGE,
    b"<p class='x'>Xa hop.</p>": FileKind.PAGE,
    b"<a@b.vn> wrote:": FileKind.TEXT,
    b"< 5 ha": FileKind.TEXT,
    "<Tiêu đề> Xã họp".encode(): FileKind.TEXT,
    b"Received: from mx\nSubject: x\n\nXa hop.": FileKind.MAIL,
    b"From a@b Fri Jun 20\nReturn-Path: x\n\nXa hop.": FileKind.MAIL,
    b"Subject: x\nMIME-Version: 1.0\nContent-Type: text/plain;\n charset=utf-8\n\nx": FileKind.MAIL,
    b"From: <Saved by Blink>\nMIME-Version: 1.0\n\nx": FileKind.WEB_ARCHIVE,
    b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\nx": FileKind.WEB_ARCHIVE,
    "Chủ đề: họp\nContent-Type: x\n\nXã".encode(): FileKind.TEXT,
    b"Subject: hop giao ban\nTu: Van phong\n\nXa hop.": FileKind.TEXT,
    "Xã họp bàn.".encode(): FileKind.TEXT,
    b"": FileKind.TEXT,
}


@pytest.mark.parametrize(("head", "kind"), HEADS.items())
def test_the_first_bytes_say_what_a_file_is(head, kind):
    assert kind_of(head) is kind


def ole(stream):
    return OLE + stream.encode("utf-16-le") + b"\0\0" * 20


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.doc", ole("WordDocument"), r"a\.doc is an old Word document; open it in Word and save it as \.docx"),
        ("a.docx", ole("WordDocument"), r"a\.docx is an old Word document; open it in Word and save it as \.docx"),
        ("a.doc", OLE, r"a\.doc is of a kind that is not read: \.doc; open it in Word and save it as \.docx"),
        ("a.doc", b"{\\rtf1", r"not read: \.doc \(rich text \(RTF\)\); open it in Word and save it as \.docx"),
        ("a.doc", b"<html><p>x", r"not read: \.doc \(a web page\); open it in Word and save it as \.docx"),
        ("a.docx", ole("EncryptedPackage"), r"a\.docx is locked by a password; open it, take the password away"),
        ("a.docx", OLE, r"a\.docx is damaged, locked by a password, or an old \.doc or \.xls; take the password away"),
        ("a.odt", OLE, r"a\.odt is damaged, locked by a password"),
        ("a.docx", ole("Workbook"), r"a\.docx is an old Excel workbook, not a Word document; rename it to a\.xls"),
        ("a.txt", b"{\\rtf1", r"a\.txt is rich text \(RTF\), not plain text; rename it to a\.rtf"),
        ("a.pdf", b"{\\rtf1", r"a\.pdf is rich text \(RTF\), not a PDF; rename it to a\.rtf"),
        ("a.docx", b"%PDF-1.7", r"a\.docx is a PDF, not a Word document; rename it to a\.pdf"),
        ("a", b"%PDF-1.7", r"a is a PDF; rename it to a\.pdf"),
        ("a.docx", b"Xa hop.", r"a\.docx is damaged or is not a Word document; save it again"),
        ("a.xyz", b"Xa hop.", r"a\.xyz is not an article; want one of \.txt, \.html, \.htm, \.mhtml"),
    ],
)
def test_a_file_of_another_kind_says_what_to_do(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        kind_to_read(str(path), path)
    with pytest.raises(ValueError, match=message):
        kind_to_read(name, io.BytesIO(content))


@pytest.mark.parametrize(
    ("parts", "name", "message"),
    [
        ({"word/document.xml": "x"}, "a.txt", r"a\.txt is a Word document, not plain text; rename it to a\.docx"),
        ({"xl/workbook.xml": "x"}, "a.docx", r"a\.docx is a workbook, not a Word document; rename it to a\.xlsx"),
        ({"mimetype": "application/vnd.oasis.opendocument.text"}, "a.pdf", r"OpenDocument text, not a PDF; .* a\.odt"),
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, "a.odt", r"a\.odt is a workbook, not an Open"),
        ({"x.txt": "x"}, "a.docx", r"a\.docx is a zip archive; unpack it and read the files in it"),
    ],
)
def test_an_archive_is_what_its_parts_are(tmp_path, parts, name, message):
    path = write_zip(tmp_path / name, parts)
    with pytest.raises(ValueError, match=message):
        kind_to_read(name, path)


def test_a_damaged_archive_goes_by_its_name(tmp_path):
    (tmp_path / "a.docx").write_bytes(b"PK\x03\x04 cut")
    assert kind_to_read("a.docx", tmp_path / "a.docx") is FileKind.WORD


@pytest.mark.parametrize("name", [f"a{ending}" for ending in ARTICLES] + ["a.aspx", "a"])
def test_a_web_page_is_read_whatever_its_name_is(tmp_path, name):
    page = "<!DOCTYPE html><html><body><p>Sáng nay, xã họp bàn việc gỡ hồ sơ trễ hẹn của dân.</p></body></html>"
    path = tmp_path / name
    path.write_text(page, "utf8")
    assert cchc_ml.read_article(path).paragraphs == ("Sáng nay, xã họp bàn việc gỡ hồ sơ trễ hẹn của dân.",)


def test_text_may_lack_the_mark_of_its_kind(tmp_path):
    for name, kind in (("a.html", FileKind.PAGE), ("a.eml", FileKind.MAIL), ("a.txt", FileKind.TEXT)):
        (tmp_path / name).write_text("Xã họp bàn.", "utf8")
        assert kind_to_read(name, tmp_path / name) is kind
        assert not has_known_kind(tmp_path / name)


def test_only_old_and_locked_files_are_rejected_as_office_files(tmp_path):
    for content in (ole("Workbook"), ole("EncryptionInfo"), ole("WordDocument"), OLE):
        with pytest.raises(ValueError, match=r"^a\.xlsx is "):
            check_office_file("a.xlsx", io.BytesIO(content))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a", "b")
    check_office_file("a.xlsx", archive)
    check_office_file("a.xlsx", io.BytesIO(b"text"))
