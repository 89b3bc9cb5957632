"""The wording of boilerplate on Vietnamese news pages: one table of patterns for each sort of boilerplate.

To teach the page reader a new phrase, add a row to the table that fits. Rows are regular expressions; upper and lower
case do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = [
    "BULLET",
    "BYLINE",
    "CAPITALS",
    "CAPTION",
    "DATE_LINE",
    "END_OF_SENTENCE",
    "LEGAL_NOTICE",
    "MENU_MARKS",
    "NAMES",
    "OPENING",
    "PART",
    "RELATED_HEADING",
    "RELATED_LABEL",
]


def _any_of(rows: Iterable[str], pattern: str = "%s") -> re.Pattern[str]:
    """Compile a pattern that matches where one of the rows does; ``%s`` is the place of the rows."""
    return re.compile(pattern.replace("%s", "(?:" + "|".join(rows) + ")"), re.IGNORECASE)


# The end of a sentence, with its closing quotes; or a closing quote alone.
END_OF_SENTENCE = re.compile(r"[.!?…:;][\"'”’»)\]*]*$|[”\"]$")

# A line that begins with one of these is boilerplate, unless it is a sentence.
OPENING = _any_of(
    [
        # navigation
        r"trang chủ|trang nhất|home\b|menu\b|sơ đồ|bạn đang ở|chủ đề|chuyên mục|liên kết|số (?:trước|sau):",
        r"quay lại|trở (?:về|lại)|về (?:đầu )?trang|lên đầu|\[|►|▶|>>|»|›|☎|#",
        # tools of the page
        r"đăng nhập|đăng ký|tìm kiếm|chia sẻ\b(?!.*\.$)|share\b|in (?:bài|trang)|cỡ chữ|font|xem cỡ chữ",
        r"gửi (?:email|bài|ý kiến|bình luận|phản hồi)|bình luận\b|ý kiến (?:bạn đọc|của bạn)|thích\b|like\b",
        r"nghe (?:bài|đọc|tin)|nghe(?: bản tin)?\b.{0,3}[(:]|giọng đọc|podcast|video\b|trực tiếp\b|thư viện ảnh",
        r"tải (?:ứng dụng|về|văn bản|app)|theo dõi (?:chúng tôi|trên|fanpage|\S+ (?:trên|tv))|nhận (?:bản )?tin",
        # other articles and documents
        r"(?:các )?(?:tin|bài)(?: viết)?(?: bài)? "
        r"(?:liên quan|khác|mới|cùng|cũ|nổi bật|đọc nhiều|xem nhiều|nóng|vắn|trước|sau|tiếp)",
        r"xem (?:thêm|nhiều|tiếp)|đọc (?:thêm|nhiều|tiếp)|có thể bạn quan tâm|đã xem|từ khóa|từ khoá|tags?\b",
        r"văn bản (?:liên quan|mới)|tài liệu (?:kèm|đính)|tệp (?:tin )?(?:kèm|đính)",
        # who publishes the page
        r"hotline|đường dây nóng|điện thoại:|fax|e-?mail:|địa chỉ:|trụ sở:|bản quyền|©|copyright|giấy phép",
        r"cơ quan chủ quản|chịu trách nhiệm|tổng biên tập|phó tổng biên tập|ghi rõ nguồn",
        # boxes beside the article
        r"thời tiết|tỷ giá|tỉ giá|giá vàng|chứng khoán|lịch (?:phát sóng|công tác|tiếp)|thăm dò|bình chọn|quảng cáo",
        r"kỳ \d+\s*:|hình \d|chú thích|hộp (?:tin|tư liệu)|bảng so sánh|mời (?:bạn đọc|quý|đóng)",
        # counters of visitors
        r"tổng (?:số )?(?:lượt )?(?:truy|xem)|lượt (?:truy|xem|đọc)|đang (?:online|truy|xem)|hôm (?:nay|qua):",
        r"số (?:lượt|người)",
    ],
    r"^\W*%s",
)

# A line that has one of these somewhere is boilerplate, unless it is a sentence.
PART = _any_of(
    [
        # marks between the entries of a menu
        r"\s[|»›▸●•·⎙]\s|\s>+\s|\|.*\|",
        # addresses and files
        r"facebook|zalo|twitter|youtube|tiktok|fanpage|\bemail\b|@|www\.|https?:|\.(?:docx?|pdf|xlsx?)\b",
        # counters of visitors, weather, clock
        r"lượt (?:truy cập|xem|đọc)|online\b|truy cập:|\d+\s*°\s*c|gmt\s*\+",
        # pictures
        r"ảnh minh h|ảnh (?:tư liệu|chụp|cắt|nhân vật|do |bạn đọc)|phóng to",
        # tools of the page
        r"bình luận|đăng nhập|trang chủ",
        # the date behind the title of another article
        r"\(\d{1,2}[/.]\d{1,2}(?:[/.]\d+)?\)$",
    ]
)

# Marks that a sentence does not have: of menus, of addresses, of the clock.
MENU_MARKS = _any_of([r"\s[|»›▸●⎙]\s|\|.*\|", r"@|www\.|https?:", r"©", r"gmt\s*\+"])

# The caption of a picture.
CAPTION = _any_of(
    [
        r"\b(?:ảnh|hình|minh h(?:ọa|oạ)|clip|video|đồ h(?:ọa|oạ)|infographic)\s*:",
        r"\((?:ảnh|hình|nguồn|minh h)[^()]*\)\W*$",
        r"^ảnh\s*\d",
    ]
)

# A date or an hour.
DATE_LINE = _any_of(
    [
        r"\b\d{1,2} tháng [\w ]{1,9},? \d{4}",
        r"\b\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{4}",
        r"\bngày \d{1,2}(?:/| tháng )\d{1,2}\b",
        r"\d{1,2}:\d{2}\s*(?:am|pm|$)",
        r"\bgmt\s*\+",
    ]
)

_BYLINE_LABELS = _any_of(
    [
        r"tác giả|tin|bài|ảnh|tin,? ảnh|bài,? ảnh|tin bài|bài và ảnh|tin và ảnh|nguồn|theo|thực hiện",
        r"nhóm (?:pv|phóng viên)|p\.?v|bbt|ctv|biên tập|người (?:đăng|viết|thực hiện)|quay phim",
        r"đăng (?:bởi|ngày|lúc)|ngày (?:đăng|cập nhật|tạo|xuất bản)|cập nhật|xuất bản|phát sóng|viết bởi|đọc bởi",
        r"ghi chép|phóng sự|phỏng vấn|phóng viên|lược ghi|trích hình|biểu đồ|kỹ thuật|thư của|xem (?:với|cỡ)",
    ]
).pattern
# The line that says who wrote or published an article, and when.
BYLINE = _any_of(
    [
        rf"^\W*{_BYLINE_LABELS}\b[^.?]{{0,90}}$",
        r"\((?:ghi|lược ghi|thực hiện|tổng hợp|lược bớt)\)\W*$",
        r"\s(?:thực hiện|ghi|tổng hợp)$",
    ]
)

_SURNAMES = (
    "nguyễn|trần|lê|phạm|hoàng|huỳnh|phan|vũ|võ|đặng|bùi|đỗ|hồ|ngô|dương|lý|đinh|mai|tô|cao|lâm|đoàn|trịnh|lương|tạ|thái|"
    "hà|châu|quách|la|lò|vàng|giàng|thạch|sơn|kim|danh|từ|phùng|tăng|tống|văn|triệu|chu|nông|bế|ma|hứa|khuất|kiều|lưu|"
    "mạc|nghiêm|ông|quan|tôn|trương|viên|vi|y|ksor|rơ|siu|h'"
)
# Names alone on a line are the signature of an article: LÂM VĂN HƯỞNG (Bình Dương), Châu An - Võ Hải Lam.
NAMES = re.compile(rf"(?i)^\W*(?:{_SURNAMES})(?:[\s.,\-–—&]+[^\W\d_]+\.?){{1,7}}(?:\s*\([^()]{{2,30}}\))?\W*$")
# Every word begins with a capital. Here upper and lower case do matter.
CAPITALS = re.compile(r"^\W*(?:[^\W\d_a-zà-ỹđ][^\W\d_]*[\s.,\-–—&]*)+(?:\([^()]{2,30}\))?\W*$")

# A line that is only this is the heading of a box: titles and teasers of other articles follow.
RELATED_HEADING = _any_of(
    [
        r"(?:các )?(?:tin|bài)(?: viết)? "
        r"(?:liên quan|khác|mới(?: nhất)?|cùng chuyên mục|cũ hơn|mới hơn|nổi bật|đọc nhiều)",
        r"xem (?:thêm|nhiều)|đọc (?:thêm|nhiều)(?: nhất)?|có thể bạn quan tâm|tin đọc nhiều|bài đọc nhiều",
        r"bình luận.{0,12}|ý kiến bạn đọc.{0,12}",
    ],
    r"^\W*%s\W*$",
)
# The same before a colon, with the title of another article behind it.
RELATED_LABEL = _any_of(
    [r"(?:các )?(?:tin|bài)(?: viết)? (?:liên quan|khác|cùng)|xem thêm|đọc thêm"], r"^\W*%s[^.]{0,20}:"
)

# The mark or number before an item of a list.
BULLET = _any_of([r"[-+–•*▪]\s*", r"\d{1,2}[.)]\s+", r"[a-zđ]\)\s+"], r"^%s\w")

# What the publisher tells or asks the reader; sentences as well as labels.
LEGAL_NOTICE = _any_of(
    [
        r"mời quý vị theo dõi|tải ứng dụng|ghi rõ nguồn|phát hành lại|giấy phép (?:số|thiết lập|hoạt động)",
        r"bản quyền thuộc|chịu trách nhiệm (?:chính|nội dung|xuất bản)|all rights reserved",
        r"vui lòng (?:nhập|đăng nhập|để lại)|bạn vui lòng|gõ có dấu|nhập (?:email|nội dung)|đăng ký nhận",
    ]
)
