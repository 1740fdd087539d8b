// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"

	"libvtune/bindings/go/internal/swig"
)

// Conn is a connection to libvirt. Any number of goroutines may use it; its calls wait for
// each other.
//
// A call that only reads returns when its context ends, and the connection is busy until
// libvirt has answered. A call that sets something lets the context end its wait for the
// connection and for the lock of the host; what it has begun it completes or undoes.
type Conn struct {
	use    chan struct{} // filled by the call that uses the C connection
	turn   chan struct{} // filled from Lock to Unlock
	object *object
	closed atomic.Bool
	locked bool // belongs to the call that uses the connection
}

func freeConn(pointer uintptr) {
	swig.DeleteVtune_connection(swig.SwigcptrVtune_connection(pointer))
}

// Open connects to libvirt. uri is as "qemu:///system"; "" is libvirt's default.
func Open(ctx context.Context, uri string) (*Conn, error) {
	if err := checkText("URI", uri); err != nil {
		return nil, err
	}
	return await(ctx, "connecting to libvirt", func() (*Conn, error) {
		object, err := create(freeConn, func(failure *uintptr) swigObject {
			return swig.Vtune_connection_open(uri, failure)
		})
		if err != nil {
			return nil, err
		}
		return &Conn{
			use: make(chan struct{}, 1), turn: make(chan struct{}, 1), object: object,
		}, nil
	})
}

// Close closes the connection and gives up its lock. It does not wait for a call that is
// under way, after which the connection closes. It may be called again.
func (c *Conn) Close() error {
	if c != nil && c.object != nil {
		c.closed.Store(true)
		c.closeIfIdle()
	}
	return nil
}

func (c *Conn) closeIfIdle() {
	select {
	case c.use <- struct{}{}:
		c.object.close()
		<-c.use
	default: // the call that uses it does this in leave
	}
}

// enter waits until no other call uses the connection; leave must follow.
func (c *Conn) enter(ctx context.Context) (swig.Vtune_connection, error) {
	if c == nil || c.object == nil || c.closed.Load() {
		return nil, closed("connection")
	}
	if err := ctx.Err(); err != nil {
		return nil, ended("waiting for the connection", err)
	}
	select {
	case c.use <- struct{}{}:
	case <-ctx.Done():
		return nil, ended("waiting for the connection", ctx.Err())
	}
	pointer, err := c.object.hold("connection")
	if err == nil && c.closed.Load() {
		c.object.release()
		err = closed("connection")
	}
	if err != nil {
		<-c.use
		c.finishClose()
		return nil, err
	}
	return swig.SwigcptrVtune_connection(pointer), nil
}

func (c *Conn) leave() {
	c.object.release()
	<-c.use
	c.finishClose()
}

func (c *Conn) finishClose() {
	if c.closed.Load() {
		c.closeIfIdle()
	}
}

// read runs a call that changes nothing, and leaves it alone when the context ends.
func read[T any](ctx context.Context, c *Conn, what string,
	call func(raw swig.Vtune_connection) (T, error)) (T, error) {
	raw, err := c.enter(ctx)
	if err != nil {
		var none T
		return none, err
	}
	return await(ctx, what, func() (T, error) {
		defer c.leave()
		return call(raw)
	})
}

type outcome[T any] struct {
	value T
	err   error
}

// await returns what a call returns, or the end of the context if that is earlier. What
// comes too late is freed by its finalizer.
func await[T any](ctx context.Context, what string, call func() (T, error)) (T, error) {
	if ctx.Done() == nil {
		return call()
	}
	done := make(chan outcome[T], 1)
	go func() {
		value, err := call()
		done <- outcome[T]{value, err}
	}()
	select {
	case o := <-done:
		return o.value, o.err
	case <-ctx.Done():
		go discard(done)
		var none T
		return none, ended(what, ctx.Err())
	}
}

func discard[T any](late <-chan outcome[T]) {
	o := <-late
	if object, ok := any(o.value).(io.Closer); ok && o.err == nil {
		object.Close()
	}
}

func ended(what string, err error) error {
	return fmt.Errorf("vtune: %s: %w", what, err)
}

// HostFlags say what [Conn.Host] counts.
type HostFlags uint

const (
	// Defined counts domains that are defined and do not run: they hold what they ask for.
	Defined HostFlags = 1
	// Placed counts, of those, the ones that carry a plan by which libvtune placed them.
	Placed HostFlags = 2
)

// Host returns the host of the connection, with what is free now and what its domains
// hold. Look at its Warnings.
func (c *Conn) Host(ctx context.Context, flags HostFlags) (*Host, error) {
	return read(ctx, c, "reading the host", func(raw swig.Vtune_connection) (*Host, error) {
		return newHost(func(failure *uintptr) swig.Vtune_host {
			return swig.Vtune_host_from_connection(raw, uint(flags), failure)
		})
	})
}

// SpecOf returns a spec for what a domain is already.
func (c *Conn) SpecOf(ctx context.Context, domain string) (*Spec, error) {
	if err := checkDomain(domain); err != nil {
		return nil, err
	}
	return read(ctx, c, "reading the domain", func(raw swig.Vtune_connection) (*Spec, error) {
		return newSpec(func(failure *uintptr) swig.Vtune_spec {
			return swig.Vtune_spec_from_domain(raw, domain, failure)
		})
	})
}

// PlanOf returns the plan that a domain carries in its metadata. The error is an
// [ErrDocument] when it carries none.
func (c *Conn) PlanOf(ctx context.Context, domain string) (*Plan, error) {
	if err := checkDomain(domain); err != nil {
		return nil, err
	}
	return read(ctx, c, "reading the domain", func(raw swig.Vtune_connection) (*Plan, error) {
		return newPlan(func(failure *uintptr) swig.Vtune_plan {
			return swig.Vtune_plan_from_domain(raw, domain, failure)
		})
	})
}

// Verify says whether a domain still stands where the plan puts it that it carries.
func (c *Conn) Verify(ctx context.Context, domain string) (*Report, error) {
	if err := checkDomain(domain); err != nil {
		return nil, err
	}
	return c.verify(ctx, nil, domain)
}

// VerifyAll is as [Conn.Verify] for every running domain that carries a plan.
func (c *Conn) VerifyAll(ctx context.Context) (*Report, error) {
	return c.verify(ctx, nil, "")
}

// VerifyPlan says whether a domain stands where this plan puts it.
func (c *Conn) VerifyPlan(ctx context.Context, plan *Plan, domain string) (*Report, error) {
	if err := checkDomain(domain); err != nil {
		return nil, err
	}
	if plan == nil {
		return nil, closed("plan")
	}
	return c.verify(ctx, plan, domain)
}

func (c *Conn) verify(ctx context.Context, plan *Plan, domain string) (*Report, error) {
	return read(ctx, c, "verifying", func(raw swig.Vtune_connection) (*Report, error) {
		var expected swig.Vtune_plan
		if plan != nil {
			held, err := plan.hold()
			if err != nil {
				return nil, err
			}
			defer plan.object.release()
			expected = held
		}
		return newReport(func(failure *uintptr) swig.Vtune_report {
			return swig.Vtune_plan_verify(expected, raw, domain, failure)
		})
	})
}

func checkDomain(domain string) error {
	if domain == "" {
		return &Error{Code: ErrInvalid, Message: "The name of the domain is empty"}
	}
	return checkText("name of the domain", domain)
}
