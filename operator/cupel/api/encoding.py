"""JSON for server-side apply, which the API server reads with a YAML parser, whatever the client calls it."""

from __future__ import annotations

import json
import re
from typing import Any

# YAML knows no surrogate pairs ("\ud83d\ude00" is refused), so characters beyond ASCII go out as they are;
# but it folds U+0085, U+2028 and U+2029 like line breaks and refuses control characters: these are escaped.
_MISREAD = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def apply_text(manifest: dict[str, Any]) -> str:
    """JSON that YAML reads as the same value. Raises ValueError on NaN and infinity."""
    text = json.dumps(manifest, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _MISREAD.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
