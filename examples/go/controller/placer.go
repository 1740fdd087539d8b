// SPDX-License-Identifier: LGPL-2.1-or-later

package main

import (
	"context"
	"encoding/json"
	"errors"

	"libvtune/bindings/go/vtune"
)

var (
	errPlaced  = errors.New("a VM of this name is placed already; give it up first")
	errMissing = errors.New("no VM of this name is placed")
)

// A placer gives VMs their places on one host. Any number of goroutines may call it.
type placer interface {
	// Place computes a plan and carries it out, before anyone else can have the same. The
	// spec is the placer's from then on; the answer is the plan document.
	Place(ctx context.Context, spec *vtune.Spec) (json.RawMessage, error)
	Release(ctx context.Context, vm string) error
	Capacity(ctx context.Context, spec *vtune.Spec) (int, *vtune.Plan, error)
	// Verify looks at one VM, or with "" at all of them. The answer is for JSON.
	Verify(ctx context.Context, vm string) (any, error)
	Close() error
}
