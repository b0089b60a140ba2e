"""What a page is made of: headings, fields and their labels, and every address it names."""

import re
from html.parser import HTMLParser

_UNLABELLED = ("hidden", "submit", "button")
_LOADING = {"link": "href", "script": "src", "img": "src"}


class Anatomy(HTMLParser):
    """One page taken apart; ``faults`` says what is wrong with it wherever it stands."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.lang = ""
        self.headings: list[int] = []
        self.loaded: list[str] = []
        self.linked: list[str] = []
        self.faults: list[str] = []
        self._labels: set[str] = set()
        self._fields: set[str] = set()
        self._within_label = 0
        self._ids: list[str] = []
        self._told: set[str] = set()
        self.feed(page)
        self._conclude()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.lang = given.get("lang", "") if tag == "html" else self.lang
        if heading := re.fullmatch(r"h([1-6])", tag):
            self.headings.append(int(heading[1]))
        if tag == "label":
            self._within_label += 1
            self._labels.add(given.get("for", ""))
        if tag in ("input", "textarea", "select") and given.get("type") not in _UNLABELLED and not self._within_label:
            self._fields.add(given.get("id", "a field without id"))
        self._note(tag, given)

    def handle_endtag(self, tag: str) -> None:
        self._within_label -= tag == "label"

    def _note(self, tag: str, given: dict[str, str]) -> None:
        acting = [name for name in given if name == "style" or name.startswith("on")]
        if acting or tag == "style" or (tag == "script" and not given.get("src")):
            self.faults.append(f"<{tag}> acts or styles by itself: {acting}")
        if tag == "img" and "alt" not in given:
            self.faults.append("a picture says nothing to whoever cannot see it")
        self._ids += [given["id"]] if "id" in given else []
        for name in ("aria-describedby", "aria-labelledby", "for"):
            self._told.update(given.get(name, "").split())
        address = given.get(_LOADING.get(tag, ""), "")
        (self.loaded if address and not address.startswith("data:") else []).append(address)
        self.linked += [given[name] for name in ("href", "src", "action", "srcset", "poster", "data") if name in given]

    def _conclude(self) -> None:
        if self.headings.count(1) != 1 or self.headings[0] != 1:
            self.faults.append(f"one h1 begins a page: {self.headings}")
        if any(after > before + 1 for before, after in zip(self.headings, self.headings[1:], strict=False)):
            self.faults.append(f"headings leave a step out: {self.headings}")
        if unlabelled := self._fields - self._labels:
            self.faults.append(f"fields without a label: {unlabelled}")
        if dangling := self._told - set(self._ids):
            self.faults.append(f"told of what is not there: {dangling}")
        if len(self._ids) != len(set(self._ids)):
            self.faults.append(f"an id twice: {sorted(self._ids)}")
