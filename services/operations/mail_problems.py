"""Why mail was not sent, or a mailbox does not work: codes as the rows hold them, said in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_WORDS = {
    "address": gettext_lazy("The address is no e-mail address."),
    "file": gettext_lazy("A file of it cannot be read any more."),
    "compose": gettext_lazy("It could not be put together; the log of the workers says why."),
    "worker": gettext_lazy("Each worker that tried to send it died."),
    "mailbox": gettext_lazy("Its mailbox did not work for three days."),
    "smtputf8": gettext_lazy("The mail server takes no address with letters beyond ASCII before the @."),
    "dns": gettext_lazy("There is no server of this name."),
    "refused": gettext_lazy("The server does not answer at this port."),
    "timeout": gettext_lazy("The server took too long to answer."),
    "certificate": gettext_lazy("The certificate of the server is not valid for its name, or not trusted."),
    "tls": gettext_lazy("The server does not speak TLS at this port. STARTTLS may be what it wants."),
    "starttls": gettext_lazy("The server offers no STARTTLS at this port. TLS may be what it wants."),
    "disconnected": gettext_lazy("The server ended the connection."),
    "network": gettext_lazy("The connection broke."),
    "folder": gettext_lazy("There is no such folder."),
    "login": gettext_lazy("The server refused the log-in."),
    "token": gettext_lazy("The sign-in service gave no token."),
    "sender": gettext_lazy("The server does not let this user send from this address."),
}
# RFC 3463, the first two figures of what follows the class.
_ENHANCED = {
    "1.1": gettext_lazy("There is no such mailbox."),
    "1.2": gettext_lazy("There is no such domain."),
    "1.10": gettext_lazy("Their domain takes no mail."),
    "2.1": gettext_lazy("Their mailbox is closed."),
    "2.2": gettext_lazy("Their mailbox is full."),
    "3.4": gettext_lazy("The mail is too large."),
    "4.4": gettext_lazy("Their mail server cannot be reached."),
    "7.1": gettext_lazy("Their server does not accept it: it may take it for spam."),
}


def problem_in_words(problem: str) -> str:
    """A sentence for a code, with what the server answered where it did; empty for none."""
    if not problem:
        return ""
    word, _space, rest = problem.partition(" ")
    if word in _WORDS:
        detail = f" ({rest})" if rest else ""
        return f"{_WORDS[word]}{detail}"
    code, enhanced = (word, rest) if word.isdigit() else ("", word)
    if code.startswith("4"):
        return _("Their server does not take it for now (%(answer)s).") % {"answer": problem}
    if "." in enhanced and (known := _ENHANCED.get(enhanced.split(".", 1)[1])):
        return f"{known} ({problem})"
    return _("The server refused it (%(answer)s).") % {"answer": problem}
