# SPDX-License-Identifier: LGPL-2.1-or-later
"""The documents as types: vtune-host(5), vtune-spec(5), vtune-plan(5), vtune-report(5).
Those of vtune-tuning(5) and vtune-profile(5) are in ``_tuning_types``.

Keys that end in ``_kib`` are in KiB; sets of CPUs or nodes are texts such as "0-3,8".
"""

from __future__ import annotations

from typing import Any, Literal, TypedDict, Union

Document = dict[str, Any]
"""A JSON object, as :func:`json.loads` gives it."""

Size = Union[int, str]
"""A number of KiB, or a text with a unit: "64GiB"."""

MemoryMode = Literal["strict", "restrictive", "preferred", "interleave"]
CpuMode = Literal["host-passthrough", "host-model", "maximum", "custom"]
FeaturePolicy = Literal["require", "disable", "force", "optional", "forbid"]


# ---- spec ----


class SpecCpu(TypedDict, total=False):
    policy: Literal["dedicated", "shared", "mixed"]
    dedicated: str
    threads: Literal["prefer", "require", "isolate"]
    mode: CpuMode
    model: str
    features: dict[str, FeaturePolicy]
    cache: Literal["auto", "passthrough", "emulate", "disable"]
    shares: int


class _SpecCell(TypedDict):
    vcpus: str


class SpecCell(_SpecCell, total=False):
    memory: Size


class Baseline(TypedDict):
    """The CPU that guests can have on several hosts: a key of a spec."""

    cpu: SpecCpu


class SpecNuma(TypedDict, total=False):
    cells: Union[Literal["auto"], int, list[SpecCell]]
    mode: MemoryMode
    nodes: str
    max_distance: int


class SpecEmulator(TypedDict, total=False):
    policy: Literal["share", "isolate", "float"]


class IoThreadPoll(TypedDict, total=False):
    max: int
    grow: int
    shrink: int


class IoThreadPool(TypedDict, total=False):
    min: int
    max: int


class SpecIoThreads(TypedDict, total=False):
    count: Union[Literal["auto"], int]
    policy: Literal["share", "isolate"]
    ids: str
    poll: IoThreadPoll
    thread_pool: IoThreadPool


DiskBus = Literal["virtio", "scsi", "sata", "ide", "usb", "fdc", "sd", "xen"]
DiskType = Literal[
    "file", "block", "dir", "network", "volume", "nvme", "vhostuser", "vhostvdpa"
]


class _Disk(TypedDict):
    target: str


class _DiskOf(_Disk, total=False):
    """What a disk says in specs and in plans alike."""

    bus: DiskBus
    type: DiskType
    source: str
    device: Literal["disk", "lun", "cdrom", "floppy"]
    format: Literal["raw", "qcow2", "qed", "vmdk", "vdi", "vpc"]
    queue_size: int
    iothread: Union[int, str]
    iothreads: int
    controller: int
    rawio: bool
    readonly: bool


class SpecDisk(_DiskOf, total=False):
    cache: Literal["auto", "none", "directsync", "writethrough", "writeback", "unsafe"]
    io: Literal["auto", "native", "threads", "io_uring"]
    discard: Literal["auto", "unmap", "ignore"]
    detect_zeroes: Literal["auto", "off", "on", "unmap"]
    queues: Union[Literal["auto"], int]


# What a device has to match. A virtual function is taken only where "pf", "product" or "ids"
# names it. ("class" cannot be named in a class statement.)
SpecChoice = TypedDict(
    "SpecChoice",
    {"pf": str, "class": str, "vendor": str, "product": str, "ids": list[str]},
    total=False,
)


class SpecHostdev(TypedDict, total=False):
    id: str
    any: SpecChoice
    count: int
    affinity: Literal["require", "prefer", "none"]
    managed: bool


InterfaceType = Literal[
    "network", "bridge", "direct", "ethernet", "user", "vhostuser", "vdpa", "hostdev"
]
InterfaceMode = Literal["client", "server", "vepa", "bridge", "private", "passthrough"]


class SpecInterfaceDevice(TypedDict, total=False):
    id: str
    any: SpecChoice
    affinity: Literal["require", "prefer", "none"]


class SpecInterface(TypedDict, total=False):
    mac: str
    type: InterfaceType
    source: str
    mode: InterfaceMode
    device: SpecInterfaceDevice
    model: str
    driver: Literal["auto", "vhost", "qemu"]
    queues: Union[Literal["auto"], int]
    rx_queue_size: int
    tx_queue_size: int
    mtu: int
    virtualport: Literal["openvswitch"]
    vlan: int


class SpecPcie(TypedDict, total=False):
    expanders: Literal["auto", "none"]
    spare_ports: int
    spare_ports_per_expander: int


class Bandwidth(TypedDict, total=False):
    period: int
    quota: int


# "global" is a word of Python, which only this form can have as a key.
BandwidthOf = TypedDict(
    "BandwidthOf",
    {"vcpu": Bandwidth, "emulator": Bandwidth, "iothread": Bandwidth, "global": Bandwidth},
    total=False,
)


class _SpecRealtime(TypedDict):
    vcpus: str


class SpecRealtime(_SpecRealtime, total=False):
    scheduler: Literal["fifo", "rr"]
    priority: int
    emulator: int
    iothreads: int
    lock_memory: bool


Choice = Union[bool, Literal["auto"]]


class SpecMemoryBacking(TypedDict, total=False):
    locked: Choice
    nosharepages: Choice
    shared: Choice
    source: Literal["auto", "memfd", "file", "anonymous"]
    allocation: Literal["auto", "immediate", "ondemand"]
    allocation_threads: int


class _SpecHotplug(TypedDict):
    max_memory: Size


class SpecHotplug(_SpecHotplug, total=False):
    slots: int


class SpecMemtune(TypedDict, total=False):
    hard_limit: Size
    soft_limit: Size
    swap_hard_limit: Size


class _SpecDocument(TypedDict):
    vcpus: int
    memory: Size


class SpecDocument(_SpecDocument, total=False):
    """What one VM asks for."""

    version: int
    name: str
    cpu: SpecCpu
    machine: str
    numa: SpecNuma
    hugepages: Size
    emulator: SpecEmulator
    iothreads: SpecIoThreads
    disks: list[SpecDisk]
    interfaces: list[SpecInterface]
    hostdevs: list[SpecHostdev]
    pcie: SpecPcie
    bandwidth: BandwidthOf
    realtime: SpecRealtime
    memory_backing: SpecMemoryBacking
    hotplug: SpecHotplug
    memtune: SpecMemtune
    strategy: Literal["pack", "spread"]


# ---- host ----


class _HostPool(TypedDict):
    size_kib: Size
    total: int


class HostPool(_HostPool, total=False):
    free: int


class _HostNode(TypedDict):
    id: int


class HostNode(_HostNode, total=False):
    cpus: str
    memory_kib: Size
    free_kib: Size
    pages: list[HostPool]
    distances: dict[str, int]
    kind: Literal["dram", "hbm", "cxl", "nvm", "gpu"]


class HostCache(TypedDict):
    level: int
    cpus: str


# "class" cannot be named in a class statement.
_HostDevice = TypedDict(
    "_HostDevice",
    {
        "class": str,
        "node": int,
        "names": list[str],
        "vendor": str,
        "product": str,
        "pf": str,
        "root": str,
        "iommu_group": int,
    },
    total=False,
)


class HostDevice(_HostDevice):
    id: str


class _AllocationMemory(TypedDict):
    node: int
    size_kib: Size


class AllocationMemory(_AllocationMemory, total=False):
    page_kib: Size


class _Allocation(TypedDict):
    vm: str


class Allocation(_Allocation, total=False):
    """What a VM on the host holds."""

    cpus: str
    shared_vcpus: dict[str, int]
    devices: list[str]
    memory: list[AllocationMemory]


class HostCpu(TypedDict, total=False):
    vendor: str
    model: str


class Hypervisor(TypedDict, total=False):
    type: str
    version: str
    libvirt: str


class _HostWarning(TypedDict):
    code: str
    text: str


class HostWarning(_HostWarning, total=False):
    vms: list[str]
    cpus: str


class _HostDocument(TypedDict):
    nodes: list[HostNode]


class HostDocument(_HostDocument, total=False):
    """A host, and what the VMs on it hold."""

    version: int
    name: str
    arch: str
    cpu: HostCpu
    hypervisor: Hypervisor
    page_kib: Size
    cores: list[str]
    caches: list[HostCache]
    packages: list[str]
    dies: list[str]
    clusters: list[str]
    devices: list[HostDevice]
    reserved_cpus: str
    shared_cpus: str
    isolated_cpus: str
    offline_cpus: str
    overcommit: float
    free_excludes_allocations: bool
    allocations: list[Allocation]
    warnings: list[HostWarning]


# ---- plan ----


class CellMemory(TypedDict):
    node: int
    size_kib: int


class Cell(TypedDict):
    """A NUMA cell of the guest, and the host node it is on."""

    id: int
    vcpus: str
    node: int
    memory_kib: int
    page_kib: int
    memory: list[CellMemory]


class Vcpu(TypedDict):
    id: int
    cpus: str
    cell: int


class Emulator(TypedDict):
    cpus: str


class _IoThread(TypedDict):
    id: int
    cpus: str
    disks: list[str]


class IoThread(_IoThread, total=False):
    poll: IoThreadPoll
    thread_pool: IoThreadPool


class PlanDisk(_DiskOf, total=False):
    cache: Literal["none", "directsync", "writethrough", "writeback", "unsafe"]
    io: Literal["native", "threads", "io_uring"]
    discard: Literal["unmap", "ignore"]
    detect_zeroes: Literal["off", "on", "unmap"]
    queues: int


class _GuestTopology(TypedDict):
    sockets: int
    dies: int
    cores: int
    threads: int


class GuestTopology(_GuestTopology, total=False):
    clusters: int


class PlanCpu(TypedDict, total=False):
    arch: str
    machine: str
    mode: CpuMode
    model: str
    features: dict[str, FeaturePolicy]
    cache: Literal["passthrough", "emulate", "disable"]


class _Device(TypedDict):
    id: str


class Device(_Device, total=False):
    node: int
    cell: int
    distance: int
    interface: int
    managed: bool


class _PlanDomain(TypedDict):
    memory_mode: MemoryMode
    hugepages: bool


class PlanDomain(_PlanDomain, total=False):
    threads: Literal["require", "isolate"]
    cpu_mode: Literal["host-passthrough", "host-model", "maximum"]
    shares: int
    distances: list[list[int]]


class Cost(TypedDict):
    """The terms by which placements compare, from left to right; less is better."""

    remote: int
    spread: int
    devices: int
    helpers: int
    caches: int
    split_cores: int
    leftover: int
    leftover_caches: int


class PlanWarning(TypedDict):
    code: str
    text: str


class _Reason(TypedDict):
    code: Literal[
        "cpus", "threads", "shared", "memory", "pages", "nodes", "devices", "max_distance",
        "helpers", "start",
    ]  # fmt: skip
    text: str


class Reason(_Reason, total=False):
    """A constraint that cannot hold together with the others."""

    cell: int
    node: int
    need: int
    have: int
    need_kib: int
    have_kib: int


class Change(TypedDict):
    """A change with which the VM fits: an RFC 7386 merge patch of the spec."""

    change: Document
    text: str


class PlanInterface(TypedDict, total=False):
    mac: str
    type: InterfaceType
    source: str
    mode: InterfaceMode
    device: str
    model: str
    driver: Literal["vhost", "qemu"]
    queues: int
    rx_queue_size: int
    tx_queue_size: int
    mtu: int
    virtualport: Literal["openvswitch"]
    vlan: int


class _PlanExpander(TypedDict):
    cell: int
    devices: list[str]
    spare_ports: int


class PlanExpander(_PlanExpander, total=False):
    root: str


class PlanPcie(TypedDict):
    expanders: list[PlanExpander]
    spare_ports: int


class _PlanRealtime(TypedDict):
    vcpus: str
    scheduler: Literal["fifo", "rr"]
    priority: int


class PlanRealtime(_PlanRealtime, total=False):
    emulator: int
    iothreads: int


class PlanMemoryBacking(TypedDict, total=False):
    locked: bool
    nosharepages: bool
    shared: bool
    source: Literal["memfd", "file", "anonymous"]
    allocation: Literal["immediate", "ondemand"]
    allocation_threads: int


class PlanHotplug(TypedDict):
    max_memory_kib: int
    slots: int


class PlanMemtune(TypedDict, total=False):
    hard_limit_kib: int
    soft_limit_kib: int
    swap_hard_limit_kib: int


class _PlanDocument(TypedDict):
    version: int
    vm: str
    fits: bool


class PlanDocument(_PlanDocument, total=False):
    """Where one VM goes; with ``reasons`` and ``would_fit`` where it does not fit."""

    optimal: bool
    cells: list[Cell]
    vcpus: list[Vcpu]
    emulator: Emulator
    iothreads: list[IoThread]
    disks: list[PlanDisk]
    held_cpus: str
    guest_topology: GuestTopology
    devices: list[Device]
    domain: PlanDomain
    cpu: PlanCpu
    memory_backing: PlanMemoryBacking
    hotplug: PlanHotplug
    memtune: PlanMemtune
    bandwidth: BandwidthOf
    realtime: PlanRealtime
    interfaces: list[PlanInterface]
    pcie: PlanPcie
    cost: Cost
    bound: Cost
    warnings: list[PlanWarning]
    reasons: list[Reason]
    would_fit: list[Change]


# ---- report ----


class _Finding(TypedDict):
    code: str
    text: str


class Finding(_Finding, total=False):
    """What was found, or done, and where; ``mend``: a command that puts it right.

    ``where`` is "live", "config", "thread", "cgroup", "memory" or "host"; in reports of a
    host's own settings it is a path.
    """

    vm: str
    where: str
    vcpu: int
    iothread: int
    cell: int
    node: int
    want: str
    have: str
    want_kib: int
    have_kib: int
    mend: str


class _ReportVm(TypedDict):
    vm: str
    running: bool


class ReportVm(_ReportVm, total=False):
    text: str


class _ReportDocument(TypedDict):
    version: int
    kind: Literal["apply", "verify", "migrate", "tune", "undo", "persist"]
    holds: bool


class ReportDocument(_ReportDocument, total=False):
    """Of apply: vm, dry_run, calls, due, overlaps; of migrate also to. Of verify: vms,
    drift, due, unseen. Of tune, undo and persist: dry_run, calls, drift, and of tune due."""

    vm: str
    to: str
    dry_run: bool
    calls: list[Finding]
    due: list[Finding]
    overlaps: list[Finding]
    vms: list[ReportVm]
    drift: list[Finding]
    unseen: list[Finding]
