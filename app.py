"""The door: `python app.py` serves the map; its sub-commands load, plan, compare, export and download."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click
from platformdirs import user_cache_path
from tqdm import tqdm

from geo.download import download_extracts
from geo.errors import AraxesError, InputError
from geo.network import MODES, STATUSES
from routes import export as files
from routes.loading import load_network, open_network, save_network, summary
from routes.study import Study
from routes.tables import grid

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from geo.network import Network

BUILT_IN = "nakhchivan"
NO_STUDY = "none"
_USER_ERROR = 2
_INTERRUPTED = 130

_file = click.Path(path_type=Path)
_study = click.option("--study", "name", default=BUILT_IN, show_default=True, help="Name or folder of the study.")
_network = click.option(
    "--network", "saved", type=_file, help="A network saved by `load`; the study's own when left out."
)

_progress = click.option(
    "--progress/--no-progress", default=None, help="Show progress on standard error. Default: where a person watches."
)


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def cli(context: click.Context) -> None:
    """Map connectivity corridors: the ways across, what each takes, and how sure we are."""
    if context.invoked_subcommand is None:
        context.invoke(serve)


@cli.command()
@_study
@_network
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
def serve(name: str, saved: Path | None, host: str, port: int) -> None:
    """Serve the map (what `python app.py` does by itself)."""
    from web import window  # noqa: PLC0415  (the other commands need no web server)

    study = Study.open(name)
    app = window.create_app(study, _open(saved, study))
    click.echo(f"{study.title}: http://{host}:{port} (stop with Ctrl-C)", err=True)
    try:
        window.serve(app, host=host, port=port)
    except OSError as error:
        message = f"cannot listen on {host}:{port} ({error.strerror}); choose another --host or --port"
        raise InputError(message) from None


@cli.command()
@click.argument("osm_files", metavar="OSM_FILE...", nargs=-1, required=True, type=_file)
@click.option("--study", "name", default=BUILT_IN, show_default=True, help="Name or folder of the study, or none.")
@click.option("--dem", multiple=True, type=_file, help="Relief, GeoTIFF or HGT; may be repeated. Default: the study's.")
@click.option("--boundaries", type=_file, help="GeoJSON file of territories. Default: the study's.")
@click.option("--data-date", type=click.DateTime(["%Y-%m-%d"]), help="Date of the data. Default: the files' own.")
@_progress
@click.option("-o", "--output", required=True, type=_file, help="The network file to write.")
def load(
    osm_files: tuple[Path, ...],
    name: str,
    dem: tuple[Path, ...],
    boundaries: Path | None,
    data_date: object,
    output: Path,
    *,
    progress: bool | None,
) -> None:
    """Read OpenStreetMap files as one network and save it; print its kilometres by mode, status and territory."""
    _require_folder(output)
    study = None if name == NO_STUDY else Study.open(name)
    with _Bar(shown=progress) as bar:
        network = load_network(
            osm_files,
            study=study,
            relief=dem,
            boundaries=boundaries,
            data_date=None if data_date is None else str(data_date)[:10],
            progress=bar,
        )
    save_network(network, output)
    click.echo(_kilometres(summary(network)))
    click.echo(f"{output}: {network.edge_count:,} edges, {network.node_count:,} nodes", err=True)


@cli.command("routes")
@_study
@_network
@click.option("--format", "fmt", default="table", show_default=True, type=click.Choice(files.TABLE_FORMATS))
def compare(name: str, saved: Path | None, fmt: str) -> None:
    """Compare the study's candidates."""
    study = Study.open(name)
    click.echo(files.render_all(study.routes(_open(saved, study)), fmt), nl=False)


@cli.command()
@_study
@_network
@click.option("--from", "origin", required=True, metavar="LON,LAT|NAME", help="Where from.")
@click.option("--to", "destination", required=True, metavar="LON,LAT|NAME", help="Where to.")
@click.option("--mode", required=True, type=click.Choice(MODES))
@click.option("--avoid", multiple=True, help="Territories never to enter; may be repeated or hold commas.")
@click.option(
    "--status", "statuses", multiple=True, help=f"Use only these of {', '.join(STATUSES)}. Default: all but razed."
)
@click.option(
    "--through", multiple=True, help="Crossings to pass whatever their status: an id, a pair as AM-AZ, or any."
)
@click.option("--format", "fmt", default="table", show_default=True, type=click.Choice([*files.TABLE_FORMATS, "gpx"]))
def plan(  # noqa: PLR0913, PLR0917  (one argument an option)
    name: str,
    saved: Path | None,
    origin: str,
    destination: str,
    mode: str,
    avoid: tuple[str, ...],
    statuses: tuple[str, ...],
    through: tuple[str, ...],
    fmt: str,
) -> None:
    """Find the shortest way between two points; GeoJSON and GPX give it by segments."""
    study = Study.open(name)
    route = study.plan(
        origin,
        destination,
        mode=mode,
        avoid=_listed(avoid),
        statuses=_listed(statuses) or None,
        through=_listed(through),
        network=_open(saved, study),
    )
    content = files.render(route, fmt) if fmt in {"geojson", "gpx"} else files.render_all([route], fmt)
    click.echo(content, nl=False)


@cli.command()
@click.argument("route_id")
@_study
@_network
@click.option("--format", "fmt", required=True, type=click.Choice(files.FORMATS))
@click.option("-o", "--output", type=_file, help="The file to write; standard output when left out.")
def export(route_id: str, name: str, saved: Path | None, fmt: str, output: Path | None) -> None:
    """Write one candidate, by segments, to a file."""
    study = Study.open(name)
    content = files.render(study.route(route_id, _open(saved, study)), fmt)
    if output is None:
        click.echo(content, nl=False)
    else:
        files.save(content, output)


@cli.command()
@_study
@click.option("--to", "folder", type=_file, help="Where to put them. Default: the user's cache folder.")
@click.option("--base-url", help="A mirror to fetch from in place of the publisher; the paths stay.")
@_progress
def download(name: str, folder: Path | None, base_url: str | None, *, progress: bool | None) -> None:
    """Fetch the OpenStreetMap extracts that the study names, each verified by its published checksum."""
    extracts = Study.open(name).extracts
    if not extracts:
        message = (
            f"the study {name} names no extracts; give it [[extracts]], or fetch OSM files yourself and `load` them"
        )
        raise InputError(message)
    where = folder or user_cache_path("araxes") / "extracts"
    with _Bar(shown=progress) as bar:
        paths = download_extracts(extracts, where, base_url=base_url, progress=bar)
    click.echo("\n".join(map(str, paths)))
    click.echo("Now make a network of them: python app.py load FILE... -o NETWORK", err=True)


def _open(saved: Path | None, study: Study) -> Network | None:
    return None if saved is None else open_network(saved, study)


def _listed(values: tuple[str, ...]) -> tuple[str, ...]:
    """Take an option that may be repeated, and may hold several values with commas."""
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def _require_folder(output: Path) -> None:
    if not output.parent.is_dir() or output.is_dir():
        message = f"{output} cannot be written; give a file in a folder that exists"
        raise InputError(message)


def _kilometres(table: pd.DataFrame) -> str:
    rows = [[*index, *(f"{km:,.1f}" for km in row)] for index, row in zip(table.index, table.to_numpy(), strict=True)]
    return grid(["mode", "status", *(f"{key} km" for key in table.columns)], rows, numbers=range(2, 2 + table.shape[1]))


class _Bar:
    """Shows how far a long piece of work has come, a bar a stage, on standard error."""

    def __init__(self, *, shown: bool | None) -> None:
        self._shown = sys.stderr.isatty() if shown is None else shown
        self._stage = ""
        self._bar: tqdm[Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        if stage != self._stage:
            self.__exit__()
            self._stage = stage
            self._bar = tqdm(desc=stage, total=total, file=sys.stderr, disable=not self._shown)
        if self._bar is not None:
            self._bar.total = total
            self._bar.update(done - self._bar.n)


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run one command.

    Parameters
    ----------
    arguments
        The command line; the process's own when left out.

    Returns
    -------
    code
        0 where there is an answer, 2 (and one sentence on standard error) where the input or the options are wrong.
    """
    try:
        code = cli.main(arguments, prog_name="app.py", standalone_mode=False)
    except AraxesError as error:
        return _refuse(str(error))
    except click.ClickException as error:
        return _refuse(error.format_message())
    except (KeyboardInterrupt, click.Abort):
        return _INTERRUPTED
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code if isinstance(code, int) else 0


def _refuse(reason: str) -> int:
    click.echo(f"Error: {' '.join(reason.split())}", err=True)
    return _USER_ERROR


if __name__ == "__main__":
    sys.exit(main())
