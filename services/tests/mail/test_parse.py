import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.mail.parse import parse_mail
from services.mail.parsed import Address, MailKind
from tests.mail.seeds import GMAIL_HTML, PDF, PLAIN, PNG, SEEDS, head, raw

ENGLISH_QUOTE = "On Wed, 25 Nov 2026 at 09:00, Help <help@candid.example>\nwrote:"


def test_it_reads_who_wrote_what_to_whom_and_when() -> None:
    mail = parse_mail(SEEDS["plain"])
    assert mail.sender == Address("Ann Lee", "ann@lee.example")
    assert mail.to == (Address("Help", "help@candid.example"),)
    assert (mail.message_id, mail.subject, mail.kind) == ("seed-1@lee.example", "Printer", MailKind.PERSON)
    assert mail.sent_at is not None and mail.sent_at.isoformat() == "2026-11-26T09:01:00+00:00"
    assert (mail.text, mail.folded) == ("Hello,\n\nthe printer is broken.", "-- \nAnn Lee\nLee Ltd.\n".strip())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("gbk", "您好，打印机坏了，请尽快派人来修。谢谢！"),
        ("gbk of no name", "您好，打印机坏了，请尽快派人来修。谢谢！"),
        ("base64", "您好，打印机坏了，请尽快派人来修。谢谢！"),
        ("big5", "印表機壞了"),
        ("iso-2022-jp", "こんにちは。プリンターが壊れました。"),
        ("shift_jis", "壊れました①"),
        ("koi8", "Принтер сломан"),
        ("windows-1252 called ascii", "café € 12"),
        ("unknown charset", "Grüße"),
        ("codec that is none", "hello"),
        ("8-bit headers", "你好"),
        ("quoted-printable", "Grüße here =ZZ "),
    ],
)
def test_it_reads_every_character_set_whatever_it_is_called(name: str, text: str) -> None:
    assert parse_mail(SEEDS[name]).text == text


def test_it_reads_names_and_subjects_in_every_way_of_writing_them() -> None:
    assert parse_mail(SEEDS["gbk"]).subject == "打印机"
    assert parse_mail(SEEDS["iso-2022-jp"]).subject == "プリンター"
    mail = parse_mail(SEEDS["8-bit headers"])
    assert (mail.subject, mail.sender) == ("打印机", Address("你好", "ann@lee.example"))
    # A character that begins in one word and ends in the next.
    split = "=?utf-8?b?5omT5Y0=?=\n =?utf-8?b?sOacug==?="
    assert parse_mail(raw(head(1, subject=split), "x")).subject == "打印机"


def test_it_takes_the_first_of_several_senders_and_commas_in_names() -> None:
    assert parse_mail(SEEDS["many senders"]).sender == Address("a, b", "a@b.example")


@pytest.mark.parametrize(
    ("name", "text", "folded"),
    [
        ("gmail", "Yes, I did.", ENGLISH_QUOTE),
        ("gmail html", "Yes, I did.", ENGLISH_QUOTE),
        ("html alone", "Yes, I did.", "On Wed, 25 Nov 2026 at 09:00, Help <help@candid.example> wrote:"),
        ("outlook", "Hello,\n\nit still does not print.\n\nRegards\nAnn", "_" * 32 + "\nFrom: Help"),
        ("gbk", "您好，打印机坏了，请尽快派人来修。谢谢！", "在 2026年11月25日 10:00，客服"),
    ],
)
def test_it_folds_what_is_quoted(name: str, text: str, folded: str) -> None:
    mail = parse_mail(SEEDS[name])
    assert mail.text == text
    assert mail.folded.startswith(folded)


@pytest.mark.parametrize(
    "quote",
    [
        "-----Original Message-----\nFrom: x",
        '------------------ 原始邮件 ------------------\n发件人: "客服"',
        "发件人: 客服\n发送时间: 2026年11月25日\n收件人: Ann\n主题: 打印机",
        "客服 <help@candid.example> 于2026年11月25日周三 10:00写道：\n> 请问",
        "Am 25.11.2026 um 09:00 schrieb Help:\n> Hallo",
        "Le mer. 25 nov. 2026 à 09:00, Help <help@candid.example> a écrit :\n> Bonjour",
        "Von: Help\nGesendet: Mittwoch\nAn: Ann\nBetreff: Drucker",
        "> only\n> quoted\n\n> lines",
    ],
)
def test_it_knows_how_programs_quote(quote: str) -> None:
    mail = parse_mail(raw(head(1, more=PLAIN), f"New text\n\n{quote}\n"))
    assert (mail.text, mail.folded) == ("New text", quote)


@pytest.mark.parametrize(
    "text",
    [
        "On Monday Bob wrote:\n> Is it red?\nYes.\n> Is it new?\nNo.",  # answers between what is quoted
        "> Is it red?\n\nYes, it is.",
        "From: a friend\nI heard that you repair printers.",
        "I wrote:\nplease come.",
    ],
)
def test_it_folds_no_answer_away(text: str) -> None:
    assert parse_mail(raw(head(1, more=PLAIN), text)).text == text


def test_what_is_passed_on_without_a_word_is_not_folded() -> None:
    text = "---------- Forwarded message ---------\nFrom: x\nDate: y\nSubject: z\nTo: w\n\nThe text"
    assert parse_mail(raw(head(1, more=PLAIN), text)).text == text


def test_html_loses_all_that_acts_hides_or_calls_home() -> None:
    html = parse_mail(SEEDS["nasty html"]).html
    for word in ("script", "onload", "style", "http://track", "javascript", "form", "input", "iframe", "svg", "evil"):
        assert word not in html, word
    assert '<img src="cid:logo@lee">' in html
    assert 'rel="noopener noreferrer nofollow"' in html and 'href="https://ok.example/x"' in html
    assert "hidden" in html  # what was hidden is seen


def test_text_is_made_of_html_where_there_is_none() -> None:
    html = "<p>Dear all,</p><ul><li>one</li><li>two</li></ul><table><tr><td>a</td><td>b</td></tr></table>"
    html += '<p>See <a href="https://x.example/y">here</a></p><blockquote>old</blockquote>'
    mail = parse_mail(raw(head(1, more="Content-Type: text/html"), html))
    assert mail.text == "Dear all,\n\n- one\n- two\n\na b\n\nSee here <https://x.example/y>"
    assert mail.folded == "> old"


def test_it_finds_files_and_the_pictures_of_the_html() -> None:
    files = parse_mail(SEEDS["files"]).files
    assert [(file.name, file.content) for file in files] == [("报告.pdf", PDF), ("p.png", PNG)]
    (logo,) = parse_mail(SEEDS["inline picture"]).files
    assert (logo.name, logo.content_id, logo.is_inline, logo.content) == ("logo.png", "logo@lee", True, PNG)
    assert parse_mail(SEEDS["rfc2231"]).files[0].name == "打印.txt"
    (inner,) = parse_mail(SEEDS["nested"]).files
    assert (inner.name, inner.content_type) == ("发票.eml", "message/rfc822")
    assert b"inner" in inner.content


@pytest.mark.parametrize(
    ("name", "kind", "why"),
    [
        ("plain", MailKind.PERSON, ""),
        ("dsn", MailKind.BOUNCE, "multipart/report"),
        ("qmail bounce", MailKind.BOUNCE, "subject"),
        ("chinese bounce", MailKind.BOUNCE, "subject"),
        ("out of office", MailKind.AUTO_REPLY, "auto-submitted"),
        ("自动回复", MailKind.AUTO_REPLY, "subject"),
        ("candid", MailKind.AUTO_REPLY, "auto-submitted"),
        ("list", MailKind.LIST, "list-id"),
        ("alarm", MailKind.AUTOMATIC, "auto-submitted"),
        ("null sender", MailKind.AUTOMATIC, "return-path"),
    ],
)
def test_it_tells_people_from_machines(name: str, kind: MailKind, why: str) -> None:
    mail = parse_mail(SEEDS[name])
    assert (mail.kind, mail.why) == (kind, why)
    assert mail.wants_no_answer == (kind != MailKind.PERSON)


@pytest.mark.parametrize("name", ["dsn", "qmail bounce"])
def test_a_bounce_says_which_mail_and_why(name: str) -> None:
    bounce = parse_mail(SEEDS[name]).bounce
    assert bounce is not None
    assert (bounce.message_id, bounce.recipient) == ("ours-1@candid.example", "gone@lee.example")
    assert bounce.status == "5.1.1"
    assert bounce.is_final


def test_a_warning_of_delay_is_not_final() -> None:
    late = SEEDS["dsn"].replace(b"Action: failed", b"Action: delayed").replace(b"5.1.1", b"4.4.7")
    bounce = parse_mail(late).bounce
    assert bounce is not None and not bounce.is_final


def test_nothing_that_a_database_cannot_bear_stays() -> None:
    mail = parse_mail(SEEDS["nul"])
    assert "\0" not in mail.text and "\x1b" not in mail.text
    mail.text.encode()


HOSTILE = {
    "deep": SEEDS["deep"],
    "deeper": b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2000)),
    "mails in mails": b"Content-Type: message/rfc822\n\n" * 3000,
    "many levels and lines": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(149)
    )
    + b"x\n" * 2_000_000,
    "many parts": raw(head(1, more="Content-Type: multipart/mixed; boundary=b"), "--b\n\nx\n" * 20_000),
    "open tags": raw(head(1, more="Content-Type: text/html"), "<div>" * 200_000),
    "links in one line": raw(head(1, more="Content-Type: text/html"), "<a href=http://x.example/1>y</a> " * 20_000),
    "a long header of parameters": raw(head(1, more="Content-Type: text/plain; " + "a=b; " * 100_000), "x"),
    "introductions": raw(head(1, more=PLAIN), ("On " + "<a@" * 60 + "b> x:\n") * 20_000),
    "ids": raw(head(1, more="References: " + "<a@b> " * 100_000), "x"),
    "encoded words": raw(head(1, subject="=?utf-8?q?a?= " * 50_000), "x"),
    "nul": b"\0" * 2_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_mail_takes_long(name: str) -> None:
    begun = time.process_time()
    parse_mail(HOSTILE[name])
    assert time.process_time() - begun < 8  # of the processor: a machine that is busy is no fault of the mail


def test_what_is_too_deep_is_read_as_text() -> None:
    mail = parse_mail(SEEDS["deep"])
    assert (mail.is_whole, mail.defects, mail.subject) == (False, ("too many parts",), "Printer")
    assert "deep down" in mail.text


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=600))
def test_no_bytes_make_it_raise(content: bytes) -> None:
    parse_mail(content)


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["From", "To", "Subject", "Date", "Content-Type", "References", "Content-Transfer-Encoding"]),
        st.text(max_size=80),
    ),
    st.text(max_size=200),
)
def test_no_headers_make_it_raise_and_what_it_answers_can_be_stored(headers: dict[str, str], body: str) -> None:
    lines = [f"{name}: {value}" for name, value in headers.items()]
    mail = parse_mail("\r\n".join([*lines, "", body]).encode("utf-8", "surrogatepass"))
    for text in (mail.text, mail.folded, mail.html, mail.subject, *(file.name for file in mail.files)):
        text.encode()
        assert "\0" not in text


def test_the_html_of_gmail_stays_readable() -> None:
    mail = parse_mail(raw(head(1, more="Content-Type: text/html"), GMAIL_HTML))
    assert "<blockquote>" in mail.html and "gmail_quote" not in mail.html
