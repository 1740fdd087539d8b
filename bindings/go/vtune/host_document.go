// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import "encoding/json"

// HostDocument is what vtune-host(5) describes. A nil pointer leaves a key out.
type HostDocument struct {
	Version                 int           `json:"version"`
	Name                    string        `json:"name,omitempty"`
	Arch                    string        `json:"arch,omitempty"` // as libvirt calls it
	CPU                     *HostCPU      `json:"cpu,omitempty"`
	Hypervisor              *Hypervisor   `json:"hypervisor,omitempty"`
	PageKiB                 uint64        `json:"page_kib,omitempty"` // the ordinary page
	Nodes                   []Node        `json:"nodes"`
	Cores                   []string      `json:"cores,omitempty"` // the threads of each
	Caches                  []Cache       `json:"caches,omitempty"`
	Packages                []string      `json:"packages,omitempty"` // the CPUs of each
	Dies                    []string      `json:"dies,omitempty"`     // likewise
	Clusters                []string      `json:"clusters,omitempty"` // likewise
	Devices                 []HostDevice  `json:"devices,omitempty"`
	ReservedCPUs            string        `json:"reserved_cpus,omitempty"`
	SharedCPUs              *string       `json:"shared_cpus,omitempty"` // nil: all that nobody holds
	IsolatedCPUs            string        `json:"isolated_cpus,omitempty"`
	OfflineCPUs             string        `json:"offline_cpus,omitempty"`
	Overcommit              float64       `json:"overcommit,omitempty"` // 0: the default
	FreeExcludesAllocations *bool         `json:"free_excludes_allocations,omitempty"`
	Allocations             []Allocation  `json:"allocations,omitempty"`
	Warnings                []HostWarning `json:"warnings,omitempty"`
}

// HostCPU is what the processors are called.
type HostCPU struct {
	Vendor string `json:"vendor,omitempty"`
	Model  string `json:"model,omitempty"`
}

// Hypervisor is what runs the VMs, as libvirt tells it.
type Hypervisor struct {
	Type    string `json:"type,omitempty"`
	Version string `json:"version,omitempty"`
	Libvirt string `json:"libvirt,omitempty"`
}

// Node is a NUMA node.
type Node struct {
	ID        int         `json:"id"`
	CPUs      string      `json:"cpus"`
	MemoryKiB uint64      `json:"memory_kib"`
	FreeKiB   *uint64     `json:"free_kib,omitempty"` // outside the huge pages
	Pages     []PagePool  `json:"pages,omitempty"`
	Distances map[int]int `json:"distances,omitempty"`
	Kind      string      `json:"kind,omitempty"` // dram, hbm, cxl, nvm, gpu
}

// PagePool are the huge pages of one size on a node.
type PagePool struct {
	SizeKiB uint64  `json:"size_kib"`
	Total   uint64  `json:"total"`
	Free    *uint64 `json:"free,omitempty"` // nil: all
}

// Cache is a cache and the CPUs that share it.
type Cache struct {
	Level int    `json:"level"`
	CPUs  string `json:"cpus"`
}

// HostDevice is a device of a host.
type HostDevice struct {
	ID    string   `json:"id"`
	Class string   `json:"class,omitempty"`
	Node  *int     `json:"node,omitempty"` // nil: unknown
	Names []string `json:"names,omitempty"`

	Vendor     string `json:"vendor,omitempty"`
	Product    string `json:"product,omitempty"`
	PF         string `json:"pf,omitempty"`          // of a virtual function
	Root       string `json:"root,omitempty"`        // the bus at the top of its tree
	IOMMUGroup *int   `json:"iommu_group,omitempty"` // nil: unknown
}

// Allocation is what a VM holds.
type Allocation struct {
	VM          string             `json:"vm"`
	CPUs        string             `json:"cpus,omitempty"`
	SharedVCPUs map[int]int        `json:"shared_vcpus,omitempty"` // by node
	Devices     []string           `json:"devices,omitempty"`
	Memory      []AllocationMemory `json:"memory,omitempty"`
}

// AllocationMemory is memory that a VM holds on a node.
type AllocationMemory struct {
	Node    int    `json:"node"`
	SizeKiB uint64 `json:"size_kib"`
	PageKiB uint64 `json:"page_kib,omitempty"` // 0: the ordinary page
}

// HostWarning is something that the owner of a host should know.
type HostWarning struct {
	Code string   `json:"code"`
	Text string   `json:"text"`
	VMs  []string `json:"vms,omitempty"`
	CPUs string   `json:"cpus,omitempty"`
}

// HostState is for [Host.WithState]: each field that is not nil, or 0, replaces what the
// host says.
type HostState struct {
	ReservedCPUs *string
	SharedCPUs   *string
	Overcommit   float64
	Allocations  []Allocation // empty and not nil: none
}

// MarshalJSON returns an object with the keys of a host document.
func (s HostState) MarshalJSON() ([]byte, error) {
	keys := map[string]any{}
	if s.ReservedCPUs != nil {
		keys["reserved_cpus"] = *s.ReservedCPUs
	}
	if s.SharedCPUs != nil {
		keys["shared_cpus"] = *s.SharedCPUs
	}
	if s.Overcommit != 0 {
		keys["overcommit"] = s.Overcommit
	}
	if s.Allocations != nil {
		keys["allocations"] = s.Allocations
	}
	return json.Marshal(keys)
}
