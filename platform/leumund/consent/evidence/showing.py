"""A proof as a document: what stands, each event with all it proves, and the exact words each was about."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from leumund.consent.evidence import proving
from leumund.consent.evidence.proving import Proof
from leumund.consent.evidence.reading import Happening
from leumund.kit import language as languages
from leumund.kit.language import MissingText
from leumund.kit.sheets import Facts, Prose, Quote, Section, Sheet, Table

_DIGEST = 64


def sheet(proof: Proof, *, language: str, name: str = "", receipt: bool = False) -> Sheet:
    """The proof in ``language``, or as the person's own ``receipt``; ``name`` is theirs, where it is known."""
    say = _Saying(language)
    return Sheet(
        title=say("receipt" if receipt else "title"),
        language=language,
        issuer=proof.controller,
        at=proof.at,
        lead="" if receipt else say("lead"),
        sections=[
            _about(proof, say, name),
            _standing(proof, say),
            *(_event(each, proof, say) for each in proof.story),
            *_wordings(proof, say),
        ],
        foot=say("foot", hash=proof.chain_hash) if proof.chain_hash else "",
    )


def told(evidence: Mapping[str, Any], *, language: str) -> list[tuple[str, str]]:
    """All that proves an event, each fact by what it is called in ``language``."""
    say = _Saying(language)
    return [(say.fact(name), say.value(_timed(name, value))) for name, value in proving.facts(evidence)]


def moment(at: datetime) -> str:
    """To the millisecond, in UTC: a day without its time proves nothing (AG Düsseldorf 23 C 3876/13)."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d} UTC"


def is_brought(each: Happening) -> bool:
    """Whether it was given in another system, in words that are not ours: our text was shown to nobody then."""
    return bool(each.evidence.get("imported"))


def _timed(name: str, value: Any) -> Any:
    """A moment among the facts as every other one is told."""
    if not isinstance(value, str) or not name.endswith(("_at", ".at")):
        return value
    try:
        return moment(datetime.fromisoformat(value))
    except ValueError:
        return value


class _Saying:
    """The sentences of this document in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, **values: object) -> str:
        return languages.text(f"evidence.{key}", self.language, **values)

    def channel(self, channel: str) -> str:
        return languages.text(f"console.channel.{channel}", self.language)

    def source(self, source: str) -> str:
        """Where it came from in words; one that is younger than its word as it was written."""
        try:
            return f"{languages.text(f'console.source.{source}', self.language)} ({source})"
        except MissingText:
            return source

    def state(self, state: str) -> str:
        return languages.text(f"console.state.consent.{state}", self.language)

    def fact(self, name: str) -> str:
        """What a fact is called; one younger than its word is called as it was written."""
        group, _, rest = name.partition(".")
        if group == "boxes":
            return self("box", purpose=rest)
        try:
            return self(f"fact.{name.replace('.', '_')}")
        except MissingText:
            return name

    def value(self, value: Any) -> str:
        if isinstance(value, bool):
            return self("yes" if value else "no")
        if isinstance(value, list):
            return ", ".join(map(str, value)) or "–"
        text = str(value) or "–"
        # A digest has no place to break a line.
        return f"{text[: _DIGEST // 2]} {text[_DIGEST // 2 :]}" if len(text) == _DIGEST else text


def _about(proof: Proof, say: _Saying, name: str) -> Section:
    rows = [(say("person"), str(proof.person))]
    if name:
        rows.insert(0, (say("name"), name))
    rows += [
        (say("controller"), proof.controller),
        (say("made_at"), moment(proof.at)),
        (say("events"), str(len(proof.story))),
        (say("chain"), say("unbroken" if proof.is_unbroken else "broken", faults=len(proof.faults))),
    ]
    return Section(say("about"), [Facts(rows)])


def _standing(proof: Proof, say: _Saying) -> Section:
    head = [say("purpose"), say("channel"), say("state"), say("since")]
    rows = [
        [each.title, say.channel(each.channel), say("given" if each.given else "not_given"), moment(each.since)]
        for each in proof.standings
    ]
    return Section(say("now"), [Table(head, rows, say("nothing"))])


def _event(each: Happening, proof: Proof, say: _Saying) -> Section:
    known = [
        (say("brought_at" if is_brought(each) else "at"), moment(each.at)),
        (say("purpose"), f"{each.title} ({each.purpose})"),
        (say("channel"), say.channel(each.channel)),
        (say("source"), say.source(each.source)),
        (say("controller"), each.controller),
        (
            say("own_text" if is_brought(each) else "text"),
            say("version", version=each.version, tongue=each.language, sha256=say.value(each.sha256)),
        ),
    ]
    proven = dict(each.evidence)
    if each.state == "requested" and each.request in proof.check_mails:
        proven.setdefault("check_mail", proof.check_mails[each.request])
    links = [(say("event"), str(each.id)), (say("hash"), say.value(each.chain_hash))]
    heading = say("heading", position=each.position, state=say.state(each.state), title=each.title)
    return Section(heading, [Facts([*known, *told(proven, language=say.language), *links])])


def _wordings(proof: Proof, say: _Saying) -> Iterator[Section]:
    """Each text once, as it was shown; or with the word that it was not, where a consent was given elsewhere."""
    texts = {each.text: each for each in proof.story}
    shown = {each.text for each in proof.story if not is_brought(each)}
    if shown:
        yield Section(say("wordings"), [Prose([say("wordings_lead")])])
    for each in texts.values():
        heading = say("wording", title=each.title, version=each.version, tongue=each.language)
        yield Section(
            heading,
            [
                *([] if each.text in shown else [Prose([say("not_shown")])]),
                Quote(each.title, each.wording, each.language),
                Facts([("SHA-256", say.value(each.sha256))]),
            ],
        )
