"""What Python makes of texts and files, for the scripts of the page to be compared with: ``make parity`` writes it.

The golden file holds the files too, except the pages of `tests/pages`. ``python tests/parity.py FILE...`` adds files.
"""

import base64
import gzip
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cchc_ml.evaluation.robustness import VARIANTS
from cchc_ml.model.model import Model
from cchc_ml.model.storage import read_model
from cchc_ml.reading.inputs import read_file
from cchc_ml.text.encodings import to_tcvn3, to_vni
from cchc_ml.text.sentences import split_sentences

TOP = Path(__file__).parent.parent
GOLDEN = TOP / "tests/web/parity.json.gz"
PAGES = TOP / "tests/pages"
# Every so many paragraphs of the project is taken as it is, and every so many in each other spelling.
EVERY, EVERY_SPELLED = 20, 150
SPELLINGS = {**VARIANTS, "TCVN3": to_tcvn3, "VNI": to_vni, "mojibake": lambda text: text.encode().decode("latin-1")}
NASTY = [
    *(
        "",
        " \n\t ",
        "…",
        "?!?!...”»)] (“Một cửa.” “Kỷ luật.”)",
        "一窓 行政 改革 thủ tục",
        "İSTANBUL ÐẠI ÐỒNG ð ŉ ß Straße ﬁ",
    ),
    "😀👍🏽 Một cửa 😀 liên thông. 👨‍👩‍👧 Giải ngân!",
    "Thủ\u200b tục hành\u00ad chính ở TP.HCM, v.v. Ông Lê V. Tám. 1. Về thể chế. VOV.VN đưa tin.Xã mừng.",
    "Dòng một\r\nDòng hai\r\n\r\nGiải ngân vốn đầu tư công.\u2028Cuối.",
    "cai cach hanh chinh, mot cua lien thong va giai ngan von dau tu cong",
    "· Xã Pá Lau » Thủ tục · ½ © ¨ ® § 5",
    "Đến nay, bé phËn mét cöa tr¶ ®óng h¹n 97,6% hå s¬, theo báo cáo. Giải ngân 50.000 ®/kg.",
    "CéNG HßA X· HéI, ¤ng NguyÔn V¨n §. ë “tæ mét cöa”",
]


def texts() -> list[str]:
    """Return the texts that are split and tagged."""
    own = [json.loads(line)["text"] for line in (TOP / "data/articles.jsonl").read_text("utf8").splitlines()]
    spelled = [change(text) for change in SPELLINGS.values() for text in own[::EVERY_SPELLED]]
    return [*NASTY, *own[::EVERY], *spelled]


def tagged(model: Model, given: list[str]) -> Iterator[dict[str, Any]]:
    """Yield for each text its sentences in NFC, its probabilities, its tags, and the evidence of the tags."""
    for text, annotation in zip(given, model.annotate(given), strict=True):
        yield {
            "text": text,
            "sentences": [text[a:b] for a, b in split_sentences(text)],
            "scores": [round(score, 10) for score in annotation.scores.values()],
            "evidence": {str(pillar): text[a:b] for pillar, (a, b) in annotation.evidence.items()},
        }


def rows_of(name: str, data: bytes) -> list[Any] | None:
    """Return the rows of a file: text, kind, headline, date and other fields of each. None if it is not read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        try:
            pairs = list(read_file(path, on_note=lambda _: None))
        except (ValueError, TypeError, OSError, ImportError):
            return None
    return [
        [row[field], row["kind"], row["headline"], row["date"]]
        if "paragraph" in row and "kind" in row
        else [row[field], *(f"{key}={'' if value is None else value}" for key, value in row.items() if key != field)]
        for row, field in pairs
    ]


def old_files() -> dict[str, bytes]:
    """Return the files of the golden file by their names."""
    if not GOLDEN.exists():
        return {}
    files = json.loads(gzip.decompress(GOLDEN.read_bytes()))["files"]
    return {name: base64.b64decode(one["data"]) for name, one in files.items() if "data" in one}


def golden(files: dict[str, bytes]) -> dict[str, Any]:
    """Return all that is compared."""
    pages = {page.name: {"rows": rows_of(page.name, page.read_bytes())} for page in sorted(PAGES.glob("*.html"))}
    others = {
        name: {"data": base64.b64encode(data).decode(), "rows": rows_of(name, data)}
        for name, data in sorted(files.items())
    }
    return {"texts": list(tagged(read_model(), texts())), "files": {**pages, **others}}


def main(paths: list[str]) -> None:
    """Write the golden file again, with more files."""
    files = old_files() | {Path(path).name: Path(path).read_bytes() for path in paths}
    text = json.dumps(golden(files), ensure_ascii=False, separators=(",", ":"))
    GOLDEN.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main(sys.argv[1:])
