"""What the journeys' people bring: a browser, a customer number, a consent, a shop's key, eyes for a QR code."""

import shutil
from datetime import datetime
from uuid import uuid4

import cv2
import numpy

from leumund.consent import importing as consents
from leumund.customers import registering
from leumund.customers.registering import Record
from leumund.demo.staging import Stage
from leumund.kit import clock
from leumund.staff import api_keys
from leumund.surveys import inviting
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant

CHROMIUM = next(
    path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name)) is not None
)
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def decoded(png: bytes) -> str:
    """What OpenCV, which knows nothing of our encoder, reads from a picture of a QR code."""
    picture = cv2.imdecode(numpy.frombuffer(png, numpy.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(picture)
    return text
