import csv
import io
import statistics


def _number(value):
    try:
        return float(value)
    except ValueError:
        return None


def run(text: str, delimiter: str = ",") -> dict:
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    rows = list(reader)
    columns = {}
    for name in reader.fieldnames or []:
        numbers = [n for n in (_number(row[name]) for row in rows) if n is not None]
        if numbers and len(numbers) == len(rows):
            columns[name] = {
                "type": "number",
                "min": min(numbers),
                "max": max(numbers),
                "mean": statistics.fmean(numbers),
            }
        else:
            columns[name] = {"type": "text", "distinct": len({row[name] for row in rows})}
    return {"rows": len(rows), "columns": columns}
