"""Look for things that look like secrets in a text."""
import re

PATTERNS = {
    "aws-access-key": re.compile(r"AKIA[0-9A-Z]{16}"),
    "github-token": re.compile(r"gh[pousr]_[A-Za-z0-9]{36}"),
    "private-key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "password-assignment": re.compile(r"(?i)password\s*=\s*['\"]([^'\"]+)['\"]"),
}


def mask(value: str) -> str:
    return value[:4] + "*" * max(len(value) - 4, 0)


def run(text: str) -> dict:
    findings = []
    for number, line in enumerate(text.splitlines(), start=1):
        for name, pattern in PATTERNS.items():
            for match in pattern.finditer(line):
                findings.append({"line": number, "rule": name, "match": mask(match.group(0))})
    return {"findings": findings, "clean": not findings}
