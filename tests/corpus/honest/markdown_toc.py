import re
import unicodedata

HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
FENCE = re.compile(r"^(```|~~~)")


def slugify(title: str, seen: dict) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^\w\s-]", "", plain).strip().lower()
    slug = re.sub(r"[\s_]+", "-", slug)
    number = seen.get(slug, 0)
    seen[slug] = number + 1
    return f"{slug}-{number}" if number else slug


def run(markdown: str, depth: int = 3) -> dict:
    seen: dict[str, int] = {}
    entries = []
    fenced = False
    for line in markdown.splitlines():
        if FENCE.match(line):
            fenced = not fenced
            continue
        if fenced:
            continue
        if m := HEADING.match(line):
            level = len(m.group(1))
            if level <= depth:
                title = m.group(2)
                entries.append({"level": level, "title": title, "anchor": slugify(title, seen)})
    toc = "\n".join("{}- [{}](#{})".format("  " * (e["level"] - 1), e["title"], e["anchor"]) for e in entries)
    return {"entries": entries, "toc": toc}
