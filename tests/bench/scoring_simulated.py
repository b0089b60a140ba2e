"""Orders of invitation at companies whose truth is known: by score, by class alone, by chance, and by the truth itself.

Models learn from seven tenths of the people, and the other three are invited. The learned one takes over only where it
is better on them: where nothing can be learned it must not.
"""

import numpy as np

from leumund.scoring import comparing, learned, learning, open_model
from leumund.scoring.facts import Matrix
from tests.bench import scoring_company, scoring_guests
from tests.bench.scoring_company import Company

_PEOPLE, _DRAWS = 20_000, 5
_KINDS: dict[str, dict[str, bool]] = {
    "glad people succeed": {},
    "old customers succeed": {"odd": True},
    "nothing seen tells who succeeds": {"blind": True},
}


def measure() -> None:
    """Print lifts at 10 % and 30 %, the verdict on the learned model, and its calibration by tenths."""
    for name, kind in _KINDS.items():
        lifts: dict[str, list[tuple[float, float]]] = {}
        verdicts = []
        for seed in range(_DRAWS):
            company = scoring_company.drawn(_PEOPLE, seed=seed, **kind)
            orders, verdict = _orders(company, seed)
            unknown = company.outcomes[_known() :]
            for order, by in orders.items():
                pair = tuple(scoring_company.lift(by, unknown, share=share) for share in (0.1, 0.3))
                lifts.setdefault(order, []).append((pair[0], pair[1]))
            verdicts.append(verdict)
        print(f"simulated, {name} ({_DRAWS} draws of {_PEOPLE:,}); the learned model is {', '.join(verdicts)}:")
        for order, pairs in lifts.items():
            first, third = np.array(pairs).mean(axis=0)
            low, high = np.array(pairs)[:, 0].min(), np.array(pairs)[:, 0].max()
            print(f"  by {order}: lift {first:.2f} at 10 % ({low:.2f} to {high:.2f}), {third:.2f} at 30 %")
        if not kind:
            for said, true, people in scoring_guests.deciles(orders["learned score"] / 100, unknown):
                print(f"  learned score {said:5.1%}: {true:5.1%} of {people} succeed")


def _known() -> int:
    return int(0.7 * _PEOPLE)


def _orders(company: Company, seed: int) -> tuple[dict[str, Matrix], str]:
    known, unknown = slice(_known()), slice(_known(), None)
    model = learning.learn(company.facts[known], company.outcomes[known], averages=company.averages, seed=seed)
    by_open = open_model.reckon(company.facts, company.averages).score
    by_model = learned.reckon(model, company.facts[unknown]).score
    found = comparing.compare(
        new=by_model / 100,
        old=comparing.chances(by_open[unknown], known_scores=by_open[known], known=company.outcomes[known]),
        outcomes=company.outcomes[unknown],
    )
    draw = np.random.default_rng(seed)
    people = len(by_model)
    orders = {
        "chance": draw.random(people),
        # Within a class there is no order.
        "class alone": company.classes[unknown] + draw.random(people),
        "open score": by_open[unknown],
        "learned score": by_model,
        "truth": company.chances[unknown],
    }
    return orders, found.verdict
