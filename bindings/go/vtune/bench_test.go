// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import (
	"testing"

	"libvtune/bindings/go/internal/floor"
)

const benchHost = "numa:4(memory=68719476736) core:16 pu:2"

const benchSpec = `{ "version": 1, "name": "bench", "vcpus": 16, "memory": "32GiB" }`

// One after another in C and in Go, with a 16-vCPU VM on a host of 128 CPUs.
func BenchmarkPlace(b *testing.B) {
	host := must[*Host](b)(HostFromSynthetic(benchHost))
	defer host.Close()
	spec := testSpec(b, benchSpec)
	document := must[string](b)(host.JSON())
	b.Run("C", func(b *testing.B) {
		if err := floor.Place(document, benchSpec, b.N); err != nil {
			b.Fatal(err)
		}
	})
	b.Run("Go", func(b *testing.B) {
		placeAndClose(b, host, spec, b.N)
	})
	b.Run("Go-with-document", func(b *testing.B) {
		for i := 0; i < b.N; i++ {
			plan := must[*Plan](b)(host.Place(spec))
			must[*PlanDocument](b)(plan.Document())
			plan.Close()
		}
	})
	b.Run("Go-from-JSON-to-JSON", func(b *testing.B) {
		for i := 0; i < b.N; i++ {
			spec := must[*Spec](b)(ParseSpec(benchSpec))
			plan := must[*Plan](b)(host.Place(spec))
			must[string](b)(plan.JSON())
			plan.Close()
			spec.Close()
		}
	})
	b.Run("Go-parallel", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				plan, err := host.Place(spec)
				if err != nil {
					b.Error(err)
					return
				}
				plan.Close()
			}
		})
	})
}

func placeAndClose(t testing.TB, host *Host, spec *Spec, times int) {
	for i := 0; i < times; i++ {
		plan, err := host.Place(spec)
		if err != nil {
			t.Fatal(err)
		}
		plan.Close()
	}
}
