"""The page of one decision as HTML: no script, no outside assets, readable on a phone of 360 pixels."""

from __future__ import annotations

import base64
import hashlib
from html import escape

from cupel.decide.disclosure import Disclosure, Part, without_digest

STYLE = """
:root{color-scheme:light dark}
*{box-sizing:border-box}
body{font:16px/1.45 system-ui,sans-serif;margin:0 auto;padding:12px;max-width:46rem;overflow-wrap:anywhere}
h1{font-size:1.25rem}h2{font-size:1rem;margin:1.4em 0 .3em}
dl{display:grid;grid-template-columns:auto 1fr;gap:.2em .8em;margin:0}dt{font-weight:600}dd{margin:0}
pre{white-space:pre-wrap;background:#8882;border-left:4px solid #888;padding:.6em;margin:.3em 0;
font:13px/1.4 ui-monospace,monospace}
.add{color:#080}.gone{color:#b00}.bad{color:#b00;font-weight:600}
label{display:block;margin:.8em 0 .2em;font-weight:600}
input{font:inherit;width:100%;padding:.6em;letter-spacing:.06em}
button{font:inherit;font-weight:600;width:48%;padding:.8em;margin-top:1em}
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def document(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>{body}</body></html>"
    )


def told(title: str, message: str) -> str:
    """A page that only says something."""
    return document(title, f'<main><h1>{escape(title)}</h1><p id="message">{escape(message)}</p></main>')


def decision_page(disclosure: Disclosure, person: str, problem: str = "") -> str:
    """Disclosure first, then the form. The digest is not shown: its digits come from the other channel."""
    disclosure = without_digest(disclosure)
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in disclosure.facts)
    parts = "".join(_part(part) for part in disclosure.parts)
    warning = f'<p class="bad" id="problem" role="alert">{escape(problem)}</p>' if problem else ""
    body = (
        f"<main><h1>Decide about {escape(disclosure.tool)}</h1>{warning}<dl>{facts}</dl>{parts}"
        f"<h2>what is proved</h2><ul>{_proof(disclosure)}</ul>{_form(person)}</main>"
    )
    return document(f"Decide about {disclosure.tool}", body)


def _part(part: Part) -> str:
    if part.form == "changes":
        lines = "".join(_change(line) for line in part.lines) or "unchanged"
    else:
        lines = escape("\n".join(part.lines))
    return f"<h2>{escape(part.title)}</h2><pre>{lines}</pre>"


def _change(line: str) -> str:
    mark = {"+": "add", "-": "gone"}.get(line[:1], "")
    return f'<span class="{mark}">{escape(line)}</span>\n'


def _proof(disclosure: Disclosure) -> str:
    lines = [f"{proof.gate}: {proof.outcome}. {proof.text}" for proof in disclosure.proofs]
    lines += [disclosure.trials] if disclosure.trials else []
    lines += disclosure.decisions
    condemned = f'<li class="bad">condemned: {escape(disclosure.condemned)}</li>'
    return "".join(f"<li>{escape(line)}</li>" for line in lines) + (condemned if disclosure.condemned else "")


def _form(person: str) -> str:
    return (
        '<form method="post" autocomplete="off"><h2>your decision</h2>'
        f'<label for="person">You are</label><input id="person" name="person" readonly '
        f'value="{escape(person, quote=True)}">'
        '<label for="prefix">First 16 digits of the digest, as the other channel shows it</label>'
        '<input id="prefix" name="prefix" required pattern="([0-9a-fA-F]( |-)?){16}" maxlength="40" '
        'autocapitalize="none" spellcheck="false">'
        '<label for="code">One-time code</label><input id="code" name="code" required '
        'pattern="[0-9]{6,8}" maxlength="8" inputmode="numeric" autocomplete="one-time-code">'
        '<button name="decision" value="Approve">Approve</button> '
        '<button name="decision" value="Reject">Reject</button></form>'
    )
