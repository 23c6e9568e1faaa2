"""The JURA room: knows machines, plain asyncio. Imports nothing of Home Assistant and nothing above it."""
