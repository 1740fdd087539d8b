// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import (
	"encoding/json"
	"fmt"
)

// SpecDocument is what vtune-spec(5) describes. What is left out is the default.
type SpecDocument struct {
	Version   int           `json:"version"`
	Name      string        `json:"name,omitempty"`
	VCPUs     int           `json:"vcpus"`
	Memory    Size          `json:"memory"`
	CPU       *CPUSpec      `json:"cpu,omitempty"`
	NUMA      *NUMASpec     `json:"numa,omitempty"`
	HugePages Size          `json:"hugepages,omitempty"` // auto, none, any, or the size of one
	Emulator  *EmulatorSpec `json:"emulator,omitempty"`
	IOThreads *IOThreadSpec `json:"iothreads,omitempty"`
	Disks     []DiskSpec    `json:"disks,omitempty"`
	HostDevs  []HostDevSpec `json:"hostdevs,omitempty"`
	PCIe      *PCIeSpec     `json:"pcie,omitempty"`
	Strategy  string        `json:"strategy,omitempty"` // pack, spread
}

// CPUSpec says how vCPUs get host CPUs.
type CPUSpec struct {
	Policy    string `json:"policy,omitempty"`    // dedicated, shared, mixed
	Dedicated string `json:"dedicated,omitempty"` // with mixed: which vCPUs are dedicated
	Threads   string `json:"threads,omitempty"`   // prefer, require, isolate
	Mode      string `json:"mode,omitempty"`      // host-passthrough, host-model, maximum
	Shares    int    `json:"shares,omitempty"`
}

// NUMASpec says which NUMA cells the guest has and where they may go.
type NUMASpec struct {
	Cells       *Cells `json:"cells,omitempty"`        // nil: as few as can be placed
	Mode        string `json:"mode,omitempty"`         // strict, restrictive, preferred, interleave
	Nodes       string `json:"nodes,omitempty"`        // only these host nodes
	MaxDistance int    `json:"max_distance,omitempty"` // between any two nodes that are used
}

// Cells are the NUMA cells of a guest: so many, or each of them; neither: "auto".
type Cells struct {
	Count int
	Each  []CellSpec
}

// CellSpec is a NUMA cell of the guest. All cells say their memory, or none.
type CellSpec struct {
	VCPUs  string `json:"vcpus"`
	Memory Size   `json:"memory,omitempty"`
}

// MarshalJSON returns a list, a number or "auto".
func (c Cells) MarshalJSON() ([]byte, error) {
	switch {
	case c.Each != nil:
		return json.Marshal(c.Each)
	case c.Count != 0:
		return json.Marshal(c.Count)
	}
	return json.Marshal("auto")
}

// UnmarshalJSON takes a list, a number or "auto".
func (c *Cells) UnmarshalJSON(data []byte) error {
	*c = Cells{}
	if string(data) == `"auto"` || json.Unmarshal(data, &c.Count) == nil {
		return nil
	}
	c.Count = 0
	return json.Unmarshal(data, &c.Each)
}

// EmulatorSpec says where the emulator's own threads run.
type EmulatorSpec struct {
	Policy string `json:"policy,omitempty"` // share, isolate, float
}

// IOThreadSpec says how many I/O threads there are and where they run.
type IOThreadSpec struct {
	Count  *int   `json:"count,omitempty"`  // nil: as the disks need
	Policy string `json:"policy,omitempty"` // share, isolate
}

// UnmarshalJSON takes a count of "auto" for nil.
func (i *IOThreadSpec) UnmarshalJSON(data []byte) error {
	var read struct {
		Count  any    `json:"count"`
		Policy string `json:"policy"`
	}
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	*i = IOThreadSpec{Policy: read.Policy}
	switch count := read.Count.(type) {
	case nil:
		return nil
	case float64:
		number := int(count)
		i.Count = &number
		return nil
	case string:
		if count == "auto" {
			return nil
		}
	}
	return fmt.Errorf(`the count of I/O threads is a number or "auto", not %v`, read.Count)
}

// DiskSpec is a disk.
type DiskSpec struct {
	Target string `json:"target"`           // such as vda
	Bus    string `json:"bus,omitempty"`    // "": it follows from the target
	Type   string `json:"type,omitempty"`   // file, block, network, ...
	Source string `json:"source,omitempty"` // a path, or the id of a device of the host
}

// HostDevSpec is a device of the host that the VM gets.
type HostDevSpec struct {
	ID       string `json:"id"`
	Affinity string `json:"affinity,omitempty"` // require, prefer, none
}

// PCIeSpec says what the guest sees of the buses that its devices are on.
type PCIeSpec struct {
	Expanders             string `json:"expanders,omitempty"` // auto, none
	SparePorts            int    `json:"spare_ports,omitempty"`
	SparePortsPerExpander int    `json:"spare_ports_per_expander,omitempty"`
}
