"""What on a page is article and what is furniture: menus, counters, captions, by-lines, link lists, told by their wording."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Block", "Kind", "arrange", "is_prose", "join_lines"]


class Kind(StrEnum):
    """What a block of a page is."""

    headline = "headline"
    subheading = "subheading"
    body = "body"
    furniture = "furniture"


@dataclass(frozen=True)
class Block:
    """A block of text and what it is."""

    text: str
    kind: Kind


_STOP = re.compile(r"[.!?…:;][\"'”’»)\]*]*$|[”\"]$")
# A line that is one of these, whatever follows.
_OPENING = re.compile(
    r"(?i)^\W*(?:trang chủ|trang nhất|home\b|menu\b|đăng nhập|đăng ký|sơ đồ|bạn đang ở|tìm kiếm|chia sẻ\b(?!.*\.$)|share\b|in (?:bài|trang)|"
    r"gửi (?:email|bài|ý kiến|bình luận|phản hồi)|cỡ chữ|font|xem cỡ chữ|nghe (?:bài|đọc|tin)|bình luận\b|ý kiến (?:bạn đọc|của bạn)|thích\b|like\b|"
    r"(?:các )?(?:tin|bài)(?: viết)?(?: bài)? (?:liên quan|khác|mới|cùng|cũ|nổi bật|đọc nhiều|xem nhiều|nóng|vắn|trước|sau|tiếp)|xem (?:thêm|nhiều|tiếp)|đọc (?:thêm|nhiều|tiếp)|"
    r"có thể bạn quan tâm|văn bản (?:liên quan|mới)|tài liệu (?:kèm|đính)|tệp (?:tin )?(?:kèm|đính)|tải (?:ứng dụng|về|văn bản|app)|"
    r"từ khóa|từ khoá|tags?\b|chủ đề|chuyên mục|liên kết|thư viện ảnh|video\b|hotline|đường dây nóng|điện thoại:|fax|e-?mail:|địa chỉ:|trụ sở:|"
    r"bản quyền|©|copyright|giấy phép|cơ quan chủ quản|chịu trách nhiệm|tổng biên tập|phó tổng biên tập|ghi rõ nguồn|"
    r"thời tiết|tỷ giá|tỉ giá|giá vàng|chứng khoán|lịch (?:phát sóng|công tác|tiếp)|thăm dò|bình chọn|quảng cáo|nhận (?:bản )?tin|"
    r"tổng (?:số )?(?:lượt )?(?:truy|xem)|lượt (?:truy|xem|đọc)|đang (?:online|truy|xem)|hôm (?:nay|qua):|số (?:lượt|người)|theo dõi (?:chúng tôi|trên|fanpage|\S+ (?:trên|tv))|"
    r"kỳ \d+\s*:|hình \d|chú thích|hộp (?:tin|tư liệu)|giọng đọc|podcast|bảng so sánh|mời (?:bạn đọc|quý|đóng)|số (?:trước|sau):|đã xem|nghe(?: bản tin)?\b.{0,3}[(:]|trực tiếp\b|"
    r"quay lại|trở (?:về|lại)|về (?:đầu )?trang|lên đầu|\[|►|▶|>>|»|›|☎|#)"
)
# A line that has one of these and is no sentence.
_INSIDE = re.compile(
    r"(?i)\s[|»›▸●•·⎙]\s|\s>+\s|\|.*\||facebook|zalo|twitter|youtube|tiktok|fanpage|\bemail\b|lượt (?:truy cập|xem|đọc)|online\b|truy cập:|"
    r"@|\d+\s*°\s*c|ảnh minh h|ảnh (?:tư liệu|chụp|cắt|nhân vật|do |bạn đọc)|phóng to|gmt\s*\+|bình luận|đăng nhập|trang chủ|www\.|https?:|\.(?:docx?|pdf|xlsx?)\b|\(\d{1,2}[/.]\d{1,2}(?:[/.]\d+)?\)$"
)
_CAPTION = re.compile(
    r"(?i)\b(?:ảnh|hình|minh h(?:ọa|oạ)|clip|video|đồ h(?:ọa|oạ)|infographic)\s*:|\((?:ảnh|hình|nguồn|minh h)[^()]*\)\W*$|^ảnh\s*\d"
)
_DATE = re.compile(
    r"(?i)\b\d{1,2} tháng [\w ]{1,9},? \d{4}|\b\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{4}|\bngày \d{1,2}(?:/| tháng )\d{1,2}\b|\d{1,2}:\d{2}\s*(?:am|pm|$)|\bgmt\s*\+"
)
_BYLINE = re.compile(
    r"(?i)^\W*(?:tác giả|tin|bài|ảnh|tin,? ảnh|bài,? ảnh|tin bài|bài và ảnh|tin và ảnh|nguồn|theo|thực hiện|nhóm (?:pv|phóng viên)|p\.?v|bbt|ctv|biên tập|"
    r"người (?:đăng|viết|thực hiện)|quay phim|đăng (?:bởi|ngày|lúc)|ngày (?:đăng|cập nhật|tạo|xuất bản)|cập nhật|xuất bản|phát sóng|viết bởi|đọc bởi|"
    r"ghi chép|phóng sự|phỏng vấn|phóng viên|lược ghi|trích hình|biểu đồ|kỹ thuật|thư của|xem (?:với|cỡ))\b[^.?]{0,90}$|"
    r"\((?:ghi|lược ghi|thực hiện|tổng hợp|lược bớt)\)\W*$|\s(?:thực hiện|ghi|tổng hợp)$"
)
# A line of names alone signs an article: LÂM VĂN HƯỞNG (Bình Dương), Châu An - Võ Hải Lam.
_NAMES = re.compile(r"^\W*[^\W\d_a-zà-ỹđ][^\W\d_]*\.?(?:[\s.,\-–—&]+[^\W\d_a-zà-ỹđ][^\W\d_]*\.?){1,7}(?:\s*\([^()]{2,30}\))?\W*$")
# After a line that is only this, titles and teasers of other articles follow.
_RELATED = re.compile(
    r"(?i)^\W*(?:(?:các )?(?:tin|bài)(?: viết)? (?:liên quan|khác|mới(?: nhất)?|cùng chuyên mục|cũ hơn|mới hơn|nổi bật|đọc nhiều)|xem (?:thêm|nhiều)|đọc (?:thêm|nhiều)(?: nhất)?|"
    r"có thể bạn quan tâm|bình luận.{0,12}|ý kiến bạn đọc.{0,12}|tin đọc nhiều|bài đọc nhiều)\W*$"
)
_BULLET = re.compile(r"(?i)^(?:[-+–•*▪]\s*|\d{1,2}[.)]\s+|[a-zđ]\)\s+)\w")
_LEGAL = re.compile(r"(?i)mời quý vị theo dõi|tải ứng dụng|ghi rõ nguồn|phát hành lại|giấy phép (?:số|thiết lập|hoạt động)|bản quyền thuộc|chịu trách nhiệm (?:chính|nội dung|xuất bản)|all rights reserved|vui lòng (?:nhập|đăng nhập|để lại)|bạn vui lòng|gõ có dấu|nhập (?:email|nội dung)|đăng ký nhận")  # fmt: skip


def is_prose(text: str) -> bool:
    """Whether a block reads as a paragraph: some words and an end, and no furniture's wording."""
    words = len(text.split())
    if words < 2 or (words < 40 and _LEGAL.search(text)) or _RELATED.match(text):
        return False
    furniture = words < 40 and bool(_OPENING.search(text) or _INSIDE.search(text) or _BYLINE.search(text) or _CAPTION.search(text))
    stop = _STOP.search(text)
    if not stop:
        return words >= 40 and not furniture
    # A question, a quotation or a colon also ends headlines.
    if stop[0][0] not in ".…":
        return words >= 20 and not furniture
    return words >= 15 or (not furniture and words >= (2 if stop[0][0] == "." else 6) and not _DATE.search(text))


def _is_furniture(text: str) -> bool:
    """Whether a block that is no prose is plainly furniture; else it may be a headline or a sub-heading."""
    return bool(
        _OPENING.search(text) or _INSIDE.search(text) or _CAPTION.search(text) or _BYLINE.search(text) or _LEGAL.search(text)
        or (len(text.split()) <= 9 and _DATE.search(text))
        or _NAMES.match(text) or sum(c.isalpha() for c in text) < 4 or len(text.split()) > 40
    )  # fmt: skip


def _key(text: str) -> str:
    return " ".join(re.sub(r"\W+", " ", text).lower().split())


def arrange(texts: Sequence[str], *, headline: str | None = None, items: Collection[str] = ()) -> list[Block]:
    """Tell what each block of a page is, in order; a paragraph that stands twice (teaser and body) is body once.

    Parameters
    ----------
    texts : sequence of str
        The blocks from top to bottom, white space folded.
    headline : str, optional
        The headline, where the page names it; otherwise the last line before the body that could be one.
    items : collection of str, optional
        Blocks that are items of a list: body, where they stand in it.
    """
    kinds = [Kind.body if is_prose(text) else Kind.furniture for text in texts]
    related = False
    for i, text in enumerate(texts):
        if _RELATED.match(text):
            related = True
        elif related and kinds[i] is Kind.body:
            # A teaser is short; a long paragraph after a box of links is the article going on.
            if len(text.split()) < 45:
                kinds[i] = Kind.furniture
            else:
                related = False
    prose = [i for i, kind in enumerate(kinds) if kind is Kind.body]
    if prose:
        # The body begins with its first long paragraph, or the short ones straight before it.
        first, last = prose[0], prose[-1]
        title = _key(headline) if headline else None
        named = [i for i in range(len(texts)) if title and _key(texts[i]) == title]
        if not named:
            named = [i for i in range(first) if 4 <= len(texts[i].split()) <= 40 and not _is_furniture(texts[i])][-1:]
        for i in named[-1:]:
            kinds[i] = Kind.headline
        for i in range(first, last):
            text = texts[i]
            if kinds[i] is Kind.furniture and not _is_furniture(text) and 2 <= len(text.split()) <= 25 and not _after_related(texts, i):
                kinds[i] = Kind.body if _STOP.search(text) or text in items else Kind.subheading
        for i in range(1, len(texts)):
            listed = kinds[i - 1] is Kind.body and (texts[i - 1].endswith(":") or _BULLET.match(texts[i - 1]))
            if kinds[i] is not Kind.body and listed and _BULLET.match(texts[i]) and not _is_furniture(texts[i]):
                kinds[i] = Kind.body
        _drop_repeated(texts, kinds)
    return [Block(text, kind) for text, kind in zip(texts, kinds, strict=True)]


def _after_related(texts: Sequence[str], i: int) -> bool:
    """Whether line i stands in a list of links: straight after its heading or after another title in it."""
    while i > 0 and not is_prose(texts[i - 1]):
        i -= 1
        if _RELATED.match(texts[i]):
            return True
    return False


def _drop_repeated(texts: Sequence[str], kinds: list[Kind]) -> None:
    """Make furniture of all but the longest of paragraphs that are the same or the beginning of another."""
    seen: list[tuple[str, int]] = []
    for i in [i for i, kind in enumerate(kinds) if kind is Kind.body]:
        key = _key(texts[i])
        for n, (other, j) in enumerate(seen):
            short, long = sorted((key, other), key=len)
            if long == short or (len(short) > 80 and short in long):
                loser = i if len(key) <= len(other) else j
                kinds[loser] = Kind.furniture
                if loser == j:
                    seen[n] = (key, i)
                break
        else:
            seen.append((key, i))


def join_lines(lines: Iterable[str]) -> list[str]:
    """Join the lines of a paragraph that was broken over lines of about one width; a blank line always parts.

    Examples
    --------
    >>> join_lines(["Sáng 4/5, lãnh đạo sở và trưởng các phòng họp giao ban tháng tư,", "nghe báo cáo.", "", "Chiều nghỉ."])
    ['Sáng 4/5, lãnh đạo sở và trưởng các phòng họp giao ban tháng tư, nghe báo cáo.', 'Chiều nghỉ.']
    """
    joined: list[str] = []
    open_line = ""  # the last line, where more of its paragraph may follow
    for line in lines:
        text = " ".join(line.split())
        if not text:
            open_line = ""
            continue
        broken = 40 <= len(open_line) <= 140 and not _STOP.search(open_line) and not _is_furniture(open_line)
        follows = text[0].islower() or (broken and len(text) >= 40) or (broken and bool(_STOP.search(text)) and not _is_furniture(text))
        if (broken and follows) or (40 <= len(open_line) <= 140 and open_line.endswith(("-", ",")) and text[0].islower()):
            joined[-1] = f"{joined[-1]} {text}"
        else:
            joined.append(text)
        open_line = text
    return joined
