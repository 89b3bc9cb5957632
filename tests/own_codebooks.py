"""Codebooks of one's own for tests, and short paragraphs that are put together from words for them."""

import json
import re
from pathlib import Path

# For each category: its slug, its names, and words that its paragraphs have.
THEMES = (
    ("market", "Chợ, buôn bán", "Market", ("sạp hàng", "tiểu thương", "chợ phiên", "cân đối chứng")),
    ("school", "Trường học", "School", ("học sinh", "lớp học", "cô giáo", "sân trường")),
    ("road", "Đường sá", "Road", ("mặt đường", "ổ gà", "cầu treo", "lề đường")),
    ("water", 'Nước <sạch> & "trong"', 'The "clean" <water>', ("giếng khoan", "bể lọc", "đường ống nước", "trạm bơm")),
    ("forest", "Rừng", "Forest", ("kiểm lâm", "rừng phòng hộ", "cây giống", "bãi gỗ")),
    ("health", "Y tế", "Health", ("trạm xá", "y sĩ", "tiêm chủng", "bệnh nhân")),
    ("sport", "Thể thao", "Sport", ("đội bóng", "sân cỏ", "huấn luyện viên", "giải chạy")),
    ("music", "Âm nhạc", "Music", ("dàn nhạc", "ca sĩ", "đàn bầu", "buổi hòa tấu")),
)
WORD = re.compile(r"\w+")
COLOURS = ("#332288", "#88ccee", "#44aa99", "#117733", "#999933", "#ddcc77", "#cc6677", "#aa4499")
FRAMES = (
    "Sáng qua, người dân xã kể với chúng tôi về {a}, rồi nói mãi về {b}.",
    "Ở thôn bên, {a} đã đổi khác nhiều. Ai cũng nhắc đến {b} mỗi khi gặp nhau.",
    "Trời mưa từ sớm. Dù vậy {a} vẫn đông người, và {b} không lúc nào vắng.",
    "Năm nay {a} được chăm chút hơn, còn {b} thì phải chờ đến mùa sau.",
)
PLAIN = (
    "Trời mưa từ sớm, gió thổi mạnh qua cánh đồng.",
    "Mùa này lúa đã chín vàng hai bên bờ sông.",
    "Ông lão ngồi uống trà và nhìn ra ngõ.",
    "Đêm xuống, cả xóm lặng yên dưới ánh trăng.",
)


def quoted(text: str) -> str:
    """Return a text as YAML has it, whatever is in it."""
    return json.dumps(text, ensure_ascii=False)


def codebook_yaml(n: int) -> str:
    """Return a codebook of the first n categories."""
    entries = []
    for (slug, vi, en, words), colour in zip(THEMES[:n], COLOURS, strict=False):
        name = " ".join(WORD.findall(vi))
        patterns = "\n".join(f"    - {word}" for word in words)
        entries.append(
            f"- slug: {slug}\n  vi: {quoted(vi)}\n  en: {quoted(en)}\n"
            f'  colour: "{colour}"\n  definition: {quoted(f"What is said of {en}.")}\n'
            f"  definition_vi: {quoted(f'Đoạn văn nói về {vi}.')}\n  counts:\n    - text: Chúng tôi thấy {words[0]}.\n"
            f"      why: it names {words[0]}\n  names:\n    - {name}\n  patterns:\n{patterns}\n"
        )
    return "# For tests.\n" + "\n".join(entries)


def own_rows(n: int, documents: int = 12) -> list[dict[str, object]]:
    """Return labelled paragraphs: in each document one of each category, one of two, and one of none."""
    rows: list[dict[str, object]] = []
    for d in range(documents):
        for k, (slug, _, _, words) in enumerate(THEMES[:n]):
            text = FRAMES[(d + k) % 4].format(a=words[d % 4], b=words[(d + 1) % 4])
            rows.append({"text": f"{text} Bài thứ {d}.", "labels": [slug], "document": f"bài {d}"})
        first, second = THEMES[d % n], THEMES[(d + 1) % n]
        both = f"{FRAMES[d % 4].format(a=first[3][d % 4], b=second[3][(d + 2) % 4])} Bài thứ {d}."
        labels = [theme[0] for theme in THEMES if theme in (first, second)]
        rows.append({"text": both, "labels": labels, "document": f"bài {d}"})
        rows.append({"text": f"{PLAIN[d % 4]} Bài thứ {d}.", "labels": [], "document": f"bài {d}"})
    return [{"id": f"r{i}", **row} for i, row in enumerate(rows)]


def write_own_rows(path: Path, n: int, documents: int = 12) -> Path:
    """Write `own_rows` as JSON Lines."""
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in own_rows(n, documents))
    path.write_text("".join(lines), "utf8")
    return path
