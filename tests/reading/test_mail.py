from base64 import b64encode
from email.message import EmailMessage

import pytest
from office import encode_1258

import cchc_ml
from cchc_ml.reading.mail import read_mail

ONE = "Trong chín tháng đầu năm, bộ phận một cửa của huyện trả hồ sơ đúng hạn."
TWO = "Sở Tư pháp đã rà soát 214 văn bản do tỉnh ban hành, đề nghị bãi bỏ 17 văn bản."
TITLE = "Huyện trả hồ sơ nhanh"
PAGE = f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1><p>{ONE}</p><p>{TWO}</p></body></html>"


def mail(text=None, page=None, **headers):
    message = EmailMessage()
    message["Subject"] = "Fwd: Re: Huyện Mường Sáng trả hồ sơ"
    message["From"] = "Sở Nội vụ <snv@example.vn>"
    message["Date"] = "Fri, 20 Jun 2025 10:00:00 +0700"
    for name, value in headers.items():
        message[name] = value
    if text is not None:
        message.set_content(text, cte="base64")
    if page is not None and text is not None:
        message.add_alternative(page, subtype="html")
    elif page is not None:
        message.set_content(page, subtype="html", cte="quoted-printable")
    return message


def read(tmp_path, data, name="a.eml"):
    (tmp_path / name).write_bytes(data if isinstance(data, bytes) else data.as_bytes())
    return cchc_ml.read_article(tmp_path / name)


@pytest.mark.parametrize(
    "message", [mail(f"{ONE}\n\n{TWO}\n"), mail(page=PAGE), mail("Xem bản HTML.", PAGE)], ids=["text", "html", "both"]
)
def test_the_text_of_a_mail_is_read(tmp_path, message):
    article = read(tmp_path, message)
    assert [text for text in article.paragraphs if text in (ONE, TWO)] == [ONE, TWO]
    assert article.date == "2025-06-20"
    assert article.headline in ("Huyện Mường Sáng trả hồ sơ", "Huyện trả hồ sơ nhanh")


def test_marks_of_quotation_heads_of_other_mails_and_signatures_are_left_out():
    head = "---------- Forwarded message ---------\nFrom: A <a@b.vn>\nNgày: 1/2\n"
    text = f"{head}\n> {ONE}\n>\n> > {TWO}\n-- \nVăn phòng\n"
    assert read_mail("a.eml", mail(text).as_bytes()).text.split() == f"{ONE} {TWO}".split()
    assert read_mail("a.eml", mail("-- \nVăn phòng\n").as_bytes()).text == "-- \nVăn phòng\n"


ARCHIVE = (
    b'Content-Type: multipart/related; type="text/html"; boundary="--x"\r\nMIME-Version: 1.0\r\n'
    b"From: <Saved by Blink>\r\n"
    b"Date: Sat, 28 Nov 2026 10:00:00 +0700\r\nSubject: =?utf-8?Q?B=C3=A0i?=\r\n\r\n----x\r\n"
    b"Content-Type: text/css\r\n\r\nbody { color: red }\r\n----x\r\nContent-Type: image/png\r\n\r\nx\r\n----x\r\n"
    b'Content-Type: text/html; charset="%s"\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n----x--\r\n'
)


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "windows-1258"])
@pytest.mark.parametrize("name", ["a.mhtml", "a.mht", "a.html", "a.txt", "a.docx"])
def test_a_web_archive_is_read_as_its_page_whatever_its_name_is(tmp_path, charset, name):
    content = encode_1258(PAGE) if charset == "windows-1258" else PAGE.encode(charset)
    article = read(tmp_path, ARCHIVE % (charset.encode(), b64encode(content)), name)
    assert article.paragraphs == ("Huyện trả hồ sơ nhanh", ONE, TWO)
    assert article.date is None  # the head says when it was saved


def test_a_mail_of_another_name_says_how_to_rename_it(tmp_path):
    with pytest.raises(ValueError, match=r"a\.txt is a mail, not plain text; rename it to a\.eml"):
        read(tmp_path, mail(ONE), "a.txt")


def test_a_mail_without_text_names_what_is_attached(tmp_path):
    message = mail()
    message.add_attachment(b"PK", maintype="application", subtype="x", filename="bai.docx")
    with pytest.raises(
        ValueError, match=r"a\.eml has no text; save what is attached to it \(bai\.docx\) and read that"
    ):
        read(tmp_path, message)
    with pytest.raises(ValueError, match=r"a\.mht has no text; want an article"):
        read(tmp_path, b"MIME-Version: 1.0\nContent-Type: image/png\n\nx", "a.mht")


@pytest.mark.parametrize("date", ["", "yesterday", "Fri, 99 Jun 2025 10:00:00 +0700"])
def test_a_wrong_date_is_none(date):
    assert read_mail("a.eml", f"Date: {date}\nSubject: =?x?b?!!?=\n\n{ONE}".encode()).date is None


def test_parts_that_are_nested_without_end_are_rejected():
    parts = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3000))
    with pytest.raises(ValueError, match=r"a\.eml (?:is damaged: its parts are nested too deeply|has no text)"):
        read_mail("a.eml", parts + b"Content-Type: image/png\n\nx")
