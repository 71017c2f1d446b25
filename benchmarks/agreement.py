"""Whether the answers agree: ours with networkx's to the last unit, the peers' lengths with ours on the same roads."""

from __future__ import annotations

import os
import time
from collections import Counter
from importlib.metadata import version
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.door import Door
from benchmarks.export import main_nodes
from benchmarks.job import Job, run_job
from benchmarks.results import OWN, Results
from benchmarks.scenarios import CLOSED, Case, factors, judge
from benchmarks.shared_graph import SharedGraph
from benchmarks.traces import Tracer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.network import Network

_SOURCES, _TARGETS, _SCENARIOS = 25, 40, 20
_SEED = 2026
_SEARCHERS = ("networkx", "igraph", "pandana", "SciPy")
_TRACED = (("OSRM", "route"), ("Valhalla", "route"), ("Valhalla", "shortest"))


def check(job: Job) -> None:
    """
    Compare answers.

    Parameters
    ----------
    job
        The setting; the folder holds what the measurements before left.
    """
    door = Door.open(job.folder)
    shared = SharedGraph.load(job.folder / "graph.npz")
    _with_networkx(job, door, shared)
    results = Results.read(job.folder.parents[1])
    _with_searchers(job, shared, results)
    _with_routers(job, door.network, results)


def cases(shared: SharedGraph) -> list[Case]:
    """
    Pick what networkx is asked: 1,000 random pairs on the graph as it is, 40 pairs under each of 20 scenarios.

    Parameters
    ----------
    shared
        The graph.

    Returns
    -------
    cases
        Always the same for a graph. Their nodes are of its main part; a closure may leave some without a way.
    """
    nodes = main_nodes(shared.node_count, shared.tail, shared.head)
    random = np.random.default_rng(_SEED)
    seeds = [*[None] * _SOURCES, *range(_SCENARIOS)]
    picked = random.choice(nodes, (len(seeds), 1 + _TARGETS)).tolist()
    return [Case(seed, source, tuple(targets)) for seed, (source, *targets) in zip(seeds, picked, strict=True)]


def _with_networkx(job: Job, door: Door, shared: SharedGraph) -> None:
    asked = cases(shared)
    ours = [answer for case in asked for answer in _own(door, shared, case)]
    began = time.perf_counter()
    theirs = [answer for row in judge(job.folder / "graph.npz", asked, os.cpu_count() or 1) for answer in row]
    seconds = time.perf_counter() - began
    plain = sum(len(case.targets) for case in asked if case.seed is None)
    for name, part in (("as it is", slice(0, plain)), ("under scenarios", slice(plain, None))):
        same = sum(one == other for one, other in zip(ours[part], theirs[part], strict=True))
        ways = sum(answer is not None for answer in theirs[part])
        text = f"networkx's Dijkstra, the graph {name}: {same:,} of {len(theirs[part]):,} random pairs cost exactly "
        text += f"what Araxes says, {ways:,} of them with a way"
        text += "." if name == "as it is" else f", under {_SCENARIOS} random scenarios (factors and closures)."
        job.report("check", (), f"networkx, {name}", answer={"pairs": len(theirs[part]), "equal": same}, note=text)
    print(f"networkx took {seconds:.0f} s")


def _own(door: Door, shared: SharedGraph, case: Case) -> list[int | None]:
    """Ask our engine, with the scenario's factor on each edge."""
    factor = np.ones(door.network.edge_count, dtype=np.int64)
    found = factors(int(shared.every_edge.max()) + 1, case.seed)
    factor[: len(found)] = found
    return door.costs(np.where(factor == CLOSED, CLOSED, door.length_mm * factor), case.source, case.targets)


def _with_searchers(job: Job, shared: SharedGraph, results: Results) -> None:
    for peer in _SEARCHERS:
        found = [results.find(peer, "route", case) for case in shared.case]
        if not found or not all(found):
            continue
        costs = [record.answer["cost"] for record in found if record]
        same = sum(cost == ours for cost, ours in zip(costs, shared.cost.tolist(), strict=True))
        text = f"{peer}: {same} of the {len(costs)} pairs cost exactly what Araxes says ({shared.unit})."
        job.report("check", (), peer, answer={"pairs": len(costs), "equal": same}, note=text)


def _with_routers(job: Job, network: Network, results: Results) -> None:
    records = [
        record
        for peer, operation in _TRACED
        for record in results.records
        if (record.peer, record.operation) == (peer, operation) and "shape" in record.answer
    ]
    if not records:
        return
    tracer = Tracer(network)
    for record in records:
        trace = tracer.trace(record.answer["shape"])
        answer = {
            "length_m": record.answer["length_m"],
            "measured_m": trace.shape_m,
            "on_our_edges": trace.matched_m / trace.shape_m,
            "borders": _borders(trace.territories(network)),
            "barred_km": trace.barred_km(network),
        }
        ours = results.find(OWN, "shortest", record.case) if record.operation == "shortest" else None
        if ours:
            answer["ours_m"] = ours.answer["length_m"]
        job.report("trace", (), f"{record.peer}, {record.operation}, {record.case}", answer=answer)


def _borders(keys: Sequence[str]) -> str:
    """Write which borders are passed; a road that weaves along one passes it many times."""
    passed = Counter("-".join(sorted(pair)) for pair in pairwise(keys))
    return ", ".join(f"{border} x {count}" if count > 1 else border for border, count in passed.items()) or "none"


if __name__ == "__main__":
    run_job("agreement", version("networkx"), {"check": check})
