"""Anytime-valid evidence that a share of bad calls rose: e-values, which may be looked at after every call.

An e-value is a bet against "no worse": it starts at 1, and whatever the share of a revision that is no
worse, the chance that it ever reaches c is at most 1/c (Ville 1939; Robbins 1970; for deployments Lindon,
Sanden and Shirikian, KDD 2022). So a threshold is a rate of false alarms, however often one looks. E-values
of several metrics are averaged, which keeps that bound; "any of k" would multiply the rate by k.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

RATIOS = (1.3, 2.25, 3.9, 6.75, 11.7, 20.0)
"""How many times worse a revision may be: the alternatives bet on, in steps of about 1.7, each with an
equal stake. Between two of them at most a tenth of the evidence is lost; the stake costs ln 6."""
LOG_RATIOS = np.log(np.array(RATIOS))
LEAST_SHARE = 0.001
"""A baseline is never taken for better than this: below one bad call in a thousand nothing counts as
worse."""
WEIGHTS = np.array((0.5, 0.25, 0.125, 0.125))
"""The stake on each of the metrics errors, validity, latency, tail latency."""


def log_evidence(bad: Array, calls: Array, before_bad: Array, before_calls: Array) -> Array:
    """The log e-value against "the share of bad calls is no larger than before". All shapes broadcast.

    Two samples, both uncertain: `before` is counts too. For Poisson counts, of which Bernoulli ones are a
    tamer kind (their variance is smaller, so the bet only pays less), the likelihood ratio of r times the
    rate against the same rate, with the unknown rate integrated out by its right-Haar prior, is

        r^k ((n0 + n) / (n0 + r n))^(k0 + k)

    with k bad of n now and k0 of n0 before: the gamma-mixed form of the SPRT. That prior makes it the
    likelihood ratio of what does not depend on the rate (Pérez-Ortiz, Lardy, de Heide and Grünwald, 2024),
    so the bound holds whatever the rate is. Exact where the baseline was counted until its k0-th bad call;
    give k0 one more than was counted and it holds for a baseline of fixed length (`baseline` does; tests
    hold it by simulation).
    """
    exposure = calls / np.maximum(before_calls, 1e-9)
    terms = np.stack(
        [
            bad * log - (before_bad + bad) * (np.log1p(ratio * exposure) - np.log1p(exposure))
            for ratio, log in zip(RATIOS, LOG_RATIOS, strict=True)
        ]
    )
    most = terms.max(axis=0)
    mean: Array = most + np.log(np.exp(terms - most).mean(axis=0))
    return mean


def baseline(before_bad: Array, before_calls: Array) -> Array:
    """Bad calls of a baseline as the test must take them: one more, and never below LEAST_SHARE."""
    return np.maximum(before_bad + 1.0, LEAST_SHARE * before_calls)


def may_reach(
    bad: Array, calls: Array, before_bad: Array, before_calls: Array, log_value: Array
) -> NDArray[np.bool_]:
    """Whether `log_evidence` could be `log_value` here: False is certain. Costs no logarithm.

    With m expected of k bad calls, what `most_evidence` says is at most (k - m)^2 / 2m.
    """
    expected = (calls / np.maximum(before_calls, 1.0)) * before_bad
    excess = bad - expected
    possible: NDArray[np.bool_] = excess * np.abs(excess) > 2.0 * log_value * expected
    return possible


def most_evidence(bad: Array, calls: Array, before_bad: Array, before_calls: Array) -> Array:
    """No `log_evidence` is above this: k ln(k/m) - (k - m), with m expected of k bad calls; 0 where k < m.

    The likelihood ratio of two Poisson samples, whatever ratio is bet on, is at most that of one against the
    other's rate.
    """
    expected = np.maximum((calls / np.maximum(before_calls, 1.0)) * before_bad, 1e-9)
    seen = np.maximum(bad, expected)
    most: Array = seen * np.log(seen / expected) - (seen - expected)
    return most


def averaged(log_values: Array) -> Array:
    """The log of the weighted average of e-values. log_values (4, ...) by metric; returns (...)."""
    weights = np.log(WEIGHTS).reshape((-1,) + (1,) * (log_values.ndim - 1))
    terms = log_values + weights
    most = terms.max(axis=0)
    mean: Array = most + np.log(np.exp(terms - most).sum(axis=0))
    return mean
