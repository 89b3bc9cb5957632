"""The page as `cchc-ml serve` hosts it: it asks the service to read files."""

from html import unescape

import pytest
from needs import needs
from service_process import service

from cchc_ml.reading.inputs import read_file
from cchc_ml.web.offline_page import render_offline_page

TEXTS = [
    "Bo phan mot cua xa tra ho so thu tuc hanh chinh truoc han, nguoi dan hai long.",
    "Ty le giai ngan von dau tu cong moi dat 9% ke hoach nam, thap hon binh quan ca nuoc.",
]


@pytest.fixture
def pdf(tmp_path):
    path = tmp_path / "bai.pdf"
    canvas = needs("reportlab.pdfgen.canvas").Canvas(str(path))
    for n, text in enumerate(TEXTS):
        canvas.drawString(60, 780 - 60 * n, text)
    canvas.save()
    return path


def shown(page):
    page.wait_for_selector("#paragraphs article")
    return page.evaluate("state.rows.map(({ text, kind }) => [text, kind])")


@pytest.mark.slow
@pytest.mark.parametrize("token", ["", "bi-mat"])
def test_the_service_reads_files_for_the_page(offline_browser, pdf, token, tmp_path):
    page_file = tmp_path / "bai.html"
    page_file.write_text("".join(f"<p>{text}</p>" for text in TEXTS), "utf8")
    with service(**({"CCHC_ML_TOKEN": token} if token else {})) as running:
        context = offline_browser.new_context(http_credentials={"username": "x", "password": token} if token else None)
        page = context.new_page()
        asked = []
        page.on("request", lambda request: asked.append((request.method, request.url)))
        page.goto(f"http://127.0.0.1:{running.port}/")
        for path in (pdf, page_file):
            page.set_input_files("#files", str(path))
            page.wait_for_function("name => state.rows.length && state.rows[0].source === name", arg=path.name)
            assert shown(page) == [[row["text"], row["kind"]] for row, _ in read_file(path)]
            assert ("POST", f"http://127.0.0.1:{running.port}/v1/articles?filename={path.name}") in asked
        damaged = tmp_path / "hong.pdf"
        damaged.write_bytes(b"%PDF-1.4 cut")
        page.set_input_files("#files", str(damaged))
        page.wait_for_selector("#problems li")
        assert "hong.pdf bị hỏng hoặc không phải tệp PDF; hãy lưu lại tệp" in page.inner_text("#problems")
        context.close()


def test_a_file_page_may_ask_nobody_and_a_served_one_its_service(model):
    assert "connect-src" not in render_offline_page(model)
    assert "connect-src 'self';" in unescape(render_offline_page(model, served=True))
