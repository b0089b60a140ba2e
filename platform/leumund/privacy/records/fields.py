"""Which fields people's records have, what each is for, and how many hold anything: what nobody fills is not needed."""

from leumund.kit import ground, language
from leumund.kit.sheets import Prose, Section, Table
from leumund.privacy import register

_TABLE = "customer"


async def section(*, lang: str) -> Section:
    """Every field a person or the company fills, by the register; the count reads all customers, not what they say."""

    def said(name: str, **values: object) -> str:
        return language.text(f"records.fields.{name}", lang, **values)

    fields = register.read().tables[_TABLE].provided
    counted = (await ground.fetch(_count(fields)))[0]
    rows = [
        (_named(field, lang), _purpose(field, lang), said("of", filled=counted[field], people=counted["people"]))
        for field in fields
    ]
    unused = [_named(field, lang) for field in fields if not counted[field]]
    told = said("unused", fields=", ".join(unused)) if unused and counted["people"] else said("used")
    return Section(said("title"), [Table([said("field"), said("purpose"), said("filled")], rows), Prose([told])])


def _count(fields: tuple[str, ...]) -> str:
    counts = ", ".join(f"count({field}) AS {field}" for field in fields)
    return f"SELECT count(*) AS people, {counts} FROM {_TABLE}"  # noqa: S608 - names of the register alone


def _named(field: str, lang: str) -> str:
    return language.text(f"data.column.{field.removesuffix('_sealed')}", lang)


def _purpose(field: str, lang: str) -> str:
    return language.text(f"data.class.{register.read().tables[_TABLE].class_of(field)}.why", lang)
