"""What the commands ``reach`` and ``route`` do: from a point as a person writes it to text, JSON
or GeoJSON.
"""

from __future__ import annotations

from pathlib import Path

from geo import presets
from geo.access.from_point import around, read_limits, read_point, way_between
from geo.catalog import open_area
from geo.cli import console
from geo.cli.console import Options
from geo.output.files import formats
from geo.output.files import reach as reach_files


def reach(options: Options) -> None:
    """Answer what can be walked to from a point, within one limit or several."""
    lon, lat = read_point(options.at)
    limits = read_limits(options.limits)
    presets.profile(options.profile)
    output = _output(options)
    area = open_area(options.area, options.home)
    answer = around(area, lon, lat, limits_m=limits, profile=options.profile)
    if output:
        formats.write_file(output, reach_files.reach_geojson(answer, area, options.lang))
    if options.json:
        console.print_json(reach_files.reach_json(answer, area, options.lang))
    elif not output:
        print("\n".join(reach_files.reach_lines(answer, area, options.lang)))
    console.warn_of_demonstration(area.demonstration, options.lang)


def route(options: Options) -> None:
    """Answer how to walk from one point to another."""
    a, b = read_point(options.origin), read_point(options.destination)
    presets.profile(options.profile)
    output = _output(options)
    area = open_area(options.area, options.home)
    way = way_between(area, a, b, profile=options.profile)
    if output:
        formats.write_file(output, reach_files.route_geojson(way, area, options.lang))
    if options.json:
        console.print_json(reach_files.route_json(way, area, options.lang))
    elif not output:
        print("\n".join(reach_files.route_lines(way, area, options.lang)))
    console.warn_of_demonstration(area.demonstration, options.lang)


def _output(options: Options) -> Path | None:
    if not options.output:
        return None
    path = Path(options.output)
    formats.check_ending(path, (".geojson",))
    return path
