"""The register of the built-in study: provisions, works and sources hold together and say no more than is known."""

import re
import tomllib
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "data" / "nakhchivan"
FACTS_UNTIL = "2026-06-01"
DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")

KINDS = {"announced", "framework", "initialed", "signed", "in force", "historic"}
MODES = {"rail", "road", "pipeline", "power", "fibre", "border", "general"}
VERIFICATIONS = {"verified", "number not verified", "content not verified"}
STANDINGS = {"stated by a government", "offered", "not announced", "historic", "reference"}
TERRITORIES = {"AM", "AZ", "AZ-NX", "IR", "GE", "TR"}
CANDIDATES = {
    "araxes-rail",
    "araxes-road",
    "kapan-kajaran-road",
    "goris-yeraskh-road",
    "bichenek-road",
    "iran-bank-road",
}
INSTRUMENTS = {
    *("TS2020", "TS2021", "JD2025", "AP2025", "OSCE2025", "MOU-AZ", "S907", "MOU-AM1", "MOU-AM2", "MOU-AM3"),
    *("TIF2026", "CH-AZ", "TA2026", "CH-AM", "CM-AM"),
    "MOC-SOCAR-XOM",  # named by the seed documents alone
}
PROVISIONS = {
    *(f"JD2025-{number}" for number in range(1, 8)),
    *(f"AP2025-{number}" for number in range(1, 18)),
    *(f"TIF-{number}" for number in range(7)),
    *("OSCE2025-1", "MOU-AZ-1", "CH-AZ-I", "CH-AZ-II", "S907-1", "MOU-AM1-I", "MOU-AM1-F", "TA-1"),
    *("TS2020-9", "TS2021-1"),
}
WORKS = {
    *("R-AZ-1", "R-AZ-1-stages", "R-AM-1", "R-AM-2", "R-AM-3", "R-NX-1", "R-TR-1", "R-TR-NX"),
    *("H-AZ-1", *(f"H-AM-{number}" for number in range(1, 10)), "H-NX-1", "I-IR-1"),
    *("P-1", "P-2", "P-3", "P-4", "F-1"),
}
TRIPP = {"JD2025-4", "TIF-0", "TIF-1", "TIF-2", "TIF-3", "TIF-4", "TIF-5", "TA-1"}
TRIPP_STRETCHES = {"aghband-meghri-rail", "meghri-agarak-rail", "agarak-ordubad-rail"}


def read(name):
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def register():
    return read("provisions.toml")


@pytest.fixture(scope="module")
def works():
    return read("works.toml")


@pytest.fixture(scope="module")
def sources():
    return read("sources.toml")["sources"]


def tags_of(node):
    """Every source tag anywhere in a tree of tables."""
    if isinstance(node, list):
        return {tag for item in node for tag in tags_of(item)}
    if not isinstance(node, dict):
        return set()
    found = set()
    for key, value in node.items():
        if key in {"source", "sources"}:
            found |= {value} if isinstance(value, str) else set(value)
        else:
            found |= tags_of(value)
    return found


def by_id(rows):
    return {row["id"]: row for row in rows}


def rules_of(row):
    return row.get("applies", [])


# ---- every row is there, once


def test_every_instrument_is_listed_once(register):
    ids = [row["id"] for row in register["instruments"]]
    assert len(ids) == len(set(ids))
    assert set(ids) >= INSTRUMENTS


def test_every_provision_is_listed_once(register):
    ids = [row["id"] for row in register["provisions"]]
    assert len(ids) == len(set(ids))
    assert set(ids) >= PROVISIONS


def test_every_work_is_listed_once(works):
    ids = [row["id"] for row in works["works"]]
    assert len(ids) == len(set(ids))
    assert set(ids) >= WORKS


def test_every_candidate_has_a_standing(works):
    assert set(works["standing"]) == CANDIDATES | {"kapan-branch-rail", "iran-today-road", "georgia-turkiye-road"}


def test_a_source_id_or_alias_names_one_source(sources):
    names = [name for row in sources for name in (row["id"], *row.get("aliases", []))]
    assert len(names) == len(set(names))


def test_the_seed_documents_are_sources(sources):
    assert {"S0", "S1"} <= set(by_id(sources))


# ---- everything leads to a source


@pytest.mark.parametrize("name", ["provisions.toml", "works.toml"])
def test_every_tag_is_a_source(name, sources):
    assert tags_of(read(name)) <= set(by_id(sources))


def test_every_provision_work_position_and_event_has_a_source(register, works):
    rows = [*register["instruments"], *register["provisions"], *register["positions"], *register["events"]]
    assert all(row["sources"] for row in [*rows, *works["works"], *works["standing"].values()])


def test_what_a_row_quotes_is_among_its_sources(works):
    for row in works["works"]:
        inner = {key: value for key, value in row.items() if key != "sources"}
        assert tags_of(inner) <= set(row["sources"]), row["id"]


def test_a_source_says_where_it_is_or_that_this_is_not_recorded(sources):
    for row in sources:
        assert row["publisher"]
        assert row["title"]
        assert row["licence"]
        assert row["last_looked"] == FACTS_UNTIL
        if row["url"]:
            assert re.fullmatch(r"https?://\S+", row["url"]), row["id"]
        else:
            assert row["marks"] or row["licence"] != "facts only", row["id"]


def test_members_of_a_group_are_sources(sources):
    assert {member for row in sources for member in row.get("members", [])} <= set(by_id(sources))


# ---- dates


def test_dates_are_dates_and_none_is_later_than_the_facts(register, works, sources):
    rows = [*register["instruments"], *register["provisions"], *register["events"], *works["works"]]
    dates = [row[key] for row in rows for key in ("date", "date_end", "status_date", "last_seen") if key in row]
    dates += [report["date"] for row in works["works"] for report in row.get("progress", [])]
    dates += [row["date"] for row in sources if row["date"]]
    assert [date for date in dates if not DATE.fullmatch(date)] == []
    assert [date for date in dates if date > FACTS_UNTIL] == []


def test_every_status_says_when_it_was_last_seen(register, works):
    for row in [*register["instruments"], *register["provisions"], *works["works"]]:
        assert row["status"], row["id"]
        assert row["last_seen"] >= row.get("date", row.get("status_date"))[: len(row["last_seen"])], row["id"]


def test_targets_are_dates_or_years_and_say_who_set_them(works):
    for row in works["works"]:
        for target in row.get("dates", []):
            values = [target[key] for key in ("low", "central", "high") if key in target]
            assert values, row["id"]
            assert values == sorted(values), row["id"]
            assert all(isinstance(value, int) or DATE.fullmatch(value) for value in values), row["id"]
            assert isinstance(target["announced"], bool), row["id"]


# ---- the law


def test_kinds_modes_and_marks_are_from_their_lists(register):
    assert {row["kind"] for row in [*register["instruments"], *register["provisions"]]} <= KINDS
    assert {mode for row in register["provisions"] for mode in row["modes"]} <= MODES
    assert {row["verification"] for row in register["provisions"]} <= VERIFICATIONS


def test_every_provision_belongs_to_an_instrument(register):
    assert {row["instrument"] for row in register["provisions"]} <= set(by_id(register["instruments"]))


@pytest.mark.parametrize("instrument", ["AP2025", "TA2026"])
def test_initialed_is_never_signed(register, instrument):
    rows = [by_id(register["instruments"])[instrument]]
    rows += [row for row in register["provisions"] if row["instrument"] == instrument]
    assert {row["kind"] for row in rows} == {"initialed"}
    assert all(row["status"].startswith("Initialed") for row in rows)


def test_the_framework_is_a_framework(register):
    rows = [row for row in register["provisions"] if row["instrument"] == "TIF2026"]
    assert {row["kind"] for row in [by_id(register["instruments"])["TIF2026"], *rows]} == {"framework"}


def test_content_that_is_not_verified_is_not_told_and_governs_nothing(register):
    rows = [row for row in register["provisions"] if row["verification"] == "content not verified"]
    assert {row["id"] for row in rows} == {"JD2025-7", *(f"AP2025-{number}" for number in range(11, 18))}
    for row in rows:
        assert row["text"] == ""
        assert rules_of(row) == []
        assert row["note"].startswith("Exists")


def test_a_number_that_is_not_verified_is_not_given(register):
    rows = [row for row in register["provisions"] if row["verification"] == "number not verified"]
    assert {row["id"] for row in rows} == {"JD2025-5", "JD2025-6", "AP2025-8", "AP2025-9", "AP2025-10"}
    assert {row["clause"] for row in rows} == {"not known (number not verified)"}
    assert all(row["text"] for row in rows)


def test_the_waiver_is_not_a_repeal(register):
    assert "not a repeal" in by_id(register["instruments"])["S907"]["nature"]


def test_a_conflict_shows_both_sides(register, works):
    for row in [*register["instruments"], *register["provisions"]]:
        claims = [conflict["claim"] for conflict in row.get("conflicts", [])]
        assert len(claims) != 1, row["id"]
    for row in works["works"]:
        subjects = [conflict["what"] for conflict in row.get("conflicts", [])]
        assert all(subjects.count(subject) > 1 for subject in subjects), row["id"]


@pytest.mark.parametrize("name", ["JD2025-1", "JD2025-2", "OSCE2025-1", "S907-1"])
def test_differences_from_the_seed_documents_are_told(register, name):
    row = by_id(register["provisions"])[name]
    assert "S0" in row["seed_differences"]
    assert "S0" in row["sources"]


# ---- rules that link provisions to the ground


def test_a_rule_states_lists_and_a_reason(register):
    keys = {"territory", "mode", "stretch", "crossing", "candidate", "status"}
    for row in register["provisions"]:
        for rule in rules_of(row):
            stated = set(rule) - {"reason"}
            assert stated, row["id"]
            assert stated <= keys, row["id"]
            assert all(isinstance(rule[key], list) and rule[key] for key in stated), row["id"]
            assert "crossing" not in stated or stated == {"crossing"}, row["id"]
            assert rule["reason"].endswith("."), row["id"]


def test_tripp_is_linked_to_the_railway_in_armenia_and_to_no_road(register):
    provisions = by_id(register["provisions"])
    for name in TRIPP:
        for rule in rules_of(provisions[name]):
            if "crossing" in rule:
                assert set(rule["crossing"]) == {"aghband-nrnadzor-rail", "agarak-ordubad-rail"}
            else:
                assert rule["territory"] == ["AM"]
                assert set(rule["stretch"]) == TRIPP_STRETCHES


def test_the_declaration_covers_every_candidate_through_armenia(register):
    segments = [rule for rule in rules_of(by_id(register["provisions"])["JD2025-3"]) if "candidate" in rule]
    assert [rule["territory"] for rule in segments] == [["AM"]]
    assert set(segments[0]["candidate"]) == CANDIDATES - {"iran-bank-road"}


def test_rules_and_works_name_what_the_study_states(register, works):
    study = read("study.toml")
    known = {key: set(by_id(study[key])) for key in ("stretches", "crossings", "candidates")}
    rules = [rule for row in register["provisions"] for rule in rules_of(row)]
    lengths = [*works["lengths"], *({"stretch": name} for row in works["spans"] for name in row["stretches"])]
    assert {name for rule in rules for name in rule.get("crossing", [])} <= known["crossings"]
    assert {name for rule in rules for name in rule.get("candidate", [])} <= known["candidates"]
    assert {name for rule in rules for name in rule.get("stretch", [])} <= known["stretches"]
    assert {name for row in works["works"] for name in row["stretches"]} <= known["stretches"]
    assert {row["stretch"] for row in lengths} <= known["stretches"]


def test_historic_provisions_govern_nothing(register):
    assert all(rules_of(row) == [] for row in register["provisions"] if row["kind"] == "historic")


# ---- works, standings and lengths


OPENINGS = {"R-AZ-1", "R-AM-1", "R-NX-1", "R-TR-1", "H-AZ-1", "H-AM-4", "H-AM-5", "H-AM-6", "I-IR-1"}


def test_the_works_whose_opening_is_stated_or_assumed(works):
    assert {row["id"] for row in works["works"] if "opening" in row} == OPENINGS


@pytest.mark.parametrize("work", sorted(OPENINGS))
def test_an_opening_has_three_years_a_basis_and_a_source(works, work):
    opening = by_id(works["works"])[work]["opening"]
    years = [opening[case] for case in ("low", "central", "high")]
    assert years == sorted(years)
    assert int(FACTS_UNTIL[:4]) <= years[0]
    assert opening["sources"]
    assert opening["basis"].endswith(".")
    assert opening["announced"] or opening["basis"].startswith("Assumed")
    assert years[1] == years[2] or "assumed" in opening["basis"].lower() or work == "R-TR-1"


@pytest.mark.parametrize("work", sorted(OPENINGS))
def test_an_opening_opens_what_the_study_states(works, work):
    study, row = read("study.toml"), by_id(works["works"])[work]
    opening = row["opening"]
    known = {key: set(by_id(study[key])) for key in ("stretches", "crossings", "links")}
    assert set(opening.get("stretches", [])) <= set(row["stretches"])
    assert set(opening.get("links", [])) <= known["links"]
    assert set(opening.get("crossings", [])) <= known["crossings"]
    assert {name for entry in opening.get("upgrades", []) for name in entry["stretches"]} <= known["stretches"]
    assert all(entry["basis"] for entry in (*opening.get("upgrades", []), *opening.get("adds", [])))


def test_that_a_crossing_opens_is_always_an_assumption(works):
    openings = [row["opening"] for row in works["works"] if "opening" in row]
    assert all(row["crossings_basis"].startswith("Assumed") for row in openings if row.get("crossings"))


def test_works_name_territories_modes_and_candidates_that_exist(works):
    for row in works["works"]:
        assert row["territory"], row["id"]
        assert set(row["territory"]) <= TERRITORIES, row["id"]
        assert set(row["modes"]) <= MODES, row["id"]
        assert set(row["candidates"]) <= CANDIDATES, row["id"]
        assert row["alignment"] in {"published", "not published"}, row["id"]


def test_a_work_without_an_alignment_says_why(works):
    assert all(row["note"] for row in works["works"] if row["alignment"] == "not published")


def test_energy_and_fibre_lie_on_no_stretch(works):
    rows = [row for row in works["works"] if set(row["modes"]) & {"pipeline", "power", "fibre"}]
    assert {row["id"] for row in rows} == {"P-1", "P-2", "P-3", "P-4", "F-1"}
    assert all(row["stretches"] == [] and row["alignment"] == "not published" for row in rows)


def test_a_standing_rests_on_works_and_provisions_that_exist(register, works):
    known = set(by_id(works["works"])) | set(by_id(register["provisions"]))
    for name, standing in works["standing"].items():
        assert standing["standing"] in STANDINGS, name
        assert set(standing["rests_on"]) <= known, name
        assert DATE.fullmatch(standing["when"]), name


def test_only_the_railway_is_stated_by_a_government(works):
    stated = {name for name, row in works["standing"].items() if row["standing"] == "stated by a government"}
    assert stated == {"araxes-rail"}


def test_published_lengths_of_the_stages_of_a_railway_add_up(works):
    rows = [row for row in works["lengths"] if row["basis"] == "chainage"]
    wholes = {row["stretch"]: row["km"] for row in rows if row["whole"]}
    legs = {
        stretch: [row["km"] for row in rows if row["stretch"] == stretch and not row["whole"]] for stretch in wholes
    }
    assert {stretch: pytest.approx(sum(km)) for stretch, km in legs.items() if km} == {
        stretch: wholes[stretch] for stretch, km in legs.items() if km
    }


def test_lengths_say_what_they_rest_on(works):
    for row in [*works["lengths"], *works["spans"]]:
        assert row["km"] > 0
        assert row["basis"] in {"published", "chainage", "probably straight line"}
        assert not (row["basis"] == "probably straight line" and row["whole"])


# ---- words


@pytest.mark.parametrize("name", ["provisions.toml", "works.toml"])
def test_wording_stays_neutral(name):
    text = (FOLDER / name).read_text(encoding="utf-8")
    for word in ("liberated", "occupied", "artsakh", "western azerbaijan", "enclave"):
        assert word not in text.lower()
    assert text.count("Zangezur corridor") == text.count("'Zangezur corridor'")
