// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import "encoding/json"

// PlanDocument is what vtune-plan(5) describes. Reasons and WouldFit are for a VM that does
// not fit, all other fields for one that does.
type PlanDocument struct {
	Version       int           `json:"version"`
	VM            string        `json:"vm"`
	Fits          bool          `json:"fits"`
	Optimal       bool          `json:"optimal"`
	Cells         []Cell        `json:"cells"`
	VCPUs         []VCPU        `json:"vcpus"`
	Emulator      Emulator      `json:"emulator"`
	IOThreads     []IOThread    `json:"iothreads"`
	Disks         []Disk        `json:"disks,omitempty"` // with what the spec leaves out filled in
	HeldCPUs      string        `json:"held_cpus"`       // nobody else may be given these
	GuestTopology GuestTopology `json:"guest_topology"`
	Devices       []Device      `json:"devices"`
	Domain        DomainExtras  `json:"domain"`
	CPU           *PlanCPU      `json:"cpu,omitempty"`
	Backing       *Backing      `json:"memory_backing,omitempty"`
	HotPlug       *HotPlug      `json:"hotplug,omitempty"`
	MemTune       *MemTune      `json:"memtune,omitempty"`
	Bandwidth     *BandwidthOf  `json:"bandwidth,omitempty"`
	Realtime      *Realtime     `json:"realtime,omitempty"`
	Interfaces    []Interface   `json:"interfaces,omitempty"`
	PCIe          *PlanPCIe     `json:"pcie,omitempty"`
	Cost          Cost          `json:"cost"`
	Bound         *Cost         `json:"bound,omitempty"` // the search ended early: none is better
	Warnings      []Warning     `json:"warnings"`

	Reasons  []Reason `json:"reasons,omitempty"`
	WouldFit []Change `json:"would_fit,omitempty"`
}

// Cell is a NUMA cell of the guest.
type Cell struct {
	ID        int      `json:"id"`
	VCPUs     string   `json:"vcpus"`
	Node      int      `json:"node"` // of its vCPUs
	MemoryKiB uint64   `json:"memory_kib"`
	PageKiB   uint64   `json:"page_kib"`
	Memory    []Memory `json:"memory"`
}

// Memory is memory on a node.
type Memory struct {
	Node    int    `json:"node"`
	SizeKiB uint64 `json:"size_kib"`
}

// VCPU is a vCPU.
type VCPU struct {
	ID   int    `json:"id"`
	CPUs string `json:"cpus"` // one of HeldCPUs, or the shared ones that it floats on
	Cell int    `json:"cell"`
}

// Emulator is where the emulator's own threads run.
type Emulator struct {
	CPUs string `json:"cpus"`
}

// IOThread is an I/O thread.
type IOThread struct {
	ID    int      `json:"id"`
	CPUs  string   `json:"cpus"`
	Disks []string `json:"disks"` // their targets

	Poll       *IOThreadPoll `json:"poll,omitempty"`
	ThreadPool *IOThreadPool `json:"thread_pool,omitempty"`
}

// Disk is a disk of the spec, with what that leaves to the library filled in. What is not
// said stays as it is in a domain.
type Disk struct {
	Target       string      `json:"target"`
	Bus          string      `json:"bus,omitempty"`
	Type         string      `json:"type,omitempty"`
	Source       string      `json:"source,omitempty"`
	Device       string      `json:"device,omitempty"`
	Format       string      `json:"format,omitempty"`
	Cache        string      `json:"cache,omitempty"`         // none, directsync, ...
	IO           string      `json:"io,omitempty"`            // native, threads, io_uring
	Discard      string      `json:"discard,omitempty"`       // unmap, ignore
	DetectZeroes string      `json:"detect_zeroes,omitempty"` // off, on, unmap
	Queues       int         `json:"queues,omitempty"`
	QueueSize    int         `json:"queue_size,omitempty"`
	IOThread     IOThreadIDs `json:"iothread,omitempty"`
	IOThreads    *int        `json:"iothreads,omitempty"` // how many; nil: one
	Controller   *int        `json:"controller,omitempty"`
	RawIO        bool        `json:"rawio,omitempty"`
	ReadOnly     bool        `json:"readonly,omitempty"`
}

// GuestTopology is what the guest sees of its CPUs.
type GuestTopology struct {
	Sockets  int `json:"sockets"`
	Dies     int `json:"dies"`
	Clusters int `json:"clusters,omitempty"` // 0: 1
	Cores    int `json:"cores"`
	Threads  int `json:"threads"`
}

// Device is a device that the VM gets. Without Node it is not known where it sits.
type Device struct {
	ID       string `json:"id"`
	Node     *int   `json:"node,omitempty"`
	Cell     *int   `json:"cell,omitempty"` // the nearest
	Distance *int   `json:"distance,omitempty"`

	Interface *int  `json:"interface,omitempty"` // that it is for; nil: a host device
	Managed   *bool `json:"managed,omitempty"`   // nil: true
}

// DomainExtras is what the libvirt XML needs besides.
type DomainExtras struct {
	MemoryMode string  `json:"memory_mode"`
	Threads    string  `json:"threads,omitempty"`
	CPUMode    string  `json:"cpu_mode,omitempty"` // in plans of earlier versions; now PlanCPU.Mode
	Shares     int     `json:"shares,omitempty"`
	HugePages  bool    `json:"hugepages"`
	Distances  [][]int `json:"distances,omitempty"` // from cell to cell
}

// PlanCPU is the guest's CPU beside its topology, and its machine.
type PlanCPU struct {
	Arch     string            `json:"arch,omitempty"`
	Machine  string            `json:"machine,omitempty"`
	Mode     string            `json:"mode,omitempty"`
	Model    string            `json:"model,omitempty"` // with custom
	Features map[string]string `json:"features,omitempty"`
	Cache    string            `json:"cache,omitempty"` // passthrough, emulate, disable
}

// Backing is what lies under the memory of the guest. What is not said stays as it is in a
// domain.
type Backing struct {
	Locked            *bool  `json:"locked,omitempty"`
	NoSharePages      *bool  `json:"nosharepages,omitempty"`
	Shared            *bool  `json:"shared,omitempty"`
	Source            string `json:"source,omitempty"`     // memfd, file, anonymous
	Allocation        string `json:"allocation,omitempty"` // immediate, ondemand
	AllocationThreads int    `json:"allocation_threads,omitempty"`
}

// HotPlug is room for memory that is plugged in later.
type HotPlug struct {
	MaxMemoryKiB uint64 `json:"max_memory_kib"`
	Slots        int    `json:"slots"`
}

// MemTune limits the memory of QEMU as a whole.
type MemTune struct {
	HardLimitKiB     uint64 `json:"hard_limit_kib,omitempty"`
	SoftLimitKiB     uint64 `json:"soft_limit_kib,omitempty"`
	SwapHardLimitKiB uint64 `json:"swap_hard_limit_kib,omitempty"`
}

// Realtime says which threads are realtime ones.
type Realtime struct {
	VCPUs     string `json:"vcpus"`
	Scheduler string `json:"scheduler"` // fifo, rr
	Priority  int    `json:"priority"`
	Emulator  int    `json:"emulator,omitempty"`  // its priority
	IOThreads int    `json:"iothreads,omitempty"` // their priority
}

// Interface is a network interface. What is not said stays as it is in a domain.
type Interface struct {
	MAC         string `json:"mac,omitempty"`
	Type        string `json:"type,omitempty"`
	Source      string `json:"source,omitempty"`
	Mode        string `json:"mode,omitempty"`
	Device      string `json:"device,omitempty"` // the PCI address of a device of the host
	Model       string `json:"model,omitempty"`
	Driver      string `json:"driver,omitempty"` // vhost, qemu
	Queues      int    `json:"queues,omitempty"`
	RXQueueSize int    `json:"rx_queue_size,omitempty"`
	TXQueueSize int    `json:"tx_queue_size,omitempty"`
	MTU         int    `json:"mtu,omitempty"`
	VirtualPort string `json:"virtualport,omitempty"`
	VLAN        int    `json:"vlan,omitempty"`
}

// Cost are the terms by which plans compare, the first weighs most; less is better.
type Cost struct {
	Remote         int64 `json:"remote"`
	Spread         int64 `json:"spread"`
	Devices        int64 `json:"devices"`
	Helpers        int64 `json:"helpers"`
	Caches         int64 `json:"caches"`
	SplitCores     int64 `json:"split_cores"`
	Leftover       int64 `json:"leftover"`
	LeftoverCaches int64 `json:"leftover_caches"`
}

// Warning is something that the owner of a VM should know.
type Warning struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// Reason is a constraint that cannot hold together with the others.
type Reason struct {
	Code    string `json:"code"` // cpus, threads, shared, memory, pages, nodes, ...
	Cell    *int   `json:"cell,omitempty"`
	Node    *int   `json:"node,omitempty"`
	Need    int64  `json:"need"` // of "memory": NeedKiB
	Have    int64  `json:"have"`
	NeedKiB int64  `json:"need_kib"`
	HaveKiB int64  `json:"have_kib"`
	Text    string `json:"text"`
}

// Change is a single change with which the VM fits.
type Change struct {
	Change json.RawMessage `json:"change"` // an RFC 7386 merge patch of the spec
	Text   string          `json:"text"`
}

// MarshalJSON returns need and have, in KiB where it is about memory.
func (r Reason) MarshalJSON() ([]byte, error) {
	type common struct {
		Code string `json:"code"`
		Cell *int   `json:"cell,omitempty"`
		Node *int   `json:"node,omitempty"`
	}
	if r.Code == "memory" {
		return json.Marshal(struct {
			common
			Need int64  `json:"need_kib"`
			Have int64  `json:"have_kib"`
			Text string `json:"text"`
		}{common{r.Code, r.Cell, r.Node}, r.NeedKiB, r.HaveKiB, r.Text})
	}
	return json.Marshal(struct {
		common
		Need int64  `json:"need"`
		Have int64  `json:"have"`
		Text string `json:"text"`
	}{common{r.Code, r.Cell, r.Node}, r.Need, r.Have, r.Text})
}

// MarshalJSON returns the document with the keys that belong there.
func (p PlanDocument) MarshalJSON() ([]byte, error) {
	if !p.Fits {
		return json.Marshal(struct {
			Version  int      `json:"version"`
			VM       string   `json:"vm"`
			Fits     bool     `json:"fits"`
			Reasons  []Reason `json:"reasons"`
			WouldFit []Change `json:"would_fit,omitempty"`
		}{p.Version, p.VM, false, orEmpty(p.Reasons), p.WouldFit})
	}
	type plain PlanDocument
	document := plain(p)
	document.Cells, document.VCPUs = orEmpty(p.Cells), orEmpty(p.VCPUs)
	document.IOThreads, document.Devices = orEmpty(p.IOThreads), orEmpty(p.Devices)
	document.Warnings = orEmpty(p.Warnings)
	document.Reasons, document.WouldFit = nil, nil
	return json.Marshal(document)
}

// orEmpty makes a list of nothing [] in JSON, and not null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// PlanPCIe is the PCI Express topology of the guest.
type PlanPCIe struct {
	Expanders  []PlanExpander `json:"expanders"`
	SparePorts int            `json:"spare_ports"`
}

// PlanExpander is a bus that tells the guest which of its cells devices are near.
type PlanExpander struct {
	Cell       int      `json:"cell"`
	Root       string   `json:"root,omitempty"` // the host's, where it is known
	Devices    []string `json:"devices"`
	SparePorts int      `json:"spare_ports"`
}
