// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"testing"
)

func TestManyGoroutinesShareObjects(t *testing.T) {
	host, spec := testHost(t), testSpec(t, smallSpec)
	plan := must[*Plan](t)(host.Place(spec))
	want := must[string](t)(plan.JSON())
	var group sync.WaitGroup
	for i := 0; i < 16; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for i := 0; i < 20; i++ {
				again, err := host.Place(spec)
				if err != nil {
					t.Error(err)
					return
				}
				if text, err := again.JSON(); err != nil || text != want {
					t.Errorf("%v %s", err, text)
				}
				if err := plan.Validate(host, spec); err != nil {
					t.Error(err)
				}
				if _, err := spec.Document(); err != nil {
					t.Error(err)
				}
				again.Close()
			}
		}()
	}
	group.Wait()
}

// Close waits for calls in other goroutines; calls after it fail.
func TestCloseWhileInUse(t *testing.T) {
	for round := 0; round < 20; round++ {
		host, spec := testHost(t), testSpec(t, smallSpec)
		var group sync.WaitGroup
		for i := 0; i < 8; i++ {
			group.Add(1)
			go func() {
				defer group.Done()
				for {
					_, err := host.PlaceTogether([]*Spec{spec}, Most)
					if err == nil {
						continue
					}
					if !errors.Is(err, os.ErrClosed) {
						t.Error(err)
					}
					return
				}
			}()
		}
		if round%2 == 0 {
			host.Close()
		} else {
			spec.Close()
		}
		group.Wait()
	}
}

// A goroutine's object may be out of reach while a call still uses what is in it.
func TestFinalizers(t *testing.T) {
	var group sync.WaitGroup
	for i := 0; i < 4; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for i := 0; i < 50; i++ {
				host, err := HostFromSynthetic(twoNodes)
				if err != nil {
					t.Error(err)
					return
				}
				spec, err := ParseSpec(smallSpec)
				if err != nil {
					t.Error(err)
					return
				}
				plan, err := host.Place(spec)
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := plan.XML(); err != nil {
					t.Error(err)
				}
				if i%10 == 0 {
					runtime.GC()
				}
			}
		}()
	}
	group.Wait()
}

// How many KiB of memory the process has.
func resident(t *testing.T) (size int) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip(err)
	}
	at := bytes.Index(status, []byte("VmRSS:"))
	if at < 0 {
		t.Skip("the kernel does not tell")
	}
	if _, err := fmt.Sscanf(string(status[at:]), "VmRSS: %d kB", &size); err != nil {
		t.Fatal(err)
	}
	return size
}

func TestNoLeak(t *testing.T) {
	host, big := testHost(t), testSpec(t, `{ "version": 1, "vcpus": 99, "memory": "1GiB" }`)
	document := must[string](t)(host.JSON())
	calls := func() {
		spec := must[*Spec](t)(ParseSpec(smallSpec))
		plan := must[*Plan](t)(host.Place(spec, WorkLimit(1000000)))
		taken := must[*Host](t)(host.WithPlan(plan))
		must[string](t)(plan.JSON())
		must[string](t)(plan.XML(DomainType("qemu")))
		plans := must[[]*Plan](t)(host.PlaceTogether([]*Spec{spec}, Most))
		plans[0].Close()
		var failure *InfeasibleError
		if _, err := host.Place(big); !errors.As(err, &failure) {
			t.Fatal(err)
		}
		failure.Plan.Close()
		if _, err := ParseSpec("{"); err == nil {
			t.Fatal("no error")
		}
		read := must[*Host](t)(ParseHost(document))
		read.Close()
		moving := must[*Spec](t)(SpecForMigration(guestXML))
		there := must[*Plan](t)(host.Place(moving))
		must[string](t)(there.MigrationXML(guestXML))
		held := must[*Host](t)(host.WithDomains([]string{guestXML, guestXML2}))
		part := must[*Host](t)(held.Within("0-3"))
		for _, object := range []interface{ Close() error }{moving, there, held, part} {
			object.Close()
		}
		taken.Close()
		plan.Close()
		spec.Close()
	}
	rounds := 5000
	if testing.Short() {
		rounds = 200
	}
	for i := 0; i < rounds/4; i++ {
		calls()
	}
	runtime.GC()
	before := resident(t)
	for i := 0; i < rounds; i++ {
		calls()
	}
	runtime.GC()
	grown := resident(t) - before
	t.Logf("%d KiB before, %d KiB more after %d rounds", before, grown, rounds)
	// One plan that is lost in each round would be more than a KiB.
	if limit := 2048 + rounds/4; grown > limit && !testing.Short() {
		t.Errorf("%d rounds took %d KiB", rounds, grown)
	}
}

func TestNoLeakInTuning(t *testing.T) {
	host, spec, root := testHost(t), testSpec(t, smallSpec), t.TempDir()
	calls := func() {
		options := TuneOptions{Sysroot: root, Host: host, Specs: []*Spec{spec}, Profile: "density"}
		tuning := must[*Tuning](t)(CheckTuning(background, options))
		must[string](t)(tuning.JSON())
		must[string](t)(tuning.Text(0))
		report := must[*Report](t)(tuning.Apply(DryRun()))
		report.Close()
		tuning.Close()
		options.Only = []string{"nonsense"}
		if _, err := CheckTuning(background, options); err == nil {
			t.Fatal("no error")
		}
	}
	for i := 0; i < 50; i++ {
		calls()
	}
	runtime.GC()
	before := resident(t)
	for i := 0; i < 300; i++ {
		calls()
	}
	runtime.GC()
	grown := resident(t) - before
	t.Logf("%d KiB before, %d KiB more", before, grown)
	if grown > 4096 && !testing.Short() {
		t.Errorf("the calls took %d KiB", grown)
	}
}

func TestNoLeakInLiveCalls(t *testing.T) {
	conn, little := testConn(t), testSpec(t, littleSpec)
	calls := func() {
		host := must[*Host](t)(conn.Host(background, 0))
		spec := must[*Spec](t)(conn.SpecOf(background, "test"))
		plan := must[*Plan](t)(host.Place(little))
		report := must[*Report](t)(conn.Apply(background, plan, "test", DryRun(),
			OnProgress(func(string, uint64, uint64) {})))
		must[string](t)(report.JSON())
		for _, object := range []interface{ Close() error }{host, spec, plan, report} {
			object.Close()
		}
		if _, err := conn.PlanOf(background, "missing"); err == nil {
			t.Fatal("no error")
		}
	}
	for i := 0; i < 50; i++ {
		calls()
	}
	runtime.GC()
	before := resident(t)
	for i := 0; i < 200; i++ {
		calls()
	}
	runtime.GC()
	grown := resident(t) - before
	t.Logf("%d KiB before, %d KiB more", before, grown)
	if grown > 4096 {
		t.Errorf("the calls took %d KiB", grown)
	}
}
