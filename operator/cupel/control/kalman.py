"""The Kalman filter of all policies at once, in closed form. Letters as in the books (x, P, F, Q, R, K, S).

x = (level, trend). The trend fades with the time constant period / -ln gamma (a damped trend: Gardner and
McKenzie 1985), so that nothing is extrapolated for ever. Q and R, and how they adapt, are in `noise`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from . import noise
from .belief import Belief
from .bounds import LEAST_DISPERSION, LEAST_SECONDS, LEAST_VARIANCE, MOST_LOAD, MOST_SECONDS, MOST_VARIANCE
from .rows import Floats, Mask, chosen, either, within
from .tuning import Tuning

GATE = 3.0
"""A normalised innovation beyond this is an outlier (Huber's k): 0.3 % of a right filter's."""
GUESS = 0.1
"""Deviation of a gauge's noise before any is seen, as a share of its first sample."""


@dataclass(frozen=True)
class Innovation:
    """What the samples said beyond the prediction; arrays of shape (N,), meaningless where not `used`."""

    residual: Floats
    """Sample less predicted level."""
    S: Floats
    """Its variance, as predicted."""
    nis: Floats
    """Its square over S: chi-square of one degree where the belief is right."""
    R: Floats
    """Variance of the measurement as it was used: widened where the sample was doubted."""
    used: Mask
    """There was a sample, and one that can be."""
    doubted: Mask
    """An outlier: it moved the level by no more than the gate allows, and Q not at all."""
    shifted: Mask
    """A second outlier on the same side: the load has jumped, and belief begins anew at the sample."""
    begun: Mask
    """Belief begins here: a first sample, or a shift."""


@dataclass(frozen=True)
class Motion:
    """F and Q over some time, as scalars of each row: level' = level + f·trend, trend' = e·trend."""

    f: Floats
    e: Floats
    q00: Floats
    q01: Floats
    q11: Floats


@dataclass(frozen=True)
class Span:
    """Some time, and what F and Q over it are made of besides the belief; arrays (N,). See `motion`."""

    periods: Floats
    f: Floats
    e: Floats
    fading: Floats
    drift: Floats


def span(dt: Floats, tuning: Tuning) -> Span:
    """`dt` seconds (N,), none of them negative."""
    rate = tuning.fading
    faded = rate * dt
    gone = -np.expm1(-faded)
    e = 1.0 - gone
    fading = gone * (1.0 + e)
    drift = np.maximum(2.0 * (faded - 2.0 * gone) + fading, 0.0)
    return Span(dt / tuning.period, gone / rate, e, fading, drift)


def motion(belief: Belief, dt: Floats, tuning: Tuning) -> Motion:
    """Random walk plus integrated Ornstein-Uhlenbeck trend, discretised exactly over `dt` seconds (N,)."""
    over = span(dt, tuning)
    walk = noise.level_variance(belief, tuning)
    ceiling = walk * tuning.trend_ceiling
    q01, q11 = ceiling * tuning.fading * over.f**2, ceiling * over.fading
    return Motion(over.f, over.e, _walked(walk, ceiling, over, tuning), q01, q11)


def _walked(walk: Floats, ceiling: Floats, over: Span, tuning: Tuning) -> Floats:
    """Variance that the level gains."""
    return walk * over.periods + ceiling * over.drift / tuning.fading_squared


def predict(belief: Belief, dt: Floats, tuning: Tuning) -> Belief:
    """The belief `dt` seconds (N,) later, without a sample; zero, negative and NaN seconds change nothing.

    Also the forecast: of `predict(belief, horizon, tuning)`, level and p00 are its mean and variance.
    """
    passed = np.minimum(np.fmax(dt, 0.0), MOST_SECONDS)
    m = motion(belief, either(belief.steps > 0, passed, 0.0), tuning)
    shape, scale = noise.forget(belief, m.e, tuning)
    drawn = belief.p01 + m.f * belief.p11
    return replace(
        belief,
        level=_clipped(belief.level + m.f * belief.trend),
        trend=m.e * belief.trend,
        shape=shape,
        scale=scale,
        **_covariance(
            belief.p00 + m.f * (belief.p01 + drawn) + m.q00,
            m.e * drawn + m.q01,
            m.e**2 * belief.p11 + m.q11,
        ),
    )


def forecast(belief: Belief, ahead: Span, tuning: Tuning) -> tuple[Floats, Floats]:
    """Level and its variance (N,) so much later: what `predict` answers of them, and no more."""
    walk = noise.level_variance(belief, tuning)
    q00 = _walked(walk, walk * tuning.trend_ceiling, ahead, tuning)
    variance = belief.p00 + ahead.f * (belief.p01 + (belief.p01 + ahead.f * belief.p11)) + q00
    variance = np.clip(variance, LEAST_VARIANCE, MOST_VARIANCE)
    return _clipped(belief.level + ahead.f * belief.trend), either(belief.steps > 0, variance, belief.p00)


def correct(belief: Belief, z: Floats, dt: Floats, tuning: Tuning) -> tuple[Belief, Innovation]:
    """The belief after samples z (N,), each a mean over its `dt` seconds (N,).

    NaN, a figure that cannot be, or one over no time is no sample. An outlier counts as if R were so wide
    that it lies at the gate (Huber); a second one on the same side is a jump, and belief in level and trend
    begins anew at it (an intervention in the sense of West and Harrison 1997, 11.2).
    """
    used, z, dt = _usable(z, dt, tuning)
    seen = _innovation(belief, z, dt, used, tuning)
    after = _joseph(belief, seen)
    if seen.begun.any():
        after = chosen(seen.begun, _begun(belief, z, dt, tuning), after)
    return chosen(used, _adapted(after, belief, seen, tuning), belief), seen


def step(belief: Belief, z: Floats, dt: Floats, tuning: Tuning) -> tuple[Belief, Innovation]:
    """Predict over `dt` seconds, then correct by the samples z of that time."""
    return correct(predict(belief, dt, tuning), z, dt, tuning)


def _usable(z: Floats, dt: Floats, tuning: Tuning) -> tuple[Mask, Floats, Floats]:
    """Which samples are some; harmless figures in place of the others."""
    used: Mask = (z >= tuning.least_load) & (z <= MOST_LOAD) & (dt >= LEAST_SECONDS) & (dt <= MOST_SECONDS)
    return used, either(used, z, 0.0), either(used, dt, tuning.period)


def _begun(belief: Belief, z: Floats, dt: Floats, tuning: Tuning) -> Belief:
    """Where the sample is, as sure of the level as one sample can make it, and of the trend not at all."""
    guess = np.where(tuning.counts, 1.0, np.maximum((GUESS * z) ** 2, LEAST_DISPERSION))
    scale = np.where(belief.steps == 0, belief.shape * guess, belief.scale)
    begun = replace(belief, level=z, trend=np.zeros_like(z), scale=scale)
    R = noise.dispersion(begun, tuning) * noise.unit(z, dt, tuning)
    unknown = noise.level_variance(begun, tuning) * tuning.trend_ceiling
    return replace(begun, **_covariance(R, np.zeros_like(z), unknown))


def _innovation(prior: Belief, z: Floats, dt: Floats, used: Mask, tuning: Tuning) -> Innovation:
    R = noise.dispersion(prior, tuning) * noise.unit(prior.level, dt, tuning)
    y, S = z - prior.level, prior.p00 + R
    nis = y**2 / S
    first = used & (prior.steps == 0)
    outlier = used & (nis > GATE**2) & ~first
    shifted = outlier & (np.sign(y) == prior.doubt)
    doubted = outlier & ~shifted
    if doubted.any():
        R = np.where(doubted, S * np.sqrt(nis) / GATE - prior.p00, R)
    return Innovation(y, S, nis, R, used, doubted, shifted, first | shifted)


def _joseph(prior: Belief, seen: Innovation) -> Belief:
    """(I - KH) P (I - KH)' + K R K', as three scalars."""
    P, R, y = prior.p00, seen.R, seen.residual
    S = P + R
    K0, K1, rest = P / S, prior.p01 / S, R / S
    moved = prior.p01 - K1 * P
    return replace(
        prior,
        level=_clipped(prior.level + K0 * y),
        trend=_clipped(prior.trend + K1 * y),
        **_covariance(
            rest**2 * P + K0**2 * R,
            rest * moved + K0 * K1 * R,
            prior.p11 - K1 * (prior.p01 + moved) + K1**2 * R,
        ),
    )


def _adapted(after: Belief, prior: Belief, seen: Innovation, tuning: Tuning) -> Belief:
    """The noise and the two windows. An outlier by itself leaves Q and both windows as they were."""
    square = np.minimum(seen.nis, GATE**2)
    nu = np.copysign(np.sqrt(square), seen.residual)
    ordinary = ~(seen.doubted | seen.begun)
    counted = (ordinary | seen.shifted | (seen.doubted & (prior.doubt != 0))) & (prior.steps > 0)
    nis = either(counted, prior.nis + (1 - noise.WINDOW) * (square - prior.nis), prior.nis)
    chained = prior.whiteness + (1 - noise.WINDOW) * (nu * prior.previous - prior.whiteness)
    whiteness = either(ordinary, chained, prior.whiteness)
    shape, scale = noise.learn(after, either(seen.begun, 1.0, square), nis, tuning)
    return replace(
        after,
        shape=shape,
        scale=scale,
        signal_to_noise=noise.signal_to_noise(prior, nis, whiteness, counted, tuning),
        nis=nis,
        whiteness=whiteness,
        previous=either(ordinary, nu, 0.0),
        doubt=either(seen.doubted, np.sign(seen.residual), 0.0),
        steps=prior.steps + 1.0,
    )


def _clipped(figure: Floats) -> Floats:
    return np.clip(figure, -MOST_LOAD, MOST_LOAD)


def _covariance(p00: Floats, p01: Floats, p11: Floats) -> dict[str, Floats]:
    """Bounded, and positive semidefinite whatever rounding did."""
    p00 = np.clip(p00, LEAST_VARIANCE, MOST_VARIANCE)
    p11 = np.clip(p11, LEAST_VARIANCE, MOST_VARIANCE)
    most = np.sqrt(p00 * p11)
    return {"p00": p00, "p01": within(p01, -most, most), "p11": p11}
