// SPDX-License-Identifier: LGPL-2.1-or-later

package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"sort"
	"sync"

	"libvtune/bindings/go/vtune"
)

// ledger keeps account of a host in memory. A host is an object that does not change; the
// step from one to the next is under the mutex.
type ledger struct {
	mutex sync.Mutex
	host  *vtune.Host
	vms   map[string]placedVM
}

type placedVM struct {
	spec *vtune.Spec
	plan *vtune.Plan
}

func newLedger(host *vtune.Host) *ledger {
	return &ledger{host: host, vms: map[string]placedVM{}}
}

func (l *ledger) Place(ctx context.Context, spec *vtune.Spec) (json.RawMessage, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	// Who does not wait for the answer any more gets nothing.
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if _, there := l.vms[spec.Name()]; there {
		return nil, errPlaced
	}
	plan, err := l.host.Place(spec)
	if err != nil {
		return nil, err
	}
	document, err := plan.MarshalJSON()
	if err == nil {
		err = l.become(l.host.WithPlan(plan))
	}
	if err != nil {
		plan.Close()
		return nil, err
	}
	l.vms[spec.Name()] = placedVM{spec, plan}
	return document, nil
}

// become takes the next state of the host.
func (l *ledger) become(next *vtune.Host, err error) error {
	if err == nil {
		go l.host.Close() // waits for a Capacity that still computes on it
		l.host = next
	}
	return err
}

func (l *ledger) now() *vtune.Host {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.host
}

func (l *ledger) Release(ctx context.Context, vm string) error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	placed, there := l.vms[vm]
	if !there {
		return errMissing
	}
	if err := l.become(l.host.Without(vm)); err != nil {
		return err
	}
	delete(l.vms, vm)
	placed.plan.Close()
	placed.spec.Close()
	return nil
}

// Capacity takes long, and lets others place VMs meanwhile.
func (l *ledger) Capacity(ctx context.Context, spec *vtune.Spec) (int, *vtune.Plan, error) {
	for {
		if err := ctx.Err(); err != nil {
			return 0, nil, err
		}
		host := l.now()
		count, next, err := host.Capacity(spec)
		if !errors.Is(err, os.ErrClosed) || host == l.now() {
			return count, next, err
		}
	}
}

type verifiedVM struct {
	VM    string `json:"vm"`
	Holds bool   `json:"holds"`
	Text  string `json:"text,omitempty"`
}

// Verify checks each plan against what the host is without the VM.
func (l *ledger) Verify(ctx context.Context, vm string) (any, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	names := []string{vm}
	if vm == "" {
		names = names[:0]
		for name := range l.vms {
			names = append(names, name)
		}
		sort.Strings(names)
	}
	answer := struct {
		Holds bool         `json:"holds"`
		VMs   []verifiedVM `json:"vms"`
	}{true, []verifiedVM{}}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		placed, there := l.vms[name]
		if !there {
			return nil, errMissing
		}
		one := verifiedVM{VM: name, Holds: true}
		if err := l.verifyOne(name, placed); err != nil {
			one.Holds, one.Text, answer.Holds = false, err.Error(), false
		}
		answer.VMs = append(answer.VMs, one)
	}
	return answer, nil
}

func (l *ledger) verifyOne(name string, placed placedVM) error {
	before, err := l.host.Without(name)
	if err != nil {
		return err
	}
	defer before.Close()
	return placed.plan.Validate(before, placed.spec)
}

func (l *ledger) Close() error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for _, placed := range l.vms {
		placed.plan.Close()
		placed.spec.Close()
	}
	return l.host.Close()
}
