"""Find distinct ways between two places, the band around the best and its choke points, and write them as GeoJSON."""

import argparse
import tempfile
from pathlib import Path

from routes import answers, export
from routes.alternatives import alternatives
from routes.band import near_optimal
from routes.chokepoints import choke_points
from routes.query import Query, put
from routes.study import Study

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("folder", nargs="?", type=Path, help="where to write; a new temporary folder when left out")
parser.add_argument("--from", dest="origin", default="Goris", help="lon,lat or a place of the study")
parser.add_argument("--to", dest="destination", default="Meghri", help="lon,lat or a place of the study")
given = parser.parse_args()
folder = given.folder or Path(tempfile.mkdtemp(prefix="weak-points-"))
folder.mkdir(parents=True, exist_ok=True)

# A question is posed once, and answered in several ways. Any border may be passed here, open or not.
query = Query(given.origin, given.destination, "road", through=("any",), cost="distance")
posed = put(Study.open("nakhchivan"), query, single=False)

found = alternatives(posed.journey, posed.cost, 3)
for route, share, longer in zip(found.routes, found.share, found.stretch, strict=True):
    print(f"{route.id}: {route.length_m.sum() / 1000:.1f} km, {share:.0%} in common, {longer:.0%} over the best")
if found.notice:
    print(found.notice)

band = answers.of_band(near_optimal(posed.journey, posed.cost, 0.05), query.cost)
weak = answers.of_chokepoints(posed.journey, choke_points(posed.journey, posed.cost), query.cost)
print(*band.sentences, *weak.sentences, sep="\n")

# Every file holds its sources, dates and attribution; QGIS opens all three.
files = {"band": answers.render(band, "geojson"), "chokepoints": answers.render(weak, "geojson")}
if found.routes:
    files["alternatives"] = export.render_all(found.routes, "geojson")
for name, content in files.items():
    export.save(content, folder / f"{name}.geojson")
print(f"Written to {folder}: {', '.join(f'{name}.geojson' for name in files)}")
