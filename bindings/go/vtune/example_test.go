// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"strings"

	"libvtune/bindings/go/vtune"
)

// Place a VM of four vCPUs on a host of two NUMA nodes.
func Example() {
	host, err := vtune.HostFromSynthetic("numa:2(memory=34359738368) core:4 pu:2")
	if err != nil {
		log.Fatal(err)
	}
	defer host.Close()
	spec, err := vtune.NewSpec(vtune.SpecDocument{Name: "db01", VCPUs: 4, Memory: "8GiB"})
	if err != nil {
		log.Fatal(err)
	}
	defer spec.Close()
	plan, err := host.Place(spec)
	if err != nil {
		log.Fatal(err)
	}
	defer plan.Close()

	document, err := plan.Document()
	if err != nil {
		log.Fatal(err)
	}
	for _, vcpu := range document.VCPUs {
		fmt.Printf("vCPU %d on CPU %s\n", vcpu.ID, vcpu.CPUs)
	}
	fmt.Println("memory on node", document.Cells[0].Memory[0].Node)
	// Output:
	// vCPU 0 on CPU 0
	// vCPU 1 on CPU 1
	// vCPU 2 on CPU 2
	// vCPU 3 on CPU 3
	// memory on node 0
}

// A VM that does not fit is an error that says why, and what would fit.
func ExampleHost_Place_infeasible() {
	host, err := vtune.HostFromSynthetic("numa:2(memory=34359738368) core:4 pu:2")
	if err != nil {
		log.Fatal(err)
	}
	defer host.Close()
	spec, err := vtune.ParseSpec(`{ "version": 1, "name": "big", "vcpus": 20, "memory": "8GiB" }`)
	if err != nil {
		log.Fatal(err)
	}
	defer spec.Close()

	_, err = host.Place(spec)
	var infeasible *vtune.InfeasibleError
	if errors.As(err, &infeasible) {
		for _, reason := range infeasible.Reasons {
			fmt.Println(reason.Code, reason.Need, reason.Have)
		}
	}
	// Output:
	// cpus 20 16
}

// Keep account of a host: each plan is carried out on a new host, which shares with the
// old one what is the same.
func ExampleHost_WithPlan() {
	host, err := vtune.HostFromSynthetic("numa:2(memory=34359738368) core:4 pu:2")
	if err != nil {
		log.Fatal(err)
	}
	spec, err := vtune.NewSpec(vtune.SpecDocument{VCPUs: 4, Memory: vtune.GiB(8)})
	if err != nil {
		log.Fatal(err)
	}
	for _, name := range []string{"web1", "web2", "web3"} {
		named, err := spec.WithName(name)
		if err != nil {
			log.Fatal(err)
		}
		plan, err := host.Place(named)
		if err != nil {
			log.Fatal(err)
		}
		document, err := plan.Document()
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(name, "holds", document.HeldCPUs)
		if host, err = host.WithPlan(plan); err != nil {
			log.Fatal(err)
		}
	}
	// Output:
	// web1 holds 0-3
	// web2 holds 4-7
	// web3 holds 8-11
}

// Errors have a code, and the place in the document.
func ExampleError() {
	_, err := vtune.ParseSpec(`{ "version": 1, "vcpus": 4, "memory": "8GiB", "hugepage": "2MiB" }`)
	var failure *vtune.Error
	if errors.Is(err, vtune.ErrDocument) && errors.As(err, &failure) {
		fmt.Println(failure.Where)
	}
	// Output:
	// /hugepage
}

// Specs, hosts and plans are fields of what a program reads and writes.
func ExampleSpec_UnmarshalJSON() {
	var request struct {
		Spec vtune.Spec `json:"spec"`
	}
	body := `{ "spec": { "version": 1, "name": "db01", "vcpus": 4, "memory": "8GiB" } }`
	if err := json.Unmarshal([]byte(body), &request); err != nil {
		log.Fatal(err)
	}
	fmt.Println(request.Spec.Name())
	// Output:
	// db01
}

// Place a domain of a running libvirt: under the lock nobody else takes the same CPUs.
func ExampleConn() {
	ctx := context.Background()
	conn, err := vtune.Open(ctx, "test:///default")
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	if err := conn.Lock(ctx); err != nil {
		log.Fatal(err)
	}
	defer conn.Unlock()
	host, err := conn.Host(ctx, vtune.Defined)
	if err != nil {
		log.Fatal(err)
	}
	spec, err := vtune.NewSpec(vtune.SpecDocument{Name: "test", VCPUs: 2, Memory: "1GiB"})
	if err != nil {
		log.Fatal(err)
	}
	plan, err := host.Place(spec)
	if err != nil {
		log.Fatal(err)
	}
	report, err := conn.Apply(ctx, plan, "test", vtune.DryRun())
	if err != nil {
		log.Fatal(err)
	}
	document, err := report.Document()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(document.VM, document.DryRun, len(document.Calls) > 0)
	// Output:
	// test true true
}

// Send a running domain to another host, and place it there on the way.
func ExampleConn_Migrate() {
	ctx := context.Background()
	here, err := vtune.Open(ctx, "qemu:///system")
	if err != nil {
		log.Fatal(err)
	}
	defer here.Close()
	there, err := vtune.Open(ctx, "qemu+ssh://other/system")
	if err != nil {
		log.Fatal(err)
	}
	defer there.Close()
	xml, err := here.MigratableXML(ctx, "db01")
	if err != nil {
		log.Fatal(err)
	}
	spec, err := vtune.SpecForMigration(xml)
	if err != nil {
		log.Fatal(err)
	}
	// With what is placed there already.
	host, err := there.Host(ctx, vtune.Placed)
	if err != nil {
		log.Fatal(err)
	}
	plan, err := host.Place(spec)
	if err != nil {
		log.Fatal(err)
	}
	report, err := here.Migrate(ctx, plan, "db01", there, vtune.Persistent())
	if err != nil {
		log.Fatal(err)
	}
	text, err := report.Text()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(text)
}

// Check the settings of this host for the VMs of its libvirt, and set them.
func ExampleCheckTuning() {
	ctx := context.Background()
	conn, err := vtune.Open(ctx, "qemu:///system")
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	tuning, err := vtune.CheckTuning(ctx, vtune.TuneOptions{Profile: "latency", Conn: conn})
	if err != nil {
		log.Fatal(err)
	}
	defer tuning.Close()
	document, err := tuning.Document()
	if err != nil {
		log.Fatal(err)
	}
	for _, check := range document.Checks {
		if check.Verdict == "warn" || check.Verdict == "danger" {
			fmt.Printf("%s %s: %s is wanted, because %s\n", check.ID, check.Name, check.Wanted, check.Why)
		}
	}
	report, err := tuning.Apply() // UndoTuning brings back what was there before
	if err != nil {
		log.Fatal(err)
	}
	defer report.Close()
	fmt.Println("all is set:", report.Holds())
}

// The XML of a plan, for a new domain.
func ExamplePlan_XML() {
	host, err := vtune.HostFromSynthetic("numa:1(memory=34359738368) core:2 pu:1")
	if err != nil {
		log.Fatal(err)
	}
	spec, err := vtune.NewSpec(vtune.SpecDocument{Name: "a", VCPUs: 1, Memory: "1GiB"})
	if err != nil {
		log.Fatal(err)
	}
	plan, err := host.Place(spec)
	if err != nil {
		log.Fatal(err)
	}
	xml, err := plan.XML()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.Contains(xml, "<vcpupin vcpu='0' cpuset='0'/>"))
	// Output:
	// true
}
