"""Not written yet."""

from typing import Any


def capacitated_p_median(*args: Any, **kwargs: Any) -> Any:
    """To be written."""
    raise NotImplementedError
