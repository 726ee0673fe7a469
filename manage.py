#!/usr/bin/env python
"""Django's command line. `./bin/crm WORD` calls it in the project's environment."""

import os
import sys


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    from django.core.management import execute_from_command_line

    from customers.audit.origin import Origin, acting

    with acting(Origin("command", sys.argv[1] if len(sys.argv) > 1 else "")):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
