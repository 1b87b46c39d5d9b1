"""Images of a run as cloud-optimised GeoTIFFs, and back into arrays."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import rasterio
from odc.geo.geobox import GeoBox
from rasterio.errors import RasterioError
from rasterio.io import MemoryFile

from imagery.errors import CorruptRunError
from imagery.stores.files import whole_file

Image = npt.NDArray[np.float32]


def write_cog(path: Path, images: Mapping[str, Image], geobox: GeoBox, tags: Mapping[str, str]) -> None:
    """Write float32 images of one grid as the bands of one COG, NaN as nodata, names as band descriptions."""
    height, width = geobox.shape
    profile = {
        "driver": "GTiff",
        "count": len(images),
        "dtype": "float32",
        "nodata": np.nan,
        "height": height,
        "width": width,
        "crs": str(geobox.crs),
        "transform": geobox.affine,
    }
    # GDAL writes a COG only as a copy of a finished dataset.
    with MemoryFile() as memory:
        with memory.open(**profile) as dataset:
            dataset.write(np.stack([np.asarray(image, dtype=np.float32) for image in images.values()]))
            for number, name in enumerate(images, start=1):
                dataset.set_band_description(number, name)
            dataset.update_tags(**tags)
        with memory.open() as dataset, whole_file(path) as temporary:
            rasterio.shutil.copy(
                dataset, temporary, driver="COG", compress="DEFLATE", predictor="YES", overviews="NONE"
            )


def read_cog(path: Path) -> tuple[dict[str, Image], GeoBox]:
    """Read what `write_cog` wrote.

    Raises
    ------
    CorruptRunError
        If the file is missing or damaged.
    """
    try:
        with rasterio.open(path) as dataset:
            stack = dataset.read()
            geobox = GeoBox((dataset.height, dataset.width), dataset.transform, dataset.crs.to_wkt())
            names = [name or str(number) for number, name in enumerate(dataset.descriptions, start=1)]
    except RasterioError as error:
        raise CorruptRunError(
            f"{path.name} in {path.parent.name!r} cannot be read.", hint="Restore it, or screen again."
        ) from error
    return dict(zip(names, stack, strict=True)), geobox
