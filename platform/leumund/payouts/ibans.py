"""International bank account numbers (ISO 13616): read as people write them, and checked before anybody is paid there.

No row is read here. The digits are checked by python-stdnum; that an account exists only its bank knows.
"""

from stdnum import iban as numbers
from stdnum.exceptions import ValidationError

from leumund.kit.faults import Refused

LONGEST = 60
# Where SEPA credit transfers reach (EPC409-09): the EEA, and whoever joined. The code is that of the number, not the
# country's: those of Guernsey, Jersey, Man and Gibraltar, and of the French departments, are GB, GI and FR.
_COUNTRIES = """
AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS SE SI SK
SM VA
"""
_SEPA = frozenset(_COUNTRIES.split())


class NotAnIban(Refused):
    """A digit is wrong, or one is missing."""


class NotInSepa(Refused):
    """No transfer in euros reaches this country."""


def normal(text: str, *, field: str = "iban") -> str:
    """``DE89 3704 ...`` as ``DE893704...``. Raises NotAnIban, NotInSepa."""
    if len(text) > LONGEST:
        raise NotAnIban("errors.payouts.iban", field=field)
    try:
        number: str = numbers.validate(text)
    except ValidationError:
        raise NotAnIban("errors.payouts.iban", field=field) from None
    if number[:2] not in _SEPA:
        raise NotInSepa("errors.payouts.iban_not_sepa", field=field)
    return number


def masked(number: str) -> str:
    """``DE89 … 3000``, by which its owner knows it and nobody else."""
    return f"{number[:4]} … {number[-4:]}" if number else ""
