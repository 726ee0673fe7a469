"""The targets of a customer's row and what they are called."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.choices import ConsentChannel, ConsentPurpose
from customers.importers.mapping.targets import IGNORED, Aim, Target, TargetGroup
from customers.models import CustomAttribute, RelationType

PLAIN: dict[str, Any] = {
    "id": gettext_lazy("Id in the source"),
    "own_id": gettext_lazy("Candid's own id"),
    "name": gettext_lazy("Name"),
    "given_name": gettext_lazy("Given name"),
    "family_name": gettext_lazy("Family name"),
    "kind": gettext_lazy("Person or organisation"),
    "language": gettext_lazy("Language"),
    "country": gettext_lazy("Country"),
    "industry": gettext_lazy("Industry"),
    "owner": gettext_lazy("Owner"),
    "team": gettext_lazy("Team"),
    "created_at": gettext_lazy("Created at"),
    "tags": gettext_lazy("Tags"),
    "deleted": gettext_lazy("Yes: the row was deleted, leave it out"),
    "converted": gettext_lazy("Yes: the row became a contact, leave it out"),
    "staff": gettext_lazy("Yes: one of their own staff, leave it out"),
}
CONTACT_KINDS: dict[str, Any] = {
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone"),
    "messenger": gettext_lazy("Messenger"),
    "address": gettext_lazy("Address"),
}
LABELS: dict[str, Any] = {
    "work": gettext_lazy("work"),
    "home": gettext_lazy("home"),
    "mobile": gettext_lazy("mobile"),
    "fax": gettext_lazy("fax"),
    "assistant": gettext_lazy("assistant"),
    "other": gettext_lazy("other"),
    "billing": gettext_lazy("billing"),
    "shipping": gettext_lazy("shipping"),
    "mailing": gettext_lazy("mailing"),
}
ADDRESS_PARTS: dict[str, Any] = {
    "street": gettext_lazy("street"),
    "street_2": gettext_lazy("street, second line"),
    "city": gettext_lazy("city"),
    "state": gettext_lazy("state or province"),
    "postal_code": gettext_lazy("postal code"),
    "country": gettext_lazy("country"),
    "json": gettext_lazy("all parts, as JSON"),
}
RELATION_PARTS: dict[str, Any] = {
    "id": gettext_lazy("id of the other"),
    "name": gettext_lazy("name of the other"),
    "role": gettext_lazy("role"),
    "since": gettext_lazy("since"),
    "until": gettext_lazy("until"),
    "note": gettext_lazy("note"),
}
US_PARTS: dict[str, Any] = {"since": gettext_lazy("since"), "until": gettext_lazy("until")}
GIVEN: dict[str, Any] = {"given": gettext_lazy("Yes: allowed"), "refused": gettext_lazy("Yes: forbidden")}
OFFERED_LABELS = {
    "email": ("work", "home", "other"),
    "phone": ("mobile", "work", "home", "fax", "other"),
    "messenger": ("WeChat", "WhatsApp", "QQ", "Telegram", "Skype"),
    "address": ("billing", "shipping", "mailing", "home", "other"),
}


def groups() -> list[TargetGroup]:
    """The choices for a column of customers, in groups."""
    found = [
        TargetGroup("", (IGNORED,)),
        TargetGroup(_("Customer"), _targets(PLAIN, leave_out=("own_id", "converted", "staff"))),
        TargetGroup(_("Note"), (Target("note", describe("note"), is_many=True),)),
    ]
    for kind, label in CONTACT_KINDS.items():
        codes = [kind, *(f"{kind}:{name}" for name in OFFERED_LABELS[kind])]
        if kind == "address":
            codes = [c for code in codes for c in (code, *(f"{code}.{part}" for part in ADDRESS_PARTS))]
        found.append(TargetGroup(str(label), _of(codes, is_many=kind != "address")))
    found.append(TargetGroup(_("Custom attributes"), _attributes()))
    found += [
        TargetGroup(_("Relation to another customer"), _relations()),
        TargetGroup(_("Relation to us"), _with_us()),
    ]
    codes = [f"consent:{purpose}:{channel}.{given}" for purpose, channel in _consents() for given in GIVEN]
    return [*found, TargetGroup(_("Consent"), _of([*codes, "consent.at"]))]


def describe(code: str) -> str:
    """The name of a target in the reader's language. Raises ValueError for what is none of customers."""
    if code in PLAIN:
        return str(PLAIN[code])
    aim = Aim.of(code)
    match aim:
        case Aim("ignore"):
            return str(IGNORED.label)
        case Aim("note"):
            return _("Note")
        case Aim(noun) if noun in CONTACT_KINDS:
            return _describe_contact(aim)
        case Aim("attribute", name) if name:
            return _("Attribute %(name)s") % {"name": name}
        case Aim("relation", name, "to" | "from") if name and aim.part in RELATION_PARTS:
            return f"{_relation_name(name, aim.more)}: {RELATION_PARTS[aim.part]}{_slot(aim)}"
        case Aim("us", "", part=""):
            return _("Relation to us: which")
        case Aim("us", name) if name and aim.part in ("", *US_PARTS):
            return f"{_relation_name(name, 'to')}: {US_PARTS[aim.part] if aim.part else _('yes or no')}"
        case Aim("consent", "", part="at"):
            return _("Consent: when")
        case Aim("consent", purpose, channel) if aim.part in GIVEN and purpose in ConsentPurpose.values:
            if channel in ConsentChannel.values:
                return f"{ConsentPurpose(purpose).label}, {ConsentChannel(channel).label}: {GIVEN[aim.part]}"
    raise ValueError(code)


def _describe_contact(aim: Aim) -> str:
    label = str(LABELS.get(aim.name, aim.name))
    named = f"{CONTACT_KINDS[aim.noun]} ({label})" if label else str(CONTACT_KINDS[aim.noun])
    if aim.part == "label":
        return f"{named}{_slot(aim)}: {_('label')}"
    if aim.part and (aim.noun != "address" or aim.part not in ADDRESS_PARTS):
        raise ValueError(aim)
    return f"{named}{_slot(aim)}" + (f": {ADDRESS_PARTS[aim.part]}" if aim.part else "")


def _slot(aim: Aim) -> str:
    return f" {aim.slot}" if aim.slot else ""


def _relation_name(code: str, direction: str) -> str:
    row = RelationType.objects.filter(code=code).first()
    if row is None:
        raise ValueError(code)
    return str(row) if direction == "to" else row.inverse


def _targets(labels: dict[str, Any], *, leave_out: tuple[str, ...]) -> tuple[Target, ...]:
    many = ("tags", "deleted")
    return tuple(Target(code, str(label), code in many) for code, label in labels.items() if code not in leave_out)


def _of(codes: list[str], *, is_many: bool = False) -> tuple[Target, ...]:
    return tuple(Target(code, describe(code), is_many) for code in codes)


def _attributes() -> tuple[Target, ...]:
    return tuple(Target(f"attribute:{row.code}", row.name) for row in CustomAttribute.objects.all())


def _relations() -> tuple[Target, ...]:
    """Both directions of each type between two customers; one, where it reads the same from both ends."""
    found = []
    for row in RelationType.objects.filter(is_with_us=False):
        names = {"to": str(row)} if row.is_symmetric else {"to": str(row), "from": row.inverse}
        for way, name in names.items():
            found += [
                Target(f"relation:{row.code}:{way}.{part}", f"{name}: {label}")
                for part, label in RELATION_PARTS.items()
            ]
    return tuple(found)


def _with_us() -> tuple[Target, ...]:
    found = [Target("us", _("Relation to us: which"))]
    for row in RelationType.objects.filter(is_with_us=True):
        found.append(Target(f"us:{row.code}", f"{row}: {_('yes or no')}"))
        found += [Target(f"us:{row.code}.{part}", f"{row}: {label}") for part, label in US_PARTS.items()]
    return tuple(found)


def _consents() -> list[tuple[str, str]]:
    """All channels for marketing, which people allow or forbid by channel; any for the other purposes."""
    marketing = [(ConsentPurpose.MARKETING.value, channel) for channel in ConsentChannel.values]
    others = [(purpose, ConsentChannel.ANY.value) for purpose in ConsentPurpose.values]
    return [*marketing, *others[1:]]
