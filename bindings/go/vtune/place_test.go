// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import (
	"errors"
	"strings"
	"testing"
)

func TestPlace(t *testing.T) {
	host, spec := testHost(t), testSpec(t, smallSpec)
	plan := must[*Plan](t)(host.Place(spec))
	defer plan.Close()
	if !plan.Fits() || !plan.Optimal() || plan.VM() != "db01" || plan.Err() != nil {
		t.Errorf("fits %v, optimal %v, VM %q, %v", plan.Fits(), plan.Optimal(), plan.VM(),
			plan.Err())
	}
	document := must[*PlanDocument](t)(plan.Document())
	if len(document.VCPUs) != 4 || len(document.Cells) != 1 || document.HeldCPUs == "" ||
		document.Cells[0].MemoryKiB != 8<<20 {
		t.Errorf("the document is %+v", document)
	}
	if err := plan.Validate(host, spec); err != nil {
		t.Error(err)
	}
	taken := must[*Host](t)(host.WithPlan(plan))
	defer taken.Close()
	another := testSpec(t, `{ "version": 1, "name": "other", "vcpus": 4, "memory": "8GiB" }`)
	wantCode(t, plan.Validate(taken, another), ErrNotValid)
	next := must[*Plan](t)(taken.Place(another))
	if text := must[*PlanDocument](t)(next.Document()); text.HeldCPUs == document.HeldCPUs {
		t.Errorf("both hold %s", text.HeldCPUs)
	}
	free := must[*Host](t)(taken.Without("db01"))
	if free.Name() != host.Name() || must[string](t)(free.JSON()) != must[string](t)(host.JSON()) {
		t.Error("the host is not as it was before the VM")
	}
}

func TestPlaceThatDoesNotFit(t *testing.T) {
	host := testHost(t)
	spec := testSpec(t, `{ "version": 1, "name": "big", "vcpus": 33, "memory": "8GiB" }`)
	plan, err := host.Place(spec)
	var infeasible *InfeasibleError
	if plan != nil || !errors.As(err, &infeasible) {
		t.Fatalf("the plan is %v, the error %v", plan, err)
	}
	if infeasible.VM != "big" || len(infeasible.Reasons) == 0 || infeasible.Plan.Fits() ||
		infeasible.Reasons[0].Code != "cpus" || infeasible.Reasons[0].Need != 33 {
		t.Errorf("%+v", infeasible)
	}
	if !strings.HasPrefix(err.Error(), `VM "big" does not fit: `) {
		t.Error(err)
	}
	if len(infeasible.WouldFit) == 0 || len(infeasible.WouldFit[0].Change) == 0 {
		t.Errorf("what would fit: %v", infeasible.WouldFit)
	}
	if _, err := infeasible.Plan.XML(); !errors.Is(err, ErrInvalid) {
		t.Errorf("XML of it: %v", err)
	}
}

func TestWorkLimit(t *testing.T) {
	host, spec := testHost(t), testSpec(t, smallSpec)
	plan, err := host.Place(spec, WorkLimit(1))
	if err == nil && plan.Optimal() || err != nil && !errors.Is(err, ErrLimit) {
		t.Errorf("the plan is %v, the error %v", plan, err)
	}
}

func TestCapacity(t *testing.T) {
	count, next, err := testHost(t).Capacity(testSpec(t, smallSpec))
	if err != nil {
		t.Fatal(err)
	}
	defer next.Close()
	if count == 0 || count > 8 || next.Fits() || next.Err() == nil {
		t.Errorf("%d fit, and the next: %v", count, next.Fits())
	}
}

func TestPlaceTogether(t *testing.T) {
	host := testHost(t)
	var specs []*Spec
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		specs = append(specs, must[*Spec](t)(testSpec(t,
			`{ "version": 1, "vcpus": 8, "memory": "8GiB", "hugepages": "none" }`).WithName(name)))
	}
	plans := must[[]*Plan](t)(host.PlaceTogether(specs[:3], Most))
	for i, plan := range plans {
		if !plan.Fits() || plan.VM() != specs[i].Name() {
			t.Errorf("plan %d is of %s: %v", i, plan.VM(), plan.Err())
		}
		host = must[*Host](t)(host.WithPlan(plan))
	}
	var fit int
	for _, plan := range must[[]*Plan](t)(testHost(t).PlaceTogether(specs, Most)) {
		if plan.Fits() {
			fit++
		}
	}
	if fit == 0 || fit == len(specs) {
		t.Errorf("%d fit", fit)
	}
	for _, plan := range must[[]*Plan](t)(testHost(t).PlaceTogether(specs, All)) {
		if plan.Fits() {
			t.Errorf("%s fits", plan.VM())
		}
	}
	_, err := host.PlaceTogether([]*Spec{specs[0], specs[0]}, Most)
	wantCode(t, err, ErrInvalid)
	_, err = host.PlaceTogether(specs, Together(7))
	wantCode(t, err, ErrInvalid)
}

func TestTexts(t *testing.T) {
	host, spec := testHost(t), testSpec(t, smallSpec)
	plan := must[*Plan](t)(host.Place(spec))
	for name, text := range map[string]struct{ got, want string }{
		"host text":  {must[string](t)(host.Text(80)), "node"},
		"host SVG":   {must[string](t)(host.SVG()), "<svg"},
		"plan text":  {must[string](t)(plan.Text(host, 0)), "db01"},
		"plan SVG":   {must[string](t)(plan.SVG(host)), "<svg"},
		"explain":    {must[string](t)(plan.Explain(host, spec)), "node"},
		"XML":        {must[string](t)(plan.XML()), "type='kvm'"},
		"QEMU's XML": {must[string](t)(plan.XML(DomainType("qemu"))), "type='qemu'"},
	} {
		if !strings.Contains(strings.ReplaceAll(text.got, `"`, "'"), text.want) {
			t.Errorf("%s lacks %q:\n%s", name, text.want, text.got)
		}
	}
	_, err := plan.XML(DomainType("vmware"))
	wantCode(t, err, ErrInvalid)
	_, err = host.Text(-1)
	wantCode(t, err, ErrInvalid)
	patched := must[string](t)(plan.PatchDomainXML(must[string](t)(plan.XML())))
	again := must[*Spec](t)(SpecFromDomainXML(patched))
	if again.Name() != "db01" {
		t.Errorf("the name in the XML is %q", again.Name())
	}
}

func TestOther(t *testing.T) {
	if !strings.HasPrefix(Version(), "0.") {
		t.Error(Version())
	}
	if host, err := SystemHost(); err != nil {
		t.Error(err)
	} else if document := must[*HostDocument](t)(host.Document()); len(document.Nodes) == 0 {
		t.Error("this machine has no nodes")
	}
}
