// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What the types make of a document says the same to the library as the document.
func roundTrip[D any, H interface{ JSON() (string, error) }](t *testing.T, document string,
	parse func(string) (H, error)) {
	t.Helper()
	var read D
	if err := json.Unmarshal([]byte(document), &read); err != nil {
		t.Fatal(err)
	}
	written := must[[]byte](t)(json.Marshal(read))
	before := must[string](t)(must[H](t)(parse(document)).JSON())
	after := must[string](t)(must[H](t)(parse(string(written))).JSON())
	if before != after {
		t.Errorf("%s\nbecame\n%s", before, after)
	}
	decoder := json.NewDecoder(bytes.NewReader([]byte(before)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&read); err != nil {
		t.Errorf("a key has no field: %v", err)
	}
}

func eachFile(t *testing.T, pattern string, call func(t *testing.T, text string)) {
	files := must[[]string](t)(filepath.Glob("../../../" + pattern))
	if len(files) == 0 {
		t.Fatalf("no file is %s", pattern)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			call(t, string(must[[]byte](t)(os.ReadFile(file))))
		})
	}
}

func TestSpecDocuments(t *testing.T) {
	eachFile(t, "examples/specs/*.json", func(t *testing.T, text string) {
		roundTrip[SpecDocument](t, text, ParseSpec)
	})
	roundTrip[SpecDocument](t, `{ "version": 1, "vcpus": 4, "memory": 8388608,
		"cpu": { "policy": "mixed", "dedicated": "2-3", "threads": "require",
			"mode": "custom", "model": "EPYC", "features": { "svm": "disable" },
			"cache": "emulate", "shares": 512 },
		"machine": "q35",
		"numa": { "cells": [ { "vcpus": "0-1", "memory": "4GiB" },
			{ "vcpus": "2-3", "memory": 4194304 } ],
			"mode": "preferred", "nodes": "0-1", "max_distance": 21 },
		"hugepages": 2048, "emulator": { "policy": "isolate" },
		"iothreads": { "count": 3, "policy": "isolate", "ids": "2,5",
			"poll": { "max": 0, "grow": 2, "shrink": 1 }, "thread_pool": { "min": 0, "max": 8 } },
		"disks": [ { "target": "sda", "bus": "virtio", "type": "block", "source": "/dev/nvme0n1",
			"format": "raw", "cache": "none", "io": "native", "discard": "unmap",
			"detect_zeroes": "unmap", "queues": 4, "queue_size": 256, "iothread": "2,5" },
			{ "target": "vdb", "iothread": 5, "queues": "auto" },
			{ "target": "sdb", "device": "lun", "iothreads": 0, "controller": 1, "rawio": true,
			"readonly": true } ],
		"interfaces": [ { "mac": "52:54:00:00:00:01", "type": "bridge", "source": "br0",
			"model": "virtio", "driver": "vhost", "queues": 4, "rx_queue_size": 512, "mtu": 9000,
			"virtualport": "openvswitch", "vlan": 7 },
			{ "type": "vhostuser", "source": "/run/p", "mode": "server", "tx_queue_size": 1024 },
			{ "type": "hostdev", "device": { "id": "0000:06:11.6", "affinity": "prefer" } } ],
		"hostdevs": [ { "id": "0000:41:00.0", "affinity": "prefer", "managed": false },
			{ "any": { "pf": "a", "class": "b", "vendor": "8086", "product": "10ed", "ids": [ "c" ] },
				"count": 2 } ],
		"pcie": { "expanders": "auto", "spare_ports": 4, "spare_ports_per_expander": 1 },
		"strategy": "spread",
		"bandwidth": { "vcpu": { "period": 1000, "quota": -1 }, "emulator": { "quota": 5000 },
			"iothread": { "period": 2000 }, "global": { "quota": 9000 } },
		"realtime": { "vcpus": "2", "scheduler": "rr", "priority": 2, "emulator": 1, "iothreads": 3,
			"lock_memory": true },
		"memory_backing": { "locked": true, "nosharepages": false, "shared": true, "source": "memfd",
			"allocation": "immediate", "allocation_threads": 4 },
		"hotplug": { "max_memory": 16777216, "slots": 4 },
		"memtune": { "hard_limit": 16777216, "soft_limit": 1024, "swap_hard_limit": 33554432 } }`,
		ParseSpec)
	roundTrip[SpecDocument](t, `{ "version": 1, "vcpus": 4, "memory": "1GiB",
		"numa": { "cells": "auto" }, "iothreads": { "count": "auto" },
		"interfaces": [ { "queues": "auto" } ] }`, ParseSpec)
	roundTrip[SpecDocument](t, `{ "version": 1, "vcpus": 4, "memory": "1GiB",
		"numa": { "cells": 2 }, "hugepages": "none" }`, ParseSpec)
}

func TestSpecOfDocument(t *testing.T) {
	two := 2
	spec := must[*Spec](t)(NewSpec(SpecDocument{
		Name: "db01", VCPUs: 4, Memory: GiB(8), HugePages: MiB(2),
		NUMA:      &NUMASpec{Cells: &Cells{Count: 2}},
		IOThreads: &IOThreadSpec{Count: &two},
	}))
	document := must[*SpecDocument](t)(spec.Document())
	if document.Memory != "8GiB" && document.Memory != KiB(8<<20) || document.VCPUs != 4 ||
		document.NUMA.Cells.Count != 2 || *document.IOThreads.Count != 2 {
		t.Errorf("%+v", document)
	}
	_, err := NewSpec(SpecDocument{VCPUs: 4})
	wantCode(t, err, ErrDocument)
	for _, text := range []string{
		`{ "memory": true }`, `{ "memory": -1 }`, `{ "iothreads": { "count": "many" } }`,
		`{ "iothreads": { "count": [] } }`, `{ "numa": { "cells": "some" } }`,
		`{ "interfaces": [ { "queues": "many" } ] }`,
		`{ "memory_backing": { "locked": "maybe" } }`,
	} {
		if err := json.Unmarshal([]byte(text), new(SpecDocument)); err == nil {
			t.Errorf("%s is read", text)
		}
	}
}

func TestHostDocuments(t *testing.T) {
	eachFile(t, "tests/data/hosts/*.json", func(t *testing.T, text string) {
		host, err := ParseHost(text)
		if err != nil {
			t.Skip(err) // it is there to be refused
		}
		// As the library writes it: sizes are numbers.
		roundTrip[HostDocument](t, must[string](t)(host.JSON()), ParseHost)
	})
	host := must[*Host](t)(NewHost(HostDocument{
		Name:  "small",
		Nodes: []Node{{CPUs: "0-3", MemoryKiB: 4 << 20}},
	}))
	reserved := "0"
	other := must[*Host](t)(host.WithState(HostState{
		ReservedCPUs: &reserved,
		SharedCPUs:   &reserved,
		Overcommit:   2,
		Allocations:  []Allocation{{VM: "a", CPUs: "3"}},
	}))
	document := must[*HostDocument](t)(other.Document())
	if document.ReservedCPUs != "0" || *document.SharedCPUs != "0" || document.Overcommit != 2 ||
		len(document.Allocations) != 1 || document.Allocations[0].VM != "a" {
		t.Errorf("%+v", document)
	}
	if document = must[*HostDocument](t)(host.Document()); len(document.Allocations) != 0 {
		t.Error("the first host has changed")
	}
	none := must[*Host](t)(other.WithState(HostState{Allocations: []Allocation{}}))
	if document = must[*HostDocument](t)(none.Document()); len(document.Allocations) != 0 {
		t.Error("the allocations are still there")
	}
	_, err := host.WithState(HostState{Allocations: []Allocation{{VM: "a", CPUs: "9"}}})
	if wantCode(t, err, ErrDocument).Where == "" {
		t.Error(err)
	}
}

func TestPlanDocuments(t *testing.T) {
	host := must[*Host](t)(ParseHost(testData(t, "hosts/four-node.json")))
	eachFile(t, "examples/specs/*.json", func(t *testing.T, text string) {
		plans := must[[]*Plan](t)(host.PlaceTogether([]*Spec{testSpec(t, text)}, Most))
		roundTrip[PlanDocument](t, must[string](t)(plans[0].JSON()), ParsePlan)
	})
	for _, text := range []string{
		`{ "version": 1, "vcpus": 1000, "memory": "1GiB" }`,
		`{ "version": 1, "vcpus": 1, "memory": "900TiB" }`,
	} {
		_, err := host.Place(testSpec(t, text))
		plan := err.(*InfeasibleError).Plan
		roundTrip[PlanDocument](t, must[string](t)(plan.JSON()), ParsePlan)
	}
}

// Hosts, specs and plans are fields of what a program reads and writes.
func TestHandlesInJSON(t *testing.T) {
	type request struct {
		Host *Host `json:"host"`
		Spec Spec  `json:"spec"`
	}
	var read request
	document := must[string](t)(testHost(t).JSON())
	text := `{ "host": ` + document + `, "spec": ` + smallSpec + ` }`
	if err := json.Unmarshal([]byte(text), &read); err != nil {
		t.Fatal(err)
	}
	plan := must[*Plan](t)(read.Host.Place(&read.Spec))
	answer := must[[]byte](t)(json.Marshal(map[string]any{"plan": plan, "host": read.Host}))
	var back struct {
		Plan *Plan
		Host *Host
	}
	if err := json.Unmarshal(answer, &back); err != nil {
		t.Fatal(err)
	}
	if must[string](t)(back.Plan.JSON()) != must[string](t)(plan.JSON()) ||
		must[string](t)(back.Host.JSON()) != document {
		t.Error("what is read is not what was written")
	}
	err := json.Unmarshal([]byte(`{ "spec": { "version": 1, "vcpu": 1 } }`), &read)
	if failure := wantCode(t, err, ErrDocument); failure.Where != "/vcpu" {
		t.Errorf("the place is %q", failure.Where)
	}
	if err := json.Unmarshal([]byte(`{ "host": null, "spec": null }`), &read); err != nil ||
		read.Host != nil || read.Spec.Name() != "db01" {
		t.Errorf("after null: %v, %+v", err, read)
	}
	byValue := string(must[[]byte](t)(json.Marshal(read)))
	if !strings.Contains(byValue, `"name":"db01"`) {
		t.Errorf("a spec that is a value is written as %s", byValue)
	}
	read.Spec.Close()
	if _, err := json.Marshal(&read.Spec); err == nil {
		t.Error("a closed spec is written")
	}
}

func TestStateKeys(t *testing.T) {
	empty := ""
	text := must[[]byte](t)(json.Marshal(HostState{SharedCPUs: &empty}))
	if string(text) != `{"shared_cpus":""}` {
		t.Errorf("%s", text)
	}
}
