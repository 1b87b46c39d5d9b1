"""Rows joined into places, against a plain loop over all pairs."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from imagery.registers.grouping import group_rows


def by_plain_loops(shapes: list, labels: list, distance: float) -> list[set[int]]:
    """Merge until nothing changes."""
    groups = [{i} for i in range(len(shapes))]

    def joined(a: int, b: int) -> bool:
        same = labels[a] is not None and labels[a] == labels[b]
        near = (
            shapes[a] is not None
            and shapes[b] is not None
            and shapely.distance(shapes[a], shapes[b]) <= distance
        )
        return same or bool(near)

    changed = True
    while changed:
        changed = False
        for i, one in enumerate(groups):
            for other in groups[i + 1 :]:
                if any(joined(a, b) for a in one for b in other):
                    one |= other
                    groups.remove(other)
                    changed = True
                    break
            if changed:
                break
    return groups


squares = st.builds(
    lambda x, y, w: shapely.box(x, y, x + w, y + w),
    st.integers(0, 300),
    st.integers(0, 300),
    st.integers(1, 40),
)
rows = st.lists(st.tuples(st.none() | squares, st.none() | st.sampled_from("abc")), max_size=12)


@given(rows, st.sampled_from([0.0, 5.0, 20.0, 60.0]))
def test_places_are_those_of_plain_loops(pairs: list, distance: float) -> None:
    shapes, labels = [p[0] for p in pairs], [p[1] for p in pairs]
    numbers = group_rows(shapes, labels, distance)
    found: dict[int, set[int]] = {}
    for i, number in enumerate(numbers.tolist()):
        found.setdefault(number, set()).add(i)
    assert sorted(map(sorted, found.values())) == sorted(
        map(sorted, by_plain_loops(shapes, labels, distance))
    )


@given(rows, st.randoms())
def test_the_order_of_rows_does_not_matter(pairs: list, random) -> None:  # type: ignore[no-untyped-def]
    order = list(range(len(pairs)))
    random.shuffle(order)
    straight = group_rows([p[0] for p in pairs], [p[1] for p in pairs], 20.0)
    mixed = group_rows([pairs[i][0] for i in order], [pairs[i][1] for i in order], 20.0)
    same = straight[order][:, None] == straight[order][None, :]
    np.testing.assert_array_equal(mixed[:, None] == mixed[None, :], same)


def test_a_larger_distance_never_splits_a_place() -> None:
    shapes = [shapely.Point(x, 0).buffer(1) for x in (0, 10, 25, 60, 200)]
    counts = [group_rows(shapes, [None] * 5, d).max() + 1 for d in (0.0, 9.0, 14.0, 40.0, 500.0)]
    assert counts == [5, 4, 3, 2, 1]


def test_the_distance_itself_still_joins() -> None:
    a, b = shapely.box(0, 0, 10, 10), shapely.box(30, 0, 40, 10)
    assert group_rows([a, b], [None, None], 20.0).tolist() == [0, 0]
    assert group_rows([a, b], [None, None], 19.99).tolist() == [0, 1]


def test_nothing_gives_nothing() -> None:
    assert group_rows([], [], 20.0).tolist() == []


@pytest.mark.parametrize("n", [1, 5])
def test_rows_without_ground_and_number_stand_alone(n: int) -> None:
    assert sorted(group_rows([None] * n, [None] * n, 20.0).tolist()) == list(range(n))
