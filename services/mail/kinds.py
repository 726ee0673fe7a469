"""What wrote a mail: a person, a machine, a list; or is it the news that a mail could not be delivered."""

import re
from collections.abc import Iterable, Iterator

from services.mail.parsed import Bounce, MailKind
from services.mail.read_headers import Headers, addresses_of, first, ids_of, subject_of

POSTMASTERS = re.compile(
    r"(?:mailer-daemon|postmaster|mail-daemon|mailerdaemon|mdaemon)(?:[+\-=._].*)?@", re.IGNORECASE
)
RETURNED = re.compile(
    r"undeliver|delivery (?:status|failure|has failed|incomplete)|(?:mail|message) delivery (?:failed|failure)"
    r"|returned mail|returned to sender|failure notice|delivery notification|could not be delivered|mail system error"
    r"|退信|无法投递|投递失败|無法傳遞|未送达|unzustellbar|non remis|配信不能",
    re.IGNORECASE,
)
DELAYED = re.compile(r"delayed|延迟|verzögert|still being retried", re.IGNORECASE)
AWAY = re.compile(
    r"\s*(?:(?:re|aw|回复|答复)\s?[:：]\s*)?(?:"
    r"auto(?:matic)?[ -]?(?:reply|response|generated reply)|out of (?:the )?office|autoreply|automatische antwort"
    r"|abwesenheit|réponse automatique|respuesta automática|自动回复|自動回覆|自动答复|不在办公室|自動返信)",
    re.IGNORECASE,
)
STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
LATER_ID = re.compile(r"^\s{0,8}message-id\s?:\s{0,8}<([^<>\s]{1,500})>", re.IGNORECASE | re.MULTILINE)
GONE_TO = re.compile(r"<([^@\s<>\"(),:;\\]{1,64}@[^@\s<>\"(),:;\\]{1,185})>")
REPORTED = re.compile(r"^([a-z\-]{3,40})\s?:\s{0,8}(.{0,500})$", re.IGNORECASE | re.MULTILINE)


def kind_of(headers: Headers, *, report_type: str, has_null_sender: bool) -> tuple[MailKind, str]:
    """What wrote it, and the sign by which that was told. The report's type is that of a multipart/report, or ""."""
    for looks in (_bounce, _auto_reply, _list, _automatic):
        for kind, why in looks(headers, report_type, has_null_sender):
            return kind, why
    return MailKind.PERSON, ""


def bounce_of(headers: Headers, *, report: str, returned: str, text: str) -> Bounce:
    """What a bounce tells: from its machine-readable report and the mail that came back, else from its text."""
    facts: dict[str, str] = {}
    for name, value in REPORTED.findall(report[:20_000]):
        facts.setdefault(name.lower(), value.strip())
    failed = addresses_of({"to": [facts.get("final-recipient") or facts.get("original-recipient", "")]}, "to")
    failed = addresses_of({"to": [each.address.rpartition(";")[2] for each in failed]}, "to")
    failed = failed or addresses_of(headers, "x-failed-recipients")
    told = f"{report}\n{text}"[:40_000]
    status = (
        STATUS.search(facts.get("status", "")) or STATUS.search(facts.get("diagnostic-code", "")) or STATUS.search(told)
    )
    named = LATER_ID.findall(returned[:40_000]) or LATER_ID.findall(text[:200_000])
    own = [*ids_of(headers, "in-reply-to"), *ids_of(headers, "references")]
    code = status[1] if status else ""
    return Bounce(
        message_id=next(iter([*named, *own[::-1]]), ""),
        recipient=failed[0].address if failed else next(iter(GONE_TO.findall(text[:20_000])), ""),
        status=code,
        is_final=_is_final(facts.get("action", "").lower(), code, subject_of(headers)),
    )


def _is_final(action: str, code: str, subject: str) -> bool:
    """Whether it was given up: as the report says, else by the status, else by the words."""
    if action:
        return action == "failed"
    return not (code.startswith(("2", "4")) or DELAYED.search(subject))


Signs = Iterator[tuple[MailKind, str]]


def _bounce(headers: Headers, report_type: str, has_null_sender: bool) -> Signs:
    if report_type == "delivery-status":
        yield MailKind.BOUNCE, "multipart/report"
    if first(headers, "x-failed-recipients"):
        yield MailKind.BOUNCE, "x-failed-recipients"
    senders = addresses_of(headers, "from")
    is_postmaster = bool(senders and POSTMASTERS.match(senders[0].address))
    if (is_postmaster or has_null_sender) and RETURNED.search(subject_of(headers)):
        yield MailKind.BOUNCE, "subject"


def _auto_reply(headers: Headers, report_type: str, has_null_sender: bool) -> Signs:
    if report_type == "disposition-notification":
        yield MailKind.AUTO_REPLY, "multipart/report"
    if _value(headers, "auto-submitted").startswith("auto-replied"):
        yield MailKind.AUTO_REPLY, "auto-submitted"
    for name in ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply"):
        if _value(headers, name) not in ("", "no"):
            yield MailKind.AUTO_REPLY, name
    if _value(headers, "precedence") in ("auto_reply", "auto-reply"):
        yield MailKind.AUTO_REPLY, "precedence"
    if AWAY.match(subject_of(headers)):
        yield MailKind.AUTO_REPLY, "subject"


def _list(headers: Headers, _report_type: str, _has_null_sender: bool) -> Signs:
    for name in ("list-id", "list-unsubscribe", "list-post", "mailing-list", "x-mailing-list", "feedback-id"):
        if first(headers, name).strip():
            yield MailKind.LIST, name
    if _value(headers, "precedence") in ("bulk", "list", "junk"):
        yield MailKind.LIST, "precedence"


def _automatic(headers: Headers, report_type: str, has_null_sender: bool) -> Signs:
    if _value(headers, "auto-submitted") not in ("", "no"):
        yield MailKind.AUTOMATIC, "auto-submitted"
    if {"all", "oof", "autoreply"} & _listed(headers.get("x-auto-response-suppress", ())) and (
        has_null_sender or first(headers, "x-ms-exchange-generated-message-source")
    ):
        yield MailKind.AUTOMATIC, "x-auto-response-suppress"
    if report_type:
        yield MailKind.AUTOMATIC, "multipart/report"
    if has_null_sender:
        yield MailKind.AUTOMATIC, "return-path"
    senders = addresses_of(headers, "from")
    if senders and POSTMASTERS.match(senders[0].address):
        yield MailKind.AUTOMATIC, "from"


def _value(headers: Headers, name: str) -> str:
    return first(headers, name).strip().lower()


def _listed(values: Iterable[str]) -> set[str]:
    return {each.strip().lower() for value in values for each in value.split(",")}
