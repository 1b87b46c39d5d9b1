"""What lies in a folder: which files are seen, by which names, with which hashes."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import xarray as xr

from imagery.sources import FolderSource, open_source
from imagery.sources.hashing import file_hash
from imagery.sources.inventory import image_files, relative_name
from imagery.testing.folders import area_of, assert_same_pixels, write_folder


def test_subfolders_are_searched_and_hidden_ones_are_not(tmp_path: Path) -> None:
    for name in ("b/x.tif", "a/y.nc", ".hidden/z.tif", "a/.secret.tif", "cube.zarr/inside.tif", "top.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    assert [relative_name(tmp_path, p) for p in image_files(tmp_path)] == [
        "cube.zarr",
        "top.txt",
        "a/y.nc",
        "b/x.tif",
    ]


def test_the_order_on_disk_does_not_matter__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    write_folder(planted, tmp_path / "plain")
    (tmp_path / "other").mkdir()
    for path in sorted((tmp_path / "plain").iterdir(), reverse=True):
        shutil.copy(path, tmp_path / "other" / path.name)
    one, other = FolderSource(tmp_path / "plain"), FolderSource(tmp_path / "other")
    assert one.inventory.planes == other.inventory.planes
    assert one.file_hashes() == other.file_hashes()


def test_a_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(b"abc" * 1000)
    assert file_hash(path) == hashlib.sha256(b"abc" * 1000).hexdigest()


def test_the_hash_of_a_store_notices_every_part(planted: xr.Dataset, tmp_path: Path) -> None:
    store = write_folder(planted, tmp_path, "zarr") / "cube.zarr"
    before = file_hash(store)
    shutil.copytree(store, tmp_path / "copy.zarr")
    assert file_hash(tmp_path / "copy.zarr") == before
    part = next(p for p in sorted((store / "B04").rglob("*")) if p.is_file() and p.name != "zarr.json")
    part.write_bytes(part.read_bytes() + b"x")
    assert file_hash(store) != before
    part.write_bytes(part.read_bytes()[:-1])
    part.rename(part.with_name("renamed"))
    assert file_hash(store) != before


def test_files_that_do_not_fit_the_pattern_are_ignored_with_the_reason__planted(
    planted: xr.Dataset, tmp_path: Path
) -> None:
    folder = write_folder(planted, tmp_path)
    (folder / "overview.tif").write_bytes(b"not even opened")
    source = open_source(folder, files="{date}_{band}.tif")
    assert_same_pixels(source.load(area_of(planted)), planted)
    assert isinstance(source, FolderSource)
    assert source.inventory.ignored == (
        ("overview.tif", "its name does not fit files = '{date}_{band}.tif'"),
    )
