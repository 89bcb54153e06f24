import re
from collections import Counter, defaultdict

LINE = re.compile(
    r"""(?P<ip>\S+)\s\S+\s\S+\s
        \[(?P<when>[^\]]+)\]\s
        "(?P<method>[A-Z]+)\s(?P<path>\S+)[^"]*"\s
        (?P<status>\d{3})\s(?P<size>\d+|-)""",
    re.VERBOSE,
)


def run(lines: str, top: int = 10) -> dict:
    statuses: Counter[str] = Counter()
    paths = Counter()
    bytes_by_ip = defaultdict(int)
    skipped = 0
    for line in lines.splitlines():
        match = LINE.match(line)
        if match is None:
            skipped += bool(line.strip())
            continue
        entry = match.groupdict()
        statuses[entry["status"]] += 1
        paths[entry["path"]] += 1
        bytes_by_ip[entry["ip"]] += 0 if entry["size"] == "-" else int(entry["size"])
    return {
        "statuses": dict(sorted(statuses.items())),
        "paths": [{"path": p, "hits": n} for p, n in paths.most_common(top)],
        "traffic": dict(sorted(bytes_by_ip.items(), key=lambda kv: -kv[1])[:top]),
        "skipped": skipped,
    }
