// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
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

func TestTuningErrors(t *testing.T) {
	for _, options := range []vtune.TuneOptions{
		{Profile: "nonsense"}, {Only: []string{"H99"}}, {Skip: []string{""}},
	} {
		options.Sysroot = t.TempDir()
		if _, err := vtune.CheckTuning(context.Background(), options); !errors.Is(err, vtune.ErrInvalid) {
			t.Errorf("%+v: %v", options, err)
		}
	}
	if profiles := vtune.TuningProfiles(); len(profiles) < 4 {
		t.Errorf("%d profiles", len(profiles))
	}
	var none *vtune.Tuning
	if _, err := none.JSON(); err == nil {
		t.Error("no tuning has a document")
	}
}
