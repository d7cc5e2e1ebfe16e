"""How much a place counts the farther away it is: a small family of decays, 1 at the door and never
more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from geo.errors import InputError
from geo.types import Floats


@dataclass(frozen=True)
class Decay:
    """A function of metres and limit, from 1 downwards; beyond the limit nobody asks."""

    def __call__(self, metres: Floats, limit_m: float) -> Floats:
        """Return the weight of each distance, from 0 to 1."""
        raise NotImplementedError


def _share(weight: float) -> None:
    if not 0 < weight < 1:
        raise InputError("bad_decay", found=str(weight))


@dataclass(frozen=True)
class Step(Decay):
    """Bands: the weight of the first whose share of the limit is at least d / limit, 0 past the
    last. By default 1, 0.68 and 0.22 in thirds of the limit.

    Source: Luo and Qi 2009, An enhanced two-step floating catchment area (E2SFCA) method for
    measuring spatial accessibility to primary care physicians, Health & Place 15(4), 1100–1107.
    """

    shares: tuple[float, ...] = (1 / 3, 2 / 3, 1.0)
    weights: tuple[float, ...] = (1.0, 0.68, 0.22)

    def __post_init__(self) -> None:
        rising = all(a < b for a, b in zip((0.0, *self.shares), self.shares, strict=False))
        if not (self.shares and len(self.shares) == len(self.weights) and rising):
            raise InputError("bad_decay", found=f"{self.shares}, {self.weights}")
        if not all(0 <= weight <= 1 for weight in self.weights):
            raise InputError("bad_decay", found=str(self.weights))

    def __call__(self, metres: Floats, limit_m: float) -> Floats:
        """Return the weight of each distance's band."""
        band = np.searchsorted(np.asarray(self.shares) * limit_m, metres, side="left")
        return np.append(np.asarray(self.weights, np.float64), 0.0)[band]


@dataclass(frozen=True)
class Linear(Decay):
    """1 − d / limit: nothing left at the limit.

    Source: Schuurman, Bérubé and Crooks 2010, Measuring potential spatial access to primary health
    care physicians using a modified gravity model, Canadian Geographer 54(1), 29–45.
    """

    def __call__(self, metres: Floats, limit_m: float) -> Floats:
        """Return the weight of each distance."""
        return np.asarray(np.maximum(0.0, 1 - metres / limit_m), np.float64)


@dataclass(frozen=True)
class Gaussian(Decay):
    """exp(ln(ε) (d / limit)²), where ε is the weight left at the limit, by default 0.01: a normal
    curve with σ = limit / √(−2 ln ε).

    Source: Kwan 1998, Space-time and integral measures of individual accessibility, Geographical
    Analysis 30(3), 191–216; ε = 0.01 as in Wan, Zou and Sternberg 2012, A three-step floating
    catchment area method, International Journal of Geographical Information Science 26(6).
    """

    at_limit: float = 0.01

    def __post_init__(self) -> None:
        _share(self.at_limit)

    def __call__(self, metres: Floats, limit_m: float) -> Floats:
        """Return the weight of each distance."""
        return np.asarray(np.exp(math.log(self.at_limit) * (metres / limit_m) ** 2), np.float64)


@dataclass(frozen=True)
class Exponential(Decay):
    """exp(ln(ε) d / limit), where ε is the weight left at the limit, by default 0.01.

    Source: Kwan 1998 (see ``Gaussian``), the inverse exponential.
    """

    at_limit: float = 0.01

    def __post_init__(self) -> None:
        _share(self.at_limit)

    def __call__(self, metres: Floats, limit_m: float) -> Floats:
        """Return the weight of each distance."""
        return np.asarray(np.exp(math.log(self.at_limit) * metres / limit_m), np.float64)


@dataclass(frozen=True)
class Logistic(Decay):
    """(1 + exp(−k m)) / (1 + exp(k (d − m))) with k = π / (s √3): flat near the door, steepest at
    the median m, flat again. m and s are shares of the limit, by default a half and a sixth.

    Source: Bauer and Groneberg 2016, Measuring spatial accessibility of health care providers,
    PLoS ONE 11(7), e0159148, where m and s are the median and standard deviation of distances.
    """

    median: float = 1 / 2
    deviation: float = 1 / 6

    def __post_init__(self) -> None:
        if not (self.median > 0 and self.deviation > 0 and self.median / self.deviation < 300):
            raise InputError("bad_decay", found=f"{self.median}, {self.deviation}")

    def __call__(self, metres: Floats, limit_m: float) -> Floats:
        """Return the weight of each distance."""
        steepness = math.pi / (self.deviation * math.sqrt(3))
        falling = np.exp(np.minimum(steepness * (metres / limit_m - self.median), 700.0))
        return np.asarray((1 + math.exp(-steepness * self.median)) / (1 + falling), np.float64)


DECAYS: dict[str, Decay] = {
    "step": Step(),
    "linear": Linear(),
    "gaussian": Gaussian(),
    "exponential": Exponential(),
    "logistic": Logistic(),
}


def decay_of(decay: str | Decay) -> Decay:
    """Return the decay of this name, or the decay itself.

    Raises
    ------
    InputError ``unknown_decay`` : no decay has the name.
    """
    if isinstance(decay, Decay):
        return decay
    if decay not in DECAYS:
        raise InputError("unknown_decay", found=str(decay), known=", ".join(DECAYS))
    return DECAYS[decay]
