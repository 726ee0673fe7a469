"""Names of columns: taken apart into words, compared, and made into codes of attributes."""

import re
import unicodedata
from collections.abc import Collection

from customers.folding import fold

SEAMS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
NO_LETTERS = re.compile(r"[\W_]+")
# What Salesforce puts behind the names of a company's own fields.
OWN_FIELD = re.compile(r"__c$", re.IGNORECASE)
# What Zendesk puts behind the names of a company's own fields.
FIELD_TYPE = re.compile(r"\s*\[(list|txt|dec|int|flag|date)\]$", re.IGNORECASE)

LONGEST_CODE = 50
# Codes of attributes become columns of exports, beside these.
TAKEN = frozenset(
    (
        "id", "source", "source_id", "kind", "name", "given_name", "family_name", "language", "country", "industry",
        "team", "owner", "tags", "email", "phone", "address", "messenger", "created", "created_at",
    )
)  # fmt: skip


def words_of(column: str) -> str:
    """The words of a name, as they are compared: `E-mail_AddressLine__c` is `e mail address line`."""
    bare = FIELD_TYPE.sub("", OWN_FIELD.sub("", column))
    return fold(NO_LETTERS.sub(" ", SEAMS.sub(" ", bare)))


def code_of(column: str, taken: Collection[str] = TAKEN) -> str:
    """The code of the custom attribute that a column of this name becomes: letters, digits and `_`; another than those
    that are taken."""
    words = unicodedata.normalize("NFKC", words_of(column))
    code = "_".join(words.split())[:LONGEST_CODE].strip("_")
    return f"{code[: LONGEST_CODE - 1]}_" if code in taken or not code else code
