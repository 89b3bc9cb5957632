"""What tests of the one-file page do in it: paste, press, download."""

TEXT = """Chợ họp sớm. Bộ phận một cửa xã trả 97,6% hồ sơ thủ tục hành chính trước hạn.
Tỷ lệ giải ngân vốn đầu tư công mới đạt 9%.
Trận mưa đêm qua làm ngập chợ."""


def analyse(page, text=TEXT):
    """Analyse a text and wait for its paragraphs. (Playwright's fill() would wait for the layout of a long one.)"""
    page.evaluate("text => { $('text').value = text; }", text)
    page.click("#tag")
    page.wait_for_selector("#paragraphs article")


def upload(page, **files):
    """Give the page files by name and content; wait until they are tagged."""
    payload = [
        {"name": name.replace("__", "."), "mimeType": "application/octet-stream", "buffer": content.encode()}
        for name, content in files.items()
    ]
    page.set_input_files("#files", payload)
    page.wait_for_selector("#paragraphs article")


def download(page, button):
    """Press a button and return the name and the bytes of what is downloaded."""
    with page.expect_download() as waiting:
        page.click(button)
    return waiting.value.suggested_filename, waiting.value.path().read_bytes()
