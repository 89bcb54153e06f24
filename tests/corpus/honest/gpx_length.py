import xml.etree.ElementTree as ET
from math import asin, cos, radians, sin, sqrt

NS = {"g": "http://www.topografix.com/GPX/1/1"}


def distance(a, b):
    (la, lo), (lb, ln) = (tuple(map(radians, p)) for p in (a, b))
    h = sin((lb - la) / 2) ** 2 + cos(la) * cos(lb) * sin((ln - lo) / 2) ** 2
    return 12742 * asin(sqrt(h))


def run(gpx: str) -> dict:
    root = ET.fromstring(gpx)
    tracks = []
    for track in root.iterfind("g:trk", NS):
        points = [(float(p.get("lat")), float(p.get("lon"))) for p in track.iterfind(".//g:trkpt", NS)]
        tracks.append({
            "name": track.findtext("g:name", default="", namespaces=NS),
            "points": len(points),
            "km": round(sum(map(distance, points, points[1:])), 3),
        })
    return {"tracks": tracks}
