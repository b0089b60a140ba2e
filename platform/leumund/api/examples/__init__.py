"""One example of each body and answer: Bert buys, Anna is rewarded, Linden Energie pays.

They are values of the types that are read and answered, so that none can have a field that is not there.
"""
