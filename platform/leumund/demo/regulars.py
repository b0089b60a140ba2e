"""What a company's regular customers answered and bought: files say how many days ago it was, so that none gets old."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta

_AGO = "Tage her"


def answers(content: bytes, *, at: datetime) -> bytes:
    """A file of answers with the moment of each, seen from ``at``."""
    rows, out = [*_rows(content)], io.StringIO()
    writer = csv.DictWriter(out, [*rows[0], "Datum"], delimiter=";")
    writer.writeheader()
    writer.writerows(row | {"Datum": _moment(row, at).isoformat()} for row in rows)
    return out.getvalue().encode()


def orders(content: bytes, *, at: datetime) -> list[dict[str, object]]:
    """A file of purchases as the company's shop tells them over the API."""
    return [
        {
            "order_id": row["Bestellung"],
            "amount_cents": int(row["Cent"]),
            "currency": "EUR",
            "customer": {"external_id": row["Kundennummer"]},
            "categories": row["Rubriken"].split(","),
            "occurred_at": _moment(row, at).isoformat(),
        }
        for row in _rows(content)
    ]


def purchases(content: bytes, *, at: datetime) -> bytes:
    """A file of purchases with the day of each, seen from ``at``, as somebody brings it in the console."""
    head, *rows = content.splitlines()
    return b"\r\n".join([head.replace(b"Days ago", b"Purchase date"), *(_dated(row, at) for row in rows)])


def _rows(content: bytes) -> Iterator[dict[str, str]]:
    yield from csv.DictReader(io.StringIO(content.decode()), delimiter=";")


def _dated(row: bytes, at: datetime) -> bytes:
    cells, _, ago = row.rpartition(b";")
    return cells + f";{(at - timedelta(days=int(ago))).date().isoformat()}".encode()


def _moment(row: dict[str, str], at: datetime) -> datetime:
    return at - timedelta(days=int(row[_AGO]))
