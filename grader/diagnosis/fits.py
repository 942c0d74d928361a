"""Parameters of the families, read off what came back: base or temperature, clip bound, epsilon, digits, precision.

Each fit proposes a few parts; whether one holds on every probe is the matcher's business. All of them look at rows
that are right but for the one mistake: within a row the ratio of two outputs depends on the logits alone.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from math import log, log10

import numpy as np
from numpy.typing import NDArray

from grader.diagnosis.cases import QUIET, Case, Extended, finite
from grader.diagnosis.parts import EDGE, Part, clipped, clipped_below_peak, epsilon, half, lse, rounded, scaled
from grader.diagnosis.recipe import DOUBLE_EDGE, LOWEST_PLACE, NOTHING

Row = tuple[Extended, NDArray[np.float64]]

NAMED_BASES = (2.0, 3.0, 10.0)
CUT_SHORT = (2.7, 2.71, 2.72, 2.718, 2.7183, 2.7182, 2.71828, 2.718281, 2.718282)
SMALLEST = 1e-36
LARGEST = 1e36
NEARLY = 1e-2
ENOUGH = 3
MOST_ROWS = 20
MOST_SEEN = 120
"""Rows that are looked at for a bound; more say nothing new."""

USUAL_BOUNDS = (
    1.0,
    5.0,
    10.0,
    15.0,
    20.0,
    30.0,
    50.0,
    80.0,
    88.0,
    100.0,
    200.0,
    250.0,
    300.0,
    500.0,
    600.0,
    700.0,
    705.0,
    709.0,
)
SAME = 1e-6
RIGHT_SLOPE = 2e-7


def rows_of(cases: Sequence[Case], *, quiet: bool = True) -> Iterator[Row]:
    """Rows of floating-point input with the numbers that came back for them: of vectors, or of batches where too few vectors work."""
    usable = [
        case
        for case in cases
        if not case.integer
        and case.values is not None
        and case.values.size == case.x.size
        and (case.quiet or not quiet)
    ]
    vectors = [case for case in usable if case.x.ndim == 1 and case.x.size > 1]
    for case in vectors if len(vectors) >= ENOUGH else usable:
        if case.values is not None:
            yield from islice(
                zip(np.atleast_2d(case.x), np.atleast_2d(case.values.reshape(case.x.shape)), strict=True), MOST_ROWS
            )


def _slopes(cases: Sequence[Case]) -> list[float]:
    """For each usable row the slope of log output against logit, from the pair of logits furthest apart that is still exact."""
    slopes = []
    for x, answer in rows_of(cases):
        good = np.flatnonzero(np.isfinite(answer) & (answer > SMALLEST))
        if len(good) < 2:  # noqa: PLR2004 - a slope takes two points
            continue
        low, high = good[np.argmin(x[good])], good[np.argmax(x[good])]
        if x[high] - x[low] > 1:
            slopes.append(float(np.log(answer[high] / answer[low]) / float(x[high] - x[low])))
    return slopes


def _nice(k: float) -> float:
    """The nearest factor a person would write: a short decimal, or one over a short decimal."""
    for candidate in (float(f"{k:.3g}"), 1.0 / float(f"{1.0 / k:.3g}")):
        if abs(candidate / k - 1.0) < 2 * SAME:
            return candidate
    return k


def slopes_fit(cases: Sequence[Case]) -> list[Part]:
    """Another base, or a temperature: every row has the same slope."""
    slopes = _slopes(cases)
    if not slopes:
        return []
    k = float(np.median(slopes))
    if not np.isfinite(k) or abs(k) < SAME or abs(k - 1.0) < RIGHT_SLOPE or abs(k + 1.0) < SAME:
        return []
    for base in (*NAMED_BASES, *CUT_SHORT):
        if abs(k / log(base) - 1.0) < SAME and (base in NAMED_BASES or abs(log(base) - k) < abs(1.0 - k) / 4):
            return [scaled(log(base), "wrong-base", "integer" if base.is_integer() else "", {"base": base})]
    k = _nice(k)
    return [scaled(k, "temperature", "", {"temperature": 1.0 / k})]


def _seen_bounds(cases: Sequence[Case]) -> tuple[list[float], list[float]]:
    """Upper and lower bounds as they show: a logit that counts as another number, measured from one that counts as itself."""
    high: list[float] = []
    low: list[float] = []
    for x, answer in rows_of(cases, quiet=False):
        good = np.flatnonzero(np.isfinite(answer) & (answer > SMALLEST))
        if len(good) < 2:  # noqa: PLR2004 - one logit is measured from another
            continue
        z, logs = x[good].astype(np.float64), np.log(answer[good])
        tied = np.array(
            [bool(np.any((np.abs(logs - own) < SAME) & (np.abs(z - at) > 1))) for own, at in zip(logs, z, strict=True)]
        )
        for reference in (int(np.argmin(np.abs(z))), int(np.argmin(z)), int(np.argmax(z))):
            counted = z[reference] + logs - logs[reference]
            slack = 1e-4 + 1e-5 * np.abs(z)
            as_itself = (np.abs(counted - z) <= slack) & (np.abs(z - z[reference]) > 1)
            if abs(z[reference]) > QUIET and not as_itself.any() and (tied[reference] or not tied.any()):
                continue
            high += [float(value) for value in counted[counted < z - slack][:1]]
            low += [float(value) for value in counted[counted > z + slack][:1]]
    return high, low


def _brackets(cases: Sequence[Case]) -> tuple[float, float]:
    """Upper bounds lie below every tie among large logits, lower ones above every tie among small ones."""
    high, low = np.inf, -np.inf
    for x, answer in rows_of(cases, quiet=False):
        if len(x) > 1 and finite(answer) and np.ptp(answer) < SAME and np.ptp(x) > 1:
            if x.min() > 0:
                high = min(high, float(x.min()))
            if x.max() < 0:
                low = max(low, float(x.max()))
    return high, low


def _common(values: Sequence[float]) -> list[float]:
    """The values that come up most, each once, rounded to what a person would write where that is near."""
    found: list[float] = []
    for value in sorted(
        values[:MOST_SEEN], key=lambda v: -sum(abs(v - w) <= 1e-3 + 1e-5 * abs(v) for w in values[:MOST_SEEN])
    ):
        rounded_value = round(value)
        nice = float(rounded_value) if abs(value - rounded_value) < 1e-3 + 1e-6 * abs(value) else value
        if not any(abs(nice - seen) <= 1e-2 + 1e-4 * abs(seen) for seen in found):
            found.append(nice)
    return found[:3]


def clips_fit(cases: Sequence[Case]) -> list[Part]:
    """Clipped logits: on both sides, above only, below only, or below the largest after shifting."""
    highs, lows = _seen_bounds(cases)
    tie_high, tie_low = _brackets(cases)
    high = _common(highs) + [
        bound for bound in USUAL_BOUNDS if np.isfinite(tie_high) and not highs and bound < tie_high
    ]
    low = _common(lows) + [-bound for bound in USUAL_BOUNDS if np.isfinite(tie_low) and not lows and -bound > tie_low]
    bounds: list[tuple[float, float, dict[str, float]]] = [
        (-bound, bound, {"bound": bound}) for bound in dict.fromkeys([*high, *(-bound for bound in low)]) if bound > 0
    ]
    bounds += [(-np.inf, bound, {"bound": bound}) for bound in high]
    bounds += [(bound, np.inf, {"bound": bound}) for bound in low if bound != 0]
    bounds += [
        (lower, upper, {"lower": lower, "bound": upper})
        for lower in low
        for upper in high
        if lower < upper and (lows or highs)
    ]
    parts = [
        clipped(*bound, variant)
        for bound in bounds
        for variant in ("exact", "")
        if variant or max(map(abs, bound[2].values())) < DOUBLE_EDGE
    ]
    return parts + [clipped_below_peak(bound) for bound in _common(_seen_depths(cases)) if bound > SAME]


def _seen_depths(cases: Sequence[Case]) -> list[float]:
    """How far below the largest of its row a logit counts at most, where it should count less."""
    depths: list[float] = []
    for x, answer in rows_of(cases, quiet=False):
        top = int(np.argmax(x))
        if not finite(answer) or answer[top] <= 0 or answer.min() <= 0:
            continue
        depth = np.log(answer[top]) - np.log(answer)
        true = (x[top] - x).astype(np.float64)
        depths += [float(value) for value in depth[depth < true - 1e-4 - 1e-5 * true][:2]]
    return depths


def epsilons_fit(cases: Sequence[Case], transform: Part | None) -> list[Part]:
    """A constant in the denominator: what each row's total lacks, with and without the maximum subtracted."""
    seen: list[tuple[float, float, float]] = []
    for row, answer in rows_of(cases):
        x = transform.logits(row) if transform and transform.logits else row
        total, top = lse(x, -1), int(np.argmax(x))
        right = float(np.exp(x[top] - total[0]))
        if not np.isfinite(answer[top]) or answer[top] <= 0 or answer[top] >= right:
            continue
        missing = right / float(answer[top]) - 1.0
        if 0 < missing < LARGEST and float(np.abs(x).max()) < EDGE:
            seen.append((missing, missing * float(np.exp(total[0])), missing * float(np.exp(total[0] - x.max()))))
    if not seen:
        return []
    best = max(seen)
    candidates = []
    for value in best[1:]:
        power = 10.0 ** np.floor(log10(value))
        nice = round(value / power) * power
        candidates.append(nice if abs(nice / value - 1) < NEARLY else value)
    return [epsilon(float(f"{value:.6g}")) for value in dict.fromkeys(candidates)]


def outputs_fit(cases: Sequence[Case]) -> list[Part]:
    """Rounded numbers by their digits; a short significand where the numbers show one."""
    numbers = [answer for _, answer in rows_of(cases, quiet=False) if finite(answer)]
    if not numbers:
        return []
    flat = np.concatenate(numbers)
    parts = []
    for digits in range(13):
        steps = flat * 10.0**digits
        if np.all(np.abs(steps - np.rint(steps)) <= np.abs(steps) * 2.0**-22 + 1e-9):
            parts = [rounded(digits, "nearest"), rounded(digits, "cut")]
            break
    with np.errstate(all="ignore"):
        places = np.maximum(np.floor(np.log10(np.abs(flat))), LOWEST_PLACE)
        for digits in range(1, 6):
            steps = np.where(np.abs(flat) < NOTHING, 0.0, flat * 10.0 ** (digits - 1 - places))
            if np.all(np.abs(steps - np.rint(steps)) <= np.abs(steps) * 2.0**-22 + 1e-9):
                parts.append(rounded(digits, "significant"))
                break
    return parts + [half(bits) for bits in (11, 8) if _short(cases, bits)]


def shorten(values: NDArray[np.float64], bits: int) -> NDArray[np.float64]:
    """Round to a significand of ``bits`` bits: 11 as float16 does (with its range), 8 as bfloat16 does."""
    with np.errstate(over="ignore", invalid="ignore"):
        if bits == 11:  # noqa: PLR2004 - float16's significand
            return values.astype(np.float16).astype(np.float64)
        mantissa, exponent = np.frexp(values)
        return np.asarray(np.ldexp(np.rint(mantissa * 2.0**bits), exponent - bits), dtype=np.float64)


def _cut(values: NDArray[np.float64], bits: int) -> NDArray[np.float64]:
    """The same with the last bits dropped instead of rounded."""
    mantissa, exponent = np.frexp(values)
    return np.asarray(np.ldexp(np.trunc(mantissa * 2.0**bits), exponent - bits), dtype=np.float64)


def _short(cases: Sequence[Case], bits: int) -> bool:
    """Whether the numbers show a short significand: in themselves, or as made from shortened logits or exponentials."""
    ways = np.zeros(9)
    rows = 0
    for x, answer in rows_of(cases):
        if len(x) < 2 or not finite(answer):  # noqa: PLR2004 - one logit shows nothing
            continue
        z = x.astype(np.float64)
        rows += 1
        shifted = shorten(shorten(z, bits) - shorten(z, bits).max(), bits)
        late = shorten(z - z.max(), bits)
        made = [
            np.exp(shorten(z, bits) - shorten(z, bits).max()),
            np.exp(shifted),
            shorten(np.exp(shifted), bits),
            np.exp(late),
            shorten(np.exp(late), bits),
            shorten(np.exp(z - z.max()), bits),
            np.exp(_cut(z, bits) - _cut(z, bits).max()),
            shorten(np.exp(np.minimum(shorten(z, bits), EDGE)), bits),
        ]
        ways[0] += bool(np.all(answer == shorten(answer, bits)))
        with np.errstate(invalid="ignore"):
            for index, powers in enumerate(made, start=1):
                ways[index] += bool(np.allclose(answer, powers / powers.sum(), rtol=2e-6, atol=1e-8))
    return rows > 0 and bool(ways.max() >= 0.9 * rows)
