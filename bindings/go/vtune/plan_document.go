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
	HeldCPUs      string        `json:"held_cpus"` // nobody else may be given these
	GuestTopology GuestTopology `json:"guest_topology"`
	Devices       []Device      `json:"devices"`
	Domain        DomainExtras  `json:"domain"`
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
}

// GuestTopology is what the guest sees of its CPUs.
type GuestTopology struct {
	Sockets int `json:"sockets"`
	Dies    int `json:"dies"`
	Cores   int `json:"cores"`
	Threads int `json:"threads"`
}

// Device is a device that the VM gets. Without Node it is not known where it sits.
type Device struct {
	ID       string `json:"id"`
	Node     *int   `json:"node,omitempty"`
	Cell     *int   `json:"cell,omitempty"` // the nearest
	Distance *int   `json:"distance,omitempty"`
}

// DomainExtras is what the libvirt XML needs besides.
type DomainExtras struct {
	MemoryMode string  `json:"memory_mode"`
	Threads    string  `json:"threads,omitempty"`
	CPUMode    string  `json:"cpu_mode,omitempty"`
	Shares     int     `json:"shares,omitempty"`
	HugePages  bool    `json:"hugepages"`
	Distances  [][]int `json:"distances,omitempty"` // from cell to cell
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
