"""The demo's operator, made as the command line makes one."""

from secrets import token_hex

from leumund.demo.people import Login
from leumund.demo.staging import Stage
from leumund.kit import clock
from leumund.operating import creating

_EMAIL = "operator@leumund.example"


async def created(stage: Stage) -> Login:
    """An operator with a password nobody knows before it is printed."""
    password = f"Leitstand-{token_hex(5)}-Nord"
    made = await creating.create_operator(stage.deployment, email=_EMAIL, password=password, at=clock.now())
    address = stage.deployment.settings.origin(stage.deployment.settings.base_domain) + "/operator"
    return Login(address=address, email=made.email, password=password, secret=made.secret)
