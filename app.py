"""The door: `python app.py` serves the map; its sub-commands load, plan, compare, export and download."""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click
from platformdirs import user_cache_path
from tqdm import tqdm

from geo.errors import AraxesError, InputError
from geo.network import MODES, STATUSES
from routes import answers, comparison, costs, layers
from routes import export as files
from routes.alternatives import SHARE, STRETCH, alternatives
from routes.band import near_optimal
from routes.chokepoints import choke_points
from routes.jobs import Sweep, from_options, read_jobs
from routes.loading import load_network, open_network, save_network, summary
from routes.missing import MOST, missing_links
from routes.pareto import front
from routes.query import Posed, Query, put
from routes.ranking import CRITERIA, read_weights
from routes.scenario import CASES
from routes.smaa import SAMPLES, SEED
from routes.study import Study
from routes.tables import grid
from routes.template import new_study

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from geo.network import Network
    from routes.route import Route

BUILT_IN = "nakhchivan"
NO_STUDY = "none"
_USER_ERROR = 2
_INTERRUPTED = 130
_DOCUMENTS = ("png", "svg", "pdf", "html")  # what web.document draws

_file = click.Path(path_type=Path)
_study = click.option("--study", "name", default=BUILT_IN, show_default=True, help="Name or folder of the study.")
_network = click.option(
    "--network", "saved", type=_file, help="A network saved by `load`; the study's own when left out."
)

_progress = click.option(
    "--progress/--no-progress", default=None, help="Show progress on standard error. Default: where a person watches."
)


_as_of = click.option("--as-of", metavar="DATE", help="Works that open by then are open: 2030, 2030-06 or 2030-06-30.")
_scenario = click.option(
    "--scenario", metavar="S", help="One that the study states, or one such as 'close=ID;open=ID,ID;upgrade=ID:KMH'."
)
_case = click.option("--case", type=click.Choice(CASES), help="Which year of their openings counts. Default: central.")


def _written(formats: Sequence[str], **options: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:  # noqa: ANN401
    """Give a command the options that say what to write, and where."""
    choice = click.option("--format", "fmt", type=click.Choice([*formats, *layers.FORMATS]), **options)
    where = click.option("-o", "--output", type=_file, help="The file to write; standard output when left out.")

    def give(command: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(command)
        def checked(*, fmt: str, output: Path | None, **rest: Any) -> None:  # noqa: ANN401
            layers.require_file(fmt, output)
            if output is not None:
                _require_folder(output)
            command(fmt=fmt, output=output, **rest)

        return choice(where(checked))

    return give


_table = {"default": "table", "show_default": True}


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
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes that share one network."
)
def serve(name: str, saved: Path | None, host: str, port: int, workers: int) -> None:
    """Serve the map (what `python app.py` does by itself)."""
    from web import server, window  # noqa: PLC0415  (the other commands need no web server)

    study = Study.open(name)
    app = window.create_app(study, _open(saved, study))
    said = f"{study.title}: http://{host}:{port} (stop with Ctrl-C)"
    try:
        server.serve(app, host=host, port=port, workers=workers, ready=lambda: click.echo(said, err=True))
    except OSError as error:
        message = f"cannot listen on {host}:{port} ({error.strerror}); choose another --host or --port"
        raise InputError(message) from None


@cli.command()
@click.argument("osm_files", metavar="OSM_FILE...", nargs=-1, required=True, type=_file)
@click.option("--study", "name", default=BUILT_IN, show_default=True, help="Name or folder of the study, or none.")
@click.option("--dem", multiple=True, type=_file, help="Relief, GeoTIFF or HGT; may be repeated. Default: the study's.")
@click.option("--boundaries", type=_file, help="GeoJSON file of territories. Default: the study's.")
@click.option("--data-date", type=click.DateTime(["%Y-%m-%d"]), help="Date of the data. Default: the files' own.")
@click.option("--memory-limit", metavar="SIZE", help="Keep more than this of a PBF file on disk, such as 600MB.")
@_progress
@click.option("-o", "--output", required=True, type=_file, help="The network file to write.")
def load(
    osm_files: tuple[Path, ...],
    name: str,
    dem: tuple[Path, ...],
    boundaries: Path | None,
    data_date: object,
    memory_limit: str | None,
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
            memory_limit=memory_limit,
            progress=bar,
        )
    save_network(network, output)
    click.echo(_kilometres(summary(network)))
    click.echo(f"{output}: {network.edge_count:,} edges, {network.node_count:,} nodes", err=True)


@cli.command("routes")
@_study
@_network
@_scenario
@_as_of
@_case
@_written(files.TABLE_FORMATS, **_table)
def list_routes(
    name: str,
    saved: Path | None,
    scenario: str | None,
    as_of: str | None,
    case: str | None,
    fmt: str,
    output: Path | None,
) -> None:
    """List the study's candidates with their key figures."""
    study = Study.open(name)
    found = study.routes(_open(saved, study), study.asked(scenario, as_of, case))
    _write(functools.partial(files.render_all, found), fmt, output)


@cli.command()
@click.argument("route_ids", metavar="[ROUTE_ID]...", nargs=-1)
@_study
@_network
@_scenario
@_as_of
@_case
@click.option("--weights", metavar="W", help=f"Such as time=2,distance=1, of {', '.join(CRITERIA)}. Default: equal.")
@click.option("--baseline", metavar="ROUTE_ID", help="Give differences to this one.")
@click.option("--samples", default=SAMPLES, show_default=True, help="Draws of values and weights.")
@click.option("--seed", default=SEED, show_default=True, help="The same seed gives the same draws.")
@_written(comparison.FORMATS, **_table)
def compare(  # noqa: PLR0913, PLR0917  (one argument an option)
    route_ids: tuple[str, ...],
    name: str,
    saved: Path | None,
    scenario: str | None,
    as_of: str | None,
    case: str | None,
    weights: str | None,
    baseline: str | None,
    samples: int,
    seed: int,
    fmt: str,
    output: Path | None,
) -> None:
    """Compare candidates and references (all candidates where none is named): figures, order, and how sure it is."""
    study = Study.open(name)
    network, asked = _open(saved, study), study.asked(scenario, as_of, case)
    found = [study.route(id_, network, asked) for id_ in route_ids or study.candidates]
    stated = None if weights is None else read_weights(weights)
    answer = comparison.weigh(found, stated, baseline=baseline, samples=samples, seed=seed)
    _write(functools.partial(comparison.render, answer), fmt, output)


def _asked(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that state a journey and its rules."""
    many = "may be repeated or hold commas"
    options = (
        _study,
        _network,
        click.option("--from", "origin", required=True, metavar="LON,LAT|NAME", help="Where from."),
        click.option("--to", "destination", required=True, metavar="LON,LAT|NAME", help="Where to."),
        click.option("--mode", required=True, type=click.Choice(MODES)),
        click.option("--avoid", multiple=True, help=f"Territories never to enter; {many}."),
        click.option("--require", multiple=True, help=f"Territories to enter; {many}."),
        click.option(
            "--cap", multiple=True, metavar="KEY=KM", help=f"Most kilometres in a territory, as AM=45; {many}."
        ),
        click.option(
            "--avoid-border", multiple=True, help=f"Crossings never to pass: an id, or a pair as AM-AZ; {many}."
        ),
        click.option(
            "--price", multiple=True, metavar="BORDER=N", help="What passing a border adds: km, hours or points."
        ),
        click.option(
            "--status",
            "statuses",
            multiple=True,
            help=f"Use only these of {', '.join(s for s in STATUSES if s != 'razed')}. Default: all of them.",
        ),
        click.option("--forbid-class", multiple=True, help=f"Classes of line never to use; {many}."),
        click.option(
            "--through", multiple=True, help="Crossings to pass whatever their status: an id, a pair as AM-AZ, or any."
        ),
        _as_of,
        _scenario,
        _case,
        click.option(
            "--cost",
            default="distance",
            show_default=True,
            help=f"What to make least: {', '.join(costs.PLAIN)}, in:KEY, or a mix as time=2,distance=1.",
        ),
        click.option("--vehicle", help="For time; the study's first of the mode when left out."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@cli.command()
@_asked
@click.option("--alternatives", "count", type=int, help="How many distinct ways to find, the best included.")
@click.option(
    "--share", default=SHARE, show_default=True, help="Largest share of length that two of them have in common."
)
@click.option(
    "--stretch", default=STRETCH, show_default=True, help="Largest share by which one costs more than the best."
)
@_written(files.TABLE_FORMATS, **_table)
def plan(
    count: int | None,
    share: float,
    stretch: float,
    fmt: str,
    output: Path | None,
    **asked: Any,  # noqa: ANN401  (options)
) -> None:
    """Find the best way between two points, or distinct ways; all but tables, CSV and JSON give one by segments."""
    posed = _put(asked, single=count is None)
    routes = [] if count is None else _distinct(posed, count, share, stretch)
    if count is None and fmt in {"geojson", "gpx", *layers.FORMATS}:
        _write(functools.partial(files.render, posed.best()), fmt, output)
    else:
        _write(functools.partial(files.render_all, routes or [posed.best()]), fmt, output)


def _distinct(posed: Posed, count: int, share: float, stretch: float) -> list[Route]:
    found = alternatives(*posed.near(stretch), count, share=share, stretch=stretch)
    for route, common, longer in zip(found.routes, found.share, found.stretch, strict=True):
        click.echo(f"{route.id}: {common:.0%} in common with one before it, {longer:.0%} over the best", err=True)
    if found.notice:
        click.echo(found.notice, err=True)
    return list(found.routes)


@cli.command()
@_asked
@click.option("--tolerance", default=5.0, show_default=True, help="How much dearer than the best, per cent.")
@_written(files.TABLE_FORMATS, **_table)
def band(tolerance: float, fmt: str, output: Path | None, **asked: Any) -> None:  # noqa: ANN401
    """Show every line on some way that costs little more than the best; GeoJSON holds the band's area too."""
    posed = _put(asked)
    found = near_optimal(*posed.near(tolerance / 100), tolerance / 100)
    _write(functools.partial(answers.render, answers.of_band(found, posed.query.cost)), fmt, output)


@cli.command()
@_asked
@_written(files.TABLE_FORMATS, **_table)
def chokepoints(fmt: str, output: Path | None, **asked: Any) -> None:  # noqa: ANN401
    """Say what closing each edge of the best way would cost, in both directions."""
    posed = _put(asked)
    found = choke_points(posed.journey, posed.cost)
    _write(
        functools.partial(answers.render, answers.of_chokepoints(posed.journey, found, posed.query.cost)), fmt, output
    )


@cli.command()
@_asked
@click.option("--costs", "weighed", default="distance,time", show_default=True, help="Two to four costs, see --cost.")
@_written(files.TABLE_FORMATS, **_table)
def pareto(weighed: str, fmt: str, output: Path | None, **asked: Any) -> None:  # noqa: ANN401
    """List every way that no other beats on several costs at once."""
    posed = _put(asked)
    costs = _listed((weighed,))
    found = front(posed.weighing(costs), costs, posed.vehicle)
    _write(functools.partial(answers.render, answers.of_front(found)), fmt, output)


@cli.command()
@click.argument("jobs", type=_file, required=False)
@_study
@_network
@click.option("--pair", "pairs", nargs=2, multiple=True, metavar="FROM TO", help="Repeat for more; in place of JOBS.")
@click.option("--mode", type=click.Choice(MODES), default="road", show_default=True)
@click.option("--scenario", "scenarios", multiple=True, metavar="S", help="See `plan`; repeat for more.")
@click.option("--as-of", "dates", multiple=True, metavar="DATE", help="See `plan`; repeat for more.")
@click.option("--vehicle", "vehicles", multiple=True, help="Whose time counts; repeat for more.")
@click.option("--cost", default="distance", show_default=True, help="What to make least: distance, time, climb, build.")
@click.option("--status", "statuses", multiple=True, type=click.Choice(STATUSES), help="Only lines of these.")
@click.option("--through", multiple=True, help="A crossing or border to pass whatever its status, or any.")
@click.option(
    "--closures", type=click.IntRange(1), help="Close this many single edges in turn, nearest to the way first."
)
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Local processes.")
@click.option("--dask", metavar="ADDRESS", help="A Dask scheduler, such as tcp://10.0.0.1:8786.")
@click.option("--chunk", type=click.IntRange(1), help="Jobs written together. Default: 250.")
@click.option("-o", "--output", type=_file, required=True, help="The Parquet file to write.")
@_progress
def sweep(  # noqa: PLR0913
    jobs: Path | None,
    name: str,
    saved: Path | None,
    output: Path,
    workers: int,
    dask: str | None,
    chunk: int | None,
    closures: int | None,
    *,
    progress: bool | None,
    **asked: Any,  # noqa: ANN401
) -> None:
    """
    Answer many jobs: scenarios x pairs x vehicles x dates, or a CSV file of JOBS.

    A sweep that was stopped goes on where it was when the same command is given again.
    """
    from routes import desk  # noqa: PLC0415  (the compiler is loaded only for who sweeps)
    from routes import sweep as sweeping  # noqa: PLC0415

    _require_folder(output)
    if (jobs is None) == (not asked["pairs"]):
        message = "give either a CSV file of jobs, or at least one --pair FROM TO"
        raise click.UsageError(message)
    network = None if saved is None else str(saved.resolve())
    if saved is not None:
        _open(saved, Study.open(name))  # its checksums, once; workers map the file
    wanted = read_jobs(jobs) if jobs is not None else from_options(**asked)
    if closures:
        wanted = tuple(job for one in wanted for job in desk.closures(name, network, one, closures))
    with _Bar(shown=progress) as bar:
        table = sweeping.run(
            Sweep(name, network, wanted), output, workers=workers, dask=dask, chunk=chunk or sweeping.CHUNK,
            progress=bar,
        )  # fmt: skip
    found = sum(table["found"].to_pylist())
    click.echo(f"{output}: {len(table):,} jobs, {found:,} with a way", err=True)


@cli.command("missing-links")
@_asked
@click.option("--most", default=MOST, show_default=True, help="How many to list.")
@_written(files.TABLE_FORMATS, **_table)
def missing(most: int, fmt: str, output: Path | None, **asked: Any) -> None:  # noqa: ANN401
    """Rank closed borders, lines not in use and gaps by what joining them would save a journey; --cost says of what."""
    posed = _put(asked, from_any_line=True)
    found = missing_links(posed.journey, most=most, cost=posed.query.cost, vehicle=posed.vehicle)
    _write(functools.partial(answers.render, answers.of_missing(posed.journey, found)), fmt, output)


@cli.command()
@click.argument("route_id")
@_study
@_network
@_written([*files.FORMATS, *_DOCUMENTS], required=True)
def export(route_id: str, name: str, saved: Path | None, fmt: str, output: Path | None) -> None:
    """Write one candidate to a file: its segments, a map for paper (png, svg), a brief (pdf), a map to open (html)."""
    study = Study.open(name)
    if fmt in _DOCUMENTS:
        from web.document import document  # noqa: PLC0415  (what draws takes a second to load)

        if output is None and fmt in {"png", "pdf"}:
            message = f"{fmt.upper()} is a binary format and is not printed; name a file, such as -o {route_id}.{fmt}"
            raise InputError(message)
        content = document(study, route_id, fmt, _open(saved, study))
        _write(lambda _fmt: content, fmt, output)
        return
    _write(functools.partial(files.render, study.route(route_id, _open(saved, study))), fmt, output)


@cli.command()
@_study
@click.option("--to", "folder", type=_file, help="Where to put them. Default: the user's cache folder.")
@click.option("--base-url", help="A mirror to fetch from in place of the publisher; the paths stay.")
@_progress
def download(name: str, folder: Path | None, base_url: str | None, *, progress: bool | None) -> None:
    """Fetch the OpenStreetMap extracts that the study names, each verified by its published checksum."""
    from geo.download import download_extracts  # noqa: PLC0415  (the other commands need no network)

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


@cli.command("new-study")
@click.argument("folder", metavar="DIR", type=_file)
def begin(folder: Path) -> None:
    """
    Write a commented study folder, of a made-up corridor, to begin a study of your own with.

    \b
    It opens at once, on the network and the boundaries that it holds:
      python app.py routes --study DIR
      python app.py serve --study DIR
    Then put your own in its place, study.toml first: each time it is opened
    it is checked. For OpenStreetMap's lines and your own relief:
      python app.py load FILE... --study DIR --dem TILE -o NETWORK
      python app.py routes --study DIR --network NETWORK
    """  # noqa: D301  (Click keeps lines as they are below a backspace)
    new_study(folder)
    click.echo(folder)
    click.echo(f"Now open it: python app.py routes --study {folder}", err=True)


def _write(render: Callable[[str], bytes], fmt: str, output: Path | None) -> None:
    """Write an answer; a format for a GIS is made of its GeoJSON."""
    content = layers.convert(render("geojson"), fmt) if fmt in layers.FORMATS else render(fmt)
    if output is None:
        click.echo(content, nl=False)
    else:
        files.save(content, output)


def _put(asked: dict[str, Any], *, single: bool = False, from_any_line: bool = False) -> Posed:
    """Put on the ground what the options of `_asked` ask for."""
    study = Study.open(asked.pop("name"))
    network = _open(asked.pop("saved"), study)
    words: dict[str, Any] = {
        name: _listed(value) if isinstance(value, tuple) else value for name, value in asked.items()
    }
    return put(study, Query(**words), network, single=single, from_any_line=from_any_line)


def _open(saved: Path | None, study: Study) -> Network | None:
    return None if saved is None else open_network(saved, study)


def _listed(values: tuple[str, ...]) -> tuple[str, ...]:
    """Take an option that may be repeated, and may hold several values with commas."""
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def _require_folder(output: Path) -> None:
    if not output.parent.is_dir() or output.is_dir():
        message = f"{output} cannot be written; give a file in a folder that exists"
        raise InputError(message)


def _kilometres(table: Mapping[tuple[str, str], Mapping[str, float]]) -> str:
    columns = [f"{key} km" for key in next(iter(table.values()))]
    rows = [[*index, *(f"{km:,.1f}" for km in row.values())] for index, row in table.items()]
    return grid(["mode", "status", *columns], rows, numbers=range(2, 2 + len(columns)))


_PARTS = "{desc}: {percentage:3.0f}%|{bar}| {elapsed} gone, {remaining} left"


class _Bar:
    """Shows how far a long piece of work has come, a bar a stage or one for all that are known, on standard error."""

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
        whole, _, part = stage.partition(": ")  # see `geo.progress.as_one`
        if whole != self._stage:
            self.__exit__()
            self._stage = whole
            shape = _PARTS if part else None
            self._bar = tqdm(total=total, desc=whole, bar_format=shape, file=sys.stderr, disable=not self._shown)
        if self._bar is not None:
            self._bar.total = total
            self._bar.set_description_str(part or whole, refresh=False)
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
