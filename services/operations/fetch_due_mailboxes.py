from services.operations.fetch_mailbox import Clock, due_mailboxes, fetch_mailbox


def fetch_due_mailboxes(*, clock: Clock) -> int:
    """Fetch every mailbox that is due, one after the other; returns how many mails were new. May be lost, doubled or
    run twice at once."""
    return sum(fetch_mailbox(mailbox=mailbox, clock=clock) or 0 for mailbox in due_mailboxes(at=clock()))
