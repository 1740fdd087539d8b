# SPDX-License-Identifier: LGPL-2.1-or-later
import pytest

import common
import vtune


@pytest.fixture
def host() -> vtune.Host:
    return common.two_nodes()
