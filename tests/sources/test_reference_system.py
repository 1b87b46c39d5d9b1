"""One name per reference system."""

from __future__ import annotations

import pytest
from pyproj import CRS

from imagery.sources.reference_system import crs_name

ROMANIAN = (
    'PROJCS["ETRS89 / LAEA Europe",GEOGCS["ETRS89",DATUM["European_Terrestrial_Reference_System_1989",'
    'SPHEROID["GRS 1980",6378137,298.257222101,AUTHORITY["EPSG","7019"]],TOWGS84[0,0,0,0,0,0,0]],'
    'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Lambert_Azimuthal_Equal_Area"],'
    'PARAMETER["latitude_of_center",52],PARAMETER["longitude_of_center",10],'
    'PARAMETER["false_easting",4321000],PARAMETER["false_northing",3210000],UNIT["metre",1],'
    'AUTHORITY["EPSG","3035"]]'
)


FORMS = {
    "EPSG:28992": ("WKT1_GDAL", "WKT2_2019", "WKT1_ESRI"),
    "EPSG:32631": ("WKT1_GDAL", "WKT2_2019", "WKT1_ESRI"),
    "EPSG:3035": ("WKT1_GDAL", "WKT2_2019", "WKT1_ESRI"),
    "EPSG:4326": ("WKT1_GDAL", "WKT2_2019", "WKT1_ESRI"),
    "EPSG:3857": ("WKT1_GDAL", "WKT2_2019"),  # PROJ does not recognise ESRI's way to write Web Mercator
}


@pytest.mark.parametrize(("code", "form"), [(code, form) for code, forms in FORMS.items() for form in forms])
def test_a_system_has_one_name_however_it_is_written(code: str, form: str) -> None:
    assert crs_name(CRS(code).to_wkt(form)) == code


def test_zeros_for_the_datum_shift_do_not_make_it_another_system() -> None:
    assert crs_name(ROMANIAN) == "EPSG:3035"


def test_a_code_that_does_not_fit_the_projection_is_not_believed() -> None:
    assert crs_name(ROMANIAN.replace('"false_easting",4321000', '"false_easting",0')) != "EPSG:3035"


def test_what_is_no_system_on_earth_has_no_name() -> None:
    assert crs_name('LOCAL_CS["page",UNIT["metre",1]]') == ""
    assert crs_name("nonsense") == ""
    assert crs_name("") == ""
