"""Change between two Sentinel-2 dates on 11 labelled cities (OSCD), beside classical methods.

Ten bands on the 10 m grid of the first date, pixels valid on both. AP and AUC need no threshold; F1 and kappa come from
pixel counts added up over cities, at the top 2.5 % of valid pixels of each city and, apart, at the automatic threshold.
Constants were chosen on the six cities tuned on, and so that small planted changes stay visible; the figures of the other
five were in view meanwhile. Nothing is fitted to labels: no weight, no threshold.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score, roc_auc_score

from benchmarks.arguments import Arguments, data_folder, read_arguments
from benchmarks.oscd_cities import TUNED, UNTUNED, City, load_city
from benchmarks.oscd_peers import (
    change_vectors,
    rank_ensemble,
    slow_features_plain,
    slow_features_smoothed,
)
from benchmarks.rows import Row, finish
from imagery.detection.pair import pair_score
from imagery.detection.pair_bands import standardised, usable_pixels
from imagery.detection.pair_registration import measure_shift, moved
from imagery.detection.pair_threshold import automatic_threshold
from imagery.detection.slow_features import slow_feature_score

BUDGET = 0.025
"""Share of valid pixels flagged in each city."""
QUICK = ("bercy", "paris", "rennes")
"""Three small cities, for a quick run."""
DATA = "OSCD, 11 cities, Sentinel-2 L1C"
TARGET_F1 = 0.36
"""First aim of the main job, over all cities at the budget."""

Score = npt.NDArray[np.floating]
Method = Callable[[City], Score]


def ours(city: City) -> Score:
    """The score of `imagery.detection.detect_pair`, registration of the pair included."""
    return pair_score(city.before, city.after, city.valid).score


def ours_slow_features(city: City) -> Score:
    """Our slow features alone, smoothed by 2 pixels, on the images as they lie."""
    return slow_feature_score(city.before, city.after, city.valid)


def rank_ensemble_registered(city: City) -> Score:
    """The best peer, given our registration: what is left of our lead is the score's."""
    usable = usable_pixels(city.before, city.after, city.valid)
    first, second = (standardised(image, usable, usable) for image in (city.before, city.after))
    shift = measure_shift(first, second, usable)
    return rank_ensemble(replace(city, after=moved(city.after, usable, shift)))


METHODS: Mapping[str, Method] = {
    "pair": ours,
    "rank ensemble": rank_ensemble,
    "rank ensemble, registered": rank_ensemble_registered,
    "slow features alone": ours_slow_features,
    "SFA + 2 px": slow_features_smoothed,
    "SFA": slow_features_plain,
    "CVA": change_vectors,
}
"""What is run, ours first."""
BEST = "rank ensemble"
"""The best of the peers."""
OWN = "own re-implementation, images as they lie"
PEERS: Mapping[str, str] = {
    BEST: OWN,
    "rank ensemble, registered": "own re-implementation, with our registration",
    "slow features alone": "also ours (only slow features below slowness 1), images as they lie",
    "SFA + 2 px": OWN,
    "SFA": OWN,
    "CVA": OWN,
}
"""How each peer was run."""
NO_THRESHOLD = "ranks are spread alike in every city: they have no automatic threshold"
TOGETHER = "pixels of all cities together"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One method on one city."""

    scores: npt.NDArray[np.float32]
    """Scores of the valid pixels, (P,); what has none counts as lowest."""
    changed: npt.NDArray[np.bool_]
    """Labels of the same pixels, (P,)."""
    seconds: float
    """Time of the method."""
    at_budget: npt.NDArray[np.int64]
    """Pixels: found, false, missed, rightly left, at the budget."""
    at_threshold: npt.NDArray[np.int64]
    """Likewise at the automatic threshold."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    arguments = read_arguments(__doc__ or "", argv)
    folder = data_folder("oscd")
    names = QUICK if arguments.quick else TUNED + UNTUNED
    results: dict[str, dict[str, Result]] = {method: {} for method in METHODS}
    for name in names:
        city = load_city(folder, name)
        for method, score in METHODS.items():
            results[method][name] = measure(score, city)
    return finish(rows(results, names, arguments), arguments)


def measure(method: Method, city: City) -> Result:
    """Run one method on one city and count at both thresholds."""
    started = time.perf_counter()
    image = method(city)
    seconds = time.perf_counter() - started
    found = np.where(np.isfinite(image), image, -np.inf)[city.valid].astype(np.float32)
    lowest = found[np.isfinite(found)].min()
    scores, changed = np.maximum(found, lowest), city.changed[city.valid]
    threshold = automatic_threshold(image, city.valid)
    return Result(
        scores=scores,
        changed=changed,
        seconds=seconds,
        at_budget=counts(top(scores, BUDGET), changed),
        at_threshold=counts(scores > threshold, changed),
    )


def top(scores: npt.NDArray[np.float32], share: float) -> npt.NDArray[np.bool_]:
    """The highest share of the pixels, exactly; equal scores are taken in the order of the image."""
    flagged = np.zeros(scores.size, dtype=bool)
    flagged[np.argsort(-scores, kind="stable")[: round(share * scores.size)]] = True
    return flagged


def counts(flagged: npt.NDArray[np.bool_], changed: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Pixels: found, false, missed, rightly left."""
    pairs = ((flagged, changed), (flagged, ~changed), (~flagged, changed), (~flagged, ~changed))
    return np.array([np.count_nonzero(first & second) for first, second in pairs], dtype=np.int64)


def f1(total: npt.NDArray[np.int64]) -> float:
    """F1 of added counts; 0 when nothing is found."""
    found, false, missed, _ = (float(number) for number in total)
    return 2 * found / max(2 * found + false + missed, 1.0)


def kappa(total: npt.NDArray[np.int64]) -> float:
    """Cohen's kappa of added counts."""
    found, false, missed, left = (float(number) for number in total)
    n = found + false + missed + left
    agreed = (found + left) / n
    chance = ((found + false) * (found + missed) + (missed + left) * (false + left)) / n**2
    return (agreed - chance) / (1 - chance) if chance < 1 else 0.0


def figures(results: Sequence[Result]) -> dict[str, float]:
    """All figures of one method over some cities."""
    budget = np.sum([result.at_budget for result in results], axis=0)
    threshold = np.sum([result.at_threshold for result in results], axis=0)
    labels = np.concatenate([result.changed for result in results])
    scores = np.concatenate([result.scores for result in results])
    per_city = [(result.changed, result.scores) for result in results]
    return {
        "F1 at the budget": f1(budget),
        "kappa at the budget": kappa(budget),
        "F1 at the automatic threshold": f1(threshold),
        "kappa at the automatic threshold": kappa(threshold),
        "AP, mean of cities": float(np.mean([average_precision_score(*pair) for pair in per_city])),
        "AUC, mean of cities": float(np.mean([roc_auc_score(*pair) for pair in per_city])),
        f"AP, {TOGETHER}": float(average_precision_score(labels, scores)),
        f"AUC, {TOGETHER}": float(roc_auc_score(labels, scores)),
    }


def rows(
    results: Mapping[str, Mapping[str, Result]], names: Sequence[str], arguments: Arguments
) -> list[Row]:
    """Rows of all groups of cities, ours beside the best peer; over all cities beside every peer; then the time."""
    groups = (
        ("tuned on", [name for name in names if name in TUNED]),
        ("not tuned on", [name for name in names if name in UNTUNED]),
        ("in all", list(names)),
    )
    found: list[Row] = []
    for label, chosen in (group for group in groups if group[1]):
        for peer in PEERS if label == "in all" else (BEST,):
            mine, theirs = (figures([results[method][name] for name in chosen]) for method in ("pair", peer))
            found += _compared(f"{len(chosen)} cities {label}", mine, theirs, peer, arguments.seed)
    return found + _times(results, arguments.seed)


def _compared(
    case: str, mine: Mapping[str, float], theirs: Mapping[str, float], peer: str, seed: int
) -> list[Row]:
    found = []
    for metric, value in mine.items():
        ranks = peer.startswith(BEST) and "automatic" in metric
        aimed = case.endswith("in all") and peer == BEST and metric == "F1 at the budget"
        if peer == BEST or not metric.endswith(TOGETHER):
            found.append(
                Row(
                    case=case,
                    metric=metric,
                    ours=value,
                    peer=None if ranks else theirs[metric],
                    peer_name=peer,
                    peer_note=NO_THRESHOLD if ranks else PEERS[peer],
                    target=TARGET_F1 if aimed else None,
                    seed=seed,
                    data=DATA,
                )
            )
    return found


def _times(results: Mapping[str, Mapping[str, Result]], seed: int) -> list[Row]:
    pixels = sum(result.scores.size for result in results["pair"].values())
    per_pixel = {
        method: 1e6 * sum(result.seconds for result in by_city.values()) / pixels
        for method, by_city in results.items()
    }
    return [
        Row(
            case="time, one thread, images in memory",
            metric="us/px",
            better="lower",
            ours=per_pixel["pair"],
            peer=per_pixel[peer],
            peer_name=peer,
            peer_note=note,
            seed=seed,
            data=DATA,
        )
        for peer, note in PEERS.items()
    ]


if __name__ == "__main__":
    raise SystemExit(main())
