"""The window on the built-in study, served on this machine, and a browser that must not leave it."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import waitress
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from routes.study import Study
from web import create_app

CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
]


PATIENCE_MS = 120_000  # what is waited for comes in the end, on a machine however busy
expect.set_options(timeout=PATIENCE_MS)
OWN_SCRIPTS = ", ".join(f"script[src$='/{name}.js']" for name in ("sheet", "page", "compare", "register"))


@pytest.fixture(scope="session")
def app(study: Study) -> Flask:
    """The window on it."""
    return create_app(study)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client without a browser."""
    return app.test_client()


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Flask], str]]:
    """A function that serves an app on a free port, as the product does, and gives its address."""
    servers = []

    def start(app: Flask) -> str:
        server = waitress.create_server(app, host="127.0.0.1", port=0, threads=4)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.effective_port}"

    yield start
    for server, _thread in servers:
        server.close()


@pytest.fixture(scope="session")
def address(app: Flask, serve: Callable[[Flask], str]) -> str:
    """Where the built-in study is served."""
    return serve(app)


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    """Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page, and what went on behind it."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def ready(self) -> "Visit":
        """Wait until the page's own scripts have run."""
        self.page.wait_for_selector("body[data-ready]")
        return self

    def settled(self) -> "Visit":
        """Wait until the page is loaded and its own scripts have run, of which some pages have none."""
        self.page.wait_for_load_state()
        if self.page.locator(OWN_SCRIPTS).count():
            self.ready()
        return self


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """
    A function that opens an address in a window of its own.

    At the end of the test no page may have complained (an error in a script, a breach of the content policy), and no
    request may have left this machine.
    """
    contexts: list[BrowserContext] = []
    visits: list[Visit] = []

    def open_page(url: str, width: int = 1440, height: int = 900, **options: Any) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce", **options)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        seen = Visit(context.new_page())
        visits.append(seen)
        seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        seen.page.on("console", lambda m: seen.complaints.append(m.text) if m.type in ("error", "warning") else None)
        seen.page.on("request", lambda request: seen.requests.append(request.url))
        seen.page.goto(url)
        return seen

    yield open_page
    for context in contexts:
        context.close()
    for seen in visits:
        assert seen.complaints == []
        assert [url for url in seen.requests if not url.startswith("http://127.0.0.1:")] == []
