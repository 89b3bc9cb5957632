"""Bodies that once kept the service busy for minutes."""

import io
import zipfile
import zlib

from needs import needs


def slow_pdf(pages=800, operators=20_000):
    """A small PDF file whose pages share one long content."""
    content = zlib.compress(b"BT /F1 9 Tf 9 9 Td\n" + b"(a) Tj\n" * operators + b"ET")
    kids = " ".join(f"{5 + i} 0 R" for i in range(pages))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {pages}>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(content), content),
    ]
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
    objects += [page] * pages
    body, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return body + b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        size,
        table,
        size,
        len(body),
    )


def many_attributes(n=300_000):
    """An HTML page of one tag."""
    return b"<p " + b" ".join(b"a%d=1" % i for i in range(n)) + b">x</p>"


def nested_word(depth=100, n=30_000):
    """A small Word file of paragraphs in paragraphs."""
    plain = io.BytesIO()
    needs("docx").Document().save(plain)
    nested = "<w:p><w:r>" * depth + "<w:t>xã </w:t>" * n + "</w:r></w:p>" * depth
    packed = io.BytesIO()
    with zipfile.ZipFile(plain) as archive, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in archive.namelist():
            text = archive.read(name)
            if name == "word/document.xml":
                text = text.replace(b"<w:body>", f"<w:body>{nested}".encode())
            new.writestr(name, text)
    return packed.getvalue()


def chunked(path, chunks, kind="application/json"):
    """A request whose body comes in chunks."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head.encode() + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
