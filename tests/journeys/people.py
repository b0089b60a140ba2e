"""What the journeys' people bring: a browser, a customer number, a consent, a shop's key, eyes for a QR code."""

import shutil

import cv2
import numpy

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
