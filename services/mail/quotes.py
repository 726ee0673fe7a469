"""Where the answer ends and what it answers begins."""

import re

MOST_LINES = 5_000

QUOTED = re.compile(r"\s{0,3}[>|＞]")
SIGNATURE = re.compile(r"--\s?$|—\s?$")
RULE = re.compile(r"\s*[_\-=*]{5,}\s*$")
# One line that says: the mail that is answered follows.
DIVIDERS = re.compile(
    r"\s*[-_=*\s]{0,40}(?:"
    r"(?:original|forwarded|begin forwarded) message|original appointment|forwarded by .{0,80}"
    r"|原始邮件|原邮件|转发的邮件|转发邮件信息|回复的邮件|原始信件|原始郵件"
    r"|ursprüngliche nachricht|weitergeleitete nachricht|message d'origine|mensaje original|mensagem original"
    r"|messaggio originale|oorspronkelijk bericht"
    r")[-_=*\s:：]{0,40}$",
    re.IGNORECASE,
)
# "On ... wrote:", which may run over three lines.
INTRODUCTIONS = re.compile(
    r"\s*(?:"
    r"on\b.{5,300}\b(?:wrote|writes)\s?:"
    r"|.{3,200}<[^<>\s]{3,200}@[^<>\s]{1,200}>\s{0,3}(?:wrote|writes|写道|寫道|escribió|schrieb|a écrit)\s?[:：]"
    r"|[在于於].{3,300}[写寫]道\s?[:：]"
    r"|.{3,200}[写寫]道\s?[:：]"
    r"|le\b.{5,300}\ba écrit\s?:"
    r"|am\b.{5,300}\bschrieb\b.{0,200}:"
    r"|el\b.{5,300}\bescribió\s?:"
    r"|il\b.{5,300}\bha scritto\s?:"
    r"|op\b.{5,300}\bschreef\b.{0,200}:"
    r"|em\b.{5,300}\bescreveu\s?:"
    r"|.{4,200}のメール[:：]"
    r")\s*$",
    re.IGNORECASE | re.DOTALL,
)
BEGINS = re.compile(r"\s*(?:on|le|am|el|il|op|em)\s|\s*[在于於]|.{3,}[<@]|.*(?:[写寫]道|メール)", re.IGNORECASE)
# The head of the mail that is answered, as Outlook writes it.
FROM = re.compile(r"\s*\*?(?:from|von|de|da|van|发件人|寄件者|寄件人|差出人)\*?\s?[:：]", re.IGNORECASE)
ALSO = re.compile(
    r"\s*\*?(?:sent|date|to|subject|gesendet|datum|an|betreff|envoyé|à|objet|enviado|para|asunto|fecha|data|inviato|oggetto"
    r"|发送时间|发件时间|日期|时间|收件人|主题|傳送時間|寄件日期|收件者|主旨|送信日時|宛先|件名|抄送|cc)\*?\s?[:：]",
    re.IGNORECASE,
)


def fold(text: str) -> tuple[str, str]:
    """What was written anew, and what was quoted or signed below it. Answers between or below quoted lines stay where
    they are; a mail that only passes something on is not folded."""
    lines = text.split("\n")
    cut = _cut(lines[:MOST_LINES])
    if cut is None or not any(line.strip() for line in lines[:cut]):
        return text.strip("\n"), ""
    return "\n".join(lines[:cut]).strip("\n"), "\n".join(lines[cut:]).strip("\n")


def _cut(lines: list[str]) -> int | None:
    last_said = _last_said(lines)
    for number, line in enumerate(lines):
        if not line or line.isspace():
            continue
        if DIVIDERS.match(line[:400]) or _is_head(lines, number):
            return _above_rule(lines, number)
        if SIGNATURE.match(line):
            return number
        if QUOTED.match(line):
            if number > last_said:
                return number
        elif BEGINS.match(line[:400]) and (length := _introduction(lines, number)):
            below = next((each for each in lines[number + length :] if each.strip()), "")
            # Where what follows is marked as quoted, somebody may have answered below it.
            if not QUOTED.match(below) or number + length > last_said:
                return number
    return None


def _last_said(lines: list[str]) -> int:
    """The last line that is neither quoted nor empty, above the signature."""
    end = next((number for number, line in enumerate(lines) if SIGNATURE.match(line)), len(lines))
    said = (number for number in range(end - 1, -1, -1) if lines[number].strip() and not QUOTED.match(lines[number]))
    return next(said, -1)


def _introduction(lines: list[str], number: int) -> int:
    """How many lines say “On ... wrote:” from here; 0 where none do."""
    for length in (1, 2, 3):
        last = lines[number + length - 1].rstrip() if number + length <= len(lines) else ""
        if not last.endswith((":", "：")):
            continue
        if INTRODUCTIONS.match("\n".join(line[:400] for line in lines[number : number + length])):
            return length
    return 0


def _is_head(lines: list[str], number: int) -> bool:
    if not FROM.match(lines[number]):
        return False
    return sum(bool(ALSO.match(line)) for line in lines[number + 1 : number + 8]) >= 2


def _above_rule(lines: list[str], number: int) -> int:
    """The line drawn above the head belongs to it."""
    above = number - 1
    while above >= 0 and not lines[above].strip():
        above -= 1
    return above if above >= 0 and RULE.match(lines[above]) else number
