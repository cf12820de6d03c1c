"""The harness: real apps in this process, over a real database that is emptied after each test.

Tests commit, as production does: real roles, real transactions, real constraints (docs/adr/0004).
"""

pytest_plugins = ["tests.cluster", "tests.apps", "tests.delivery"]
