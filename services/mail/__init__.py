from services.mail.parse import parse_mail
from services.mail.parsed import Address, Bounce, MailFile, MailKind, ParsedMail

__all__ = ["Address", "Bounce", "MailFile", "MailKind", "ParsedMail", "parse_mail"]
