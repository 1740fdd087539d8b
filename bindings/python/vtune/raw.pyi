# SPDX-License-Identifier: LGPL-2.1-or-later
# The raw layer is made by SWIG and has no types of its own.
from typing import Any

def __getattr__(name: str) -> Any: ...
