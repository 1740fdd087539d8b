# SPDX-License-Identifier: LGPL-2.1-or-later
"""Documents, given as text or as a dict."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Union

JSON = Union[str, Mapping[str, object]]
"""A JSON text, or an object as :func:`json.loads` gives it."""


def text_of(document: JSON, version: bool = True) -> str:
    """The JSON text of a document; in a mapping "version" may be left out."""
    if isinstance(document, str):
        return document
    if not isinstance(document, Mapping):
        raise TypeError(f"a JSON text or a mapping is needed, not {type(document).__name__}")
    if version and "version" not in document:
        document = {"version": 1, **document}
    try:
        return json.dumps(dict(document), allow_nan=False)
    except RecursionError as error:
        raise ValueError("the document is nested too deeply") from error
