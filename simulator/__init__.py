"""A simulated JURA coffee machine for the tests and the demo; see README.md.

It is written from the protocol facts and JURA's own definition files only and imports nothing of the integration it
tests, so that a mistake made there can't hide behind the same mistake here.
"""
