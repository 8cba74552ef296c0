"""A busy machine is no fault of a converter: hypothesis looks for wrong answers here, not for slow ones."""

from __future__ import annotations

from hypothesis import settings
from tests.examples import examples

settings.register_profile("unhurried", deadline=None, max_examples=examples(30))
settings.load_profile("unhurried")
