"""Close the doors of GDAL we do not use, before anything opens it.

GDAL decides by content which of some sixty drivers reads a file: a ``.geojson`` may be a VRT or a
pipeline that reads other files of the server, or a request to a service. It reads these settings
once, when pyogrio is first imported; geopandas imports pyogrio at the first read, so this module,
imported by ``geo/__init__.py``, comes first.
"""

from __future__ import annotations

import os

TAKEN = frozenset({"GeoJSON", "GPKG", "ESRI Shapefile", "FlatGeobuf", "MEM"})
"""The drivers we keep (``MEM`` is GDAL's own memory)."""

SKIPPED = (
    "ADBC,AIVector,AVCBin,AVCE00,AmigoCloud,CSV,CSW,Carto,DGN,DXF,EDIGEO,EEDA,ESRIJSON,"
    "Elasticsearch,GDALG,GML,GPSBabel,GPX,GTFS,GeoJSONSeq,GeoRSS,HTTP,Idrisi,JML,JSONFG,"
    "KML,LIBKML,LVBAG,MBTiles,MVT,MapInfo File,MapML,MiraMonVector,NGW,OAPIF,ODS,OGCAPI,"
    "OGR_GMT,OGR_PDS,OGR_VRT,OSM,OpenFileGDB,PCIDSK,PDF,PDS4,PGDUMP,PLSCENES,PMTiles,S57,"
    "SQLite,SXF,Selafin,TopoJSON,VDV,VFK,VICAR,WAsP,WFS,XLSX"
)
"""All other vector drivers of the pinned pyogrio; a new one makes ``doors_are_closed`` false."""

SETTINGS = {
    "GDAL_SKIP": SKIPPED,
    "GDAL_DRIVER_PATH": "disable",  # no plugins
    "OGR_SQLITE_LOAD_EXTENSIONS": "NO",
    # A GeoJSON may name its coordinate system by a link that GDAL would fetch: the proxy leads
    # nowhere, and vector.py refuses such files as well.
    "GDAL_HTTP_PROXY": "127.0.0.1:9",
    "GDAL_HTTPS_PROXY": "127.0.0.1:9",
}


def close_doors() -> None:
    """Set what GDAL reads when it starts. Too late once pyogrio is imported: see
    ``doors_are_closed``.
    """
    os.environ.update(SETTINGS)


def doors_are_closed() -> bool:
    """Return whether GDAL has only the drivers we take; starts GDAL if it has not been."""
    import pyogrio

    return TAKEN.issuperset(pyogrio.list_drivers())


close_doors()
