// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import (
	"encoding/json"
	"fmt"
)

// SpecDocument is what vtune-spec(5) describes. What is left out is the default.
type SpecDocument struct {
	Version    int             `json:"version"`
	Name       string          `json:"name,omitempty"`
	VCPUs      int             `json:"vcpus"`
	Memory     Size            `json:"memory"`
	CPU        *CPUSpec        `json:"cpu,omitempty"`
	Machine    string          `json:"machine,omitempty"`
	NUMA       *NUMASpec       `json:"numa,omitempty"`
	HugePages  Size            `json:"hugepages,omitempty"` // auto, none, any, or the size of one
	Emulator   *EmulatorSpec   `json:"emulator,omitempty"`
	IOThreads  *IOThreadSpec   `json:"iothreads,omitempty"`
	Disks      []DiskSpec      `json:"disks,omitempty"`
	Interfaces []InterfaceSpec `json:"interfaces,omitempty"`
	HostDevs   []HostDevSpec   `json:"hostdevs,omitempty"`
	PCIe       *PCIeSpec       `json:"pcie,omitempty"`
	Bandwidth  *BandwidthOf    `json:"bandwidth,omitempty"`
	Realtime   *RealtimeSpec   `json:"realtime,omitempty"`
	Backing    *BackingSpec    `json:"memory_backing,omitempty"`
	HotPlug    *HotPlugSpec    `json:"hotplug,omitempty"`
	MemTune    *MemTuneSpec    `json:"memtune,omitempty"`
	Strategy   string          `json:"strategy,omitempty"` // pack, spread
}

// CPUSpec says how vCPUs get host CPUs.
type CPUSpec struct {
	Policy    string            `json:"policy,omitempty"`    // dedicated, shared, mixed
	Dedicated string            `json:"dedicated,omitempty"` // with mixed: which vCPUs are dedicated
	Threads   string            `json:"threads,omitempty"`   // prefer, require, isolate
	Mode      string            `json:"mode,omitempty"`      // host-passthrough, host-model, maximum, custom
	Model     string            `json:"model,omitempty"`     // with custom
	Features  map[string]string `json:"features,omitempty"`  // require, disable, force, optional, forbid
	Cache     string            `json:"cache,omitempty"`     // auto, passthrough, emulate, disable
	Shares    int               `json:"shares,omitempty"`
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
	Count      *int          `json:"count,omitempty"`  // nil: as the disks need
	Policy     string        `json:"policy,omitempty"` // share, isolate
	IDs        string        `json:"ids,omitempty"`    // those that there are
	Poll       *IOThreadPoll `json:"poll,omitempty"`
	ThreadPool *IOThreadPool `json:"thread_pool,omitempty"`
}

// IOThreadPoll says how long an I/O thread polls before it sleeps; nil: not said.
type IOThreadPoll struct {
	Max    *int64 `json:"max,omitempty"` // nanoseconds
	Grow   *int64 `json:"grow,omitempty"`
	Shrink *int64 `json:"shrink,omitempty"`
}

// IOThreadPool says how many threads do for an I/O thread what would make it wait.
type IOThreadPool struct {
	Min *int `json:"min,omitempty"`
	Max *int `json:"max,omitempty"`
}

// UnmarshalJSON takes a count of "auto" for nil.
func (i *IOThreadSpec) UnmarshalJSON(data []byte) error {
	var read struct {
		Count      any           `json:"count"`
		Policy     string        `json:"policy"`
		IDs        string        `json:"ids"`
		Poll       *IOThreadPoll `json:"poll"`
		ThreadPool *IOThreadPool `json:"thread_pool"`
	}
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	*i = IOThreadSpec{
		Policy: read.Policy, IDs: read.IDs, Poll: read.Poll, ThreadPool: read.ThreadPool,
	}
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

// DiskSpec is a disk. What is left out is left to the library, or as it is in the domain.
type DiskSpec struct {
	Target       string      `json:"target"`                  // such as vda
	Bus          string      `json:"bus,omitempty"`           // "": it follows from the target
	Type         string      `json:"type,omitempty"`          // file, block, network, ...
	Source       string      `json:"source,omitempty"`        // a path, or the id of a device of the host
	Device       string      `json:"device,omitempty"`        // disk, lun, cdrom, floppy
	Format       string      `json:"format,omitempty"`        // raw, qcow2, ...
	Cache        string      `json:"cache,omitempty"`         // none, directsync, ...
	IO           string      `json:"io,omitempty"`            // native, threads, io_uring
	Discard      string      `json:"discard,omitempty"`       // unmap, ignore
	DetectZeroes string      `json:"detect_zeroes,omitempty"` // off, on, unmap
	Queues       Queues      `json:"queues,omitempty"`
	QueueSize    int         `json:"queue_size,omitempty"`
	IOThread     IOThreadIDs `json:"iothread,omitempty"`
	IOThreads    *int        `json:"iothreads,omitempty"` // how many; nil: one
	Controller   *int        `json:"controller,omitempty"`
	RawIO        bool        `json:"rawio,omitempty"`
	ReadOnly     bool        `json:"readonly,omitempty"`
}

// Queues is a number of queues of a disk, or of pairs of queues of an interface; 0: "auto".
type Queues int

// UnmarshalJSON takes a number or "auto".
func (q *Queues) UnmarshalJSON(data []byte) error {
	*q = 0
	if string(data) == `"auto"` {
		return nil
	}
	return json.Unmarshal(data, (*int)(q))
}

// IOThreadIDs is a set of ids of I/O threads, such as "1-2".
type IOThreadIDs string

// UnmarshalJSON takes a set, or one id as a number.
func (i *IOThreadIDs) UnmarshalJSON(data []byte) error {
	var id int
	if json.Unmarshal(data, &id) == nil {
		*i = IOThreadIDs(fmt.Sprint(id))
		return nil
	}
	return json.Unmarshal(data, (*string)(i))
}

// InterfaceSpec is a network interface.
type InterfaceSpec struct {
	MAC         string               `json:"mac,omitempty"`
	Type        string               `json:"type,omitempty"`   // network, bridge, direct, ethernet, user, vhostuser, vdpa, hostdev
	Source      string               `json:"source,omitempty"` // the network, the bridge, the device, the path of the socket
	Mode        string               `json:"mode,omitempty"`   // client, server; vepa, bridge, private, passthrough
	Device      *InterfaceDeviceSpec `json:"device,omitempty"` // with hostdev
	Model       string               `json:"model,omitempty"`  // virtio, e1000e, ...
	Driver      string               `json:"driver,omitempty"` // auto, vhost, qemu
	Queues      Queues               `json:"queues,omitempty"`
	RXQueueSize int                  `json:"rx_queue_size,omitempty"`
	TXQueueSize int                  `json:"tx_queue_size,omitempty"`
	MTU         int                  `json:"mtu,omitempty"`
	VirtualPort string               `json:"virtualport,omitempty"` // openvswitch
	VLAN        int                  `json:"vlan,omitempty"`
}

// InterfaceDeviceSpec is the device of the host that is an interface, or with Any one of
// several.
type InterfaceDeviceSpec struct {
	ID       string      `json:"id,omitempty"` // a PCI address
	Any      *DeviceSpec `json:"any,omitempty"`
	Affinity string      `json:"affinity,omitempty"` // require, prefer, none
}

// BandwidthOf bounds the CPU time of threads, here and in a plan.
type BandwidthOf struct {
	VCPU     *Bandwidth `json:"vcpu,omitempty"` // each of them
	Emulator *Bandwidth `json:"emulator,omitempty"`
	IOThread *Bandwidth `json:"iothread,omitempty"`
	Global   *Bandwidth `json:"global,omitempty"` // the whole domain
}

// Bandwidth is CPU time in each period, in microseconds.
type Bandwidth struct {
	Period int   `json:"period,omitempty"`
	Quota  int64 `json:"quota,omitempty"` // -1: no bound
}

// RealtimeSpec says which threads are realtime ones.
type RealtimeSpec struct {
	VCPUs      string `json:"vcpus"`
	Scheduler  string `json:"scheduler,omitempty"` // fifo, rr
	Priority   int    `json:"priority,omitempty"`
	Emulator   int    `json:"emulator,omitempty"`  // its priority
	IOThreads  int    `json:"iothreads,omitempty"` // their priority
	LockMemory *bool  `json:"lock_memory,omitempty"`
}

// BackingSpec says what lies under the memory of the guest.
type BackingSpec struct {
	Locked            Choice `json:"locked,omitempty"`
	NoSharePages      Choice `json:"nosharepages,omitempty"`
	Shared            Choice `json:"shared,omitempty"`
	Source            string `json:"source,omitempty"`     // auto, memfd, file, anonymous
	Allocation        string `json:"allocation,omitempty"` // auto, immediate, ondemand
	AllocationThreads int    `json:"allocation_threads,omitempty"`
}

// Choice is true, false, or left to the library.
type Choice int

// What a Choice can be.
const (
	ChoiceAuto Choice = iota
	ChoiceNo
	ChoiceYes
)

// MarshalJSON writes "auto", true or false.
func (c Choice) MarshalJSON() ([]byte, error) {
	if c == ChoiceAuto {
		return []byte(`"auto"`), nil
	}
	return json.Marshal(c == ChoiceYes)
}

// UnmarshalJSON takes "auto", true or false.
func (c *Choice) UnmarshalJSON(data []byte) error {
	var yes bool
	*c = ChoiceAuto
	if string(data) == `"auto"` {
		return nil
	}
	if err := json.Unmarshal(data, &yes); err != nil {
		return err
	}
	*c = ChoiceNo
	if yes {
		*c = ChoiceYes
	}
	return nil
}

// HotPlugSpec is room for memory that is plugged in later.
type HotPlugSpec struct {
	MaxMemory Size `json:"max_memory"`
	Slots     int  `json:"slots,omitempty"`
}

// MemTuneSpec limits the memory of QEMU as a whole.
type MemTuneSpec struct {
	HardLimit     Size `json:"hard_limit,omitempty"`
	SoftLimit     Size `json:"soft_limit,omitempty"`
	SwapHardLimit Size `json:"swap_hard_limit,omitempty"`
}

// HostDevSpec is a device of the host that the VM gets, or with Any some of several.
type HostDevSpec struct {
	ID       string      `json:"id,omitempty"`
	Any      *DeviceSpec `json:"any,omitempty"`
	Count    int         `json:"count,omitempty"`    // with Any; 0: 1
	Affinity string      `json:"affinity,omitempty"` // require, prefer, none
	Managed  *bool       `json:"managed,omitempty"`  // nil: true
}

// DeviceSpec is what a device has to match. A virtual function is taken only where PF, Product
// or IDs names it.
type DeviceSpec struct {
	PF      string   `json:"pf,omitempty"` // the physical function that it is a virtual one of
	Class   string   `json:"class,omitempty"`
	Vendor  string   `json:"vendor,omitempty"`
	Product string   `json:"product,omitempty"`
	IDs     []string `json:"ids,omitempty"`
}

// PCIeSpec says what the guest sees of the buses that its devices are on.
type PCIeSpec struct {
	Expanders             string `json:"expanders,omitempty"` // auto, none
	SparePorts            int    `json:"spare_ports,omitempty"`
	SparePortsPerExpander int    `json:"spare_ports_per_expander,omitempty"`
}
