"""From what a user writes to a source."""

from __future__ import annotations

from pathlib import Path

import pytest
import xarray as xr

from imagery.errors import ParameterError, SourceError
from imagery.sources import FolderSource, open_source
from imagery.testing.folders import write_folder


def test_a_path_and_a_named_folder_are_the_same(planted: xr.Dataset, tmp_path: Path) -> None:
    folder = write_folder(planted, tmp_path / "images")
    for text in (folder, str(folder), f"folder:{folder}", f" FOLDER:{folder} "):
        source = open_source(text)
        assert isinstance(source, FolderSource)
        assert source.path == folder
        assert source.name == "folder:images"


@pytest.mark.parametrize(
    "text", ["sentinelhub:l2a", "stac:somewhere", "https://example.org/a.tif", "fodler:x"]
)
def test_an_unknown_kind_of_source_names_the_known_ones(text: str) -> None:
    with pytest.raises(ParameterError, match=f"called '{text.split(':')[0]}'") as caught:
        open_source(text)
    assert "folder:PATH" in caught.value.hint


def test_a_drive_is_no_kind_of_source() -> None:
    with pytest.raises(SourceError, match="no folder or file"):
        open_source("C:\\images")
    with pytest.raises(SourceError, match="no folder or file"):
        open_source("C:/images")


def test_an_empty_name_is_refused() -> None:
    with pytest.raises(ParameterError, match="empty"):
        open_source("  ")


def test_an_unknown_option_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="no option 'scal'") as caught:
        open_source(tmp_path, scal=1)
    assert "scale" in caught.value.hint
    assert "resolution_m" in caught.value.hint


def test_options_reach_the_source_and_its_description(tmp_path: Path) -> None:
    (tmp_path / "source.toml").write_text("scale = 0.5\nlicence = 'own'\n", encoding="utf-8")
    source = open_source(tmp_path, scale=1e-4, resolution_m=20, threads=2, cloud_dilation_px=None)
    assert isinstance(source, FolderSource)
    assert (source.config.scale, source.config.licence) == (1e-4, "own")
    assert (source.resolution_m, source.threads, source.cloud_dilation_px) == (20, 2, 2)
