import httpx
import pytest

from cchc_ml.web.form import MAX_PARTS, Upload, file_of_form, is_form

CONTENT = b"\r\n--x\r\n\0 \xff--"


@pytest.mark.parametrize("name", ["bài báo.docx", "a;b.txt", "a\\b.txt", "a.txt"])
def test_the_file_of_a_form(name):
    request = httpx.Request("POST", "http://x", data={"other": "1"}, files={"file": (name, CONTENT)})
    assert file_of_form(request.read(), request.headers["content-type"]) == Upload(name, CONTENT)


def test_a_name_in_the_encoding_of_rfc_5987():
    body = b"--b\r\nContent-Disposition: form-data; name=file; filename*=UTF-8''b%C3%A0i.txt\r\n\r\nx\r\n--b--"
    assert file_of_form(body, 'multipart/form-data; boundary="b"') == Upload("bài.txt", b"x")


HEAD = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'


@pytest.mark.parametrize(
    ("body", "kind", "detail"),
    [
        (b"", "multipart/form-data; boundary=b", "the form has no file in its field 'file'"),
        (b"--b--", "multipart/form-data; boundary=b", "the form has no file in its field 'file'"),
        (HEAD + b"cut", "multipart/form-data; boundary=b", "the form has no file in its field 'file'"),
        (HEAD.replace(b'="file"', b'="f"') + b"\r\n--b--", "multipart/form-data; boundary=b", "the form has no file"),
        (b"--b\r\nx\r\n--b--", "multipart/form-data; boundary=b", "the form is damaged"),
        (b"--b\r\n" + b"x" * 9_000 + b"\r\n\r\n\r\n--b--", "multipart/form-data; boundary=b", "the form is damaged"),
        (HEAD, "multipart/form-data", "the form has no boundary"),
        (HEAD, "multipart/form-data; boundary=", "the form has no boundary"),
        (b"\r\n--b\r\n\r\n" * 1_000_000, "multipart/form-data; boundary=b", f"the form has more than {MAX_PARTS - 1}"),
    ],
    ids=range(9),
)
def test_other_forms_are_rejected(body, kind, detail):
    with pytest.raises(ValueError, match=detail):
        file_of_form(body, kind)


def test_what_is_a_form():
    assert is_form("Multipart/Form-Data; boundary=b")
    assert not is_form("multipart/form-database")
    assert not is_form("")
