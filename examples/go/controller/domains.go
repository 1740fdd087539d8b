// SPDX-License-Identifier: LGPL-2.1-or-later

package main

import (
	"context"
	"encoding/json"

	"libvtune/bindings/go/vtune"
)

// domains keeps no account: what the domains of libvirt hold is read each time, under the
// lock of the host, so that other programs may place VMs there, too.
type domains struct{ conn *vtune.Conn }

func (d *domains) Place(ctx context.Context, spec *vtune.Spec) (json.RawMessage, error) {
	if err := d.conn.Lock(ctx); err != nil {
		return nil, err
	}
	defer d.conn.Unlock()
	host, err := d.conn.Host(ctx, vtune.Defined)
	if err != nil {
		return nil, err
	}
	defer host.Close()
	plan, err := host.Place(spec)
	if err != nil {
		return nil, err
	}
	defer plan.Close()
	document, err := plan.MarshalJSON()
	if err != nil {
		return nil, err
	}
	report, err := d.conn.Apply(ctx, plan, spec.Name())
	if err != nil {
		return nil, err
	}
	report.Close()
	spec.Close()
	return document, nil
}

func (d *domains) Release(ctx context.Context, vm string) error {
	report, err := d.conn.Restore(ctx, vm)
	if err != nil {
		return err
	}
	return report.Close()
}

func (d *domains) Capacity(ctx context.Context, spec *vtune.Spec) (int, *vtune.Plan, error) {
	host, err := d.conn.Host(ctx, vtune.Defined)
	if err != nil {
		return 0, nil, err
	}
	defer host.Close()
	return host.Capacity(spec)
}

func (d *domains) Verify(ctx context.Context, vm string) (any, error) {
	if vm == "" {
		return d.conn.VerifyAll(ctx)
	}
	return d.conn.Verify(ctx, vm)
}

func (d *domains) Close() error { return d.conn.Close() }
