"""Generates the demo archives: an invented Missouri city and the posts of its accounts from 2015 to 2025.

Everything here is fictional. Nothing reads the clock, the network or the machine, so the same source gives the same bytes.
"""
