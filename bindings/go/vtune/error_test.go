// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import (
	"errors"
	"io/fs"
	"os"
	"testing"

	"libvtune/bindings/go/internal/swig"
)

func TestConstantsAreThoseOfTheHeader(t *testing.T) {
	pairs := []struct{ ours, header int }{
		{int(ErrInvalid), int(swig.VTUNE_ERR_INVALID)},
		{int(ErrSyntax), int(swig.VTUNE_ERR_SYNTAX)},
		{int(ErrDocument), int(swig.VTUNE_ERR_DOCUMENT)},
		{int(ErrUnsupported), int(swig.VTUNE_ERR_UNSUPPORTED)},
		{int(ErrSystem), int(swig.VTUNE_ERR_SYSTEM)},
		{int(ErrNoMemory), int(swig.VTUNE_ERR_NO_MEMORY)},
		{int(ErrLimit), int(swig.VTUNE_ERR_LIMIT)},
		{int(ErrNotValid), int(swig.VTUNE_ERR_NOT_VALID)},
		{int(ErrInternal), int(swig.VTUNE_ERR_INTERNAL)},
		{int(ErrLibvirt), int(swig.VTUNE_ERR_LIBVIRT)},
		{int(ErrBusy), int(swig.VTUNE_ERR_BUSY)},
		{int(Most), int(swig.VTUNE_TOGETHER_MOST)},
		{int(All), int(swig.VTUNE_TOGETHER_ALL)},
		{int(Defined), int(swig.VTUNE_HOST_DEFINED)},
		{int(Placed), int(swig.VTUNE_HOST_PLACED)},
		{applyLive, int(swig.VTUNE_APPLY_LIVE)},
		{applyConfig, int(swig.VTUNE_APPLY_CONFIG)},
		{applyDryRun, int(swig.VTUNE_APPLY_DRY_RUN)},
		{applyMoveMemory, int(swig.VTUNE_APPLY_MOVE_MEMORY)},
	}
	for i, pair := range pairs {
		if pair.ours != pair.header {
			t.Errorf("constant %d is %d, in the header %d", i, pair.ours, pair.header)
		}
	}
}

func TestErrorsHaveCodeAndPlace(t *testing.T) {
	_, err := ParseSpec("{")
	wantCode(t, err, ErrSyntax)

	_, err = ParseSpec(`{ "version": 1, "vcpus": 4, "memory": "8GiB", "cpu": { "polity": "shared" } }`)
	if failure := wantCode(t, err, ErrDocument); failure.Where != "/cpu/polity" {
		t.Errorf("the place is %q", failure.Where)
	}
	if errors.Is(err, ErrSyntax) {
		t.Error("it is another code, too")
	}

	_, err = HostFromHwlocFile("/nonexistent/host.xml")
	if failure := wantCode(t, err, ErrSystem); failure.Where != "/nonexistent/host.xml" {
		t.Errorf("the place is %q", failure.Where)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v is not about a file that is missing", err)
	}
}

func TestNULIsRefused(t *testing.T) {
	host := testHost(t)
	spec := testSpec(t, smallSpec)
	plan := must[*Plan](t)(host.Place(spec))
	calls := map[string]func() error{
		"ParseSpec":         func() error { _, err := ParseSpec(smallSpec + "\x00x"); return err },
		"ParseHost":         func() error { _, err := ParseHost("{}\x00"); return err },
		"ParsePlan":         func() error { _, err := ParsePlan("{}\x00"); return err },
		"SpecFromDomainXML": func() error { _, err := SpecFromDomainXML("<domain/>\x00"); return err },
		"WithName":          func() error { _, err := spec.WithName("a\x00b"); return err },
		"Without":           func() error { _, err := host.Without("a\x00b"); return err },
		"PatchDomainXML":    func() error { _, err := plan.PatchDomainXML("<domain/>\x00"); return err },
		"XML":               func() error { _, err := plan.XML(DomainType("kvm\x00")); return err },
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) { wantCode(t, call(), ErrInvalid) })
	}
}

func TestUseOfNothingIsAnError(t *testing.T) {
	closedHost, closedSpec := testHost(t), testSpec(t, smallSpec)
	closedPlan := must[*Plan](t)(closedHost.Place(closedSpec))
	closedHost.Close()
	closedSpec.Close()
	closedPlan.Close()
	closedPlan.Close()
	for name, set := range map[string]struct {
		host *Host
		spec *Spec
		plan *Plan
	}{
		"closed": {closedHost, closedSpec, closedPlan},
		"zero":   {new(Host), new(Spec), new(Plan)},
		"nil":    {nil, nil, nil},
	} {
		host, spec, plan := set.host, set.spec, set.plan
		good, asked := testHost(t), testSpec(t, smallSpec)
		for call, err := range map[string]error{
			"Place":            second(host.Place(asked)),
			"Place a spec":     second(good.Place(spec)),
			"PlaceTogether":    second(good.PlaceTogether([]*Spec{asked, spec}, Most)),
			"PlaceTogether on": second(host.PlaceTogether([]*Spec{asked}, Most)),
			"WithPlan":         second(good.WithPlan(plan)),
			"WithState":        second(host.WithState(HostState{})),
			"Without":          second(host.Without("a")),
			"host JSON":        second(host.JSON()),
			"host Document":    second(host.Document()),
			"host SVG":         second(host.SVG()),
			"host Text":        second(host.Text(0)),
			"Warnings":         second(host.Warnings()),
			"spec JSON":        second(spec.JSON()),
			"spec Document":    second(spec.Document()),
			"WithName":         second(spec.WithName("a")),
			"plan JSON":        second(plan.JSON()),
			"plan Document":    second(plan.Document()),
			"plan XML":         second(plan.XML()),
			"plan SVG":         second(plan.SVG(good)),
			"plan Text":        second(plan.Text(good, 0)),
			"Explain":          second(plan.Explain(good, asked)),
			"PatchDomainXML":   second(plan.PatchDomainXML("<domain/>")),
			"Validate":         plan.Validate(good, asked),
		} {
			t.Run(name+" "+call, func(t *testing.T) {
				wantCode(t, err, ErrInvalid)
				if !errors.Is(err, os.ErrClosed) {
					t.Errorf("%v is not os.ErrClosed", err)
				}
			})
		}
		if _, _, err := host.Capacity(asked); !errors.Is(err, os.ErrClosed) {
			t.Errorf("Capacity: %v", err)
		}
		host.Close()
		spec.Close()
		plan.Close()
	}
}

func second[T any](_ T, err error) error { return err }
