"""Keep what visits told: all that was wrong, and of what was well as much as each company can show for itself."""

from collections import Counter

from leumund.tenancy.verifying.findings import Visit

# Of a thousand companies that tried one, five are shown with every statement, and the rest are counted.
_SHOWN = 5


class Kept:
    """Visits as they come in; the number of tries by check counts those that are not listed too."""

    def __init__(self) -> None:
        self.visits: list[Visit] = []
        self.passed_over: set[str] = set()
        self.tried: Counter[str] = Counter()
        self.unlisted = 0
        self._by: Counter[tuple[str, str]] = Counter()
        self._at: Counter[tuple[str, str]] = Counter()

    def keep(self, visit: Visit) -> None:
        self.tried[visit.check] += visit.count
        by, at = (visit.check, visit.role), (visit.check, visit.target)
        if all(each.good for each in visit.tries) and self._by[by] >= _SHOWN and self._at[at] >= _SHOWN:
            self.unlisted += visit.count
            return
        self._by[by] += 1
        self._at[at] += 1
        self.visits.append(visit)
