#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Place every domain of a host anew, one after another, and show where each would go.

    place-domains.py [--apply] [URI]

Nothing is changed without --apply. Domains that do not fit are named with the reasons
and with a change that would let them in. The status is 1 when there are such.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

import libvirt

import vtune


def place(host: vtune.Host, domain: Any) -> vtune.Plan | None:
    """The plan for a domain on a host, or None, with words on why."""
    try:
        return host.place(vtune.Spec.domain(domain))
    except vtune.Infeasible as refusal:
        print(f"{domain.name()} does not fit:")
        for reason in refusal.reasons:
            print(f"  - {reason['text']}")
        for change in refusal.would_fit[:1]:
            print(f"  It would fit {change['text']}.")
    return None


def show(plan: vtune.Plan) -> None:
    document = plan.to_dict()
    print(f"{plan.vm}:")
    for cell in document["cells"]:
        gib = cell["memory_kib"] / 1048576
        print(f"  cell {cell['id']}: node {cell['node']}, {gib:g} GiB")
    for vcpu in document["vcpus"]:
        print(f"  vCPU {vcpu['id']}: CPUs {vcpu['cpus']}")
    print(f"  emulator: CPUs {document['emulator']['cpus']}")
    for thread in document["iothreads"]:
        disks = ", ".join(thread["disks"])
        print(f"  I/O thread {thread['id']}: CPUs {thread['cpus']}{disks and ', for ' + disks}")
    for device in document["devices"]:
        where = f"node {device['node']}" if "node" in device else "an unknown node"
        print(f"  device {device['id']}: on {where}")
    for warning in document["warnings"]:
        print(f"  warning: {warning['text']}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("uri", nargs="?", metavar="URI", help="as qemu:///system")
    parser.add_argument("--apply", action="store_true", help="set the plans on the domains")
    arguments = parser.parse_args()
    # What fails is told by exceptions alone.
    libvirt.registerErrorHandler(lambda *_: None, None)
    refused = 0
    hypervisor = libvirt.open(arguments.uri)
    # The lock keeps others from planning on this host until the plans are set.
    with vtune.Connection(hypervisor) as connection, connection.lock():
        host = vtune.Host.libvirt(connection)
        domains = {domain.name(): domain for domain in hypervisor.listAllDomains()}
        for _, domain in sorted(domains.items()):
            plan = place(host, domain)
            if plan is None:
                refused += 1
                continue
            show(plan)
            host = host.commit(plan)
            if arguments.apply:
                print(plan.apply(domain, connection).text(), end="")
    print()
    print(host.text(), end="")
    return 1 if refused else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (vtune.Error, libvirt.libvirtError) as error:
        sys.exit(f"place-domains.py: {error}")
