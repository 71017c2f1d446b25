"""Concessions: the smallest change that gives a question an answer."""

from routes.concessions import concessions
from routes.query import Query, put
from routes.study import Study


def kinds(study: Study, query: Query) -> list[tuple[str, str]]:
    """What would have to be given up."""
    assert put(study, query).best().broken is not None
    return [(found.kind, found.name) for found in concessions(study, query)]


def test_one_rule_given_up_is_enough_where_one_stands_in_the_way(study):
    assert kinds(study, Query("horadiz", "nakhchivan", "road")) == [("crossings", "")]
    assert ("avoid", "AM") in kinds(study, Query("horadiz", "nakhchivan", "rail", through=("any",), avoid=("AM",)))


def test_where_no_single_rule_is_enough_crossings_are_passed_as_well(study):
    query = Query("horadiz", "nakhchivan", "rail", avoid=("AM",))
    assert ("avoid", "AM") in kinds(study, query)
    assert all(found.query.through == ("any",) for found in concessions(study, query))


def test_the_shortest_way_comes_first_and_each_keeps_what_it_promises(study):
    query = Query("horadiz", "nakhchivan", "road", through=("any",), avoid=("AM", "IR", "GE"))
    found = concessions(study, query)
    lengths = [concession.route.length_m.sum() for concession in found]
    assert lengths == sorted(lengths)
    for concession in found:
        assert concession.route.broken is None
        still = set(query.avoid) - {concession.name}
        assert not still & set(concession.route.territory)
