"""What the commands ``reach``, ``route`` and ``distances`` do: from points as a person writes them
to text, JSON, GeoJSON or a table.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from geo import presets, texts
from geo.access.from_point import around, read_limits, way_between
from geo.catalog import open_area
from geo.cli import console
from geo.cli.console import Options
from geo.cli.places import point
from geo.network.distances import within
from geo.network.walk_network import Snapped
from geo.output.files import formats
from geo.output.files import reach as reach_files
from geo.sources.files.place_tables import read_points


def reach(options: Options) -> None:
    """Print what can be walked to from a point, within one limit or several."""
    limits = read_limits(options.limits)
    presets.profile(options.profile)
    output = _output(options)
    area = open_area(options.area, options.home)
    lon, lat = point(area, options.at)
    answer = around(area, lon, lat, limits_m=limits, profile=options.profile)
    if output:
        formats.write_file(output, reach_files.reach_geojson(answer, area, options.lang))
    if options.json:
        console.print_json(reach_files.reach_json(answer, area, options.lang))
    elif not output:
        print("\n".join(reach_files.reach_lines(answer, area, options.lang)))
    console.warn_of_demonstration(area.demonstration, options.lang)


def route(options: Options) -> None:
    """Print how to walk from one point to another."""
    presets.profile(options.profile)
    output = _output(options)
    area = open_area(options.area, options.home)
    a, b = point(area, options.origin), point(area, options.destination)
    way = way_between(area, a, b, profile=options.profile)
    if output:
        formats.write_file(output, reach_files.route_geojson(way, area, options.lang))
    if options.json:
        console.print_json(reach_files.route_json(way, area, options.lang))
    elif not output:
        print("\n".join(reach_files.route_lines(way, area, options.lang)))
    console.warn_of_demonstration(area.demonstration, options.lang)


def distances(options: Options) -> None:
    """Write walking metres between two tables of points: one line per pair in reach."""
    area = open_area(options.area, options.home)
    within_m = presets.limit_m(options.within)
    profile = presets.profile(options.profile)
    output = Path(options.output) if options.output else None
    if output:
        formats.check_ending(output, (".csv",))
    ends = [read_points(console.existing(path)) for path in (options.origins, options.destinations)]
    snapped = [area.network.snap(end.frame.geometry, profile) for end in ends]
    ids = [_ids(end.frame) for end in ends]
    matrix = within(area.network, *snapped, within_m=within_m, profile=profile).tocoo()
    rows = pd.DataFrame(
        {
            "from": ids[0].to_numpy()[matrix.row],
            "to": ids[1].to_numpy()[matrix.col],
            "metres": np.round(matrix.data, 3),
        }
    )
    console.warn_of_demonstration(area.demonstration, options.lang)
    for end, name, points in zip(ends, ids, snapped, strict=True):
        _say_unreachable(name, points, options.lang)
        for row in end.left_out:
            console.warn(console.left_out_line(row.row, row.reason, row.values, options.lang))
    content = formats.csv_bytes(rows)
    if output:
        formats.write_file(output, content.removeprefix(b"\xef\xbb\xbf"))
    else:
        sys.stdout.write(content.decode("utf-8-sig"))


def _output(options: Options) -> Path | None:
    if not options.output:
        return None
    path = Path(options.output)
    formats.check_ending(path, (".geojson",))
    return path


def _say_unreachable(ids: pd.Series, points: Snapped, language: str) -> None:
    lost = ids[points.edge < 0]
    if len(lost):
        named = ", ".join(map(str, lost[:10])) + (" …" if len(lost) > 10 else "")
        console.warn(texts.text("show.unreachable", language, count=len(lost), named=named))


def _ids(frame: pd.DataFrame) -> pd.Series:
    for name in frame.columns:
        if str(name).lower() == "id":
            return frame[name].astype(str)
    return pd.Series(frame.index.astype(str), index=frame.index)
