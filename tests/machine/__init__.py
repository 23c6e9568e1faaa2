"""Tests of the machine room, which needs no Home Assistant."""
