"""The window: the Flask app that shows one study."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint

from web.api import api
from web.asking import furnish_asking
from web.compare import compare
from web.compress import compress
from web.contents import Contents
from web.download import offer_downloads
from web.language import speak
from web.limits import Limited, bound
from web.map import TileServer
from web.pages import furnish, pages
from web.problems import handle
from web.security import protect
from web.tiles import offer

if TYPE_CHECKING:
    from flask import Flask

    from geo.network import Network
    from routes.study import Study

_MAX_AGE_S = 3600


def create_app(study: Study, network: Network | None = None, *, tiles: TileServer | None = TileServer()) -> Flask:  # noqa: B008 -- frozen
    """
    Make the app that shows a study.

    Parameters
    ----------
    study
        The study.
    network
        The network to show it on; the study's own when left out.
    tiles
        Tile server of the optional base layer; None to offer none. Nothing is asked of it until a reader turns it on.

    Returns
    -------
    app
        A WSGI application; all candidates are resolved, so that it answers at once.

    Raises
    ------
    DataError
        The study is broken.
    """
    app = Limited("web", root_path=str(Path(__file__).parent))
    app.config.update(SEND_FILE_MAX_AGE_DEFAULT=_MAX_AGE_S, TILES=tiles)
    app.extensions["araxes"] = Contents.make(study, network)
    app.register_blueprint(api)
    app.register_blueprint(pages)
    app.register_blueprint(compare)
    furnish_asking(app)
    offer_downloads(app)
    offer(app)
    # Leaflet comes from the package that ships it, so that no page asks another host for it.
    leaflet = Path(str(files("js_lib_leaflet"))) / "static" / "js_lib_leaflet"
    app.register_blueprint(Blueprint("leaflet", __name__, static_folder=leaflet, static_url_path="/static/leaflet"))
    furnish(app)
    handle(app)
    protect(app, tiles.url if tiles else None)
    compress(app)
    bound(app)
    speak(app)  # last: what is registered last sees an answer first, before it is compressed
    return app
