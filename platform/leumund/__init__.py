"""Leumund: each client company runs its own referral program behind its own wall."""

import os

# openpyxl reads with lxml where that is installed, and unfolds entities that defusedxml refuses. It looks when it is
# imported first, by whichever module.
os.environ["OPENPYXL_LXML"] = "False"
