"""The wording of boilerplate on Vietnamese news pages: one table of patterns for each sort of boilerplate.

To teach the page reader a new phrase, add a row to the table that fits. Rows are regular expressions; upper and lower
case do not matter. The rules that use the tables stand in `cchc_ml.reading.boilerplate` and `cchc_ml.reading.dates`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = [
    "BORDER",
    "BULLET",
    "BYLINE_LABEL",
    "BYLINE_REST",
    "CAPTION",
    "CLOCK",
    "CREDIT_END",
    "DATE",
    "DATE_LABEL",
    "DATE_OF_ELSE",
    "DATE_PLACE",
    "DATE_SURROUNDINGS",
    "DOCUMENT_END",
    "DOCUMENT_LINE",
    "END_OF_SENTENCE",
    "FILE_NAME",
    "GENRE",
    "LABEL",
    "LEGAL_NOTICE",
    "MENU_MARKS",
    "NAME_JOINT",
    "NAME_TITLE",
    "NO_AUTHOR",
    "NUMBERING",
    "OPENING",
    "OPENING_WORD",
    "ORGANISATION",
    "PART",
    "PARTIAL_DATE",
    "PART_OF_SHORT_LINE",
    "PLACE",
    "POST_COUNTER",
    "POST_END",
    "POST_TIME",
    "RELATED_HEADING",
    "RELATED_LABEL",
    "SECTION",
    "SIGNATURE",
    "SITE_NAME",
    "SOCIAL_ACTION",
    "SOCIAL_NAME",
    "SPEAKER",
    "SURNAME",
]


def _any_of(rows: Iterable[str], pattern: str = "%s") -> re.Pattern[str]:
    """Compile a pattern that matches where one of the rows does; ``%s`` is the place of the rows."""
    return re.compile(pattern.replace("%s", "(?:" + "|".join(rows) + ")"), re.IGNORECASE)


# The end of a sentence, with its closing quotes and the emoji behind it; or a closing quote alone.
END_OF_SENTENCE = re.compile('[.!?…:;]["\'”’»)\\]*]*(?:\\s?[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])*$|[”"]$')

# The opening of a line


# A line that begins with one of these is boilerplate, whatever follows, unless it is a sentence.
OPENING = _any_of(
    [
        # navigation
        r"trang chủ|trang nhất|menu\b|bạn đang (?:ở|xem)|số (?:trước|sau):|skip to (?:main )?content",
        r"về (?:đầu )?trang\b|lên đầu|►|▶|>>|»|›|☎|☰|🔍|#\w",
        # tools of the page
        r"cỡ chữ|font\b|xem (?:với )?cỡ chữ|mã qr|nghe (?:bài|đọc|toàn bộ|lại)",
        r"nghe(?: bản tin)?\b.{0,3}[(:]",
        r"(?:in|gửi|lưu) (?:bài|trang|email)(?: viết)?\b|thời (?:lượng|gian đọc)|\[[+x]\]",
        r"đang tải\W*$|loading\W*$|google news|follow us|share (?:this|on)\b|click to|print this|email this",
        # other articles and documents
        r"(?:các )?(?:tin|bài)(?: viết)?(?: bài)? (?:liên quan|cùng chuyên mục|đọc nhiều|xem nhiều|nên đọc|dự thi)",
        r"\d+ bình luận|bạn nghĩ gì|có thể bạn quan tâm|mời (?:bạn|quý vị|quý khách) xem",
        # who publishes the page
        r"bản quyền (?:thuộc|nội dung|của)|©|copyright|cơ quan chủ quản",
        r"chịu trách nhiệm (?:chính|nội dung|xuất bản)|ghi rõ nguồn",
        r"powered by",
        # boxes beside the article
        r"hình \d|mời (?:bạn đọc|quý vị|quý khách)",
        # counters of visitors
        r"tổng (?:số )?(?:lượt )?(?:truy cập|xem)|lượt (?:truy cập|xem|đọc)|đang (?:online|truy cập|xem\W*\d)",
        r"hôm (?:nay|qua)\s*:",
    ],
    r"^\W*%s",
)

# A line that begins with one of these is boilerplate too. But if it stands in <h1> to <h4>, or if it is the line above
# the date, it may be the headline: "[Lược ghi] Phiên chất vấn chiều 8/12", "Đường dây nóng 16/5: dân hỏi".
LABEL = _any_of(
    [
        r"\[|⚠|hộp (?:tin|tư liệu)(?!\s*:\s*\S)|số hôm nay\b|thông tin (?:bạn đọc|tòa soạn)|bảng so sánh",
        r"(?:kỳ|bài) \d+\s*:",
        r"điện thoại:|e-?mail:|địa chỉ:|trụ sở:|giấy phép(?: số)?\s*:?\s*\d|chuyên mục\b|chủ đề\s*:",
        r"chuyên trang\b|nóng\s*:|biểu đồ\b|thư viện ảnh",
    ],
    r"^\W*%s",
)

# A word that opens boilerplate as well as headlines: "Đăng ký | Đăng nhập" and "Đăng ký khai sinh trực tuyến". It
# decides only if nothing, a mark or very few words follow.
OPENING_WORD = _any_of(
    [
        r"home|hotline|đường dây nóng|fax|podcast|video|trực tiếp|infographics?|clip|media|nghe tin|bản quyền",
        r"giọng đọc",
        r"chú thích|sơ đồ|chủ đề|liên kết|quay lại|trở (?:về|lại)|tổng biên tập|phó tổng biên tập",
        r"đăng nhập|đăng ký|tìm kiếm|chia sẻ|share\b|bình luận|thích\b|like\b|trả lời\b|reply\b|search\b|print\b",
        r"gửi (?:ý kiến|bình luận|phản hồi)|ý kiến (?:bạn đọc|của bạn)|tải (?:ứng dụng|về|văn bản|app)",
        r"theo dõi|nhận (?:bản )?tin|phóng to|đọc (?:thêm|nhiều|tiếp)|xem (?:thêm|nhiều|tiếp)|đã xem|từ khóa",
        r"từ khoá|tags?\b",
        r"(?:các )?(?:tin|bài)(?: viết)?(?: bài)? (?:khác|mới|cũ|nổi bật|nóng|vắn|trước|sau|tiếp|đã đưa)",
        r"văn bản (?:liên quan|mới)|tài liệu (?:kèm|đính)|tệp (?:tin )?(?:kèm|đính)",
        r"thời tiết|tỷ giá|tỉ giá|giá vàng|chứng khoán|lịch (?:phát sóng|công tác|tiếp)|thăm dò|bình chọn|quảng cáo",
        r"số (?:lượt|người)|previous|next\b|categor(?:y|ies)|archives?\b|recent\b|comments?\b|posted\b|filed\b",
        r"tagged\b",
    ],
    r"^\W*%s(?!\w)",
)

# A mark or number behind an opening word.
BORDER = re.compile(r"[:|/>»›▸●•·⎙▶▪\[(–—\-\d…✉👍]|f\b")

# By-lines and captions


# What stands before a name in a by-line: "Tin, ảnh: Hải Đăng". It decides only if a colon, a name, an hour or nothing
# follows.
BYLINE_LABEL = _any_of(
    [
        r"tin,? ảnh|bài,? ảnh|tin,? bài|bài và ảnh|tin và ảnh|ảnh và clip|tác giả|tin|bài|ảnh",
        r"nguồn(?: tin| ảnh)?|theo|thực hiện",
        r"p\.?v|bbt|ctv|btv|biên tập|biên dịch|người (?:đăng|viết|thực hiện|đọc|ký|gửi)|quay phim",
        r"đăng (?:bởi|ngày|lúc)|ngày (?:đăng|cập nhật|tạo|xuất bản)|cập nhật|xuất bản|phát sóng|viết bởi|đọc bởi",
        r"phóng viên|trích hình|biểu đồ|kỹ thuật|đồ họa|đồ hoạ|minh họa|minh hoạ|xem (?:với|cỡ)|tổng hợp|chuyên mục",
        r"by|author|posted (?:by|on)|written by|source",
    ],
    r"^\W*%s(?!\w)",
)
# The genre of an article before the name of its author: "Ký sự của PHÓ ĐỨC LẬP". A headline may begin with it too:
# "Phỏng vấn: “Khó nhất là đám lưng chừng”", so even behind a colon only a name decides.
GENRE = _any_of(
    [
        r"ghi chép|phóng sự(?: ảnh)?|phỏng vấn|lược ghi|ghi nhanh|ghi|bút ký|ký sự|ký|tường thuật|tùy bút",
        r"tản văn|thư|loạt bài",
        r"chùm ảnh|bài viết",
    ],
    r"^\W*%s(?: của| theo)?(?: ông| bà| anh| chị| em)?(?!\w)",
)
# What follows a label in a by-line and is not a name: "Ảnh minh họa", "Cập nhật lúc 21:40".
BYLINE_REST = _any_of(
    [
        r"minh h(?:ọa|oạ)|tư liệu|sưu tầm|internet|tổng hợp|cộng tác viên|phóng viên|nội bộ|báo chí",
        r"ban biên tập|trên mạng|khác",
        r"(?:lúc|ngày|vào|lần cuối|mới nhất)\s*(?:lúc|ngày)?\s*:?\s*\d|\d{1,2}\s*[:hg/.-]\s*\d",
        r"(?:nhóm )?(?:pv|ctv|bbt|phóng viên)\b",
    ],
    r"^\W*%s",
)
# The end of a line that says who made an article: "Hải Đăng (thực hiện)", "Sở Nội vụ cung cấp".
CREDIT_END = _any_of(
    [
        r"\((?:ghi|lược ghi|thực hiện|tổng hợp|lược bớt|biên tập|lược dịch|sưu tầm|đã ký)\)",
        r"\s(?:thực hiện|ghi|tổng hợp|cung cấp|biên tập|lược ghi|sưu tầm)",
        r"(?:^|\s)(?:biên tập |lược ghi |ghi )?(?:từ|theo) (?:băng|lời kể)\b.{0,40}",
    ],
    r"%s\W*$",
)
# The first words of an office, a newspaper or a group of authors.
ORGANISATION = _any_of(
    [
        r"báo(?! cáo| động)|cổng|sở(?! hữu)|bộ(?! máy| mặt)|ubnd|hđnd|ủy ban|uỷ ban|đài|trang(?! bị)|tạp chí",
        r"ttxvn|thông tấn|vtv|vov",
        r"văn phòng|vp|phòng(?!,? chống)|ban(?! hành)|cục(?! diện)|chi cục|tổng cục|vụ(?! việc)|trung tâm",
        r"công an|thanh tra",
        r"tòa soạn|toà soạn|bbt|nhóm|tổ(?! chức)|đoàn(?! kết)|hội(?! nghị| thi| thảo| họp| nhập)|công chức",
        r"thư ký|trạm|nhà báo",
        r"chính phủ|quốc hội|tỉnh ủy|huyện ủy|thành ủy|đảng ủy",
    ],
    r"^\W*%s(?!\w)",
)
# A line that is the name of a site: it stands above the headline.
SITE_NAME = _any_of(
    [
        r"(?:cổng|trang)(?: thông)? (?:thông tin|ttđt|tin|điện tử)",
        r"(?:báo|nhật báo|thời báo|tuần báo)(?! cáo| chí| động)",
        r"đài (?:pt|phát thanh|truyền hình|tiếng nói)|tạp chí|website|hệ thống thông tin",
    ],
    r"^\W*%s(?!\w)[^.?!:“]{0,80}$",
)
SURNAME = _any_of(
    [
        r"nguyễn|trần|lê|phạm|hoàng|huỳnh|phan|vũ|võ|đặng|bùi|đỗ|hồ|ngô|dương|lý|đinh|mai|tô|cao|lâm|đoàn",
        r"trịnh|lương|tạ|thái",
        r"hà|châu|quách|la|lã|lò|vàng|giàng|thạch|sơn|kim|danh|từ|phùng|tăng|tống|văn|triệu|chu|nông|bế|ma|hứa",
        r"khuất|kiều|lưu",
        r"mạc|nghiêm|ông|quan|tôn|trương|viên|vi|y|ksor|rơ|siu|h'|đàm|khúc|bạch|thân|phó|sầm|quàng|cầm|điêu",
        r"đào|đậu|tiêu|ninh|âu",
    ],
    r"^%s$",
)
# Places that begin like a surname: as a sub-heading they are not a signature.
PLACE = _any_of(
    [
        r"hà (?:nội|giang|nam|tĩnh|tiên|đông|tây)|sơn la|sơn tây|cao bằng|lâm đồng|thái (?:bình|nguyên)",
        r"ninh (?:bình|thuận)",
        r"lai châu|châu (?:á|âu|phi|đốc|thành)|la mã|lý sơn|phan (?:thiết|rang)|vũ quang|từ sơn|bạch long vĩ",
        r"kim (?:sơn|bảng)",
    ],
    r"^\W*%s\W*$",
)
# What stands between the names of several authors.
NAME_JOINT = re.compile(r"(?i)\s*[,;&/–—-]\s*|\s+-\s+|\s+(?:và|cùng|từ)\s+")
# What stands before a name.
NAME_TITLE = _any_of(
    [
        r"(?:pgs|gs|ts|ths|ks|kts|bs|ls|pv|btv|ctv|mc|nsnd|nsưt)\.?|luật sư|bác sĩ|bác sỹ|nhà báo|tiến sĩ",
        r"thạc sĩ|phóng viên",
        r"biên tập viên|nhóm pv|nhóm phóng viên",
    ],
    r"^\W*(?:%s[\s.,:]+)+",
)

# The caption of a picture.
CAPTION = _any_of(
    [
        r"\b(?:ảnh|hình|minh h(?:ọa|oạ)|clip|video|đồ h(?:ọa|oạ)|infographic)\s*:",
        r"\((?:ảnh|hình|nguồn|minh h)[^()]*\)\W*$",
        r"^ảnh\s*\d|^ảnh [^:.]{0,20}:|^quang cảnh\b[^.]*$",
        r"ảnh minh h|ảnh (?:tư liệu|chụp|cắt|nhân vật|do |bạn đọc|internet)",
    ]
)
# A caption that is the name of a file: IMG_2041.JPG, z5021478852_a1.
FILE_NAME = re.compile(
    r"(?i)^\S+\.(?:jpe?g|png|gif|webp|bmp|mp4|docx?|pdf|xlsx?)$|^(?:img|dsc|image|photo|z\d{5})[\w-]*\d$"
)

# Somewhere in a line


# A line that has one of these somewhere is boilerplate, unless it is a sentence.
PART = _any_of(
    [
        # marks between the entries of a menu
        r"\s[|»›▸●•·⎙]\s|\s>+\s|\|.*\|",
        # addresses and files
        r"@|www\.|https?:|\.(?:docx?|pdf|xlsx?)\b",
        # counters of visitors, weather, clock
        r"truy cập:|\d+\s*°\s*c|gmt\s*\+|\b\d+ phút đọc",
        # pictures
        r"📷",
        # tools of the page
        r"trang chủ|viết bình luận|tại đây\W*$",
        # the beginning of another article
        r"(?:…|\.\.\.)\W*(?:đọc tiếp|xem tiếp|xem thêm|chi tiết|read more|continue reading)\W*$",
        r"\b(?:đọc tiếp|xem chi tiết|read more|continue reading)\W*$",
        # the date behind the title of another article
        r"\(\d{1,2}[/.]\d{1,2}(?:[/.]\d+)?\)$",
    ]
)
# The same for a line of few words only: a headline may have them too.
PART_OF_SHORT_LINE = _any_of(
    [r"lượt (?:truy cập|xem|đọc)|online\b|bình luận|đăng nhập|\bemail\b|phóng to|fanpage|views?\b|comments?\b"]
)
# A line with two of these names, or with one and an action, asks to share or follow.
SOCIAL_NAME = _any_of(
    [r"facebook|zalo|twitter|youtube|tiktok|instagram|pinterest|linkedin|whatsapp|google news|telegram"]
)
SOCIAL_ACTION = _any_of([r"chia sẻ|theo dõi|thích|like|share|follow|fanpage|kết nối|tweet|quan tâm|gửi tin"])

# Marks that a sentence does not have: of menus, of addresses, of the clock.
MENU_MARKS = _any_of([r"\s[|»›▸●⎙]\s|\|.*\|", r"@|www\.|https?:", r"©", r"gmt\s*\+"])

# A line that is only this is the heading of a box: titles and teasers of other articles follow.
RELATED_HEADING = _any_of(
    [
        r"(?:các )?(?:tin|bài)(?: viết)?(?: bài)? "
        r"(?:liên quan|khác|mới(?: nhất| đăng)?|cùng (?:chuyên mục|loại|chủ đề)|cũ hơn|mới hơn|nổi bật|đọc nhiều|"
        r"xem nhiều|đã đưa)",
        r"xem (?:thêm|nhiều)|đọc (?:thêm|nhiều)(?: nhất)?|có thể bạn quan tâm|tin đọc nhiều|bài đọc nhiều",
        r"tin tức liên quan",
        r"bình luận.{0,12}|ý kiến bạn đọc.{0,12}|gửi (?:bình luận|ý kiến|phản hồi)(?: của bạn)?",
        r"related (?:posts?|articles?|news)|recent (?:posts?|comments?)|you may also like",
        r"leave a (?:reply|comment).{0,20}",
        r"(?:no |\d+ )?comments?|trả lời hủy|để lại (?:một )?bình luận|viết bình luận",
    ],
    r"^\W*%s\W*$",
)
# The same before a colon, with the title of another article behind it.
RELATED_LABEL = _any_of(
    [r"(?:các )?(?:tin|bài)(?: viết)? (?:liên quan|khác|cùng)|xem thêm|đọc thêm|related|see also"], r"^\W*%s[^.]{0,20}:"
)

# What the publisher tells or asks the reader; sentences as well as labels.
LEGAL_NOTICE = _any_of(
    [
        r"mời quý vị theo dõi|tải ứng dụng|ghi rõ nguồn|phát hành lại|giấy phép (?:số|thiết lập|hoạt động)",
        r"thể hiện (?:góc nhìn|quan điểm)|tòa soạn (?:đã chuyển|giữ)|bản quyền thuộc",
        r"chịu trách nhiệm (?:chính|nội dung|xuất bản)|all rights reserved",
        r"vui lòng (?:nhập|đăng nhập|để lại)|bạn vui lòng|gõ có dấu|nhập (?:email|nội dung)",
        r"đăng ký nhận (?:bản )?tin",
        # WordPress in Vietnamese and in English
        r"email của bạn sẽ không|các trường bắt buộc|lưu tên của tôi|bạn phải đăng nhập để gửi",
        r"your email address|required fields|save my name|comments are closed|click to (?:share|print|email)",
        r"like loading",
        r"this entry was posted|bookmark the permalink|notify me of|you must be logged in|type your search",
    ]
)

# Dates


# A date inside a line.
DATE = _any_of(
    [
        r"\b\d{1,2} tháng [\w ]{1,9},? \d{4}",
        r"\b\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{4}",
        r"\bngày \d{1,2}(?:/| tháng )\d{1,2}\b",
        r"\d{1,2}:\d{2}\s*(?:am|pm|$)",
        r"\bgmt\s*\+",
    ]
)
# A day without its year, or an hour. A line that has nothing else but a name is a date line.
PARTIAL_DATE = _any_of(
    [r"\d{1,2}\s*[:hg]\s*\d{2}(?::\d{2})?", r"(?:\bngày )?\b\d{1,2}(?:/| tháng )\d{1,2}\b", r"\bgmt\s*\+?\s*\d*"]
)
# What stands beside a date in a date line and is not a word of a title: labels, hours, counters, fonts.
DATE_SURROUNDINGS = _any_of(
    [
        r"\d{1,2}\s*[:hg]\s*\d{2}(?::\d{2})?(?:\s*(?:am|pm|sa|ch))?|gmt\s*\+?\s*\d*(?::\d+)?|utc|am|pm",
        r"\d+\s*phút đọc",
        r"ngày|lúc|đăng|cập nhật|xuất bản|phát sóng|phát hành|đưa tin|thời gian|bởi|người|viết|tạo|gửi",
        r"lần cuối|số|phát",
        r"chuyên mục|(?:lượt|số lần|số lượt) (?:xem|đọc|truy cập)|đã xem|hits|views?|thứ|giờ|phút|đọc|posted",
        r"updated|published|on|by|at",
        r"tác giả|phóng viên|p\.?v|tin|bài|ảnh|nguồn|biên tập|quay phim|kỹ thuật",
        r"\d[\d.,]*",
    ],
    r"(?<!\w)%s(?!\w)",
)
# The label of a date.
DATE_LABEL = _any_of(
    [
        r"ngày (?:đăng|cập nhật|xuất bản|tạo|viết|gửi|phát hành|đưa tin)|đăng (?:ngày|lúc|tin|bởi)|cập nhật",
        r"xuất bản|thời gian đăng",
        r"posted|published|updated",
    ],
    r"(?<!\w)%s(?!\w)",
)
# A date that is not that of the article, if there is another one: "Ngày gửi: 4/11/2024 - Ngày trả lời: 19/11/2024".
DATE_OF_ELSE = _any_of(
    [r"ngày (?:gửi|hỏi|nhận|ban hành|có hiệu lực|hiệu lực|hết hạn)"], r"%s\s*:?\s*\d{1,2}[/.-]\d{1,2}[/.-]\d{4}"
)
# The place and date of a document: "Hà Nội, ngày 5 tháng 9 năm 2021".
DATE_PLACE = re.compile(
    r"(?i)^[^\d:.;|]{2,40},\s*ngày\s+\d{1,2}\s*(?:tháng|[/.-])\s*\d{1,2}\s*(?:năm|[/.-])\s*\d{4}\W*$"
)
# The clock of a page shows the day on which it was saved.
CLOCK = _any_of(
    [
        r"hôm nay|bây giờ|today\b|âm lịch|°\s*c\b|thời tiết|\brss\b|đăng nhập|tìm kiếm|liên hệ|english",
        r"e-?paper|báo in|số báo",
        r"đang (?:online|truy cập|trực tuyến)|\bonline\s*:",
    ]
)

# What a page says of itself


# A line that signs an article, with the names in it. They end where the next label or a date begins.
SIGNATURE = re.compile(
    r"(?i)^\W*(?:tác giả(?: bài viết)?|tin,? ảnh|bài,? ảnh|tin và ảnh|bài và ảnh|tin bài|tin|bài|người viết|thực hiện|"
    r"theo|phóng viên|phỏng vấn|biên tập|người đăng|ghi chép|viết bởi|đăng bởi)\s*:\s*"
    r"([^:|]{3,60}?)(?=$|\s*[|(]|\s+(?:ngày|cập nhật|vào|lúc|ảnh|kỹ thuật|quay phim|lượt|thứ)\b|"
    r"[\s,–-]*\d{1,2}[/:.-]\d)"
)
# What content management systems write where there is no author.
NO_AUTHOR = _any_of(
    [
        r"https?:|www\.|\.(?:vn|com|net|org)\b|@|^admin|admin\w*$|administrator|^super\s?user",
        r"^root$|^editor$|^user\d*$",
        r"^webmaster|^quan-?tri|quản trị|^guest|^null$|^none$|^n/a$|^test\d*$|^author$|^bbt\d",
        r"^ban biên tập$|^biên tập viên$",
        r"^(?:windows|microsoft|office|owner)\b|^(?:my|the)?\s*pc$|-pc$|^pc-|^desktop-|^laptop-",
        r"^\(?(?:anonymous|unknown|unspecified)\b",
        r"^(?:phó |tổng |quyền )?(?:chủ tịch|giám đốc|bí thư|hiệu trưởng|thủ trưởng|trưởng (?:phòng|ban))$",
    ]
)
# The sections of a site, which stand between the headline and the outlet in a title.
SECTION = _any_of(
    [
        r"tin(?: tức)?(?: sự kiện| mới| hoạt động| trong tỉnh| nổi bật|,? bài)?|sự kiện|thời sự|chính trị",
        r"kinh tế|xã hội|văn hóa",
        r"pháp luật|đời sống|giáo dục|y tế|cải cách hành chính|chuyển đổi số|thông báo|văn bản",
        r"chi tiết(?: tin| bài viết)?|bài viết",
        r"trang chủ|home|news|tin hoạt động|hoạt động|tin tức - sự kiện|chuyên mục|góc nhìn|bạn đọc|nội chính",
        r"xây dựng đảng",
    ],
    r"^\W*%s\W*$",
)

# Lists, documents, interviews and posts


# The mark or number before an item of a list.
BULLET = _any_of(
    [r"[-+–•*▪►▸✓✔👉✅🔹🔸📌📍☑➡]\ufe0f?\s*", r"\d{1,2}[.)]\s+", r"[a-zđ]\)\s*", r"\([a-zđ\d]{1,2}\)\s*"], r"^%s[\w“\"]"
)
# A line of a form, above and below the text of a document.
DOCUMENT_LINE = _any_of(
    [
        r"cộng hòa xã hội chủ nghĩa việt nam|cộng hoà xã hội chủ nghĩa việt nam|độc lập\s*[-–—]\s*tự do",
        r"^\W*(?:số|số/ký hiệu|ký hiệu)\s*:\s*[\d.…]*\s*/",
        r"^\W*lưu\s*:\s*(?:vt|vp|hs|tc|th)\b|^\W*như (?:trên|điều \d+)\s*[;.]?$",
        r"^\W*(?:tm|kt|tl|tuq|q)\s*\.\s|^\W*\(?đã ký\)?\W*$",
    ]
)
# The number of a chapter or section: "II. TỔ CHỨC THỰC HIỆN", "1. Mục đích".
NUMBERING = re.compile(r"^(?:[IVX]{1,4}|[A-H]|\d{1,2}(?:\.\d{1,2})*)\s*[.)/]\s*(?=[^\W\d_])")
# The line that begins the end of a document: who gets it, and the signature.
DOCUMENT_END = _any_of([r"nơi nhận\s*:?\W*$|nơi nhận\s*:|kính báo\W*$"], r"^\W*%s")
# Who speaks in an interview: "PV: Thưa ông, …?", "Ông Lò Văn Pánh: …".
SPEAKER = _any_of(
    [r"p\.?v|phóng viên|hỏi|đáp|mc|btv|người dẫn|chủ tọa|thính giả|bạn đọc|nhà báo"], r"^\W*%s[^:?!.]{0,40}:"
)
# The lines of a post in a social network that are not its text. The first is when it was written.
POST_TIME = _any_of(
    [
        r"\d+\s*(?:giờ|phút|ngày|tuần|h|m|d)(?: trước)?",
        r"(?:hôm qua|\d{1,2} tháng \d{1,2}(?:, \d{4})?)(?: lúc \d{1,2}:\d{2})?|vừa xong",
    ],
    r"^\W*%s\s*[·•]?\W*$",
)
POST_COUNTER = _any_of(
    [
        r"(?:[\d.,]+\s*[kK]?\s*)?(?:bình luận|lượt chia sẻ|chia sẻ|lượt thích|lượt xem|comments?|shares?)",
        r"(?:thích|yêu thích|trả lời|bình luận|gửi|theo dõi|like|reply)",
        r"xem thêm|ẩn bớt|see more|công khai|đã chỉnh sửa|[\d.,]+\s*[kK]?|.{0,40}và [\d.,]+ người khác|(?:#\w+\s*)+",
    ],
    r"^\W*%s\W*$",
)
# From this line of a post on stand counters and the answers of other people.
POST_END = _any_of(
    [
        r"[\d.,]+\s*[kK]?\s*(?:bình luận|comments?)|tất cả cảm xúc:?|phù hợp nhất|viết bình luận.*|tất cả bình luận",
        r"(?:thích|like)\s*(?:[·•|]\s*)?(?:trả lời|bình luận|reply|comment).*",
    ],
    r"^\W*%s\W*$",
)
