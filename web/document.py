"""A printed document of one route for the command line: what the pages give, without a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.datastructures import MultiDict

from web.download import render
from web.download_subject import subject
from web.window import create_app

if TYPE_CHECKING:
    from geo.network import Network
    from routes.study import Study


def document(study: Study, route_id: str, fmt: str, network: Network | None = None) -> bytes:
    """
    Make a document of one candidate.

    Parameters
    ----------
    study
        The study.
    route_id
        Id of the candidate.
    fmt
        png, svg, pdf (a brief) or html (a map that opens from a disk).
    network
        The network to use; the study's own when left out.

    Returns
    -------
    content
        A4 where it is for paper; the same study and network give the same bytes.

    Raises
    ------
    NotFoundError
        The study has no such candidate.
    """
    app = create_app(study, network, tiles=None)
    with app.test_request_context("/"):
        return render(subject(app.extensions["araxes"], MultiDict({"route": route_id})), fmt)
