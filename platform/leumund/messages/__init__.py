"""The one way out for all mail: queued, let through or held, written, sent, and kept in a log.

``gate`` and ``carrying`` know of no other package here, ``words`` and ``accompanying`` stand on the ``gate``, and
``delivering`` takes a mail through ``gate``, ``words`` and ``carrying``.
"""
