"""Gives the tests of this folder the fixtures of the gateway."""

from tests.gateways import gateway, gateway_before, internal

__all__ = ["gateway", "gateway_before", "internal"]
