from __future__ import annotations


class Query:
    """A tiny fluent builder of SELECT statements with bound parameters."""

    def __init__(self, table: str) -> None:
        self.__table = table
        self.__columns: list[str] = []
        self.__conditions: list[tuple[str, str, object]] = []
        self.__limit: int | None = None

    def select(self, *columns: str) -> Query:
        self.__columns.extend(columns)
        return self

    def where(self, column: str, op: str, value: object) -> Query:
        if op not in {"=", "<", ">", "<=", ">=", "!=", "like"}:
            raise ValueError(f"operator {op} is not allowed")
        self.__conditions.append((column, op, value))
        return self

    def limit(self, n: int) -> Query:
        self.__limit = n
        return self

    def build(self) -> tuple[str, list]:
        sql = "SELECT {} FROM {}".format(", ".join(self.__columns) or "*", self.__table)
        params = []
        if self.__conditions:
            sql += " WHERE " + " AND ".join(f"{c} {o} ?" for c, o, _ in self.__conditions)
            params = [v for *_, v in self.__conditions]
        if self.__limit is not None:
            sql += f" LIMIT {self.__limit}"
        return sql, params


def run(table: str, columns: list, filters: list, limit: int = 0) -> dict:
    query = Query(table).select(*columns)
    for f in filters:
        query = query.where(f["column"], f.get("op", "="), f["value"])
    if limit:
        query = query.limit(limit)
    sql, params = query.build()
    return {"sql": sql, "params": params}
