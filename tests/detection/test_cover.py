"""Cover classes: like ground together, whatever the order of pixels and scale of features."""

from __future__ import annotations

import numpy as np

from imagery.detection.cover import N_CLASSES, class_names, learn_cover


def three_covers(seed: int = 0, each: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients (2, 3 each, 5) of woods, fields and stone, and which is which."""
    rng = np.random.default_rng(seed)
    level = np.array([[0.04, 0.80], [0.07, 0.50], [0.20, 0.10]])
    wave = np.array([[0.00, 0.05], [0.01, 0.30], [0.00, 0.00]])
    kind = np.repeat(np.arange(3), each)
    coefficients = np.zeros((2, kind.size, 5), np.float32)
    coefficients[:, :, 0] = level[kind].T
    coefficients[:, :, 1] = wave[kind].T
    coefficients += (0.01 * rng.normal(size=coefficients.shape)).astype(np.float32)
    return coefficients, kind


def test_no_class_holds_two_kinds_of_cover__planted() -> None:
    coefficients, kind = three_covers()
    classes = learn_cover(coefficients, np.ones(kind.size, bool)).of(coefficients)
    for number in np.unique(classes):
        share = np.bincount(kind[classes == number], minlength=3) / (classes == number).sum()
        assert share.max() > 0.98


def test_classes_are_learned_from_control_ground_and_given_to_all() -> None:
    coefficients, kind = three_covers()
    control = np.arange(kind.size) % 2 == 0
    cover = learn_cover(coefficients, control)
    changed = coefficients.copy()
    changed[:, ~control] = 9
    again = learn_cover(changed, control)
    np.testing.assert_array_equal(cover.centres, again.centres)
    assert cover.of(coefficients).shape == kind.shape


def test_the_order_of_pixels_does_not_matter_when_all_are_used() -> None:
    coefficients, kind = three_covers()
    shuffle = np.random.default_rng(1).permutation(kind.size)
    plain = learn_cover(coefficients, np.ones(kind.size, bool)).of(coefficients)
    mixed = learn_cover(coefficients[:, shuffle], np.ones(kind.size, bool)).of(coefficients[:, shuffle])
    np.testing.assert_array_equal(plain[shuffle], mixed)


def test_every_pixel_gets_the_nearest_centre() -> None:
    coefficients, kind = three_covers(each=30)
    cover = learn_cover(coefficients, np.ones(kind.size, bool))
    traits = (coefficients[:, :, :3] * np.array([1, 0.7, 0.7]) / cover.spread[:, None, None]).transpose(
        1, 0, 2
    )
    traits = traits.reshape(kind.size, -1)
    plain = [int(((cover.centres - trait) ** 2).sum(1).argmin()) for trait in traits]
    np.testing.assert_array_equal(cover.of(coefficients), plain)


def test_constant_ground_is_one_class_without_error() -> None:
    coefficients = np.ones((3, 40, 5), np.float32)
    classes = learn_cover(coefficients, np.ones(40, bool)).of(coefficients)
    assert len(np.unique(classes)) == 1


def test_names_say_how_green_a_class_is() -> None:
    coefficients, kind = three_covers()
    classes = learn_cover(coefficients, np.ones(kind.size, bool)).of(coefficients)
    names = class_names(coefficients, ("brightness", "ndvi"), classes)
    assert len(set(names)) == N_CLASSES
    assert "green all year" in names[classes[0]]
    assert "green in season" in names[classes[200]]
    assert "bare, built or water" in names[classes[400]]
    assert class_names(coefficients, ("brightness", "nir"), classes)[0] == "cover 1"
