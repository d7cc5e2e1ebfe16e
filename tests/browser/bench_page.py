"""A page with every kind of layer, and texts that attack, for the browser tests of the map."""

from __future__ import annotations

import geopandas as gpd
import streamlit as st

from geo import presets
from geo.area.model import Area
from geo.catalog import open_area
from geo.output.maps import spec as map_spec
from geo.output.maps.spec import AreaLayer, CircleLayer, LineLayer, PointLayer
from pages.shared import map as map_box
from pages.shared import page, state

ATTACK = "{{ 7*7*191 }} {% Torget %} </script><img src=x onerror=\"document.title='broken'\">"


def main() -> None:
    state.load()
    page.set_language()
    page.configure("Provkarta")
    area = open_area(state.get("area"))
    st.title("Provkarta")
    wanted = st.toggle("Cirklar", value=True)
    spec = map_spec.compose(
        ATTACK,
        layers(area, circles=wanted),
        bounds=map_spec.bounds_of(area),
        table=area.places[["name", "kind"]],
        credits=(*map_spec.credits_of(area), ATTACK),
        language=state.language(),
    )
    click = map_box.heard(lambda: spec, area, key="bench", language=state.language())
    map_box.show_map(spec, area, key="bench", language=state.language())
    if click is not None:
        st.session_state["told"] = (click.lon, click.lat, [shown.id for shown in click.shown])
        st.session_state["clicks"] = st.session_state.get("clicks", 0) + 1
    lon, lat, ids = st.session_state.get("told", (0.0, 0.0, []))
    clicks = st.session_state.get("clicks", 0)
    st.text(f"klick {clicks}: {lon:.5f} {lat:.5f} [{','.join(ids)}]")
    map_box.table_twin(spec)


def layers(area: Area, *, circles: bool) -> list[map_spec.Layer]:
    people = area.people
    points = people.geometry.to_crs("EPSG:4326") if len(people) else people.geometry
    ring = area.places.geometry.iloc[:1].to_crs(area.network.crs).buffer(220).to_crs("EPSG:4326")
    found: list[map_spec.Layer] = [
        AreaLayer("reach", ATTACK, "#005a8c", ring, dash="6 4", fill_opacity=0.15),
        LineLayer("walk", "Väg", "#5d3a9b", gpd.GeoSeries(ring.boundary), width_px=4),
    ]
    if circles:
        found.append(_circles(people, points))
    for name in area.kinds:
        found.append(_points(area, name))
    return found


def _circles(people: gpd.GeoDataFrame, points: gpd.GeoSeries) -> CircleLayer:
    return map_spec.circle_layer(
        "people",
        "Barn",
        ids=list(people["id"]),
        lon=points.x,
        lat=points.y,
        value=people["children_0_4"],
    )


def _points(area: Area, name: str) -> PointLayer:
    kind, places = presets.kind(name), area.places_of(name)
    return PointLayer(
        id=name,
        label=kind.name("sv") if name != "library" else ATTACK,
        symbol=kind.symbol,
        colour=kind.colour,
        ids=tuple(places["id"]),
        lon=places.geometry.x.to_numpy(),
        lat=places.geometry.y.to_numpy(),
    )


main()
