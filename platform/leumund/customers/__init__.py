"""People of this company: records, import, duplicates, and their way into the portal.

``records`` stand on their ``notation``, ``intake`` and ``login`` on ``records``, and ``changing`` on ``login``.
"""
