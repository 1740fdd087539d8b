// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import (
	"context"
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
		{migratePeer2Peer, int(swig.VTUNE_MIGRATE_PEER2PEER)},
		{migrateTunnelled, int(swig.VTUNE_MIGRATE_TUNNELLED)},
		{migratePersistent, int(swig.VTUNE_MIGRATE_PERSIST)},
		{migrateUndefineSource, int(swig.VTUNE_MIGRATE_UNDEFINE_SOURCE)},
		{migrateDryRun, int(swig.VTUNE_MIGRATE_DRY_RUN)},
		{int(BaselineSpec), int(swig.VTUNE_BASELINE_SPEC)},
		{int(BaselineXML), int(swig.VTUNE_BASELINE_XML)},
		{int(BaselineText), int(swig.VTUNE_BASELINE_TEXT)},
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
		"SpecForMigration":  func() error { _, err := SpecForMigration("<domain/>\x00"); return err },
		"MigrationXML":      func() error { _, err := plan.MigrationXML("<domain/>\x00"); return err },
		"WithDomains":       func() error { return second(host.WithDomains([]string{"<a/>\x00"})) },
		"Within":            func() error { _, err := host.Within("0\x00"); return err },
		"CheckTuning": func() error {
			_, err := CheckTuning(context.Background(), TuneOptions{Sysroot: "/\x00"})
			return err
		},
		"UndoTuning": func() error { _, err := UndoTuning(TuneOptions{Sysroot: "/\x00"}); return err },
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) { wantCode(t, call(), ErrInvalid) })
	}
}

func TestUseOfNothingIsAnError(t *testing.T) {
	closedHost, closedSpec := testHost(t), testSpec(t, smallSpec)
	closedPlan := must[*Plan](t)(closedHost.Place(closedSpec))
	root := t.TempDir()
	check := func(options TuneOptions) (*Tuning, error) {
		options.Sysroot = root
		return CheckTuning(context.Background(), options)
	}
	closedTuning := must[*Tuning](t)(check(TuneOptions{}))
	closedReport := must[*Report](t)(closedTuning.Apply(DryRun()))
	closedConn := must[*Conn](t)(Open(context.Background(), "test:///default"))
	closedTuning.Close()
	closedTuning.Close()
	closedReport.Close()
	closedReport.Close()
	closedConn.Close()
	closedHost.Close()
	closedSpec.Close()
	closedPlan.Close()
	closedPlan.Close()
	for name, set := range map[string]struct {
		host   *Host
		spec   *Spec
		plan   *Plan
		tuning *Tuning
		report *Report
		conn   *Conn
	}{
		"closed": {closedHost, closedSpec, closedPlan, closedTuning, closedReport, closedConn},
		"zero":   {new(Host), new(Spec), new(Plan), new(Tuning), new(Report), new(Conn)},
		"nil":    {},
	} {
		host, spec, plan := set.host, set.spec, set.plan
		tuning, report, conn := set.tuning, set.report, set.conn
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
			"MigrationXML":     second(plan.MigrationXML("<domain/>")),
			"WithDomains":      second(host.WithDomains(nil)),
			"Within":           second(host.Within("0")),
			"tuning JSON":      second(tuning.JSON()),
			"tuning Document":  second(tuning.Document()),
			"tuning Text":      second(tuning.Text(0)),
			"tuning Apply":     second(tuning.Apply(DryRun())),
			"tuning Persist":   second(tuning.Persist(root)),
			"tune a plan":      second(check(TuneOptions{Plans: []*Plan{plan}})),
			"tune a spec":      second(check(TuneOptions{Host: good, Specs: []*Spec{spec}})),
			"report JSON":      second(report.JSON()),
			"report Document":  second(report.Document()),
			"report Text":      second(report.Text()),
			"MigratableXML":    second(conn.MigratableXML(context.Background(), "test")),
			"BaselineCPU":      second(BaselineCPU(context.Background(), "kvm", BaselineSpec, conn)),
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
		if _, err := check(TuneOptions{Host: host}); host != nil && !errors.Is(err, os.ErrClosed) {
			t.Errorf("CheckTuning for a host: %v", err)
		}
		if _, err := check(TuneOptions{Conn: conn}); conn != nil && !errors.Is(err, os.ErrClosed) {
			t.Errorf("CheckTuning with a connection: %v", err)
		}
		for _, each := range []interface{ Close() error }{host, spec, plan, tuning, report, conn} {
			if err := each.Close(); err != nil {
				t.Errorf("%s %T: %v", name, each, err)
			}
		}
	}
}

func second[T any](_ T, err error) error { return err }
