"""How a package's layers are drawn in a GIS: a QGIS style (QML) and an SLD per layer, in the
colours of our maps.
"""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

import geopandas as gpd

from geo.output.maps.spec import ValueClass, classes

SYMBOL_COLOUR, SITE_COLOUR, OUTLINE_COLOUR = "#b34700", "#8c0044", "#333333"
_SLD = (
    '<StyledLayerDescriptor version="1.0.0" xmlns="http://www.opengis.net/sld" '
    'xmlns:ogc="http://www.opengis.net/ogc"><NamedLayer><Name>{name}</Name><UserStyle>'
    "<FeatureTypeStyle>{rules}</FeatureTypeStyle></UserStyle></NamedLayer></StyledLayerDescriptor>"
)


def qml(name: str, frame: gpd.GeoDataFrame) -> str:
    """Return a layer's style for QGIS: outlines, squares in classes, or marks."""
    if name == "squares":
        return _graduated(classes(frame["beyond"]))
    if name == "districts":
        symbol = _fill("0", "#ffffff", opacity="0", outline=OUTLINE_COLOUR, dash="dash")
        return _qml(f'<renderer-v2 type="singleSymbol"><symbols>{symbol}</symbols></renderer-v2>')
    shape, colour, size = ("star", SITE_COLOUR, "6") if name == "proposal" else _PLACE
    symbol = _marker("0", shape, colour, size)
    return _qml(f'<renderer-v2 type="singleSymbol"><symbols>{symbol}</symbols></renderer-v2>')


def sld(name: str, frame: gpd.GeoDataFrame) -> str:
    """Return the same style as SLD, for programs that are not QGIS."""
    if name == "squares":
        found = classes(frame["beyond"])
        rules = "".join(_sld_class(each, last=each is found[-1]) for each in found)
    elif name == "districts":
        stroke = f'<CssParameter name="stroke">{OUTLINE_COLOUR}</CssParameter>'
        rules = f"<Rule><PolygonSymbolizer><Stroke>{stroke}</Stroke></PolygonSymbolizer></Rule>"
    else:
        shape, colour, size = ("star", SITE_COLOUR, "16") if name == "proposal" else _SLD_PLACE
        rules = (
            "<Rule><PointSymbolizer><Graphic><Mark>"
            f"<WellKnownName>{shape}</WellKnownName><Fill>"
            f'<CssParameter name="fill">{colour}</CssParameter></Fill></Mark>'
            f"<Size>{size}</Size></Graphic></PointSymbolizer></Rule>"
        )
    return _SLD.format(name=name, rules=rules)


_PLACE = ("triangle", SYMBOL_COLOUR, "3.4")
_SLD_PLACE = ("triangle", SYMBOL_COLOUR, "10")


def _graduated(found: tuple[ValueClass, ...]) -> str:
    ranges = "".join(
        f'<range lower="{_exact(each.lower)}" upper="{_exact(each.upper)}" symbol="{at}" '
        f'render="true" '
        f'label="{_read(each.lower)} – {_read(each.upper)}"/>'
        for at, each in enumerate(found)
    )
    symbols = "".join(
        _fill(str(at), each.colour, opacity="0.85", outline=each.colour)
        for at, each in enumerate(found)
    )
    return _qml(
        '<renderer-v2 type="graduatedSymbol" attr="beyond" graduatedMethod="GraduatedColor">'
        f"<ranges>{ranges}</ranges><symbols>{symbols}</symbols></renderer-v2>"
    )


def _qml(renderer: str) -> str:
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
        f'<qgis version="3.28" styleCategories="Symbology">{renderer}</qgis>'
    )


def _fill(name: str, colour: str, *, opacity: str, outline: str, dash: str = "solid") -> str:
    options = {
        "color": _rgba(colour, opacity),
        "style": "solid",
        "outline_color": _rgba(outline, "1"),
        "outline_style": dash,
        "outline_width": "0.4",
    }
    return _symbol(name, "fill", "SimpleFill", options)


def _marker(name: str, shape: str, colour: str, size: str) -> str:
    options = {
        "name": shape,
        "color": _rgba(colour, "1"),
        "outline_color": _rgba("#ffffff", "1"),
        "size": size,
    }
    return _symbol(name, "marker", "SimpleMarker", options)


def _symbol(name: str, kind: str, layer: str, options: dict[str, str]) -> str:
    written = "".join(
        f"<Option type={quoteattr('QString')} name={quoteattr(key)} value={quoteattr(value)}/>"
        for key, value in options.items()
    )
    return (
        f'<symbol type="{kind}" name="{name}" alpha="1"><layer class="{layer}" enabled="1">'
        f'<Option type="Map">{written}</Option></layer></symbol>'
    )


def _sld_class(each: ValueClass, *, last: bool) -> str:
    below = "PropertyIsLessThanOrEqualTo" if last else "PropertyIsLessThan"
    return (
        "<Rule><ogc:Filter><ogc:And>"
        "<ogc:PropertyIsGreaterThanOrEqualTo><ogc:PropertyName>beyond</ogc:PropertyName>"
        f"<ogc:Literal>{_exact(each.lower)}</ogc:Literal></ogc:PropertyIsGreaterThanOrEqualTo>"
        f"<ogc:{below}><ogc:PropertyName>beyond</ogc:PropertyName>"
        f"<ogc:Literal>{_exact(each.upper)}</ogc:Literal></ogc:{below}>"
        "</ogc:And></ogc:Filter><PolygonSymbolizer><Fill>"
        f'<CssParameter name="fill">{each.colour}</CssParameter>'
        "</Fill></PolygonSymbolizer></Rule>"
    )


def _rgba(colour: str, opacity: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"{red},{green},{blue},{round(float(opacity) * 255)}"


def _exact(value: float) -> str:
    """Write a border so that the largest amount still lies within its class."""
    return f"{value:.15g}"


def _read(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:g}"
