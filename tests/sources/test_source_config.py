"""The description of a folder: what it takes, and what it says about what it does not take."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

from imagery.errors import ParameterError
from imagery.sources.source_config import SourceConfig, config_from, read_source_config


def test_every_key_can_be_written_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "source.toml"
    path.write_text(
        "\ufefffiles = '{date}_{band}.tif'\n"
        "date_format = '%Y%m%d'\n"
        "layout = 'per_band'\n"
        "scl = 'classes'\n"
        "scale = 0.0001\n"
        "nodata = [0, 65535]\n"
        "sensor = 'sentinel-2'\n"
        "baseline = 'N0509'\n"
        "licence = 'CC BY 4.0'\n"
        "crs = 'EPSG:32631'\n"
        "geolocation_m = 4\n"
        "[bands]\nch1 = 'blue'\n"
        "[dates]\n'ortho.tif' = 2020-05-04\n"
        "[offset]\nblue = -0.1\n"
        "[offset_by_baseline]\n'05.09' = -0.1\n",
        encoding="utf-8",
    )
    config = read_source_config(path)
    assert config.baseline == "05.09"
    assert config.told("offset", "ch1", "blue") == -0.1
    assert config.told("offset", "nir") is None
    assert config.band_of("CH1") == "blue"
    assert config.band_of("Classes") == "scl"
    assert config.pattern is not None


@pytest.mark.parametrize(
    ("key", "value", "write"),
    [
        ("scale", 0, "scale = 0.0001"),
        ("scale", -1e-4, "scale = 0.0001"),
        ("scale", "0.0001", "scale = 0.0001"),
        ("scale", True, "scale = 0.0001"),
        ("scale", float("nan"), "scale = 0.0001"),
        ("scale", {"blue": "x"}, "scale = 0.0001"),
        ("offset", "none", "offset = 0.0"),
        ("offset", float("inf"), "offset = 0.0"),
        ("offset_by_baseline", 3, "offset_by_baseline = {"),
        ("nodata", "zero", "nodata = 0"),
        ("nodata", [0, "x"], "nodata = 0"),
        ("layout", "stacked", 'layout = "per_band"'),
        ("files", 3, "files = "),
        ("bands", "B02", "bands = ["),
        ("bands", {"ch1": 3}, "bands = ["),
        ("crs", "EPSG:99999", "crs = "),
        ("crs", 28992, "crs = "),
        ("dates", {"a.tif": "yesterday"}, "dates = {"),
        ("sensor", 2, "sensor = "),
        ("geolocation_m", 0, "geolocation_m = 5.0"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_what_to_write(key: str, value: Any, write: str) -> None:
    with pytest.raises(ParameterError) as caught:
        config_from({key: value})
    assert key in caught.value.message
    assert repr(value) in caught.value.message
    assert write in caught.value.hint


def test_an_unknown_key_names_the_nearest() -> None:
    with pytest.raises(ParameterError, match=r"'scal'.*Did you mean 'scale'"):
        config_from({"scal": 1})


def test_an_unknown_band_names_the_nearest() -> None:
    with pytest.raises(ParameterError, match=r"'rde'.*Did you mean 'red'"):
        config_from({"bands": ["B02", "rde"]})


def test_a_table_by_band_knows_its_bands() -> None:
    with pytest.raises(ParameterError, match="scale names 'ch2'"):
        config_from({"bands": {"ch1": "blue"}, "scale": {"ch2": 1e-4}})
    assert (
        config_from({"bands": {"ch1": "blue"}, "scale": {"CH1": 1e-4}}).told("scale", "ch1", "blue") == 1e-4
    )


def test_two_patterns_are_one_too_many() -> None:
    with pytest.raises(ParameterError, match="both given"):
        config_from({"files": "{date}.tif", "files_regex": r"(?P<date>\d+)"})


def test_a_file_that_is_no_toml_says_where(tmp_path: Path) -> None:
    path = tmp_path / "source.toml"
    path.write_text("scale = \n", encoding="utf-8")
    with pytest.raises(ParameterError, match=r"source.toml cannot be read.*line 1"):
        read_source_config(path)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "source.toml"
    path.write_bytes(b"scale = 1\xff\xfe")
    with pytest.raises(ParameterError, match="cannot be read"):
        read_source_config(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="cannot be opened"):
        read_source_config(tmp_path / "source.toml")


def test_options_go_before_the_description() -> None:
    config = SourceConfig(scale=1e-4, licence="own").with_options(scale=1.0, offset=None)
    assert (config.scale, config.offset, config.licence) == (1.0, None, "own")


def test_a_description_cannot_be_changed_and_can_be_sent_elsewhere() -> None:
    config = SourceConfig(scale={"blue": 1e-4}, bands={"ch1": "blue"}, nodata=[0, 1])
    with pytest.raises(TypeError):
        config.scale["blue"] = 2.0  # type: ignore[index]
    assert pickle.loads(pickle.dumps(config)) == config
