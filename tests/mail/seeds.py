"""Mail of our own writing, of the kinds that arrive: what the tests mutate. Names and addresses are invented."""

import base64
from email.header import Header
from email.message import EmailMessage

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
BOX = "help@candid.example"


def raw(head: str, body: bytes | str, charset: str = "utf-8") -> bytes:
    """A mail of these lines."""
    content = body if isinstance(body, bytes) else body.encode(charset)
    return head.strip().replace("\n", "\r\n").encode("utf-8", "surrogateescape") + b"\r\n\r\n" + content


def head(n: int, *, sender: str = "Ann Lee <ann@lee.example>", subject: str = "Printer", more: str = "") -> str:
    """The usual headers of a mail."""
    lines = [
        f"From: {sender}",
        f"To: Help <{BOX}>",
        f"Subject: {subject}",
        f"Date: Thu, 26 Nov 2026 10:{n % 60:02d}:00 +0100",
        f"Message-ID: <seed-{n}@lee.example>",
        "MIME-Version: 1.0",
    ]
    return "\n".join([*lines, more] if more else lines)


def _made(n: int, text: str, html: str = "", files: tuple[tuple[str, str, bytes], ...] = ()) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ann Lee <ann@lee.example>", BOX, "With parts"
    mail["Message-ID"] = f"<seed-{n}@lee.example>"
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    for name, content_type, content in files:
        main, sub = content_type.split("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return mail.as_bytes()


def _encoded(text: str, charset: str) -> str:
    return Header(text, charset).encode()


PLAIN = "Content-Type: text/plain; charset=utf-8"
CHINESE = "您好，打印机坏了，请尽快派人来修。谢谢！\n\n"
CHINESE += "在 2026年11月25日 10:00，客服 <help@candid.example> 写道：\n> 您好，请问有什么可以帮您？\n"
OUTLOOK = """Hello,

it still does not print.

Regards
Ann

________________________________
From: Help <help@candid.example>
Sent: Wednesday, 25 November 2026 09:00
To: Ann Lee <ann@lee.example>
Subject: RE: Printer

Did you switch it on?
"""
GMAIL = """Yes, I did.

On Wed, 25 Nov 2026 at 09:00, Help <help@candid.example>
wrote:

> Did you switch it on?
>
> Bob
"""
GMAIL_HTML = """<div dir="ltr">Yes, I did.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Wed,
25 Nov 2026 at 09:00, Help &lt;<a href="mailto:help@candid.example">help@candid.example</a>&gt; wrote:<br></div>
<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex">Did you switch it on?</blockquote></div>"""
NASTY_HTML = """<html><head><style>p{display:none}</style><script>alert(1)</script></head><body onload="x()">
<img src="http://track.example/p.gif" width=1><img src="cid:logo@lee"><a href="javascript:alert(1)">a</a>
<p style="display:none">hidden</p><form action="http://evil.example"><input name=p></form>
<iframe src="//evil.example"></iframe><svg onload=alert(1)><p>Text</svg><a href="https://ok.example/x">ok</a></body>"""
DSN = """This is a MIME-encapsulated message.

--BB
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.
<gone@lee.example>: 550 5.1.1 User unknown

--BB
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.lee.example
Arrival-Date: Thu, 26 Nov 2026 10:00:00 +0000

Final-Recipient: rfc822; gone@lee.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--BB
Content-Type: message/rfc822

From: help@candid.example
To: gone@lee.example
Subject: Re: Printer
Message-ID: <ours-1@candid.example>

Hello
--BB--
"""
HEAD_DSN = 'Content-Type: multipart/report; report-type=delivery-status; boundary="BB"\nAuto-Submitted: auto-replied'
QMAIL = """Hi. This is the qmail-send program at lee.example.
I'm afraid I wasn't able to deliver your message to the following addresses.

<gone@lee.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <help@candid.example>
Message-ID: <ours-1@candid.example>
Subject: Re: Printer

Hello
"""
NESTED_EML = """--X
Content-Type: text/plain; charset=utf-8

See below.
--X
Content-Type: message/rfc822

From: someone@else.example
Subject: =?utf-8?b?5Y+R56Wo?=
Content-Type: multipart/mixed; boundary=Y

--Y
Content-Type: text/plain

inner
--Y--
--X--
"""


def _deep(levels: int) -> bytes:
    lines = [head(34), "Content-Type: multipart/mixed; boundary=b0", ""]
    for level in range(levels):
        lines += [f"--b{level}", f"Content-Type: multipart/mixed; boundary=b{level + 1}", ""]
    return "\r\n".join([*lines, f"--b{levels}", "", "deep down"]).encode()


SEEDS: dict[str, bytes] = {
    "plain": raw(head(1, more=PLAIN), "Hello,\n\nthe printer is broken.\n\n-- \nAnn Lee\nLee Ltd.\n"),
    "bare": b"Hello\n",
    "empty": b"",
    "no body": raw(head(2), b""),
    "gmail": raw(
        head(3, more=f"In-Reply-To: <ours-1@candid.example>\nReferences: <ours-1@candid.example>\n{PLAIN}"), GMAIL
    ),
    "gmail html": _made(4, GMAIL, GMAIL_HTML),
    "html alone": raw(head(5, more="Content-Type: text/html; charset=utf-8"), GMAIL_HTML),
    "nasty html": raw(head(6, more="Content-Type: text/html"), NASTY_HTML),
    "outlook": raw(head(7, subject="RE: Printer", more=PLAIN), OUTLOOK),
    "gbk": raw(
        head(8, subject=_encoded("打印机", "gbk"), more="Content-Type: text/plain; charset=gbk"), CHINESE, "gbk"
    ),
    "gb18030 called gb2312": raw(head(9, more="Content-Type: text/plain; charset=GB2312"), CHINESE + "镕喆", "gb18030"),
    "gbk of no name": raw(head(10), CHINESE, "gbk"),
    "big5": raw(head(11, more="Content-Type: text/plain; charset=big5"), "印表機壞了", "big5"),
    "iso-2022-jp": raw(
        head(12, subject=_encoded("プリンター", "iso-2022-jp"), more="Content-Type: text/plain; charset=ISO-2022-JP"),
        "こんにちは。プリンターが壊れました。",
        "iso-2022-jp",
    ),
    "shift_jis": raw(head(13, more="Content-Type: text/plain; charset=shift_jis"), "壊れました①", "cp932"),
    "koi8": raw(head(14, more="Content-Type: text/plain; charset=koi8-r"), "Принтер сломан", "koi8-r"),
    "windows-1252 called ascii": raw(head(15, more="Content-Type: text/plain; charset=us-ascii"), b"caf\xe9 \x80 12"),
    "unknown charset": raw(head(16, more="Content-Type: text/plain; charset=x-nobody-knows"), "Grüße", "latin-1"),
    "codec that is none": raw(head(17, more="Content-Type: text/plain; charset=zlib"), b"hello"),
    "8-bit headers": b"From: \xc4\xe3\xba\xc3 <ann@lee.example>\r\nSubject: \xb4\xf2\xd3\xa1\xbb\xfa\r\n"
    b"\r\n\xc4\xe3\xba\xc3",
    "base64": raw(head(18, more=f"{PLAIN}\nContent-Transfer-Encoding: base64"), base64.encodebytes(CHINESE.encode())),
    "broken base64": raw(head(19, more=f"{PLAIN}\nContent-Transfer-Encoding: base64"), b"SGVsbG8=!!x\n=AAA"),
    "quoted-printable": raw(
        head(20, more=f"{PLAIN}\nContent-Transfer-Encoding: quoted-printable"), b"Gr=C3=BC=C3=9Fe =\nhere =ZZ ="
    ),
    "files": _made(21, "See the files.", files=(("报告.pdf", "application/pdf", PDF), ("p.png", "image/png", PNG))),
    "refused file": _made(22, "Run this.", files=(("run.exe", "application/x-msdownload", b"MZ\x90"),)),
    "inline picture": raw(
        head(23, more="Content-Type: multipart/related; boundary=R"),
        b'--R\r\nContent-Type: text/html\r\n\r\n<p>Logo <img src="cid:logo@lee"></p>\r\n'
        b"--R\r\nContent-Type: image/png\r\n"
        b"Content-ID: <logo@lee>\r\nContent-Disposition: inline; filename=logo.png\r\nContent-Transfer-Encoding: base64"
        b"\r\n\r\n" + base64.encodebytes(PNG) + b"--R--\r\n",
    ),
    "dsn": raw(
        head(24, sender="MAILER-DAEMON@lee.example", subject="Undelivered", more=f"Return-Path: <>\n{HEAD_DSN}"), DSN
    ),
    "qmail bounce": raw(
        head(25, sender="MAILER-DAEMON@lee.example", subject="failure notice", more="Return-Path: <>"), QMAIL
    ),
    "chinese bounce": raw(
        head(26, sender="postmaster@qq.example", subject="系统退信/Systems bounce", more=PLAIN),
        "抱歉，您的邮件被退回来了。\n收件人 <gone@qq.example>\n550 5.1.1 Mailbox not found\n",
    ),
    "out of office": raw(
        head(
            27, subject="Automatic reply: Printer", more="Auto-Submitted: auto-replied\nX-Auto-Response-Suppress: All"
        ),
        "I am away.",
    ),
    "自动回复": raw(head(28, subject=_encoded("自动回复: 打印机", "utf-8"), more=PLAIN), "我不在办公室。"),
    "list": raw(
        head(29, more="List-Id: <news.lee.example>\nList-Unsubscribe: <mailto:x@lee.example>\nPrecedence: bulk"), "News"
    ),
    "alarm": raw(head(30, more="Auto-Submitted: auto-generated"), "Disk full"),
    "candid": raw(head(31, more="X-Candid-House: elsewhere\nAuto-Submitted: auto-replied"), "We have your mail."),
    "null sender": raw(head(32, more="Return-Path: <>"), "Hm"),
    "nested": raw(head(33, more="Content-Type: multipart/mixed; boundary=X"), NESTED_EML),
    "deep": _deep(40),
    "cut off": _made(35, "cut", files=(("a.pdf", "application/pdf", PDF),))[:-120],
    "huge header": raw(head(36, more="References: " + " ".join(f"<{n}@x.example>" for n in range(3000))), "huge"),
    "nul": raw(head(37), b"a\x00b\x01c\x1b[31m \xed\xa0\x80 d"),
    "no sender": raw("Subject: who\nTo: x", "Nobody wrote this"),
    "many senders": raw(head(38, sender='"a, b" <a@b.example>, c@d.example (See), "<x@y>" <e@f.example>'), "three"),
    "rfc2231": raw(
        head(39, more="Content-Type: multipart/mixed; boundary=Z"),
        b"--Z\r\nContent-Type: text/plain;\r\n name*0*=gb2312''%B4%F2;\r\n name*1*=%D3%A1.txt\r\n"
        b"Content-Disposition: attachment\r\n\r\nfile\r\n--Z--",
    ),
    "flowed": raw(head(40, more="Content-Type: text/plain; format=flowed; delsp=yes"), "A long \nline.\n> quoted\n"),
    "tnef": _made(41, "Outlook", files=(("winmail.dat", "application/ms-tnef", b"\x78\x9f\x3e\x22" * 9),)),
    "calendar": raw(head(42, more='Content-Type: text/calendar; method=REQUEST; charset="utf-8"'), "BEGIN:VCALENDAR"),
}
