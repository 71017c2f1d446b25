"""What goes over the wire: tags, 304, compression, pages with a nonce of their own, and stated limits."""

import gzip
import itertools
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Blueprint
from hypothesis import given
from hypothesis import strategies as st

from web import create_app
from web.compress import Kept, Store
from web.limits import TimeLimitError, limited
from web.stitched import Stitched

GZIP = {"Accept-Encoding": "gzip"}


@pytest.mark.parametrize(
    "address", ["/api/routes", "/api/network", "/static/js/sheet.js", "/static/leaflet/leaflet.js"]
)
@pytest.mark.parametrize("accepts", ["gzip", "identity"])
def test_a_tag_names_the_bytes_and_spares_sending_them_again(client, address, accepts):
    first = client.get(address, buffered=True, headers={"Accept-Encoding": accepts})
    tag, weak = first.get_etag()
    assert tag
    assert not weak
    again = client.get(address, buffered=True, headers={"Accept-Encoding": accepts, "If-None-Match": f'"{tag}"'})
    assert (again.status_code, again.data) == (304, b"")
    assert again.get_etag() == (tag, False)
    other = client.get(address, buffered=True, headers={"Accept-Encoding": accepts, "If-None-Match": '"another"'})
    assert (other.status_code, other.data) == (200, first.data)
    assert first.headers["Cache-Control"]


def test_each_coding_has_a_tag_of_its_own(client):
    packed, plain = client.get("/api/routes", headers=GZIP), client.get("/api/routes")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert packed.get_etag() != plain.get_etag()
    assert {name.strip() for name in packed.headers["Vary"].split(",")} == {"Accept-Encoding"}


def test_tiles_may_be_kept_for_good_and_pages_are_asked_for_each_time(client):
    template = client.get("/api/network").get_json()["tiles"]
    assert "immutable" in client.get(template.format(z=8, x=160, y=97)).headers["Cache-Control"]
    assert client.get("/").headers["Cache-Control"] == "no-cache"


def test_an_answer_is_worked_out_once_and_then_remembered(study):
    app = create_app(study)
    asked = itertools.count(1)
    counted = Blueprint("counted", __name__)
    counted.add_url_rule("/api/counted", view_func=lambda: {"asked": next(asked)})
    app.register_blueprint(counted)
    client = app.test_client()
    assert [client.get("/api/counted?a").get_json() for _time in range(3)] == [{"asked": 1}] * 3
    assert client.get("/api/counted?b").get_json() == {"asked": 2}
    assert client.post("/api/counted").status_code == 405


def test_a_page_that_is_remembered_has_a_nonce_of_its_own_each_time(client):
    nonces = set()
    for address in ("/provisions?lang=hy", "/provisions?lang=hy", "/", "/", "/"):
        answer = client.get(address, headers=GZIP)
        page = gzip.decompress(answer.data).decode()
        (used,) = set(re.findall(r'nonce="([^"]+)"', page))
        assert f"'nonce-{used}'" in answer.headers["Content-Security-Policy"]
        nonces.add(used)
    assert len(nonces) == 5
    plain = client.get("/")
    (own,) = set(re.findall(r'nonce="([^"]+)"', plain.text))
    assert plain.text.replace(own, used) == page


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=6), st.binary(min_size=4, max_size=4))
def test_a_stitched_page_is_the_page_with_the_other_nonce(parts, nonce):
    old = b"\xfe\xff\xfe\xfd"
    parts = [part.replace(old, b"") for part in parts]
    stitched = Stitched.make(old.join(parts), old)
    assert gzip.decompress(stitched.with_nonce(old)) == old.join(parts)
    if old not in nonce.join(parts):
        assert gzip.decompress(stitched.with_nonce(nonce)) == nonce.join(old.join(parts).split(old))


def test_a_store_makes_room_and_stays_as_small_as_it_is_told():
    store = Store(most_bytes=100)
    for name in "abc":
        store.put(name, Kept(name.encode() * 40, ()))
    assert [store.get(name) is not None for name in "abc"] == [False, True, True]
    store.get("b")
    store.put("d", Kept(b"d" * 40, ()))
    assert [store.get(name) is not None for name in "bcd"] == [True, False, True]
    store.put("large", Kept(b"x" * 101, ()))
    assert store.get("large") is None
    store.put("b", Kept(b"", ()))
    store.put("e", Kept(b"e" * 60, ()))
    assert [store.get(name) is not None for name in "bde"] == [True, True, True]


def test_a_crowd_that_asks_the_same_at_once_has_it_worked_out_once(study):
    app = create_app(study)
    asked = itertools.count(1)
    slow = Blueprint("slow", __name__)

    @slow.get("/api/slow")
    def _slow():
        time.sleep(0.5)
        return {"asked": next(asked)}

    app.register_blueprint(slow)
    with ThreadPoolExecutor(6) as crowd:
        answers = list(crowd.map(lambda _reader: app.test_client().get("/api/slow").get_json(), range(6)))
    assert answers == [{"asked": 1}] * 6


# -- limits ----------------------------------------------------------------------------------------------------------


def test_work_stops_at_its_limit_and_nothing_is_stopped_later():
    def work(until):
        with limited(0.3):
            while time.monotonic() < until:
                pass

    until = time.monotonic() + 60
    with pytest.raises(TimeLimitError):
        work(until)
    assert time.monotonic() < until
    with limited(60):
        time.sleep(0.5)


def test_a_request_that_takes_too_long_is_a_problem_that_says_so(study):
    app = create_app(study)
    app.config["TIME_LIMIT_S"] = 0.3
    endless = Blueprint("endless", __name__)

    @endless.get("/api/endless")
    def _endless():
        until = time.monotonic() + 60
        while time.monotonic() < until:
            pass
        return {}

    app.register_blueprint(endless)
    answer = app.test_client().get("/api/endless")
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert "longer than the 0.3 s" in answer.get_json(force=True)["detail"]
    assert answer.headers["Retry-After"]
    assert app.test_client().get("/healthz").status_code == 200


def test_an_answer_that_is_too_large_is_a_problem_that_says_so(study):
    app = create_app(study)
    app.config["MOST_BYTES"] = 10_000
    answer = app.test_client().get("/api/routes", headers=GZIP)
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert "one may have 0 MB" in answer.get_json(force=True)["detail"]
    assert app.test_client().post("/api/routes", data=b"x" * 2_000_000).status_code in {405, 413}
