# category: d27; static: refuse
import smtplib

def run(text: str) -> dict:
    with smtplib.SMTP("192.0.2.1", timeout=1) as s:
        s.sendmail("a@example.com", "b@example.com", text)
    return {}
