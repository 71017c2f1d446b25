"""Ask what if: a scenario in text form, the ways that no other beats under it, and what is missing before it."""

from routes import answers
from routes.comparison import compare
from routes.missing import missing_links
from routes.pareto import front
from routes.query import Query, put
from routes.study import Study

# As of the end of 2030, and besides: a proposed link and the road behind it open, another road upgraded to 80 km/h.
SCENARIO = "as_of=2030;open=link-agarak-ordubad-road,agarak-ordubad-road;upgrade=kajaran-meghri-road:80"

study = Study.open("nakhchivan")
scenario = study.scenario(SCENARIO)
print(f"Scenario: {scenario.label}")

# 1. What it changes for one candidate: the same figures now and then, as differences to the baseline.
now = compare(study.route("kapan-kajaran-road")).set_index("metric")["central"]
then = compare(study.route("kapan-kajaran-road", scenario=scenario)).set_index("metric")["central"]
for metric, unit, scale in (("to_build_m", "km", 1000), ("goods_time_s", "h", 3600)):
    print(f"kapan-kajaran-road, {metric}: {now[metric] / scale:.1f} {unit} -> {then[metric] / scale:.1f} {unit}")

# 2. The Pareto front under the scenario: each row is a real way, and no way is better in every cost.
ask = Query("Horadiz", "Nakhchivan", "road", through=("any",), scenario=SCENARIO)
found = front(put(study, ask, single=False).journey, ("distance", "build", "in:AM"))
print(f"\n{len(found.ways)} ways that no other beats. {found.exactness}")
print(found.table.round(1).to_string(index=False, na_rep="-"))

# 3. What is missing for trains today, when only open track counts and borders may be passed only where open.
ask = Query("horadiz_stn", "nakhchivan_stn", "rail", statuses=("open",))
journey = put(study, ask, single=False, from_any_line=True).journey
links = missing_links(journey, most=5)
print()
print(answers.render(answers.of_missing(journey, links), "table").decode(), end="")

# Each link that is a line or a gap can be added to a scenario of its own.
for link in links:
    if link.kind != "border":
        print(f"to add: {link.addition().title}, {link.length_m / 1000:.1f} km, {link.status or 'nothing there'}")
