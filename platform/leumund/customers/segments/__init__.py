"""Segments: whom a company means when it says a few words, for which purpose, and who that is.

``facts`` are what can be asked, a definition is made of them, and ``evaluating`` says who may be asked about at all.
Who belongs is worked out above, where purchases, answers and recommendations are known, and is read here by everybody.
"""
