"""The machine room: everything about JURA machines, on plain asyncio, without Home Assistant."""
