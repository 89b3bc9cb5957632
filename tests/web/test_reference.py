import json

import lxml.html
import pytest
from accessibility import violations
from browser import chromium

from cchc_ml.web.reference import render_reference
from cchc_ml.web.service import create_app


@pytest.fixture(scope="module")
def openapi(model):
    return create_app(model).openapi()


@pytest.fixture(scope="module")
def page(openapi):
    return lxml.html.document_fromstring(render_reference(openapi))


def test_every_operation_is_described(page, openapi):
    operations = [(method.upper(), path) for path, methods in openapi["paths"].items() for method in methods]
    assert [tuple(heading.text_content().split()) for heading in page.iter("h2")] == operations
    assert len(operations) == 7
    assert [bold.text for bold in page.iter("b")] == [
        description["summary"] for methods in openapi["paths"].values() for description in methods.values()
    ]


def test_examples_and_schemas_are_json_without_references(page):
    blocks = [json.loads(block.text) for block in page.iter("pre")]
    assert len(blocks) == 12  # two examples, three bodies, seven answers
    assert blocks[0] == {"text": "Sở Tư pháp đề nghị bãi bỏ 14 văn bản quy phạm pháp luật."}
    assert "$ref" not in json.dumps(blocks)
    assert "Sentence" in json.dumps(blocks)


def test_code_in_descriptions_is_set_as_code(page):
    codes = [code.text for code in page.xpath("//p/code")]
    assert "cchc-ml predict" in codes
    assert "curl -F file=@bai-bao.docx http://127.0.0.1:8000/v1/articles" in codes


def test_parameters_and_refusals_are_listed(page, openapi):
    terms = [term.text_content() for term in page.iter("dt")]
    assert terms.count("?filename=") == 1
    assert [term for term in terms if not term.startswith("?")] == [
        status
        for methods in openapi["paths"].values()
        for description in methods.values()
        for status in description["responses"]
        if status != "200"
    ]


def test_what_looks_like_markup_is_text(openapi):
    info = {"title": "<img src=x>", "summary": "<script>"}
    page = lxml.html.document_fromstring(render_reference({**openapi, "info": info}))
    assert page.findtext(".//h1") == info["title"]
    assert page.xpath("//img | //script") == []


@pytest.mark.slow
def test_the_page_calls_nobody_and_fits_a_telephone(openapi, tmp_path):
    path = tmp_path / "docs.html"
    path.write_text(render_reference(openapi), "utf8")
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 375, "height": 900})
        requests = []
        page.on("request", lambda request: requests.append(request.url))
        page.goto(path.as_uri())
        assert requests == [path.as_uri()]
        assert page.evaluate("document.documentElement.scrollWidth") == 375
        assert violations(page) == []
