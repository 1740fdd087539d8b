// SPDX-License-Identifier: LGPL-2.1-or-later

// Package xmltest reads the XML of plans with libvirt's own Go package. It is a module of
// its own, so that users of libvtune do not need that package.
package xmltest

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"libvirt.org/go/libvirtxml"
	"libvtune/bindings/go/vtune"
)

func parse(t *testing.T, xml string, err error) *libvirtxml.Domain {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	domain := new(libvirtxml.Domain)
	if err := domain.Unmarshal(xml); err != nil {
		t.Fatalf("%v in\n%s", err, xml)
	}
	return domain
}

// What libvirtxml sees in the XML is what the plan says.
func compare(t *testing.T, domain *libvirtxml.Domain, plan *vtune.PlanDocument) {
	t.Helper()
	if domain.Name != plan.VM {
		t.Errorf("the name is %q, not %q", domain.Name, plan.VM)
	}
	if domain.VCPU == nil || int(domain.VCPU.Value) != len(plan.VCPUs) {
		t.Errorf("the vCPUs are %+v, not %d", domain.VCPU, len(plan.VCPUs))
	}
	pins := map[int]string{}
	for _, pin := range domain.CPUTune.VCPUPin {
		pins[int(pin.VCPU)] = pin.CPUSet
	}
	for _, vcpu := range plan.VCPUs {
		if pins[vcpu.ID] != vcpu.CPUs {
			t.Errorf("vCPU %d is on %q, not %q", vcpu.ID, pins[vcpu.ID], vcpu.CPUs)
		}
	}
	if pin := domain.CPUTune.EmulatorPin; pin == nil || pin.CPUSet != plan.Emulator.CPUs {
		t.Errorf("the emulator is on %+v, not %q", pin, plan.Emulator.CPUs)
	}
	if len(domain.CPUTune.IOThreadPin) != len(plan.IOThreads) {
		t.Errorf("%d I/O threads have pins, not %d", len(domain.CPUTune.IOThreadPin),
			len(plan.IOThreads))
	}
	compareCells(t, domain, plan)
}

func compareCells(t *testing.T, domain *libvirtxml.Domain, plan *vtune.PlanDocument) {
	t.Helper()
	nodes := map[int]string{}
	for _, node := range domain.NUMATune.MemNodes {
		nodes[int(node.CellID)] = node.Nodeset
	}
	if len(domain.CPU.Numa.Cell) != len(plan.Cells) {
		t.Fatalf("there are %d cells, not %d", len(domain.CPU.Numa.Cell), len(plan.Cells))
	}
	for i, cell := range domain.CPU.Numa.Cell {
		want := plan.Cells[i]
		if cell.CPUs != want.VCPUs || uint64(cell.Memory) != want.MemoryKiB {
			t.Errorf("cell %d has vCPUs %s and %d KiB, not %s and %d", i, cell.CPUs,
				cell.Memory, want.VCPUs, want.MemoryKiB)
		}
		if node := strconv.Itoa(want.Memory[0].Node); len(want.Memory) == 1 && nodes[i] != node {
			t.Errorf("cell %d is bound to node %q, not %s", i, nodes[i], node)
		}
	}
	topology := domain.CPU.Topology
	if topology == nil || topology.Sockets != plan.GuestTopology.Sockets ||
		topology.Cores != plan.GuestTopology.Cores ||
		topology.Threads != plan.GuestTopology.Threads {
		t.Errorf("the topology is %+v, not %+v", topology, plan.GuestTopology)
	}
}

func TestPlans(t *testing.T) {
	text, err := os.ReadFile("../../../tests/data/hosts/four-node.json")
	if err != nil {
		t.Fatal(err)
	}
	host, err := vtune.ParseHost(string(text))
	if err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob("../../../examples/specs/*.json")
	var placed int
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			spec, err := vtune.ParseSpec(string(text))
			if err != nil {
				t.Fatal(err)
			}
			plan, err := host.Place(spec)
			if err != nil {
				t.Skip(err)
			}
			placed++
			document, err := plan.Document()
			if err != nil {
				t.Fatal(err)
			}
			xml, err := plan.XML()
			compare(t, parse(t, xml, err), document)
			patched, err := plan.PatchDomainXML("<domain type='kvm'><name>" + plan.VM() +
				"</name><memory>1</memory><vcpu>1</vcpu><os><type>hvm</type></os></domain>")
			compare(t, parse(t, patched, err), document)
		})
	}
	if placed < 3 {
		t.Errorf("only %d VMs fit", placed)
	}
}

// The specs of domains that a program makes with libvirtxml.
func TestSpecOfXML(t *testing.T) {
	domain := libvirtxml.Domain{
		Type:   "kvm",
		Name:   "db01",
		Memory: &libvirtxml.DomainMemory{Value: 8, Unit: "GiB"},
		VCPU:   &libvirtxml.DomainVCPU{Value: 4},
		OS:     &libvirtxml.DomainOS{Type: &libvirtxml.DomainOSType{Type: "hvm"}},
	}
	xml, err := domain.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	spec, err := vtune.SpecFromDomainXML(xml)
	if err != nil {
		t.Fatal(err)
	}
	document, err := spec.Document()
	if err != nil {
		t.Fatal(err)
	}
	if document.Name != "db01" || document.VCPUs != 4 || document.Memory != "8GiB" {
		t.Errorf("%+v", document)
	}
}
