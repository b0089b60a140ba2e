"""What a survey can begin with: templates that ship, and the one question everybody knows with room to say why."""

from collections.abc import Mapping, Sequence
from importlib import resources
from typing import TypeVar

import msgspec

from leumund.surveys.questions.defining import Definition, Question, Wording
from leumund.surveys.questions.kinds import COMMENT, RECOMMEND

# In the order in which they are offered.
TEMPLATES = ("nps", "loyalty", "csat", "ces", "purchase", "blank")
_FOLDER = "templates"

Said = TypeVar("Said")


def template(name: str, *, languages: Sequence[str]) -> Definition:
    """One of TEMPLATES in those ``languages`` it has."""
    whole = _template(name)
    return msgspec.structs.replace(
        whole,
        titles=_in(whole.titles, languages),
        intro=_in(whole.intro, languages),
        questions=[msgspec.structs.replace(one, texts=_in(one.texts, languages)) for one in whole.questions],
    )


def _template(name: str) -> Definition:
    assert name in TEMPLATES, "one of ours"
    said = (resources.files(__package__) / _FOLDER / f"{name}.toml").read_text("utf-8")
    return msgspec.toml.decode(said, type=Definition)


def _in(texts: Mapping[str, Said], languages: Sequence[str]) -> dict[str, Said]:
    return {lang: said for lang, said in texts.items() if lang in languages}


def nps(texts: Mapping[str, Mapping[str, str]]) -> Definition:
    """``texts[language]`` hold its ``title``, the ``question`` and the ``followup``, which may be empty."""
    return Definition(
        titles={lang: said.get("title", "NPS") for lang, said in texts.items()},
        questions=[
            Question(
                key=RECOMMEND,
                kind="nps",
                required=True,
                texts={lang: Wording(question=said["question"]) for lang, said in texts.items()},
            ),
            Question(
                key=COMMENT,
                kind="text",
                texts={lang: Wording(question=said.get("followup", "")) for lang, said in texts.items()},
            ),
        ],
    )


def texts_of(definition: Definition) -> dict[str, dict[str, str]]:
    """What ``nps`` was given to make ``definition``."""
    parts = {"question": RECOMMEND, "followup": COMMENT}
    asked = {part: definition.question(key) for part, key in parts.items()}
    return {
        lang: {part: question.text(lang).question for part, question in asked.items() if question}
        for lang in definition.titles
    }
