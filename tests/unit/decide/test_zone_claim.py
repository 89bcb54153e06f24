"""Which namespaces may become zones: one row for each thing that stands against it."""

from __future__ import annotations

import pytest

from cupel.decide.zone_claim import Place, objection

# fmt: off
CASES = [
    ("a namespace that does not exist yet",        Place("tools"),                                          "serving", ""),
    ("the same zone once more",                    Place("tools", "serving"),                               "serving", ""),
    ("its own sandbox once more",                  Place("tools-sandbox", "sandbox", ("tools",)),           "sandbox", ""),
    ("a sandbox nobody names any more",            Place("tools-sandbox", "sandbox"),                       "sandbox", ""),
    ("the system's namespace",                     Place("kube-system"),                                    "serving", "never a zone"),
    ("default, as a sandbox",                      Place("default"),                                        "sandbox", "never a zone"),
    ("another zone's live sandbox",                Place("demo-sandbox", "sandbox", ("demo",)),             "serving", "is the sandbox of serving zone demo: choose another NAMESPACE"),
    ("its own sandbox as the serving zone",        Place("tools", "sandbox", ("tools",)),                   "serving", "is the sandbox of serving zone tools"),
    ("another zone's sandbox for both",            Place("demo-sandbox", "sandbox", ("demo",)),             "sandbox", "is the sandbox of serving zone demo: choose another --sandbox"),
    ("a sandbox nobody names, as a serving zone",  Place("old", "sandbox"),                                 "serving", "is a sandbox zone already"),
    ("a serving zone as a sandbox",                Place("demo", "serving"),                                "sandbox", "is a serving zone already: choose another --sandbox"),
    ("a namespace where others work",              Place("shop", strangers=("web-0", "web-1", "db", "x")),  "serving", "has Pods that are no tools (web-0, web-1, db, ...)"),
    ("a zone's own Pods are not asked about",      Place("tools", "serving", strangers=("probe",)),         "serving", ""),
]
# fmt: on


@pytest.mark.parametrize(("place", "kind", "says"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_objection(place, kind, says):
    found = objection(place, kind, "tools")
    assert says in found and bool(says) == bool(found)
