"""The JURA room: knows machines, plain asyncio.

May import floors 1 and 2.
"""
