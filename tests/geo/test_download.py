"""Downloads, against a small server of the tests' own: extracts with checksums, and areas through OSMnx."""

import hashlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import osmnx
import pytest

from geo import overpass
from geo.connection import require_secure, user_agent
from geo.download import download_area, download_extracts
from geo.errors import DownloadError, InputError, NotFoundError
from geo.osm import read_osm

BOX = (46.05, 39.05, 46.25, 39.25)


@dataclass
class Reply:
    """What the server says to one request; `cut` is after how many bytes it hangs up."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None


@dataclass
class Server:
    """A server that says what it was told to, and remembers what it was asked."""

    url: str
    replies: dict[str, list[Reply]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str], str]] = field(default_factory=list)

    def say(self, path: str, *replies: Reply) -> None:
        """Answer a path with these in turn; with the last one again and again."""
        self.replies[path] = list(replies)

    def paths(self) -> list[str]:
        return [path for path, _, _ in self.asked]


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            path = urlsplit(self.path).path
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            served.asked.append((path, dict(self.headers), body or urlsplit(self.path).query))
            queue = served.replies.get(path, [Reply(b"no such page", 404)])
            reply = queue.pop(0) if len(queue) > 1 else queue[0]
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body[: reply.cut])
            if reply.cut is not None:
                self.wfile.flush()
                self.connection.shutdown(socket.SHUT_RDWR)

        do_GET = do_POST = answer  # noqa: N815  (names that http.server asks for)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (its name in http.server)
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = Server(f"http://127.0.0.1:{http.server_port}")
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    yield served
    http.shutdown()
    thread.join()
    http.server_close()


# -- extracts ----------------------------------------------------------------------------------------------------------

NAME = "armenia-latest.osm.pbf"
EXTRACTS = [{"id": "armenia", "url": f"https://download.example/asia/{NAME}"}]
CONTENT = b"a country" * 50_000


def publish(server: Server, content: bytes, *, checksum_of: bytes | None = None, cut: int | None = None) -> None:
    digest = hashlib.md5(content if checksum_of is None else checksum_of).hexdigest()  # noqa: S324  (as published)
    server.say(f"/asia/{NAME}.md5", Reply(f"{digest}  {NAME}\n".encode()))
    server.say(f"/asia/{NAME}", Reply(content, cut=cut))


def test_an_extract_is_fetched_verified_and_put_in_place(server, tmp_path):
    publish(server, CONTENT)
    heard: list[tuple[str, int, int | None]] = []
    paths = download_extracts(
        EXTRACTS, tmp_path / "new", base_url=server.url, progress=lambda *report: heard.append(report)
    )
    assert paths == [tmp_path / "new" / NAME]
    assert paths[0].read_bytes() == CONTENT
    assert [path.name for path in paths[0].parent.iterdir()] == [NAME]
    assert heard[-1] == (f"downloading {NAME}", len(CONTENT), len(CONTENT))
    assert [done for _, done, _ in heard] == sorted(done for _, done, _ in heard)
    assert all(headers["User-Agent"].startswith("Araxes/") for _, headers, _ in server.asked)
    assert paths[0].stat().st_mode & 0o444 == 0o444  # others on the machine may read it


def test_what_is_up_to_date_is_not_fetched_again(server, tmp_path):
    publish(server, CONTENT)
    download_extracts(EXTRACTS, tmp_path, base_url=server.url)
    download_extracts(EXTRACTS, tmp_path, base_url=server.url)
    assert server.paths().count(f"/asia/{NAME}") == 1
    publish(server, b"a newer country")
    (path,) = download_extracts(EXTRACTS, tmp_path, base_url=server.url)
    assert path.read_bytes() == b"a newer country"


@pytest.mark.parametrize(
    ("arrange", "says"),
    [
        (lambda server: publish(server, CONTENT, checksum_of=b"something else"), "does not match its published check"),
        (lambda server: publish(server, CONTENT, cut=1000), "broke off"),
        (lambda server: server.say(f"/asia/{NAME}", Reply(status=503)), "server answered 503 Service Unavailable"),
        (lambda server: server.say(f"/asia/{NAME}.md5", Reply(b"<html>Hello</html>")), "holds no MD5 checksum"),
        (lambda server: server.say(f"/asia/{NAME}.md5", Reply(status=404)), "server answered 404 Not Found"),
    ],
)
def test_a_failure_leaves_the_earlier_file(server, tmp_path, arrange: Callable[[Server], None], says):
    (tmp_path / NAME).write_bytes(b"the earlier country")
    publish(server, CONTENT)
    arrange(server)
    with pytest.raises(DownloadError, match=says) as caught:
        download_extracts(EXTRACTS, tmp_path, base_url=server.url)
    assert "\n" not in str(caught.value)
    assert (tmp_path / NAME).read_bytes() == b"the earlier country"
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_after_a_break_the_next_attempt_succeeds(server, tmp_path):
    publish(server, CONTENT)
    server.say(f"/asia/{NAME}", Reply(CONTENT, cut=100_000), Reply(CONTENT))
    with pytest.raises(DownloadError):
        download_extracts(EXTRACTS, tmp_path, base_url=server.url)
    (path,) = download_extracts(EXTRACTS, tmp_path, base_url=server.url)
    assert path.read_bytes() == CONTENT


def test_a_server_that_is_not_there(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(DownloadError, match="connection failed or broke off"):
        download_extracts(EXTRACTS, tmp_path, base_url=f"http://127.0.0.1:{port}")


def test_what_killed_downloads_left_behind_is_cleared_a_day_later(server, tmp_path, monkeypatch):
    publish(server, CONTENT)
    (tmp_path / ".download-killed").mkdir()
    (tmp_path / ".download-killed" / "part").write_bytes(b"half a coun")
    download_extracts(EXTRACTS, tmp_path, base_url=server.url)
    assert (tmp_path / ".download-killed").exists()  # it may be running
    monkeypatch.setattr("geo.download._STALE_S", -1.0)
    download_extracts(EXTRACTS, tmp_path, base_url=server.url)
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_only_secure_addresses_are_asked(server, tmp_path):
    with pytest.raises(DownloadError, match="not a secure address"):
        download_extracts([{"id": "x", "url": "http://download.example/x.osm.pbf"}], tmp_path)
    with pytest.raises(DownloadError, match="not a secure address"):
        download_area(BOX, endpoint="http://overpass.example/api")
    for url in ("http://localhost:8080/x", "http://127.0.0.1/x", "http://[::1]/x", "https://example.org/x"):
        require_secure(url)
    # Nor does a redirection lead to one.
    publish(server, CONTENT)
    server.say(f"/asia/{NAME}.md5", Reply(status=302, headers={"Location": "ftp://download.example/x"}))
    with pytest.raises(DownloadError):
        download_extracts(EXTRACTS, tmp_path, base_url=server.url)


# -- areas through OSMnx -----------------------------------------------------------------------------------------------

WAYS: list[tuple[int, list[int], dict[str, str]]] = [
    (20, [1, 2, 3], {"highway": "primary", "name": "Ararat & Araz", "ref": "M2", "surface": "asphalt"}),
    (21, [3, 4, 5], {"highway": "secondary", "oneway": "yes", "bridge": "viaduct"}),
    (22, [2, 5, 6], {"highway": "tertiary", "oneway": "-1"}),
    (23, [4, 7], {"highway": "construction", "construction": "trunk"}),
    (24, [8, 9], {"railway": "disused", "disused": "rail", "gauge": "1520"}),
    (25, [9, 10], {"railway": "rail", "tunnel": "yes", "electrified": "contact_line"}),
    (26, [10, 11], {"abandoned:railway": "rail", "highway": "track"}),
    (27, [12, 13], {"proposed:railway": "rail"}),
    (28, [6, 1], {"highway": "footway"}),
    (29, [6, 7], {"highway": "motorway"}),
]
PLACES = {number: (46.10 + 0.01 * (number % 4), 39.10 + 0.01 * (number // 4)) for number in range(1, 14)}  # lon, lat


def town_xml() -> str:
    nodes = "".join(f'<node id="{i}" lon="{lon:.7f}" lat="{lat:.7f}"/>' for i, (lon, lat) in PLACES.items())
    ways = "".join(
        f'<way id="{i}">'
        + "".join(f'<nd ref="{ref}"/>' for ref in refs)
        + "".join(f'<tag k="{k}" v="{v.replace("&", "&amp;")}"/>' for k, v in tags.items())
        + "</way>"
        for i, refs, tags in WAYS
    )
    return f'<osm version="0.6">{nodes}{ways}</osm>'


def town_answer(wanted: Callable[[dict[str, str]], bool] = lambda tags: True, **more: object) -> Reply:
    ways = [(i, refs, tags) for i, refs, tags in WAYS if wanted(tags)]
    nodes = sorted({ref for _, refs, _ in ways for ref in refs})
    elements: list[dict[str, object]] = [
        {"type": "node", "id": i, "lon": round(PLACES[i][0], 7), "lat": round(PLACES[i][1], 7)} for i in nodes
    ]
    elements += [{"type": "way", "id": i, "nodes": refs, "tags": tags} for i, refs, tags in ways]
    answer = {"osm3s": {"timestamp_osm_base": "2026-05-30T12:00:00Z"}, "elements": elements, **more}
    return Reply(json.dumps(answer).encode(), headers={"Content-Type": "application/json"})


@pytest.fixture
def overpass_server(server: Server) -> Server:
    """Answers the three queries (roads, railways, life-cycle prefixes) with what they ask for."""
    server.say("/api/status", Reply(b"Connected as: 1\nCurrent time: now\nannounced: none\nRate limit: 2\n2 slots\n"))
    server.say(
        "/api/interpreter",
        town_answer(lambda tags: "railway" in tags),
        town_answer(lambda tags: "highway" in tags),
        town_answer(lambda tags: any(":" in key for key in tags)),
    )
    return server


def test_an_area_is_the_network_that_its_osm_file_gives(overpass_server, write):
    network = download_area(BOX, endpoint=f"{overpass_server.url}/api")
    read = read_osm([write("town.osm", town_xml())], data_date="2026-05-30")
    for name in vars(read):
        if name not in ("text", "meta"):
            assert getattr(network, name).tobytes() == getattr(read, name).tobytes(), name
    for name, words in read.text.items():
        assert network.text[name].decode().tolist() == words.decode().tolist(), name
    assert network.data_date == "2026-05-30"
    assert {**network.meta, "title": "town.osm"} == read.meta


def test_rail_is_asked_for_and_kept_unconnected(overpass_server):
    network = download_area(BOX, endpoint=f"{overpass_server.url}/api/")
    edges = network.edges
    assert sorted(edges.loc[edges["mode"] == "rail", "status"]) == ["abandoned", "disused", "open", "proposed"]
    queries = [parse_qs(body)["data"][0] for path, _, body in overpass_server.asked if path == "/api/interpreter"]
    assert len(queries) == 3
    assert '["railway"~"^(light_rail|narrow_gauge|rail|construction|' in queries[0]
    assert '[~"^(construction|proposed|planned|disused|' in queries[2]


def test_the_server_learns_who_asks(overpass_server):
    download_area(BOX, endpoint=f"{overpass_server.url}/api", contact="planner@example.org")
    assert {headers["User-Agent"] for _, headers, _ in overpass_server.asked} == {user_agent("planner@example.org")}
    assert user_agent("planner@example.org").endswith(" (planner@example.org)")


@pytest.mark.parametrize("fails", [False, True])
def test_osmnx_and_the_process_are_left_as_they_were(overpass_server, tmp_path, monkeypatch, fails):
    monkeypatch.chdir(tmp_path)
    before = {name: value for name, value in vars(osmnx.settings).items() if not name.startswith("_")}
    lookup = socket.getaddrinfo
    if fails:
        overpass_server.say("/api/interpreter", Reply(status=500))
        with pytest.raises(DownloadError):
            download_area(BOX, endpoint=f"{overpass_server.url}/api")
    else:
        download_area(BOX, endpoint=f"{overpass_server.url}/api")
    assert {name: value for name, value in vars(osmnx.settings).items() if not name.startswith("_")} == before
    assert socket.getaddrinfo is lookup
    assert list(tmp_path.iterdir()) == []  # no cache folder of OSMnx in the folder one happens to be in


@pytest.mark.parametrize("status", [429, 504])
def test_a_busy_server_is_asked_again_and_what_it_said_before_is_kept(overpass_server, status):
    queue = overpass_server.replies["/api/interpreter"]
    queue.insert(1, Reply(status=status, headers={"Retry-After": "0"}))
    network = download_area(BOX, endpoint=f"{overpass_server.url}/api")
    assert network.edge_count > 10
    assert overpass_server.paths().count("/api/interpreter") == 4


@pytest.mark.parametrize("status", [429, 504])
def test_a_server_that_stays_busy_is_left_alone(overpass_server, status):
    overpass_server.say("/api/interpreter", Reply(status=status))
    with pytest.raises(DownloadError, match=rf"is busy \(answered {status}, asked 2 times\); try again later"):
        download_area(BOX, endpoint=f"{overpass_server.url}/api", attempts=2, pause_s=0.01)
    assert overpass_server.paths().count("/api/interpreter") == 2


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (Reply(status=500), "answered 500 Internal Server Error"),
        (Reply(b"<html>maintenance</html>"), "something that is not JSON"),
        (town_answer(remark="runtime error: Query timed out"), "gave up on the query .*Query timed out"),
        (Reply(status=301, headers={"Location": "http://elsewhere.example/"}), "answered 301 Moved Permanently"),
    ],
)
def test_what_is_no_whole_answer_is_refused(overpass_server, reply, says):
    overpass_server.say("/api/interpreter", reply)
    with pytest.raises(DownloadError, match=says):
        download_area(BOX, endpoint=f"{overpass_server.url}/api")


def test_an_answer_cut_short_is_refused(overpass_server):
    reply = town_answer()
    overpass_server.say("/api/interpreter", Reply(reply.body, cut=200))
    with pytest.raises(DownloadError, match="cannot be reached"):
        download_area(BOX, endpoint=f"{overpass_server.url}/api")


def test_an_area_without_roads_says_so(overpass_server):
    overpass_server.say("/api/interpreter", town_answer(lambda tags: False))
    with pytest.raises(InputError, match="no road and no railway"):
        download_area(BOX, endpoint=f"{overpass_server.url}/api")


@pytest.mark.parametrize(
    ("box", "says"),
    [
        ((46.2, 39.0, 46.1, 39.1), "is no box"),
        ((39.0, 46.1, 39.1, 146.2), "is no box"),
        ((44.0, 38.0, 48.0, 41.0), "too much for an Overpass server"),
    ],
)
def test_a_box_that_cannot_be_asked_for(overpass_server, box, says):
    with pytest.raises(InputError, match=says):
        download_area(box, endpoint=f"{overpass_server.url}/api")
    assert overpass_server.asked == []


def test_a_place_is_found_by_its_name(overpass_server):
    west, south, east, north = BOX
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    place = {
        "importance": 0.5,
        "boundingbox": [south, north, west, east],
        "geojson": {"type": "Polygon", "coordinates": [ring]},
        "display_name": "Town",
        "lat": 39.15,
        "lon": 46.15,
    }
    overpass_server.say("/search", Reply(json.dumps([place]).encode()))
    network = download_area("Town", endpoint=f"{overpass_server.url}/api", geocoder=overpass_server.url)
    assert network.meta["title"] == "Town"
    assert network.edge_count > 10
    overpass_server.say("/search", Reply(b"[]"))
    with pytest.raises(NotFoundError, match="knows no place 'Nowhere'"):
        download_area("Nowhere", endpoint=f"{overpass_server.url}/api", geocoder=overpass_server.url)
    point = {**place, "geojson": {"type": "Point", "coordinates": [46.1, 39.1]}}
    overpass_server.say("/search", Reply(json.dumps([point]).encode()))
    with pytest.raises(InputError, match="as a point, not as an area"):
        download_area("Town", endpoint=f"{overpass_server.url}/api", geocoder=overpass_server.url)


def test_the_default_endpoints_are_secure():
    for url in (overpass.OVERPASS, overpass.NOMINATIM):
        require_secure(url)
        assert url.startswith("https://")
