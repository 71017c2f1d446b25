"""How stages of a long piece of work are reported as one."""

from geo.progress import as_one

Report = tuple[str, int, int | None]


def heard(*reports: Report) -> list[Report]:
    found: list[Report] = []

    def listen(stage: str, done: int, total: int | None) -> None:
        found.append((stage, done, total))

    tell = as_one(listen, "loading", [("reading", 30), ("cutting", 10), ("splitting", 60)])
    for report in reports:
        tell(*report)
    return found


def test_stages_count_by_their_share_of_the_time():
    assert heard(("reading a.pbf", 50, 100), ("cutting", 1, 2), ("splitting", 0, 3), ("splitting", 3, 3)) == [
        ("loading: reading a.pbf", 150, 1000),
        ("loading: cutting", 350, 1000),
        ("loading: splitting", 400, 1000),
        ("loading: splitting", 1000, 1000),
    ]


def test_it_never_goes_back():
    done = [done for _, done, _ in heard(("reading", 100, 100), ("splitting", 1, 3), ("splitting", 9, 3))]
    assert done == sorted(done)
    assert done[-1] == 1000


def test_a_stage_without_a_total_or_not_foreseen_is_passed_on_as_it_is():
    assert heard(("reading a.osm", 5000, None), ("asking", 1, 4)) == [("reading a.osm", 5000, None), ("asking", 1, 4)]
