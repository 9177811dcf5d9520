"""A small, honest Slack on loopback, for the demonstration and the tests."""

from simulator.simulator import Simulator

__all__ = ["Simulator"]
