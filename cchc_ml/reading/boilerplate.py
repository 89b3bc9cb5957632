"""What on a page is article and what is furniture: menus, counters, captions, by-lines, link lists, told by their wording."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, pairwise

from ..text.sentences import split_sentences

__all__ = ["Block", "Kind", "arrange", "is_prose", "join_lines"]


class Kind(StrEnum):
    """What a block of a page is."""

    HEADLINE = "headline"
    SUBHEADING = "subheading"
    BODY = "body"
    BOILERPLATE = "boilerplate"


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
_SURNAMES = (
    "nguyễn|trần|lê|phạm|hoàng|huỳnh|phan|vũ|võ|đặng|bùi|đỗ|hồ|ngô|dương|lý|đinh|mai|tô|cao|lâm|đoàn|trịnh|lương|tạ|thái|hà|châu|quách|la|lò|vàng|"
    "giàng|thạch|sơn|kim|danh|từ|phùng|tăng|tống|văn|triệu|chu|nông|bế|ma|hứa|khuất|kiều|lưu|mạc|nghiêm|ông|quan|tôn|trương|viên|vi|y|ksor|rơ|siu|h'"
)
# A line of names alone signs an article: LÂM VĂN HƯỞNG (Bình Dương), Châu An - Võ Hải Lam.
_NAMES = re.compile(rf"(?i)^\W*(?:{_SURNAMES})(?:[\s.,\-–—&]+[^\W\d_]+\.?){{1,7}}(?:\s*\([^()]{{2,30}}\))?\W*$")
_CAPITALS = re.compile(r"^\W*(?:[^\W\d_a-zà-ỹđ][^\W\d_]*[\s.,\-–—&]*)+(?:\([^()]{2,30}\))?\W*$")


def _is_names(text: str) -> bool:
    return bool(_NAMES.match(text) and _CAPITALS.match(text)) and len(text.split()) <= 9


# After a line that is only this, titles and teasers of other articles follow.
_RELATED = re.compile(
    r"(?i)^\W*(?:(?:các )?(?:tin|bài)(?: viết)? (?:liên quan|khác|mới(?: nhất)?|cùng chuyên mục|cũ hơn|mới hơn|nổi bật|đọc nhiều)|xem (?:thêm|nhiều)|đọc (?:thêm|nhiều)(?: nhất)?|"
    r"có thể bạn quan tâm|bình luận.{0,12}|ý kiến bạn đọc.{0,12}|tin đọc nhiều|bài đọc nhiều)\W*$"
)
_MARKS = re.compile(r"(?i)\s[|»›▸●⎙]\s|\|.*\||@|www\.|https?:|©|gmt\s*\+")
_RELATED_TO = re.compile(
    r"(?i)^\W*(?:(?:các )?(?:tin|bài)(?: viết)? (?:liên quan|khác|cùng)|xem thêm|đọc thêm)[^.]{0,20}:"
)
_BULLET = re.compile(r"(?i)^(?:[-+–•*▪]\s*|\d{1,2}[.)]\s+|[a-zđ]\)\s+)\w")
# How far down a page its lead may be repeated.
LEAD = 6
# No teaser has this many words.
LONG = 45
_LEGAL = re.compile(r"(?i)mời quý vị theo dõi|tải ứng dụng|ghi rõ nguồn|phát hành lại|giấy phép (?:số|thiết lập|hoạt động)|bản quyền thuộc|chịu trách nhiệm (?:chính|nội dung|xuất bản)|all rights reserved|vui lòng (?:nhập|đăng nhập|để lại)|bạn vui lòng|gõ có dấu|nhập (?:email|nội dung)|đăng ký nhận")  # fmt: skip


def is_prose(text: str) -> bool:
    """Whether a block reads as a paragraph: some words and an end, and no furniture's wording."""
    words = len(text.split())
    if words < 2 or (words < 40 and _LEGAL.search(text)) or _RELATED.match(text):
        return False
    stop = _STOP.search(text)
    if stop and stop[0][0] in ".…":
        # A whole sentence may speak of anything; only a label before a colon, or the marks of a menu, make it furniture.
        if words >= 6 and stop[0][0] == ".":
            labelled = (
                words < 40
                and ":" in text[:40]
                and bool(_OPENING.search(text) or _BYLINE.search(text) or _CAPTION.search(text))
            )
            return not labelled and not (
                words < 15 and (_MARKS.search(text) or _CAPTION.search(text) or _DATE.match(text))
            )
        return words >= 15 or (
            words >= (2 if stop[0][0] == "." else 6) and not _plain_furniture(text) and not _DATE.search(text)
        )
    furniture = words < 40 and (
        _plain_furniture(text)
        if words < 20
        else bool(_MARKS.search(text) or _CAPTION.search(text) or _RELATED_TO.match(text))
    )
    # A question, a quotation or a colon also ends headlines.
    return (words >= 20 if stop else words >= 40) and not furniture


def _plain_furniture(text: str) -> bool:
    return bool(_OPENING.search(text) or _INSIDE.search(text) or _BYLINE.search(text) or _CAPTION.search(text))


def _is_furniture(text: str) -> bool:
    """Whether a block that is no prose is plainly furniture; else it may be a headline or a sub-heading."""
    return bool(
        _OPENING.search(text) or _INSIDE.search(text) or _CAPTION.search(text) or _BYLINE.search(text) or _LEGAL.search(text)
        or (len(text.split()) <= 9 and _DATE.search(text))
        or _is_names(text) or sum(c.isalpha() for c in text) < 4 or len(text.split()) > 40
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
    kinds = [Kind.BODY if is_prose(text) else Kind.BOILERPLATE for text in texts]
    # Below the last long paragraph nothing but short ones follows a box of links: the tail of the page.
    tail = max((i for i, text in enumerate(texts) if kinds[i] is Kind.BODY and len(text.split()) >= LONG), default=-1)
    related, in_list = False, []
    for i, text in enumerate(texts):
        if _RELATED.match(text):
            related = True
        elif related and kinds[i] is Kind.BODY:
            # A teaser is short; a long paragraph, or several sentences above one, is the article going on after the box.
            if len(text.split()) >= LONG or (i < tail and len(split_sentences(text)) > 1):
                related = False
            else:
                kinds[i] = Kind.BOILERPLATE
        in_list.append(related)
    prose = [i for i, kind in enumerate(kinds) if kind is Kind.BODY]
    if prose:
        # The body begins with its first long paragraph, or the short ones straight before it.
        first, last = prose[0], prose[-1]
        title = _key(headline) if headline else None
        named = [i for i in range(len(texts)) if title and _key(texts[i]) == title]
        if not named:
            named = [i for i in range(first) if 4 <= len(texts[i].split()) <= 40 and not _is_furniture(texts[i])][-1:]
        for i in named[-1:]:
            kinds[i] = Kind.HEADLINE
        for i in range(first, last):
            text = texts[i]
            if kinds[i] is Kind.BOILERPLATE and text in items and not _MARKS.search(text):
                kinds[i] = Kind.BODY
            elif (
                kinds[i] is Kind.BOILERPLATE
                and not _is_furniture(text)
                and 2 <= len(text.split()) <= 25
                and not in_list[i]
            ):
                kinds[i] = Kind.BODY if _STOP.search(text) else Kind.SUBHEADING
        for i in range(1, len(texts)):
            listed = kinds[i - 1] is Kind.BODY and (texts[i - 1].endswith(":") or _BULLET.match(texts[i - 1]))
            if kinds[i] is not Kind.BODY and listed and _BULLET.match(texts[i]) and not _MARKS.search(texts[i]):
                kinds[i] = Kind.BODY
        _drop_repeated(texts, kinds)
    return [Block(text, kind) for text, kind in zip(texts, kinds, strict=True)]


def _drop_repeated(texts: Sequence[str], kinds: list[Kind]) -> None:
    """Make furniture of paragraphs that stand a second time, and of a lead that one of the next paragraphs repeats."""
    body = [i for i, kind in enumerate(kinds) if kind is Kind.BODY]
    keys = {i: _key(texts[i]) for i in body}
    seen: set[str] = set()
    for i in body:
        if keys[i] in seen:
            kinds[i] = Kind.BOILERPLATE
        seen.add(keys[i])
    for i, j in combinations(body[:LEAD], 2):
        short, long = sorted((i, j), key=lambda n: len(keys[n]))
        if 80 < len(keys[short]) < len(keys[long]) and keys[short] in keys[long]:
            kinds[short] = Kind.BOILERPLATE


def join_lines(lines: Iterable[str]) -> list[str]:
    """Join the lines of a paragraph that was broken over lines; a blank line always parts.

    A line goes on the one before where it begins with a small letter and that one has no end; in a text that is broken at
    one width all through (a mail, a PDF), also where that one is nearly full.

    Examples
    --------
    >>> join_lines(["Sáng 4/5, lãnh đạo sở và trưởng các phòng họp giao ban tháng tư,", "nghe báo cáo.", "", "Chiều nghỉ."])
    ['Sáng 4/5, lãnh đạo sở và trưởng các phòng họp giao ban tháng tư, nghe báo cáo.', 'Chiều nghỉ.']
    """
    folded = [" ".join(line.split()) for line in lines]
    width = max((len(line) for line in folded if len(line) <= 140), default=0)
    pairs = [(a, b) for a, b in pairwise(folded) if a and b]
    running = sum(len(a) >= 0.7 * width and b[0].islower() and not _STOP.search(a) for a, b in pairs)
    wrapped = running >= 3 and running >= 0.2 * len(pairs) and all(len(line) <= 140 for line in folded)
    joined: list[str] = []
    before = ""  # the last line, where more of its paragraph may follow
    for text in folded:
        full = wrapped and len(before) >= 0.75 * width
        runs_on = text[:1].islower() and len(before) >= 20 and not _is_furniture(before)
        if before and text and not _STOP.search(before) and (full or runs_on):
            joined[-1] = f"{joined[-1]} {text}"
        elif text:
            joined.append(text)
        before = text
    return joined
