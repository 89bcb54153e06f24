"""The Kalman filter of every policy at once: level and trend in closed form. Letters as in the books (x, P, F, Q, R, K, S).

x = (level, trend); the trend fades with time constant T = period / -ln gamma (Gardner and McKenzie 1985), so that nothing is
extrapolated for ever and the covariance of the trend is bounded. Q and R, and how they adapt, are in `noise`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from . import noise
from .belief import Belief, Floats, Mask
from .bounds import LEAST_SECONDS, LEAST_VARIANCE, MOST_LOAD, MOST_SECONDS, MOST_VARIANCE
from .tuning import Tuning

GATE = 3.0
"""Normalised innovations beyond this are outliers (Huber's k): 0.3 % of a right filter's."""


@dataclass(frozen=True)
class Innovation:
    """What a sample said beyond the prediction; arrays of shape (N,), NaN or False where nothing was taken in."""

    residual: Floats
    """Sample less predicted level."""
    S: Floats
    """Its predicted variance, before the sample was known."""
    nis: Floats
    """Its square over S: chi-square of one degree where the belief is right."""
    R: Floats
    """The measurement variance that was used, widened where the sample was doubted."""
    widened: Floats
    """Variance added to the level before the sample was used: where a shift was recognised, else 0."""
    used: Mask
    """A sample was there, and could be one."""
    doubted: Mask
    """An outlier by itself: it moved the level by no more than the gate, and Q not at all."""
    shifted: Mask
    """The second outlier to the same side: demand has jumped."""


@dataclass(frozen=True)
class Motion:
    """F and Q over a time, as scalars per row: level' = level + f·trend, trend' = e·trend."""

    f: Floats
    e: Floats
    q00: Floats
    q01: Floats
    q11: Floats


def motion(belief: Belief, dt: Floats, tuning: Tuning) -> Motion:
    """The exact discretisation of a random walk plus an integrated Ornstein-Uhlenbeck trend over `dt` seconds (N,)."""
    rate = -np.log(tuning.gamma) / tuning.period
    e, gone = np.exp(-rate * dt), -np.expm1(-rate * dt)
    f = gone / rate
    walk = noise.level_variance(belief, tuning)
    intensity = 2 * rate * walk * noise.TREND_SHARE / tuning.period**2 / (1 - tuning.gamma**2)
    drift = (dt - 2 * f + gone * (1 + e) / (2 * rate)) / rate**2
    q00 = walk * dt / tuning.period + intensity * np.maximum(drift, 0.0)
    return Motion(f, e, q00, intensity * f**2 / 2, intensity * gone * (1 + e) / (2 * rate))


def predict(belief: Belief, dt: Floats, tuning: Tuning) -> Belief:
    """The belief `dt` seconds (N,) later, without a sample. Time that stands still, runs back or is NaN changes nothing.

    Also the forecast: `predict(belief, horizon, tuning)` gives the expected level then, and its variance.
    """
    dt = np.where(belief.steps > 0, np.clip(np.nan_to_num(dt, nan=0.0), 0.0, MOST_SECONDS), 0.0)
    m = motion(belief, dt, tuning)
    shape, scale = noise.forget(belief, dt, tuning)
    return replace(
        belief,
        level=np.clip(belief.level + m.f * belief.trend, -MOST_LOAD, MOST_LOAD),
        trend=m.e * belief.trend,
        shape=shape,
        scale=scale,
        **_covariance(
            belief.p00 + m.f * (2 * belief.p01 + m.f * belief.p11) + m.q00,
            m.e * (belief.p01 + m.f * belief.p11) + m.q01,
            m.e**2 * belief.p11 + m.q11,
        ),
    )


def correct(belief: Belief, z: Floats, dt: Floats, tuning: Tuning) -> tuple[Belief, Innovation]:
    """The belief after samples z (N,), each a mean over its `dt` seconds (N,); NaN, absurd or over no time: no sample.

    Joseph form, as scalars. An outlier by itself is used with the R that makes it as large as the gate (Huber); a second one to
    the same side is a jump, and widens the level until it is no outlier (West and Harrison's intervention).
    """
    usable, z, dt = _usable(z, dt, tuning)
    first = usable & (belief.steps == 0)
    prior = _begin(belief, first, z, dt, tuning)
    S = prior.p00 + noise.dispersion(prior, tuning) * noise.unit(prior.level, dt, tuning)
    y = z - prior.level
    nu = y / np.sqrt(S)
    outlier = np.abs(nu) > GATE
    shifted = usable & outlier & (np.sign(nu) == prior.doubt)
    doubted = usable & outlier & ~shifted
    widened = np.where(shifted, y**2 - S, 0.0)
    gated = np.where(doubted, np.clip(nu, -GATE, GATE) * np.sqrt(S), y)
    P = prior.p00 + widened
    unit = noise.unit(np.where(shifted, z, prior.level), dt, tuning)
    R, shape, scale = noise.measure(prior, gated, P, unit, tuning)
    R = np.where(doubted, (P + R) * (np.abs(nu) / GATE) - P, R)
    after = _joseph(replace(prior, p00=P), y, R)
    after = _adapted(after, replace(prior, shape=shape, scale=scale), nu, doubted, shifted, tuning)
    seen = Innovation(
        *(np.where(usable, a, np.nan) for a in (y, S, nu**2, R, widened)), usable, doubted, shifted
    )
    return _where(usable, after, belief), seen


def step(belief: Belief, z: Floats, dt: Floats, tuning: Tuning) -> tuple[Belief, Innovation]:
    """Predict over `dt` seconds, then correct by the samples z of that time."""
    return correct(predict(belief, dt, tuning), z, dt, tuning)


def _usable(z: Floats, dt: Floats, tuning: Tuning) -> tuple[Mask, Floats, Floats]:
    """Which samples are some, with harmless figures in place of the others."""
    with np.errstate(invalid="ignore"):
        usable: Mask = (np.abs(z) <= MOST_LOAD) & (dt >= LEAST_SECONDS) & (dt <= MOST_SECONDS)
        usable &= ~tuning.counts | (z >= 0)
    return usable, np.where(usable, z, 0.0), np.where(usable, dt, tuning.period)


def _begin(belief: Belief, first: Mask, z: Floats, dt: Floats, tuning: Tuning) -> Belief:
    """The rows of a first sample stand where it is, as sure as one sample can make them."""
    if not first.any():
        return belief
    guess = np.where(tuning.counts, 1.0, np.maximum((0.1 * z) ** 2, noise.LEAST_DISPERSION))
    scale = np.where(first, belief.shape * guess, belief.scale)
    begun = replace(belief, level=np.where(first, z, belief.level), scale=scale)
    R = noise.dispersion(begun, tuning) * noise.unit(begun.level, dt, tuning)
    return replace(
        begun,
        p00=np.where(first, R, belief.p00),
        p01=np.where(first, 0.0, belief.p01),
        p11=np.where(first, noise.trend_variance(begun, tuning), belief.p11),
    )


def _joseph(prior: Belief, y: Floats, R: Floats) -> Belief:
    """(I - KH) P (I - KH)' + K R K', as three scalars."""
    S = prior.p00 + R
    K0, K1 = prior.p00 / S, prior.p01 / S
    rest = R / S
    return replace(
        prior,
        level=np.clip(prior.level + K0 * y, -MOST_LOAD, MOST_LOAD),
        trend=np.clip(prior.trend + K1 * y, -MOST_LOAD, MOST_LOAD),
        **_covariance(
            rest**2 * prior.p00 + K0**2 * R,
            rest * (prior.p01 - K1 * prior.p00) + K0 * K1 * R,
            prior.p11 - K1 * (2 * prior.p01 - K1 * prior.p00) + K1**2 * R,
        ),
    )


def _adapted(
    after: Belief, prior: Belief, nu: Floats, doubted: Mask, shifted: Mask, tuning: Tuning
) -> Belief:
    """R's evidence, Q's scale and the two windows. A single outlier leaves Q and both windows as they were."""
    alone = doubted & (prior.doubt == 0)
    ordinary = ~doubted & ~shifted
    bounded = np.clip(nu, -GATE, GATE)
    nis = np.where(alone, prior.nis, noise.WINDOW * prior.nis + (1 - noise.WINDOW) * bounded**2)
    product = noise.WINDOW * prior.whiteness + (1 - noise.WINDOW) * bounded * prior.previous
    whiteness = np.where(ordinary, product, prior.whiteness)
    return replace(
        after,
        shape=prior.shape,
        scale=prior.scale,
        signal_to_noise=noise.signal_to_noise(prior, nis, whiteness, ordinary, tuning),
        nis=nis,
        whiteness=whiteness,
        previous=np.where(ordinary, bounded, 0.0),
        doubt=np.where(doubted, np.sign(nu), 0.0),
        steps=prior.steps + 1,
    )


def _covariance(p00: Floats, p01: Floats, p11: Floats) -> dict[str, Floats]:
    """Bounded, and positive semidefinite whatever rounding did."""
    p00 = np.clip(p00, LEAST_VARIANCE, MOST_VARIANCE)
    p11 = np.clip(p11, LEAST_VARIANCE, MOST_VARIANCE)
    most = np.sqrt(p00) * np.sqrt(p11)
    return {"p00": p00, "p01": np.clip(p01, -most, most), "p11": p11}


def _where(mask: Mask, chosen: Belief, other: Belief) -> Belief:
    if mask.all():
        return chosen
    return Belief(
        *(
            np.where(mask, a, b)
            for a, b in zip(chosen.columns().values(), other.columns().values(), strict=True)
        )
    )
