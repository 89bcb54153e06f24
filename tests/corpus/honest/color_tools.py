import colorsys
import re
from typing import NamedTuple

HEX = re.compile(r"^#?([0-9a-f]{6}|[0-9a-f]{3})$", re.I)


class Rgb(NamedTuple):
    red: int
    green: int
    blue: int

    @property
    def luminance(self) -> float:
        def channel(v):
            v /= 255
            return v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4

        r, g, b = map(channel, self)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b


def parse(text: str) -> Rgb:
    found = HEX.match(text.strip())
    if not found:
        raise ValueError(f"{text} is no hex colour")
    digits = found[1]
    if len(digits) == 3:
        digits = "".join(c * 2 for c in digits)
    return Rgb(*(int(digits[i:i + 2], 16) for i in (0, 2, 4)))


def run(foreground: str, background: str) -> dict:
    a, b = parse(foreground), parse(background)
    light, dark = sorted((a.luminance, b.luminance), reverse=True)
    contrast = (light + 0.05) / (dark + 0.05)
    h, l, s = colorsys.rgb_to_hls(*(c / 255 for c in a))
    return {
        "rgb": a._asdict(),
        "hsl": {"h": round(h * 360), "s": round(s * 100), "l": round(l * 100)},
        "contrast": round(contrast, 2),
        "aa": contrast >= 4.5,
    }
