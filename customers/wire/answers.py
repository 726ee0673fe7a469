"""What an answer says beside its status."""

import json


def refusal_code(text: str) -> str:
    """The `errcode` of a JSON answer where it is not 0: WeChat Work says so that it did not take a message, with status
    200. Empty where nothing was refused."""
    try:
        told = json.loads(text)
    except ValueError:
        return ""
    code = told.get("errcode", 0) if isinstance(told, dict) else 0
    return "" if code in (0, "0", None) else str(code)[:20]
