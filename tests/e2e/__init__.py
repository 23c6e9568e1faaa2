"""The card in a real browser, in a real Home Assistant, with the simulated machine: as a person uses it."""
