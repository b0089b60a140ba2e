"""What people allowed this company and no other: texts and their versions, requests, evidence, suppression.

``texts`` know of no other package here; ``judging`` and ``evidence`` stand on them, ``stopping`` on ``evidence``, and
``giving`` on ``texts``, ``evidence`` and ``stopping``.
"""
