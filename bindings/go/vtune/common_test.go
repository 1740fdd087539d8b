// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import (
	"errors"
	"os"
	"testing"
)

// Two nodes of 8 cores with two threads each, 32 GiB on each.
const twoNodes = "numa:2(memory=34359738368) core:8 pu:2"

const smallSpec = `{ "version": 1, "name": "db01", "vcpus": 4, "memory": "8GiB" }`

func must[T any](t testing.TB) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func testHost(t testing.TB) *Host {
	host := must[*Host](t)(HostFromSynthetic(twoNodes))
	t.Cleanup(func() { host.Close() })
	return host
}

func testSpec(t testing.TB, document string) *Spec {
	spec := must[*Spec](t)(ParseSpec(document))
	t.Cleanup(func() { spec.Close() })
	return spec
}

func testData(t testing.TB, path string) string {
	return string(must[[]byte](t)(os.ReadFile("../../../tests/data/" + path)))
}

func wantCode(t *testing.T, err error, code Code) *Error {
	t.Helper()
	var failure *Error
	if !errors.As(err, &failure) || failure.Code != code || !errors.Is(err, code) {
		t.Fatalf("the error is %#v, not %v", err, code)
	}
	return failure
}
