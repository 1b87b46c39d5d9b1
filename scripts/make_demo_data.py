"""Cut the demo imagery from the Sentinel-2 series that the PyPI package nrt 0.1.0 carries.

    python scripts/make_demo_data.py sentinel2_cube_subset_romania_10m.nc

The series is the file `nrt/data/sentinel2_cube_subset_romania_10m.nc` of that package's wheel (`pip download --no-deps
nrt==0.1.0`, then unzip). Each date becomes one GeoTIFF with blue, green, red, near infrared and the scene
classification, pixel for pixel on its own grid; scale, offset and nodata are written into the file. Dates that are
almost wholly under cloud are left out. The same input gives the same bytes under the same GDAL.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np
import rasterio
import xarray as xr
from affine import Affine

PROJECT = Path(__file__).parents[1]
DEMO_DATA = PROJECT / "imagery" / "testing" / "demo_data"
SOURCE_SHA256 = "10165376979ed20f988bef09bf79135ea415e741256ba50fd4fef679b1c1fa9d"
BANDS = {"B2": "blue", "B3": "green", "B4": "red", "B8": "nir", "SCL": "SCL"}
SCALES = (0.0001, 0.0001, 0.0001, 0.0001, 1.0)
CLOUD = (8, 9, 10)
CLOUDED_SHARE = 0.95
NOTICE = (
    "Contains modified Copernicus Sentinel data {year}. Cut from the series of the package nrt 0.1.0 "
    "(European Commission, Joint Research Centre), EUPL-1.2."
)


def cut(series: Path, out: Path) -> list[Path]:
    """Write one GeoTIFF for each date that shows some ground; returns them by date."""
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("sentinel2_*.tif"):
        old.unlink()
    with xr.open_dataset(series, mask_and_scale=False) as data:
        counts = np.stack([data[name].values for name in BANDS], axis=1)
        profile = {
            "driver": "GTiff",
            "width": data.sizes["x"],
            "height": data.sizes["y"],
            "count": len(BANDS),
            "dtype": "uint16",
            "nodata": 0,
            "crs": "EPSG:3035",
            "transform": grid_of(data),
            "compress": "deflate",
            "zlevel": 9,
            "predictor": 2,
            "interleave": "band",
            "blockysize": data.sizes["y"],
        }
        days = np.datetime_as_string(data["time"].values, unit="D")
    clouded = np.isin(counts[:, -1], CLOUD).mean(axis=(1, 2)) >= CLOUDED_SHARE
    return [
        write_date(out / f"sentinel2_{day}.tif", image, str(day), profile)
        for day, image, away in zip(days, counts, clouded, strict=True)
        if not away
    ]


def grid_of(data: xr.Dataset) -> Affine:
    """Affine of the grid from its pixel centres."""
    x, y = data["x"].values, data["y"].values
    dx, dy = (x[-1] - x[0]) / (x.size - 1), (y[-1] - y[0]) / (y.size - 1)
    return Affine(dx, 0.0, x[0] - dx / 2, 0.0, dy, y[0] - dy / 2)


def write_date(path: Path, image: np.ndarray, day: str, profile: dict[str, object]) -> Path:
    """Write the bands of one date, shape (B, M, N), with what is needed to read them."""
    with rasterio.open(path, "w", **profile) as file:
        file.write(image.astype("uint16", casting="safe"))
        file.descriptions = tuple(BANDS.values())
        file.scales = SCALES
        file.offsets = (0.0,) * len(BANDS)
        file.update_tags(
            TIFFTAG_IMAGEDESCRIPTION=f"Sentinel-2 L2A, {day}", TIFFTAG_COPYRIGHT=NOTICE.format(year=day[:4])
        )
    return path


def write_checksums(files: list[Path], path: Path) -> None:
    """Write one line per file as `sha256sum` does, with paths relative to the list."""
    lines = [f"{sha256(file)}  {file.relative_to(path.parent).as_posix()}\n" for file in files]
    path.write_text("".join(lines), encoding="utf-8", newline="\n")


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    """Check the series, cut it, list the checksums."""
    parser = argparse.ArgumentParser(description="Cut the demo imagery.")
    parser.add_argument("series", type=Path, help="sentinel2_cube_subset_romania_10m.nc of nrt 0.1.0")
    parser.add_argument("--out", type=Path, default=DEMO_DATA, help="folder of the demo data")
    arguments = parser.parse_args()
    if sha256(arguments.series) != SOURCE_SHA256:
        parser.error(f"{arguments.series.name} is not the file of nrt 0.1.0: its SHA-256 differs.")
    files = cut(arguments.series, arguments.out / "sentinel2")
    write_checksums(files, arguments.out / "SHA256SUMS")
    total = sum(file.stat().st_size for file in files)
    print(f"{len(files)} dates, {files[0].stem[-10:]} to {files[-1].stem[-10:]}, {total / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
