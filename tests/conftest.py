"""What every test may ask for, and what no test may do: reach the network or touch the user's files."""

import ipaddress
import os
import shutil
import socket
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from routes.study import Study

ROOT = Path(__file__).resolve().parents[1]

# The same examples on every machine and in every run, however slow the machine is.
settings.register_profile("araxes", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("araxes")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what they ask for, so that `-m "not browser"` needs no marks by hand."""
    for item in items:
        names = getattr(item, "fixturenames", ())
        if "chromium_path" in names:
            item.add_marker("browser")
        if "shared_data" in names:
            item.add_marker("real_extract")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with the real extracts: `ARAXES_SHARED_DATA`, or ../shared/data."""
    folder = Path(os.environ.get("ARAXES_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not (folder / "osm").is_dir():
        pytest.skip(f"no real extracts in {folder}: set ARAXES_SHARED_DATA to the folder that holds osm/ and dem/")
    return folder


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The machine's own Chromium, for Playwright's `executable_path`; the one without windows is much the lightest."""
    for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if path := shutil.which(name):
            return path
    pytest.skip("no Chromium on the PATH: install one (on Debian: apt install chromium-headless-shell)")


@pytest.fixture(scope="session")
def study() -> "Study":
    """The built-in study, opened once: a study never changes once it is open."""
    from routes.study import Study  # noqa: PLC0415  (the process that hands the tests out needs none of it)

    return Study.open("nakhchivan")


@pytest.fixture
def run(
    study: "Study", capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    """
    A function that runs a command line of the door and gives exit code, standard output and standard error.

    All commands share the built-in study; any other is opened by each.
    """
    import app  # noqa: PLC0415

    open_study = type(study).open
    monkeypatch.setattr(type(study), "open", lambda name: study if name == study.id else open_study(name))

    def run_command(*arguments: object) -> tuple[int, str, str]:
        code = app.main([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        return code, captured.out, captured.err

    return run_command


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """A function that writes a text, dedented, to a file of the test's own folder and gives its path."""

    def write_file(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8", newline="\n")
        return path

    return write_file


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache folder of the tests' own: what a user downloaded or built stays as it is, and is never read."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("XDG_CACHE_HOME", str(folder))
        yield folder


@pytest.fixture(scope="session", autouse=True)
def local_network_only() -> Iterator[None]:
    """Refuse every connection that would leave this machine."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
        yield


def _guarded(connect: Callable[[socket.socket, Any], Any]) -> Callable[[socket.socket, Any], Any]:
    def local_connect(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_local(address[0]):
            message = f"a test tried to reach {address[0]}: tests talk to servers on this machine alone"
            raise PermissionError(message)
        return connect(self, address)

    return local_connect


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in ("", "localhost")
