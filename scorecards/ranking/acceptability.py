"""How often each vendor takes each place, over thousands of weightings drawn with a fixed seed.

The method is SMAA-2 (Lahdelma and Salminen, 2001): weights from a Dirichlet distribution, uniform
for "no opinion", centred for "about these weights".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

SAMPLES, SEED = 10_000, 20261101
#: Scores closer than this, in points, are a tie: floats of equal figures may differ by less.
_TIE = 1e-9


@dataclass(frozen=True, slots=True)
class Acceptability:
    """By vendor's key the share of weightings, 0 to 1, for each place from the first on.

    `uniform` draws from all weightings, `centred` about the current weights. Equal scores share a
    place and the next is left empty, as in the ranking.
    """

    samples: int
    seed: int
    uniform: dict[str, tuple[float, ...]]
    centred: dict[str, tuple[float, ...]]


def acceptability(
    scores: Mapping[str, Mapping[str, Fraction | None]],
    weights: Mapping[str, Fraction],
    *,
    samples: int = SAMPLES,
    seed: int = SEED,
) -> Acceptability:
    """Draw the weightings and count the places.

    `scores` are category scores by vendor's key, rated for all of them over the categories of
    `weights`, which are percent. Categories of weight 0 have no part in the centred draws.
    """
    if not scores or not sum(weights.values(), Fraction(0)):
        return Acceptability(samples, seed, {}, {})
    matrix = np.array([[float(row[code] or 0) for code in weights] for row in scores.values()])
    alphas = np.array([float(weight) for weight in weights.values()])
    drawn = np.random.default_rng(seed)
    uniform = _uniform(drawn, len(weights), samples)
    centred = np.zeros((samples, len(weights)))
    centred[:, alphas > 0] = drawn.dirichlet(alphas[alphas > 0], samples)
    return Acceptability(
        samples,
        seed,
        dict(zip(scores, _places(matrix, uniform), strict=True)),
        dict(zip(scores, _places(matrix, centred), strict=True)),
    )


def _uniform(drawn: np.random.Generator, count: int, samples: int) -> NDArray[np.float64]:
    """Weightings from the whole simplex, each in all its rotations.

    The distribution is the same in every category, so rotations are draws as good as others, and no
    category is favoured by chance: the error is about half of that of draws alone.
    """
    some = drawn.dirichlet(np.ones(count), -(-samples // count))
    return np.vstack([np.roll(some, by, axis=1) for by in range(count)])[:samples]


def _places(
    matrix: NDArray[np.float64], weightings: NDArray[np.float64]
) -> list[tuple[float, ...]]:
    """For each vendor (row of `matrix`) the share of weightings in which it takes each place."""
    # einsum instead of @: a matrix this small is not worth waking the threads of a BLAS
    totals = np.einsum("sc,vc->sv", weightings, matrix)
    vendors = matrix.shape[0]
    # ahead[s, v]: how many beat vendor v in sample s
    ahead = np.zeros(totals.shape, dtype=np.intp)
    for other in range(vendors):
        ahead += totals[:, other : other + 1] > totals + _TIE
    return [
        tuple((np.bincount(ahead[:, vendor], minlength=vendors) / len(totals)).tolist())
        for vendor in range(vendors)
    ]
