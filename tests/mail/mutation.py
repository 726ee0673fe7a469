"""Mutations of mail: bytes flipped, lines cut, doubled and moved, values exchanged for awkward ones."""

import random

AWKWARD = [
    *(b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\r", b"\n\n", b"\r\n\r\n", b"\x1b$B", b"=?", b"?=", b"=?utf-8?b?4pyT?="),
    *(
        b"=?x?q?=ff?=",
        b"<",
        b">",
        b"<>",
        b'"',
        b"(",
        b";",
        b"=",
        b"*0*=",
        b"%80",
        b"--",
        b"--BB",
        b"\xe2\x80\xae",
        b"@",
    ),
    *(b"charset=idna", b"charset=utf-7", b"charset=unicode_escape", b"charset=\xff", b"charset=utf-16", b"charset=hz"),
    *(b"Content-Type: multipart/mixed; boundary=", b"Content-Type: message/rfc822\r\n", b'boundary=""', b"x" * 3000),
    *(b"Content-Transfer-Encoding: x-uuencode\r\n", b"Content-Transfer-Encoding: base64\r\n", b"begin 644 x\r\n"),
    *(
        b"Date: Mon, 99 Foo 99999 25:61:61 +9999\r\n",
        b"From: \xff@\xff\r\n",
        b"References: <<<>>>\r\n",
        b"\xf0\x9f\x98\x80",
    ),
    *(
        b"name*=utf-8''%ff%fe",
        b"name*1*=x",
        b"filename*=nocharset'x",
        b"report-type=delivery-status",
        b"<!--",
        b"<div>" * 50,
    ),
]


def mutated(seeds: list[bytes], draw: random.Random) -> bytes:
    """One of the mails, changed in a few places."""
    mail = draw.choice(seeds)
    for _ in range(draw.choice((1, 1, 2, 3, 5, 8))):
        mail = _changed(mail, seeds, draw)
    return mail


def _changed(mail: bytes, seeds: list[bytes], draw: random.Random) -> bytes:
    place = draw.randrange(len(mail) + 1)
    match draw.randrange(9):
        case 0:
            return mail[:place] + bytes([draw.randrange(256)]) + mail[place + 1 :]
        case 1:
            return mail[:place] + draw.choice(AWKWARD) + mail[place:]
        case 2:
            return mail[:place] + draw.choice(AWKWARD) + mail[place + draw.randrange(40) :]
        case 3:
            return mail[:place] + mail[place + draw.randrange(200) :]
        case 4:
            return mail[:place]
        case 5:
            other = draw.choice(seeds)
            return mail[:place] + other[draw.randrange(len(other) + 1) :]
        case 6:
            lines = mail.split(b"\n")
            draw.shuffle(lines)
            return b"\n".join(lines)
        case 7:
            lines = mail.split(b"\n")
            at = draw.randrange(len(lines))
            return b"\n".join([*lines[:at], lines[at], *lines[at:]])
        case _:
            return mail[:place] + draw.randbytes(draw.randrange(1, 60)) + mail[place:]
