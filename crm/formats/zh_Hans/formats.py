"""How Chinese pages write numbers and short dates. Django's own formats put nothing between thousands."""

SHORT_DATE_FORMAT = "Y-m-d"  # one width in every row of a table
SHORT_DATETIME_FORMAT = "Y-m-d H:i"
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
