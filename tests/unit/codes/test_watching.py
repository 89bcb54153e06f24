"""Which CodeEnrollments are looked at: the newest of each person, so that nobody's many keep others waiting."""

from __future__ import annotations

from cupel.api.code_enrollment import CodeEnrollment
from cupel.codes.watching import MOST, due


def wish(name: str, person: str, second: int = 0, resets: str = "", gone: bool = False) -> CodeEnrollment:
    created = f"2030-01-01T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z"
    metadata = {"name": name, "namespace": "cupel-system", "uid": name, "creationTimestamp": created}
    if gone:
        metadata["deletionTimestamp"] = "2030-01-01T00:10:00Z"
    what = {"purpose": "Reset", "resets": resets} if resets else {"publicKey": "A" * 43 + "="}
    return CodeEnrollment.parse({"metadata": metadata, "spec": {"person": person, "groups": [], **what}})


def names(*wishes: CodeEnrollment) -> list[str]:
    return sorted(each.name for each in due(wishes))


def test_the_newest_of_each_person() -> None:
    assert names(wish("b", "bob", 2), wish("a", "bob", 1), wish("c", "carol")) == ["b", "c"]


def test_each_reset_of_an_administrator() -> None:
    assert names(wish("a", "root", 1, "bob"), wish("b", "root", 2, "carol"), wish("c", "root", 3)) == [*"abc"]


def test_one_that_is_being_deleted_is_nobody_s_newest() -> None:
    assert names(wish("a", "bob", 1), wish("b", "bob", 2, gone=True)) == ["a"]


def test_thousands_of_one_person_keep_nobody_waiting() -> None:
    flood = [wish(f"f{n}", "mallory", n) for n in range(2 * MOST)]

    assert "victim" in names(*flood, wish("victim", "victim", 3000))
