"""Choosing the explanation of what a softmax returned (the contract's rules under "Choosing").

Explanations of values are recipes: sets of parts, at most one a slot. They are tried from the fewest mistakes up; each must
account for every number that came back, on every probe, right ones included. What it leaves are answers of another
form (an exception, nothing, another shape), which have names of their own. A part whose mistake would cost nothing once the
others are repaired is an effect, and is not told.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from grader.diagnosis.cases import Case, quiet_kinds
from grader.diagnosis.fits import clips_fit, epsilons_fit, outputs_fit, slopes_fit
from grader.diagnosis.parts import AXES, CORES, INTEGERS, LOGITS, SLOTS, STABILITY, STORED_POWERS, Part, Slot
from grader.diagnosis.recipe import Recipe

Deform = Callable[[NDArray[np.float64], tuple[int, ...]], NDArray[np.float64]]

VALUE_SLOTS: tuple[Slot, ...] = ("logits", "core", "output", "axis")
MOST_VALUE_PARTS = 2
MOST_PARTS = 3
MOST_CLIPS = 5


@dataclass(frozen=True, slots=True)
class Explained:
    """A recipe that holds, the cases it says nothing about, and whether shapes had to be put right to see it."""

    recipe: Recipe
    left: tuple[Case, ...]
    reshaped: bool


@dataclass(frozen=True, slots=True)
class Space:
    """The parts that may be tried: those of ``ids``, plus ``more``, under a listed order of ids."""

    order: tuple[str, ...]
    more: tuple[Part, ...] = ()

    def rank(self, recipe: Recipe) -> tuple[int, int, tuple[int, ...]]:
        """Fewest mistakes, then fewest fitted parameters, then those listed first."""
        return len(recipe.parts), recipe.cost, tuple(self.order.index(part.id) for part in recipe.parts)


def _as_is(answer: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.float64]:
    return answer.reshape(shape) if answer.size == np.prod(shape) else answer


def _transposed(answer: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.float64]:
    return answer.T if answer.ndim > 1 and answer.T.shape == shape else _as_is(answer, shape)


def parts_to_try(space: Space, cases: Sequence[Case]) -> dict[str, list[Part]]:
    """All parts of the space by slot, with the families' parameters fitted to these cases."""
    found: list[Part] = [
        *LOGITS,
        *slopes_fit(cases),
        *clips_fit(cases),
        *CORES,
        *outputs_fit(cases),
        *STABILITY,
        *AXES,
        *INTEGERS,
        *_stored_powers(cases),
        *space.more,
    ]
    if "epsilon-denominator" in space.order:
        found += epsilons_fit(cases, None)
        found += epsilons_fit(cases, next(part for part in LOGITS if part.id == "negated"))
    clips = [part for part in found if part.id == "clipped-logits"]
    plain = [case for case in cases if case.form == "values" and case.x.ndim == 1 and not case.integer]
    worth = {
        part: sum(case.values is not None and Recipe([part]).matches(case, case.values) for case in plain)
        for part in clips
    }
    poor = sorted(clips, key=lambda part: -worth[part])[MOST_CLIPS:]
    allowed = [part for part in found if part.id in space.order and part not in poor]
    return {slot: [part for part in allowed if part.slot == slot] for slot in SLOTS}


def _stored_powers(cases: Sequence[Case]) -> list[Part]:
    """Ways of storing exponentials as integers that account for a wrong vector of small integers."""
    wrong = [case for case in cases if case.integer and case.x.ndim == 1 and case.quiet and not case.right]
    return [
        part
        for part in STORED_POWERS
        if any(case.values is not None and Recipe([part]).matches(case, case.values) for case in wrong)
    ]


def recipes(space: Space, tries: dict[str, list[Part]], evidence: "Evidence") -> Iterator[Recipe]:
    """Sets of one to three parts, fewest mistakes first, then by fitted parameters and order.

    At most two change ordinary floating-point answers; a set that those contradict is not tried with anything more,
    because overflow and integers show elsewhere.
    """
    bases: list[list[tuple[Part, ...]]] = [[()] if evidence.ordinary((), tries) else []]
    for size in range(1, MOST_PARTS + 1):
        bases.append(list(_bases(tries, evidence, size)) if size <= MOST_VALUE_PARTS else [])
        made = []
        for stability, integers in product([None, *tries["stability"]], [None, *tries["integers"]]):
            more = tuple(part for part in (stability, integers) if part is not None)
            made += (
                [_ordered((*base, *more)) for base in bases[size - len(more)] if _sensible(base, stability)]
                if len(more) <= size
                else []
            )
        yield from sorted(made, key=space.rank)


def _bases(tries: dict[str, list[Part]], evidence: "Evidence", size: int) -> Iterator[tuple[Part, ...]]:
    for slots in combinations(VALUE_SLOTS, size):
        for parts in product(*(tries[slot] for slot in slots)):
            if evidence.ordinary(parts, tries):
                yield parts


def _sensible(base: tuple[Part, ...], stability: Part | None) -> bool:
    """Clipping is told instead of overflow, never beside it."""
    return stability is None or all(part.id != "clipped-logits" for part in base)


def _ordered(parts: tuple[Part, ...]) -> Recipe:
    return Recipe(sorted(parts, key=lambda part: SLOTS.index(part.slot)))


class Evidence:
    """The cases of one function, and how a recipe stands to them."""

    def __init__(self, cases: Sequence[Case], deform: Deform) -> None:
        self.cases = cases
        self.deform = deform
        self.quiet_kinds = quiet_kinds(cases)
        self.wrong = [case for case in cases if not case.right]
        self.plain = [
            case for case in cases if case.quiet and case.form == "values" and not case.integer and not case.single
        ]
        self.whole = all(
            case.values is not None and np.array_equal(case.values, np.rint(case.values)) for case in self.plain
        )

    def ordinary(self, parts: tuple[Part, ...], tries: Mapping[str, Sequence[Part]]) -> bool:
        """Whether these parts, alone or with one that can show in ordinary answers too, account for those to float64 input."""
        if parts and not self.plain:
            return False  # without such answers every set of parts would be tried
        unstable = [part for part in tries["stability"] if part.id == "unstable-overflow"][:1]
        variants = [Recipe([*parts, *unstable])]
        if unstable and any(part.id == "epsilon-denominator" for part in parts):
            variants += [
                Recipe(parts),
                *(Recipe([*parts, part]) for part in tries["stability"] if part.id == "global-max"),
            ]
        if self.whole:
            variants += [Recipe([*parts, part]) for part in tries["integers"] if part.variant == "always"]
        return any(all(self.agrees(recipe, case) for case in self.plain) for recipe in variants)

    def agrees(self, recipe: Recipe, case: Case) -> bool:
        """Whether the numbers of one case are the recipe's, as they came or with their shape put right."""
        if case.values is None:
            return False
        if recipe.matches(case, case.values):
            return True
        bent = self.deform(case.values, case.x.shape)
        return (bent is not case.values and recipe.matches(case, bent)) or _same_after(recipe, case, bent)

    def holds(self, recipe: Recipe) -> Explained | None:
        """The explanation that this recipe gives, or None where a probe contradicts it."""
        left: list[Case] = []
        reshaped = False
        for case in self.cases:
            if case.form == "values" and case.values is not None:
                if recipe.matches(case, case.values):
                    continue
                if not self.agrees(recipe, case):
                    return None
                reshaped = True
            elif not self._form_expected(recipe, case):
                left.append(case)
        if recipe.parts and not self._needed(recipe, left):
            return None
        return Explained(recipe, tuple(left), reshaped)

    def _form_expected(self, recipe: Recipe, case: Case) -> bool:
        """Whether the recipe says that this call returns no numbers of the right size."""
        if case.form in {"timed-out", "missing", "lost"}:
            return False
        if case.form == "raised":
            if case.integer and any(part.variant == "integer" for part in recipe.parts):
                return True
            prediction = recipe.predict(case)
            if prediction is None or not np.isfinite(prediction.values).all():
                return True
            unstable = "stability" in recipe.by_slot or any(part.frees_large for part in recipe.parts)
            return unstable and case.kind in self.quiet_kinds and bool(prediction.free.any())
        if "stability" in recipe.by_slot and case.kind in self.quiet_kinds:
            prediction = recipe.predict(case)
            return prediction is not None and bool(prediction.free.any())
        return False

    def _needed(self, recipe: Recipe, left: Sequence[Case]) -> bool:
        """Every part must show: without it, some wrong answer that is not left over would not be explained."""
        told = [case for case in self.wrong if case not in left]
        return bool(told) and all(self._shows(part, recipe, told) for part in recipe.parts)

    def _shows(self, part: Part, recipe: Recipe, told: Sequence[Case]) -> bool:
        without = Recipe([other for other in recipe.parts if other is not part])
        unstable = part.id == "unstable-overflow"
        seen, needed = 0, 2 if part.id == "clipped-logits" else 1
        vectors = unstable and any(case.x.ndim == 1 and not case.quiet and case.form == "values" for case in self.cases)
        for case in told:
            if (case.x.shape[-1] == 1 and part.slot != "stability") or (
                part.slot == "axis" and (case.x.ndim == 1 or min(case.x.shape) == 1)
            ):
                continue
            if case.form != "values" or case.values is None:
                if unstable and not (vectors and case.x.ndim > 1):
                    return True
                continue
            if vectors and case.x.ndim > 1:
                continue
            if part.slot in {"logits", "core"} and not _certain(recipe, case, whole=part.id == "clipped-logits"):
                continue
            if not without.matches(case, self.deform(case.values, case.x.shape)):
                seen += 1
                if seen >= needed:
                    return True
        return False


def _certain(recipe: Recipe, case: Case, *, whole: bool) -> bool:
    """Whether the recipe says something about every number, or (``whole`` not asked) about some."""
    prediction = recipe.predict(case)
    return prediction is not None and not (prediction.free.any() if whole else prediction.free.all())


def _same_after(recipe: Recipe, case: Case, bent: NDArray[np.float64]) -> bool:
    """Without parts, a reshaped answer is judged against the expected values."""
    if recipe.applies(case):
        return False
    expected = case.observation.expected
    return bent.shape == expected.shape and bool(np.all(np.abs(bent - expected) <= case.observation.tolerance))


def explain(space: Space, cases: Sequence[Case]) -> Explained | None:
    """The best recipe for all cases, or None where none accounts for the numbers."""
    best: Explained | None = None
    tries: dict[str, list[Part]] | None = None
    turned = all(case.right or case.form != "values" for case in cases if case.x.ndim == 1) and any(
        case.x.ndim > 1 for case in cases
    )
    for deform in (_as_is, _transposed) if turned else (_as_is,):
        evidence = Evidence(cases, deform)
        right = evidence.holds(Recipe(()))
        if right is not None and not right.left:
            return right
        best = best or right
        if all(case.right or case.form != "values" or evidence.agrees(Recipe(()), case) for case in cases):
            tries = {
                slot: [part for part in STABILITY if slot == part.slot and part.id in space.order] for slot in SLOTS
            }
        tries = tries or parts_to_try(space, cases)
        best = _searched(space, tries, evidence, best)
        if best is not None:
            return best
    return best


def _searched(
    space: Space, tries: dict[str, list[Part]], evidence: Evidence, best: Explained | None
) -> Explained | None:
    """The first recipe that leaves nothing, a doubtful one last; else the one that leaves least, ``best`` included."""
    doubtful: Explained | None = None
    for recipe in recipes(space, tries, evidence):
        held = evidence.holds(recipe)
        if held is None:
            continue
        if not held.left and not _doubtful(recipe, evidence.cases):
            return held
        if not held.left:
            doubtful = doubtful or held
        elif best is None or len(held.left) < len(best.left):
            best = held
    return doubtful or best


def _doubtful(recipe: Recipe, cases: Sequence[Case]) -> bool:
    """Whether any row may be any multiple beside another mistake, though vectors are not.

    Such rows of a batch are divided by a total of the whole batch; a constant in it hides that from a recipe of two parts.
    """
    vectors = [case for case in cases if case.quiet and case.x.ndim == 1 and case.x.size > 1]
    loose = len(recipe.parts) > 1 and any(part.id == "unnormalised" for part in recipe.parts)
    return loose and 2 * sum(case.right for case in vectors) > len(vectors)


def told_parts(explained: Explained, cases: Sequence[Case]) -> list[Part]:
    """The parts that are causes: each would cost points with the others repaired. Effects alone are all told."""
    parts = explained.recipe.parts
    if len(parts) < 2:  # noqa: PLR2004 - one mistake is its own cause
        return list(parts)
    wrong = [case for case in cases if not case.right]
    causes = [part for part in parts if any(Recipe([part]).fails(case) for case in wrong)]
    return causes or list(parts)
