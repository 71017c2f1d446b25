"""The window: pages, JSON API and maps. Holds no analysis."""

from web.map import TileServer
from web.server import serve
from web.window import create_app

__all__ = ["TileServer", "create_app", "serve"]
