// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"libvtune/bindings/go/vtune"
)

const swappiness = "proc/sys/vm/swappiness"

// hostTree is a host of one node that swaps too readily and has no huge pages.
func hostTree(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	pool := "sys/devices/system/node/node0/hugepages/hugepages-2048kB/"
	for name, text := range map[string]string{
		swappiness:                       "60",
		"sys/devices/system/cpu/online":  "0-3",
		"sys/devices/system/node/online": "0",
		"sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages": "0",
		pool + "nr_hugepages":   "0",
		pool + "free_hugepages": "0",
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func readSetting(t *testing.T, root string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, swappiness))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

func checkTuning(t *testing.T, options vtune.TuneOptions) (*vtune.Tuning, *vtune.TuningDocument) {
	t.Helper()
	tuning, err := vtune.CheckTuning(context.Background(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tuning.Close() })
	document, err := tuning.Document()
	if err != nil {
		t.Fatal(err)
	}
	return tuning, document
}

func TestTuning(t *testing.T) {
	options := vtune.TuneOptions{Sysroot: hostTree(t), Only: []string{"swappiness"}}
	tuning, document := checkTuning(t, options)
	if tuning.Holds() || len(document.Checks) != 1 || document.Checks[0].Name != "swappiness" {
		t.Fatalf("found %+v", document)
	}
	if text, err := tuning.Text(60); err != nil || !strings.Contains(text, "swap") {
		t.Fatalf("text %q, %v", text, err)
	}
	if report, err := tuning.Apply(vtune.DryRun()); err != nil || !report.Holds() {
		t.Fatal(report, err)
	}
	if is := readSetting(t, options.Sysroot); is != "60" {
		t.Fatalf("a dry run has set %s", is)
	}
	if report, err := tuning.Apply(); err != nil || !report.Holds() {
		t.Fatal(report, err)
	}
	if is := readSetting(t, options.Sysroot); is != "35" {
		t.Fatalf("set to %s", is)
	}
	if report, err := vtune.UndoTuning(options); err != nil || !report.Holds() {
		t.Fatal(report, err)
	}
	if is := readSetting(t, options.Sysroot); is != "60" {
		t.Fatalf("put back to %s", is)
	}
}

func TestTuningPersist(t *testing.T) {
	tuning, _ := checkTuning(t, vtune.TuneOptions{Sysroot: hostTree(t), Only: []string{"H7a"}})
	target := t.TempDir()
	report, err := tuning.Persist(target)
	if err != nil || !report.Holds() {
		t.Fatal(report, err)
	}
	files, err := filepath.Glob(filepath.Join(target, "etc/sysctl.d/*"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
}

func TestTuningForSpecs(t *testing.T) {
	host, err := vtune.ParseHost(`{"version": 1, "nodes": [{"id": 0, "cpus": "0-3",
		"memory_kib": 8388608, "pages": [{"size_kib": 2048, "total": 0}]}],
		"reserved_cpus": "0"}`)
	if err != nil {
		t.Fatal(err)
	}
	spec := func(memory vtune.Size) *vtune.Spec {
		made, err := vtune.NewSpec(vtune.SpecDocument{
			Name: "db", VCPUs: 2, Memory: memory, HugePages: "2MiB"})
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	options := vtune.TuneOptions{Sysroot: hostTree(t), Host: host, Only: []string{"H3"},
		Specs: []*vtune.Spec{spec("1GiB")}}
	_, document := checkTuning(t, options)
	if settings := document.Checks[0].Settings; len(settings) != 1 || settings[0].Wanted != "512" {
		t.Fatalf("found %+v", document.Checks)
	}
	options.Specs = []*vtune.Spec{spec("64GiB")}
	_, err = vtune.CheckTuning(context.Background(), options)
	if !errors.Is(err, vtune.ErrNotValid) {
		t.Fatal(err)
	}
}

// Checks share their host, plans and specs.
func TestManyGoroutinesCheckTuning(t *testing.T) {
	host, err := vtune.HostFromSynthetic("numa:2(memory=34359738368) core:8 pu:2")
	if err != nil {
		t.Fatal(err)
	}
	spec, err := vtune.NewSpec(vtune.SpecDocument{Name: "db", VCPUs: 2, Memory: "1GiB"})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := host.Place(spec)
	if err != nil {
		t.Fatal(err)
	}
	other, err := spec.WithName("other")
	if err != nil {
		t.Fatal(err)
	}
	options := vtune.TuneOptions{Sysroot: hostTree(t), Host: host,
		Plans: []*vtune.Plan{plan}, Specs: []*vtune.Spec{other}}
	shared, _ := checkTuning(t, options)
	want, err := shared.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for i := 0; i < 16; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for i := 0; i < 5; i++ {
				tuning, err := vtune.CheckTuning(context.Background(), options)
				if err != nil {
					t.Error(err)
					return
				}
				if text, err := tuning.JSON(); err != nil || text != want {
					t.Errorf("%v %s", err, text)
				}
				if text, err := shared.JSON(); err != nil || text != want {
					t.Errorf("%v %s", err, text)
				}
				if _, err := shared.Text(0); err != nil {
					t.Error(err)
				}
				tuning.Close()
			}
		}()
	}
	group.Wait()
}

// One at a time sets a host; the others are told.
func TestManyGoroutinesApplyTuning(t *testing.T) {
	options := vtune.TuneOptions{Sysroot: hostTree(t), Only: []string{"swappiness"}}
	tuning, _ := checkTuning(t, options)
	var group sync.WaitGroup
	var applied atomic.Int32
	for i := 0; i < 8; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			report, err := tuning.Apply()
			if errors.Is(err, vtune.ErrBusy) {
				return
			}
			if err != nil {
				t.Error(err)
				return
			}
			applied.Add(1)
			report.Close()
		}()
	}
	group.Wait()
	if is := readSetting(t, options.Sysroot); is != "35" || applied.Load() == 0 {
		t.Errorf("set to %s by %d", is, applied.Load())
	}
	if report, err := vtune.UndoTuning(options); err != nil || !report.Holds() {
		t.Error(report, err)
	}
	if is := readSetting(t, options.Sysroot); is != "60" {
		t.Errorf("put back to %s", is)
	}
}

func TestProfileOfDocument(t *testing.T) {
	var profile vtune.ProfileDocument
	if err := json.Unmarshal([]byte(vtune.TuningProfiles()[0]), &profile); err != nil {
		t.Fatal(err)
	}
	one := uint32(1)
	profile.Name = "mine"
	profile.Settings.Swappiness = &vtune.NumberWish{Range: &vtune.NumberRange{Max: &one, Set: 1}}
	text, err := json.Marshal(profile)
	if err != nil {
		t.Fatal(err)
	}
	_, document := checkTuning(t, vtune.TuneOptions{
		Sysroot: hostTree(t), Profile: string(text), Only: []string{"swappiness"}})
	if settings := document.Checks[0].Settings; document.Profile != "mine" ||
		len(settings) != 1 || settings[0].Wanted != "1" {
		t.Errorf("found %+v", document)
	}
	for i, profile := range vtune.TuningProfiles() {
		var read vtune.ProfileDocument
		if err := json.Unmarshal([]byte(profile), &read); err != nil {
			t.Error(i, err)
			continue
		}
		text, err := json.Marshal(read)
		var before, after any
		json.Unmarshal([]byte(profile), &before)
		if json.Unmarshal(text, &after); err != nil || !reflect.DeepEqual(before, after) {
			t.Errorf("%v: %s became %s", err, profile, text)
		}
	}
}

func TestTuningErrors(t *testing.T) {
	for _, options := range []vtune.TuneOptions{
		{Profile: "nonsense"}, {Only: []string{"H99"}}, {Skip: []string{""}},
	} {
		options.Sysroot = t.TempDir()
		if _, err := vtune.CheckTuning(context.Background(), options); !errors.Is(err, vtune.ErrInvalid) {
			t.Errorf("%+v: %v", options, err)
		}
	}
	root := t.TempDir()
	_, err := vtune.CheckTuning(context.Background(), vtune.TuneOptions{Sysroot: root,
		Profile: `{ "version": 1, "name": "x", "settings": { "ksm": { "sat": 1 } } }`})
	var failure *vtune.Error
	if !errors.As(err, &failure) || !errors.Is(err, vtune.ErrDocument) ||
		failure.Where != "/settings/ksm/sat" {
		t.Error(err)
	}
	tuning, _ := checkTuning(t, vtune.TuneOptions{Sysroot: root})
	for name, err := range map[string]error{
		"live":         second(tuning.Apply(vtune.Live())),
		"no directory": second(tuning.Persist("")),
		"memory":       second(vtune.UndoTuning(vtune.TuneOptions{Sysroot: root}, vtune.MoveMemory())),
	} {
		if !errors.Is(err, vtune.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	conn, err := vtune.Open(context.Background(), "test:///default")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = vtune.CheckTuning(ctx, vtune.TuneOptions{Sysroot: root, Conn: conn})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if profiles := vtune.TuningProfiles(); len(profiles) < 4 {
		t.Errorf("%d profiles", len(profiles))
	}
	var none *vtune.Tuning
	if _, err := none.JSON(); err == nil {
		t.Error("no tuning has a document")
	}
}

func second[T any](_ T, err error) error { return err }
