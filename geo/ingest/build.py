"""Making an Area of files, or adding files to one: which part comes from where. ``geo.sources``
reads the files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from geo import presets
from geo.area import people as area_people
from geo.area import spreading
from geo.area.manifest import area_id
from geo.area.model import Area
from geo.area.provenance import (
    BUILDINGS,
    DISTRICTS,
    PEOPLE,
    PLACES,
    LeftOut,
    Source,
    Told,
    empty_table,
)
from geo.cells import plain
from geo.errors import AreaLacks, InputError
from geo.ingest import place_files
from geo.ingest.merge_people import (
    ask_before_older,
    each_once,
    merged,
    stack,
    stacked,
    without_groups,
    years_of,
)
from geo.ingest.within import (
    Ground,
    Inside,
    ground_of,
    has_stated_boundary,
    inside,
    metres_outside,
    paths_hull,
    people_within,
    without_units,
)
from geo.network.joining import JoinedLines, join_lines, parted_at
from geo.network.walk_network import WalkNetwork, build_network, metric_lines
from geo.sources.doors import read_addresses, read_buildings
from geo.sources.files.vector import Lines, read_lines_listed, read_vector
from geo.sources.osm.features import without_islands
from geo.sources.osm.files import OsmExtract, read_osm
from geo.sources.publishers import published
from geo.sources.statistics.files import Units, read_districts, read_units
from geo.texts import Phrase
from geo.types import WGS84, Floats, Progress

if TYPE_CHECKING:  # osmnx takes a second and a half to load, and only a fetch needs it
    from geo.sources.osm.overpass import Fetched


def build(
    name_id: str,
    name: str,
    inputs: Inputs,
    *,
    earlier: Area | None = None,
    progress: Progress | None = None,
) -> Area:
    """Make an area of files; parts no file is given for are kept from ``earlier``, if there is one.

    Nothing is written. Rows left out stand in the sources of the area.

    Raises
    ------
    AreaLacks : there is neither a file with paths nor an earlier network.
    InputError : a file cannot be used; the message says which, where and what to do.
    """
    say = progress or (lambda _key, _share: None)
    area_id(name_id)
    for kind, _ in inputs.places:
        presets.kind(kind)
    _check_systems(inputs)
    if earlier is None and not inputs.has_network:
        raise AreaLacks(key="lacks.network")
    say("progress.districts", 0.05)
    edges = _edges(inputs, earlier)
    own = _columns_of_people(inputs)
    people = [read_units(file, columns=own, crs=inputs.crs.get("people")) for file in inputs.people]
    say("progress.network", 0.15)
    if inputs.has_network:
        area = _on_network(name_id, name, inputs, edges, earlier, people)
    else:
        assert earlier is not None
        area = replace(earlier, **vars(edges))
    area = replace(area, id=name_id, name=name or area.name, _snaps={})
    area = _without_far_districts(area, inputs)
    if not area.boundary.empty:
        _check_boundary(area, inputs)
    ground = ground_of(area)
    within = [
        _inside(units, ground, file) for file, units in zip(inputs.people, people, strict=True)
    ]
    area = _with_boundary(area, inputs, within)
    say("progress.people", 0.55)
    area = _with_doors(area, inputs)
    if inputs.people:
        area = _with_people(area, inputs, people, within)
    elif inputs.boundary and earlier is not None:
        area = people_within(area)
    say("progress.places", 0.8)
    for kind, file in inputs.places:
        area = with_places(area, kind, file, inputs)
    return with_derived(_with_notes(area, inputs))


def _with_doors(area: Area, inputs: Inputs) -> Area:
    """Return the area with buildings and addresses from files; its estimated residents move to the
    homes where no new ones are given.
    """
    there = area
    for part, file, read in (
        ("buildings", inputs.buildings, read_buildings),
        ("addresses", inputs.addresses, read_addresses),
    ):
        if file is None:
            continue
        found = read(
            file,
            columns=inputs.door_columns,
            crs=inputs.crs.get(part),
            layer=inputs.layers.get(part, ""),
        )
        ground = area.metric_boundary.buffer(inputs.margin_m)
        points = found.frame.geometry.to_crs(area.network.crs)
        near = shapely.contains_properly(ground, np.asarray(points.values, dtype=object))
        if not near.any():
            raise InputError("doors_apart", file=file.name)
        lost = found.left_out
        if not near.all():
            lost = (*lost, LeftOut(0, "elsewhere", {"count": int((~near).sum())}))
        source = source_of(part, file, inputs, rows=found.rows, columns=found.columns)
        frame = found.frame[near].reset_index(drop=True)
        told = _told_of_doors(
            part, frame, [why for why, is_near in zip(found.purpose, near, strict=False) if is_near]
        )
        source = replace(source, date=source.date or found.date, left_out=lost, told=told)
        if part == "addresses":
            frame = frame.assign(source=source.title)
        area = replace(area, **{part: frame}, sources=_put(area.sources, source))
    if area is there or inputs.people:
        return area
    return _at_homes(area)


def _told_of_doors(part: str, frame: gpd.GeoDataFrame, purposes: Sequence[str]) -> tuple[Told, ...]:
    """Return how many homes or addresses were read, and what the homes are used for."""
    if part == "addresses":
        return (Told("addresses", {"count": len(frame)}),)
    is_home = frame["residential"].to_numpy(bool)
    values: dict[str, object] = {"count": int(is_home.sum()), "of": len(frame)}
    homes = [why for why, home in zip(purposes, is_home, strict=False) if home]
    if not any(homes):
        return (Told("homes", values),)
    known = Counter(filter(None, homes)).most_common()
    kinds = [f"{why} ({count})" for why, count in known[:MOST_KINDS]]
    values["kinds"] = ", ".join(kinds) + (" …" if len(known) > MOST_KINDS else "")
    untold = homes.count("")
    return (
        Told("homes_by_purpose", values),
        *((Told("homes_untold", {"count": untold}),) if untold else ()),
    )


def _at_homes(area: Area) -> Area:
    """Return the area with its estimated residents placed anew, and their sources saying so."""
    people, outlines = spreading.spread_again(
        area.people, area.outlines, area.network, area.buildings, area.addresses
    )
    if people is area.people:
        return area
    placed = set(outlines["placed"])
    made = next((way for way in spreading.AT_DOORS if way in placed), spreading.PATHS)
    sources = tuple(
        replace(each, made=made) if each.part == "people" and each.estimated else each
        for each in area.sources
    )
    return replace(area, people=people, outlines=outlines, sources=sources, _snaps={})


def _with_notes(area: Area, inputs: Inputs) -> Area:
    """Return the area with what was stated about parts that no file was given for now.

    Raises
    ------
    InputError ``unknown_part`` : the area has no such part.
    """
    for part, note in inputs.notes.items():
        of_part = [source for source in area.sources if source.part == part]
        if not of_part:
            known = ", ".join(dict.fromkeys(source.part for source in area.sources))
            raise InputError("unknown_part", found=part, known=known)
        read_now = [source for source in of_part if source.file in inputs.names]
        for source in () if read_now else of_part:
            area = noted(area, source, note)
    return area


def from_fetched(name_id: str, name: str, fetched: Fetched, *, earlier: Area | None = None) -> Area:
    """Make an area of what was fetched online: paths, places, buildings, water, districts, edge.

    What came from files into an ``earlier`` one of the same id stays: its people, places and
    activities, and its districts and boundary where files gave them.
    """
    area_id(name_id)
    network = build_network(fetched.extract.lines, file=name)
    there = earlier or _empty(name_id, name, network)
    area = replace(there, network=network)
    from_files = {source.part for source in there.sources if source.file}
    if "boundary" not in from_files:
        area = replace(area, boundary=fetched.boundary)
        area = replace(area, sources=_put(area.sources, fetched.source))
    if len(fetched.districts) and "districts" not in from_files:
        sources = _put(area.sources, fetched.districts_source)
        area = replace(area, districts=fetched.districts, sources=sources)
    return with_derived(_with_extract(area, fetched.extract, ""))


def read_ids(area: Area, files: Collection[str]) -> list[str]:
    """Return the ids of the places of an area that stand in files of these names."""
    titles = {source.title for source in area.sources if source.file in files}
    return list(area.places.loc[area.places["source"].isin(titles), "id"].astype(str))


def with_derived(area: Area) -> Area:
    """Return an area with what follows from its files: the people of its transitional housing, and
    the district that each person and place is in.
    """
    return _with_district_names(_with_housing(area))


def _empty(name_id: str, name: str, network: WalkNetwork) -> Area:
    return Area(
        id=name_id,
        name=name or name_id,
        network=network,
        boundary=gpd.GeoSeries([], crs=WGS84),
        districts=empty_table(DISTRICTS),
        people=empty_table(PEOPLE),
        places=empty_table(PLACES),
        buildings=empty_table(BUILDINGS),
        water=empty_table(()),
        sources=(),
    )


@dataclass(frozen=True)
class _Edges:
    """The parts that are known before the network is read, named as in Area."""

    districts: gpd.GeoDataFrame
    boundary: gpd.GeoSeries
    sources: tuple[Source, ...]


def _edges(inputs: Inputs, earlier: Area | None) -> _Edges:
    """Read districts and boundary; the districts' outer edge is the boundary if none is given."""
    districts = earlier.districts if earlier else empty_table(DISTRICTS)
    boundary = earlier.boundary if earlier else gpd.GeoSeries([], crs=WGS84)
    sources = earlier.sources if earlier else ()
    if inputs.districts:
        districts = read_districts(
            inputs.districts,
            name_column=inputs.columns.get("name") if _names_districts(inputs) else None,
            crs=inputs.crs.get("districts"),
        )
        source = source_of("districts", inputs.districts, inputs, rows=len(districts))
        sources = _put(sources, source)
    if inputs.boundary:
        table = read_vector(inputs.boundary, crs=inputs.crs.get("boundary")).to_crs(WGS84)
        boundary = gpd.GeoSeries([table.union_all()], crs=WGS84)
        sources = _put(sources, source_of("boundary", inputs.boundary, inputs, rows=len(table)))
    elif inputs.districts:
        boundary = gpd.GeoSeries([districts.union_all()], crs=WGS84)
        sources = _put(
            sources, source_of("boundary", inputs.districts, inputs, made="from_districts")
        )
    return _Edges(districts, boundary, sources)


def _on_network(
    name_id: str,
    name: str,
    inputs: Inputs,
    edges: _Edges,
    earlier: Area | None,
    people: Sequence[Units],
) -> Area:
    """Read the paths, and put what was there before on them."""
    if inputs.osm:
        shapes = [units.frame for units in people]
        boundary = edges.boundary if len(edges.boundary) else _people_edge(shapes)
        extract = read_osm(inputs.osm, boundary=boundary, margin_m=inputs.margin_m)
        network = build_network(extract.lines, file=str(inputs.osm))
        area = replace(earlier or _empty(name_id, name, network), network=network, **vars(edges))
        return _with_extract(area, extract, str(inputs.osm))
    assert inputs.lines is not None
    read = read_lines_listed(inputs.lines, crs=inputs.crs.get("network"))
    joined = join_lines(metric_lines(read.frame, file=str(inputs.lines)))
    shut = gpd.GeoSeries(shapely.points(read.barriers), crs=read.frame.crs).to_crs(joined.lines.crs)
    lines = parted_at(joined.lines, shapely.get_coordinates(np.asarray(shut.values, dtype=object)))
    network = build_network(without_islands(lines), file=str(inputs.lines))
    empty = _empty(name_id, name, network)
    area = replace(earlier or empty, network=network, **vars(edges))
    source = source_of("network", inputs.lines, inputs, made="lines", rows=read.rows)
    source = replace(
        source, left_out=read.left_out, told=(*_told_of_walkers(read), *_told_of_joining(joined))
    )
    own = {source.part for source in area.sources}
    return replace(
        area,
        buildings=area.buildings if "buildings" in own else empty.buildings,
        water=empty.water,
        addresses=area.addresses if "addresses" in own else empty.addresses,
        sources=_put(area.sources, source),
    )


def _told_of_walkers(read: Lines) -> tuple[Told, ...]:
    """Return which lines are not for walkers: how many, how long, and what they are."""
    if not read.not_walked:
        return ()
    count = sum(lines for lines, _ in read.not_walked.values())
    metres = round(sum(far for _, far in read.not_walked.values()))
    kinds = [f"{what} ({lines}, {far:.0f} m)" for what, (lines, far) in read.not_walked.items()]
    more = " …" if len(kinds) > MOST_KINDS else ""
    values = {"count": count, "metres": metres, "kinds": ", ".join(kinds[:MOST_KINDS]) + more}
    return (Told("lines_not_walked", values),)


def _told_of_joining(joined: JoinedLines) -> tuple[Told, ...]:
    """Return what was joined and what was left apart, with where."""
    found = {
        "lines_shared": joined.shared,
        "lines_near": joined.near,
        "lines_apart": joined.apart,
    }
    return tuple(
        Told(what, {"count": len(xy)}, _positions(xy, str(joined.lines.crs)))
        for what, xy in found.items()
        if len(xy)
    )


def _positions(xy: Floats, crs: str) -> tuple[tuple[float, float], ...]:
    """Return the first places as longitude and latitude, to the decimetre."""
    points = gpd.GeoSeries(shapely.points(xy[:MOST_POSITIONS]), crs=crs).to_crs(WGS84)
    return tuple((round(at.x, 6), round(at.y, 6)) for at in points)


def _people_edge(people: Sequence[gpd.GeoDataFrame]) -> gpd.GeoSeries | None:
    """Return the outlines of statistical areas, which an OSM file is cut to when nothing else is
    given; none where people are points.
    """
    if not people or any((table.geom_type == "Point").any() for table in people):
        return None
    shapes = np.concatenate([np.asarray(table.geometry.values, dtype=object) for table in people])
    return gpd.GeoSeries(shapes, crs=WGS84)


def _with_extract(area: Area, extract: OsmExtract, file: str) -> Area:
    """Return the area with what OpenStreetMap has: places of kinds that come from a file are left
    to the file.
    """
    named = {source.part for source in area.sources}
    ours = ~area.places["id"].astype(str).str.startswith("osm-")
    kept = area.places[area.places["kind"].isin(named) | ours]
    found = extract.places[~extract.places["kind"].isin(named)]
    credit = Source(
        "network", extract.title, extract.licence, extract.date, "osm_filter", Path(file).name
    )
    paths = replace(credit, rows=len(extract.lines))
    places = replace(credit, part="places", made="osm_tags", rows=len(found))
    return replace(
        area,
        places=stack([kept, found.assign(source=extract.title)]),
        buildings=area.buildings if "buildings" in named else extract.buildings,
        water=extract.water,
        addresses=area.addresses if "addresses" in named else extract.addresses,
        sources=_put(_put(area.sources, paths), places),
    )


def _without_far_districts(area: Area, inputs: Inputs) -> Area:
    """Leave out the districts of a file that lie where the area has no paths; they set no boundary.

    Raises
    ------
    InputError ``boundary_apart`` : all do.
    """
    if not inputs.districts:
        return area
    shapes = np.asarray(area.districts.geometry.to_crs(area.network.crs).values, dtype=object)
    is_near = shapely.intersects(shapes, paths_hull(area.network))
    if is_near.all():
        return area
    if not is_near.any():
        _check_boundary(replace(area, boundary=area.districts.geometry, _snaps={}), inputs)
        return area
    names = area.districts["name"].astype(str)
    values = {"count": int((~is_near).sum()), "of": len(names), "kept": ", ".join(names[is_near])}
    told = LeftOut(0, "districts_outside", values)
    kept = area.districts[is_near].reset_index(drop=True)
    sources = tuple(
        replace(each, left_out=(*each.left_out, told)) if each.part == "districts" else each
        for each in area.sources
    )
    area = replace(area, districts=kept, sources=sources, _snaps={})
    if has_stated_boundary(area):
        return area
    return replace(area, boundary=gpd.GeoSeries([kept.union_all()], crs=WGS84), _snaps={})


def _with_boundary(area: Area, inputs: Inputs, people: Sequence[Inside]) -> Area:
    """Make sure there is a boundary: else the outer edge of the statistical areas, else of the
    paths.
    """
    if not area.boundary.empty:
        return area
    edge = _people_edge([each.units for each in people])
    if edge is not None:
        source = source_of("boundary", inputs.people[0], inputs, made="from_people")
        shape = gpd.GeoSeries([edge.union_all()], crs=WGS84)
        return replace(area, boundary=shape, sources=_put(area.sources, source))
    shape = gpd.GeoSeries([paths_hull(area.network).buffer(50)], crs=area.network.crs)
    shape = shape.to_crs(WGS84)
    source = Source("boundary", title="", made="from_network", estimated=True)
    return replace(area, boundary=shape, sources=_put(area.sources, source))


def _check_boundary(area: Area, inputs: Inputs) -> None:
    """Make sure that the boundary meets the network.

    Raises
    ------
    InputError ``boundary_apart`` : it does not.
    """
    apart_m = float(shapely.distance(area.metric_boundary, area.network.geometry).min())
    if apart_m > 0:
        file = inputs.boundary or inputs.districts or (inputs.people or (Path(area.id),))[0]
        raise InputError("boundary_apart", file=str(file), found=apart_m / 1000)


def _inside(units: Units, ground: Ground, file: Path) -> Inside:
    """Return who of a file lives in the area.

    Raises
    ------
    InputError ``people_outside`` : nobody does.
    """
    found = inside(units.frame, ground)
    if found.units.empty:
        apart_m = metres_outside(units.frame, ground)
        raise InputError(
            "people_outside", file=str(file), count=len(units.frame), found=apart_m / 1000
        )
    return found


def _with_people(
    area: Area, inputs: Inputs, read: Sequence[Units], within: Sequence[Inside]
) -> Area:
    """Return the area with residents from files put into those there are.

    Groups and places that the files say nothing of stay as they were.
    """
    tables: list[gpd.GeoDataFrame] = []
    outlines: list[gpd.GeoDataFrame] = []
    sources: list[Source] = []
    frames = stack([each.units for each in within])
    gone = frozenset[str]().union(*(each.gone for each in within))
    kept = merged(without_units(area.people, gone), frames, area.network.crs)
    parts = np.cumsum([0, *(len(each.units) for each in within)])
    for number, (file, units) in enumerate(zip(inputs.people, read, strict=True)):
        _check_overrides(_columns_of_people(inputs), units.columns, file)
        inner = within[number]
        own = [*inner.units.columns, *kept.groups]
        frame = kept.units[own].iloc[parts[number] : parts[number + 1]]
        frame.index = inner.units.index
        found = spreading.spread(frame, area.network, area.buildings, area.addresses)
        rows = found.people
        prefix = f"{len(tables)}-" if len(inputs.people) > 1 else ""
        tables.append(rows.assign(id=prefix + rows["id"].astype(str)))
        outlines.append(found.outlines)
        sources.append(
            replace(
                source_of(
                    "people", file, inputs, made=found.made, rows=units.rows, columns=units.columns
                ),
                estimated=bool(rows["estimated"].any()),
                date=_date(inputs, file, units),
                left_out=(*units.left_out, *inner.left_out),
                notices=(*units.notices, *inner.notices, *found.left_out),
            )
        )
    _ask_year(area, sources, inputs)
    groups = {group for source in sources for group in source.columns}
    before = without_groups(area.sources, set() if kept.some_uncovered else groups)
    others = area.people[area.people["origin"] != "residents"]
    residents = stacked(stack(tables), kept.rows)
    return replace(
        area,
        people=stack([residents, others]),
        outlines=spreading.outlines_of(residents, area.outlines, stack(outlines)),
        sources=each_once((*before, *sources)),
    )


def _date(inputs: Inputs, file: Path, units: Units) -> str:
    """Return when a file of people is from: as stated or published, else the year that was chosen
    of several.
    """
    years = [str(told.values["year"]) for told in units.notices if told.reason == "newest_year"]
    stated = source_of("people", file, inputs, columns=units.columns).date
    return stated or next(iter(years), "")


def _ask_year(area: Area, sources: Iterable[Source], inputs: Inputs) -> None:
    """Ask before figures of an older year take the place of newer ones."""
    there = years_of(area.sources)
    for source in sources:
        year = int(source.date[:4]) if source.date[:4].isdigit() else 0
        ask_before_older(there, source.columns, year, replace_year=inputs.replace_year)


PARTS_WITH_SYSTEM = ("network", "boundary", "districts", "people", "buildings", "addresses")
"""The parts of an area whose file may be in a stated coordinate system, beside kinds of place."""


def _check_systems(inputs: Inputs) -> None:
    """Make sure that each stated coordinate system is of a part there is.

    Raises
    ------
    InputError ``bad_option`` : it is of none.
    """
    valid = (*PARTS_WITH_SYSTEM, *dict.fromkeys(kind for kind, _ in inputs.places))
    for part in inputs.crs:
        if part not in valid:
            values = {"found": part, "valid": ", ".join(valid)}
            reason = Phrase("reasons.no_such_part", values)
            raise InputError("bad_option", reason=reason, command="area build")


def _names_districts(inputs: Inputs) -> bool:
    """Return whether the stated column of names is that of the districts: alone, or where people
    come as well, when their file has it.
    """
    if inputs.districts is None or "name" not in inputs.columns:
        return False
    if not inputs.people:
        return True
    there = read_vector(inputs.districts, crs=inputs.crs.get("districts")).columns
    return plain(inputs.columns["name"]) in {plain(str(column)) for column in there}


def _columns_of_people(inputs: Inputs) -> dict[str, str]:
    """Return the stated columns that are those of people."""
    own = dict(inputs.columns)
    if _names_districts(inputs):
        del own["name"]
    return own


def _check_overrides(columns: Mapping[str, str], used: Mapping[str, str], file: Path) -> None:
    unused = [name for name in columns if name not in used]
    if unused:
        raise InputError(
            "column_missing",
            file=str(file),
            wanted=unused[0],
            columns=", ".join(used.values()),
            example="--column all=pop",
        )


def with_places(area: Area, kind: str, file: Path, inputs: Inputs) -> Area:
    """Return the area with the places of one kind from a file; they replace those of the same kind
    and file, and OpenStreetMap's.
    """
    table, read = place_files.read_places(file, kind, crs=inputs.crs.get(kind))
    kept, far = place_files.near(table, area.metric_boundary, area.network.crs, file=str(file))
    source = source_of(kind, file, inputs, rows=read.rows, columns=read.columns)
    others = {s.title for s in area.sources if s.part == kind and s.file != file.name}
    title = f"{source.title} ({file.name})" if source.title in others else source.title
    source = replace(source, title=title, left_out=(*read.left_out, *far))
    same = [s for s in area.sources if s.part == kind and s.file == file.name]
    stale = (area.places["kind"] == kind) & (
        area.places["source"].isin([*(s.title for s in same)])
        | area.places["id"].astype(str).str.startswith("osm-")
    )
    places = stack([area.places[~stale], kept.assign(source=title)])
    sources = tuple(s for s in area.sources if s not in same)
    return replace(area, places=_unique_ids(places), sources=(*sources, source), _snaps={})


def _unique_ids(places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give places from different files that share an id a number of their own."""
    again = places.groupby("id").cumcount()
    numbered = places["id"] + "-" + (again + 1).astype(str)
    return places.assign(id=places["id"].where(again == 0, numbered))


def _with_housing(area: Area) -> Area:
    """Make people of the residents of transitional housing, anew from its places."""
    housing = area.places[area.places["kind"] == "transitional_housing"]
    residents = area.people[area.people["origin"] == "residents"]
    return replace(area, people=stack([residents, area_people.of_housing(housing)]))


def _with_district_names(area: Area) -> Area:
    people = area.people.assign(district=area_people.with_districts(area.people, area.districts))
    places = area.places.assign(district=area_people.with_districts(area.places, area.districts))
    return replace(area, people=people, places=places, _snaps={})


def _put(sources: tuple[Source, ...], new: Source) -> tuple[Source, ...]:
    return (*(source for source in sources if source.part != new.part), new)


MOST_POSITIONS = 200
"""So many places are kept of each thing that was done with a file."""
MOST_KINDS = 8
"""So many kinds of line that are not walked are named."""
MARGIN_M = 1000.0
"""How far beyond the boundary paths and places are kept: who lives at the edge walks across it."""


@dataclass(frozen=True)
class Inputs:
    """The files an area is made of, as a person names them.

    ``places`` are (kind, file) pairs. ``columns`` override guesses: group → column for people,
    ``door_columns`` for buildings and addresses (``geo.sources.doors.fields``); ``layers`` names
    the layer of a GeoPackage by part (``buildings``, ``addresses``).
    ``crs`` states a file's coordinate system by part (``network``, ``people`` …). ``notes`` holds a
    part's source, licence and date. ``replace_year`` lets people of an older year take the place
    of newer ones.
    """

    osm: Path | None = None
    lines: Path | None = None
    buildings: Path | None = None
    addresses: Path | None = None
    boundary: Path | None = None
    districts: Path | None = None
    people: tuple[Path, ...] = ()
    places: tuple[tuple[str, Path], ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    door_columns: Mapping[str, str] = field(default_factory=dict)
    layers: Mapping[str, str] = field(default_factory=dict)
    crs: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, Note] = field(default_factory=dict)
    margin_m: float = MARGIN_M
    replace_year: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its files."""
        single = (
            *(self.osm, self.lines, self.boundary, self.districts),
            *(self.buildings, self.addresses),
        )
        files = (*single, *self.people, *(file for _, file in self.places))
        return tuple(dict.fromkeys(file.name for file in files if file))

    @property
    def has_network(self) -> bool:
        """Whether a file with paths is among them."""
        return self.osm is not None or self.lines is not None


@dataclass(frozen=True)
class Note:
    """What a person states about a file: where it is from, on what terms, and from when."""

    title: str = ""
    licence: str = ""
    date: str = ""


def source_of(
    part: str,
    file: Path,
    inputs: Inputs,
    *,
    made: str = "read",
    rows: int = 0,
    columns: Mapping[str, str] = MappingProxyType({}),
) -> Source:
    """Return a file as a source: what its user states about it, else what it gives away itself of
    its publisher, terms and date; else its name, and unknown. When it was saved says nothing.
    """
    note = inputs.notes.get(part, Note())
    told = published(file, columns.values())
    return Source(
        part=part,
        title=note.title or told.title_of(file),
        licence=note.licence or told.licence,
        date=note.date or told.date,
        made=made,
        file=file.name,
        rows=rows,
        columns=dict(columns),
    )


def noted(area: Area, old: Source, note: Note) -> Area:
    """Return an area that knows of one of its sources what a person states; what they leave empty
    stays.
    """
    title = note.title or old.title
    others = [each for each in area.sources if each is not old]
    if any(each.part == old.part and each.title == title for each in others):
        title = f"{title} ({old.file or len(others)})"  # places are told apart by it
    new = replace(old, title=title, licence=note.licence or old.licence, date=note.date or old.date)
    sources = tuple(new if each is old else each for each in area.sources)
    mine = (area.places["kind"] == old.part) & (area.places["source"] == old.title)
    named = area.places["source"].where(~mine, new.title)
    return replace(area, places=area.places.assign(source=named), sources=sources, _snaps={})
