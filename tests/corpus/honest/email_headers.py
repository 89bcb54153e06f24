import email
from email import policy
from email.utils import parseaddr, parsedate_to_datetime


def run(raw: str) -> dict:
    message = email.message_from_string(raw, policy=policy.default)
    name, address = parseaddr(message["from"] or "")
    when = message["date"]
    return {
        "from": {"name": name, "address": address},
        "subject": str(message["subject"] or ""),
        "date": parsedate_to_datetime(str(when)).isoformat() if when else None,
        "parts": [p.get_content_type() for p in message.walk()],
        "hops": len(message.get_all("received", [])),
    }
