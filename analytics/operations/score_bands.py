"""The bands that scores are told in. 50 is the average customer."""

from django.utils.translation import gettext_lazy as _

# From below: everything under the limit has this tone.
BANDS = [
    (35.0, "bad", _("under 35: unhappy")),
    (50.0, "warn", _("35 to 50: below average")),
    (65.0, "fair", _("50 to 65: above average")),
    (101.0, "good", _("65 and more: happy")),
]
