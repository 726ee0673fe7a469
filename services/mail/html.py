"""HTML of strangers: what may stay of it, and its text."""

import re
from html.parser import HTMLParser

import nh3

from services.mail.characters import clean

MOST_HTML = 1_000_000  # characters; more is read as text only up to here
MOST_OPEN = 500  # tags that nobody closes: cleaning takes time that grows with the square of the depth

TAGS = {
    *("a", "abbr", "b", "big", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup", "dd", "del"),
    *("dfn", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li"),
    *("ol", "p", "pre", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td"),
    *("tfoot", "th", "thead", "tr", "tt", "u", "ul", "var"),
}
CELL = {"colspan", "rowspan", "align", "valign"}
# No style, class or id: nothing hides, nothing lies above anything else.
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "td": CELL,
    "th": CELL,
    "ol": {"start"},
    "blockquote": {"type"},
}
# With all that is in them.
GONE = {"script", "style", "title", "template", "noscript", "iframe", "object", "svg", "math", "textarea", "select"}
SCHEMES = {"http", "https", "mailto", "tel", "cid"}

OPEN = re.compile(r"<[a-zA-Z]")
VOID = re.compile(r"<(?:br|img|hr|meta|link|input|col)\b", re.IGNORECASE)
TAG = re.compile(r"<[^<>]{0,2000}>")
BLOCKS = {"p", "div", "table", "ul", "ol", "dl", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "center"}
LINES = {"br", "tr", "li", "dt", "dd"}
EMPTY_LINES = re.compile(r"\n{3,}")
SPACES = re.compile(r"[ \t\r\n\xa0]+")


def cleaned(html: str) -> str:
    """HTML that shows text, tables, links and the mail's own pictures (`cid:`), and does nothing else: nothing is
    loaded from elsewhere, nothing runs, nothing is hidden. "" where it is nested too deep to be looked at."""
    html = html[:MOST_HTML]
    if len(OPEN.findall(html)) - len(VOID.findall(html)) - html.count("</") > MOST_OPEN:
        return ""
    return nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags=GONE,
        attributes=ATTRIBUTES,
        attribute_filter=_own_pictures,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        url_schemes=SCHEMES,
    )


def text_of(html: str, *, is_clean: bool = False) -> str:
    """What HTML says, in plain text: lines of blocks, "- " before items, "> " before what is quoted."""
    tidy = html if is_clean else cleaned(html)
    if not tidy:
        return clean(TAG.sub(" ", html[:MOST_HTML])).strip()
    reader = _Reader()
    reader.feed(tidy)
    reader.close()
    return reader.text()


def _own_pictures(tag: str, attribute: str, value: str) -> str | None:
    is_own = value.strip().lower().startswith("cid:")
    if tag == "img" and attribute == "src":
        return value if is_own else None
    return None if attribute == "href" and is_own else value


class _Reader(HTMLParser):
    """Reads cleaned HTML into lines. Each line knows how deep it is quoted."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[tuple[int, str]] = []
        self._line: list[str] = []
        self._depth = self._pre = 0
        self._link, self._linked = "", 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A block begins on a line of its own."""
        if tag == "blockquote":
            self._end_line(is_block=True)
            self._depth += 1
        elif tag in BLOCKS:
            self._end_line(is_block=tag in ("p", "table", "hr"))
            self._pre += tag == "pre"
        elif tag in LINES:
            self._end_line(is_break=tag == "br")
            if tag == "li":
                self._line.append("- ")
        elif tag in ("td", "th") and self._line:
            self._line.append(" ")
        elif tag == "a":
            self._link, self._linked = dict(attrs).get("href") or "", len(self._line)

    def handle_endtag(self, tag: str) -> None:
        """And so does what follows it."""
        if tag == "blockquote":
            self._end_line()
            while self._lines and self._lines[-1] == (self._depth, ""):
                self._lines.pop()
            self._depth = max(self._depth - 1, 0)
            self._lines.append((self._depth, ""))
        elif tag in BLOCKS:
            self._end_line(is_block=tag in ("p", "table"))
            self._pre -= tag == "pre"
        elif tag == "a" and self._link:
            said = "".join(self._line[self._linked :])
            if self._link.startswith(("http:", "https:")) and self._link.rstrip("/") not in said:
                self._line.append(f" <{self._link}>")
            self._link = ""

    def handle_data(self, data: str) -> None:
        """Spaces count as one, but where they are meant."""
        if self._pre > 0:
            head, *more = data.split("\n")
            self._line.append(head)
            for line in more:
                self._end_line(is_break=True)
                self._line.append(line)
        else:
            self._line.append(SPACES.sub(" ", data))

    def _end_line(self, *, is_break: bool = False, is_block: bool = False) -> None:
        said = "".join(self._line)
        said = said.rstrip() if self._pre > 0 else SPACES.sub(" ", said).strip()
        if said or is_break:
            self._lines.append((self._depth, said))
        if is_block and self._lines and self._lines[-1][1]:
            self._lines.append((self._depth, ""))
        self._line = []

    def text(self) -> str:
        """All lines."""
        self._end_line()
        lines = (f"{'>' * min(depth, 20)} {said}".rstrip() if depth else said for depth, said in self._lines)
        return EMPTY_LINES.sub("\n\n", clean("\n".join(lines))).strip("\n")
