"""Access, rectification, erasure, objection and retention; reads every room below.

``texts``, ``copies``, ``forgetting`` and ``records`` stand on the ``register``, and ``agreement`` on ``records``.
``rights`` stand on ``cases`` and ``forgetting``, since they are what a case asks for; ``breaches`` stand beside them.
"""
