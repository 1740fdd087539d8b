# SPDX-License-Identifier: LGPL-2.1-or-later
"""Decide where a KVM virtual machine runs inside its host.

A host is read from one of several sources, a VM is described by a spec, and
:meth:`Host.place` returns the plan: on which host CPUs the vCPUs, I/O threads and the
emulator run, on which NUMA nodes the memory lies, in pages of which size::

    import vtune

    host = vtune.Host.system()
    plan = host.place({"name": "db01", "vcpus": 4, "memory": "8GiB"})
    print(plan.text())
    print(plan.xml())

A running domain is migrated to where a plan for another host puts it, and the settings of
the host itself are checked and set::

    plan = other_host.place(vtune.Spec.for_migration(vtune.migratable_xml("db01")))
    plan.migrate("db01", "qemu+ssh://other/system")

    tuning = vtune.tune("latency", connection="qemu:///system")
    if not tuning.holds:
        print(tuning.text())
        tuning.apply()          # vtune.untune() brings back what was there before

The documents are dicts or JSON texts, described in vtune-host(5), vtune-spec(5),
vtune-plan(5), vtune-report(5), vtune-tuning(5) and vtune-profile(5). Hosts, specs, plans,
reports and tunings are immutable, and any number of threads may use them at once; on a
connection, threads wait for each other.
"""

from . import raw as _raw
from ._connection import Connection
from ._errors import (
    BusyError,
    DocumentError,
    Error,
    ErrorCode,
    Infeasible,
    InternalError,
    InvalidError,
    LibvirtError,
    LimitError,
    NotValidError,
    SystemFailure,
    UnsupportedError,
)
from ._host import Capacity, Host
from ._migration import baseline_cpu, baseline_cpu_text, baseline_cpu_xml, migratable_xml
from ._plan import Plan
from ._report import Report, restore, verify
from ._spec import Spec
from ._tuning import Tuning, tune, tuning_profiles, untune
from ._tuning_types import TuningDocument, TuningProfile
from ._types import (
    Baseline,
    Change,
    Cost,
    HostDocument,
    PlanDocument,
    Reason,
    ReportDocument,
    SpecDocument,
)

__version__: str = _raw.HEADER_VERSION


def library_version() -> str:
    """The version of the C library that is in use, as "0.1.0"."""
    version: str = _raw.vtune_version()
    return version


__all__ = [
    "Baseline",
    "BusyError",
    "Capacity",
    "Change",
    "Connection",
    "Cost",
    "DocumentError",
    "Error",
    "ErrorCode",
    "Host",
    "HostDocument",
    "Infeasible",
    "InternalError",
    "InvalidError",
    "LibvirtError",
    "LimitError",
    "NotValidError",
    "Plan",
    "PlanDocument",
    "Reason",
    "Report",
    "ReportDocument",
    "Spec",
    "SpecDocument",
    "SystemFailure",
    "Tuning",
    "TuningDocument",
    "TuningProfile",
    "UnsupportedError",
    "baseline_cpu",
    "baseline_cpu_text",
    "baseline_cpu_xml",
    "library_version",
    "migratable_xml",
    "restore",
    "tune",
    "tuning_profiles",
    "untune",
    "verify",
]

# Shown and pickled under the names by which users know them.
for _name in __all__:
    globals()[_name].__module__ = __name__
