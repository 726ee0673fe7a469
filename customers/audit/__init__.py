"""The record of every change: who did what to which row, when and from where, old and new values encrypted.

Models that are `Audited` are put on record by their own `save` and `delete` and by the writes of their querysets, in
the same transaction, so that no verb can forget it. See docs/decisions/0028-audit.md."""
