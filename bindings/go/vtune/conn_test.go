// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"libvtune/bindings/go/internal/swig"
)

// libvirt's own driver for tests: a host of two nodes with 8 CPUs each and a running
// domain "test", which are there anew in each process.
const testURI = "test:///default"

const littleSpec = `{ "version": 1, "name": "test", "vcpus": 2, "memory": "1GiB" }`

var background = context.Background()

func testConn(t testing.TB) *Conn {
	conn := must[*Conn](t)(Open(background, testURI))
	t.Cleanup(func() { conn.Close() })
	return conn
}

func within(t testing.TB, limit time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(background, limit)
	t.Cleanup(cancel)
	return ctx
}

func TestLive(t *testing.T) {
	conn, ctx := testConn(t), within(t, time.Minute)
	_, err := conn.PlanOf(ctx, "test")
	wantCode(t, err, ErrDocument)
	_, err = conn.Restore(ctx, "test")
	wantCode(t, err, ErrNotValid)

	if err := conn.Lock(ctx); err != nil {
		t.Fatal(err)
	}
	host := must[*Host](t)(conn.Host(ctx, Defined))
	must[[]string](t)(host.Warnings())
	spec := must[*Spec](t)(conn.SpecOf(ctx, "test"))
	if spec.Name() != "test" {
		t.Errorf("the spec is of %q", spec.Name())
	}
	// It asks for more memory than that host has.
	plan := must[*Plan](t)(host.Place(testSpec(t, littleSpec)))
	dry := must[*Report](t)(conn.Apply(ctx, plan, "test", DryRun()))
	document := must[*ReportDocument](t)(dry.Document())
	if document.Kind != "apply" || !document.DryRun || len(document.Calls) == 0 {
		t.Errorf("the dry run: %+v", document)
	}
	if _, err = conn.PlanOf(ctx, "test"); err == nil {
		t.Error("the dry run has set the plan")
	}
	done := must[*Report](t)(conn.Apply(ctx, plan, "test",
		OnProgress(func(string, uint64, uint64) {})))
	conn.Unlock()
	if text := must[string](t)(done.Text()); text == "" {
		t.Error("the report says nothing")
	}
	carried := must[*Plan](t)(conn.PlanOf(ctx, "test"))
	if must[string](t)(carried.JSON()) != must[string](t)(plan.JSON()) {
		t.Error("the domain carries another plan")
	}
	for name, report := range map[string]*Report{
		"its plan":   must[*Report](t)(conn.Verify(ctx, "test")),
		"this plan":  must[*Report](t)(conn.VerifyPlan(ctx, plan, "test")),
		"every plan": must[*Report](t)(conn.VerifyAll(ctx)),
	} {
		document := must[*ReportDocument](t)(report.Document())
		if document.Kind != "verify" || document.Holds != report.Holds() || len(document.VMs) != 1 {
			t.Errorf("verify of %s: %+v", name, document)
		}
	}
	must[*Report](t)(conn.Restore(ctx, "test"))
	if _, err = conn.PlanOf(ctx, "test"); err == nil {
		t.Error("the domain still carries the plan")
	}
}

func TestLiveErrors(t *testing.T) {
	conn, ctx := testConn(t), within(t, time.Minute)
	_, err := Open(ctx, "nonsense:///system")
	wantCode(t, err, ErrLibvirt)
	_, err = conn.SpecOf(ctx, "missing")
	wantCode(t, err, ErrLibvirt)
	plan := must[*Plan](t)(testHost(t).Place(testSpec(t, smallSpec)))
	_, err = conn.Apply(ctx, plan, "missing")
	wantCode(t, err, ErrLibvirt)
	_, err = conn.Restore(ctx, "test", MoveMemory())
	wantCode(t, err, ErrInvalid)
	_, err = conn.Host(ctx, 128)
	wantCode(t, err, ErrInvalid)
	for _, name := range []string{"", "a\x00b"} {
		for _, err := range []error{
			second(conn.SpecOf(ctx, name)), second(conn.PlanOf(ctx, name)),
			second(conn.Apply(ctx, plan, name)), second(conn.Restore(ctx, name)),
			second(conn.Verify(ctx, name)), second(conn.VerifyPlan(ctx, plan, name)),
		} {
			wantCode(t, err, ErrInvalid)
		}
	}
	_, err = conn.VerifyPlan(ctx, nil, "test")
	wantCode(t, err, ErrInvalid)
}

func TestClosedConn(t *testing.T) {
	conn := must[*Conn](t)(Open(background, testURI))
	if err := conn.Lock(within(t, time.Minute)); err != nil {
		t.Fatal(err)
	}
	conn.Close()
	conn.Close()
	for _, conn := range []*Conn{conn, new(Conn), nil} {
		plan := must[*Plan](t)(testHost(t).Place(testSpec(t, smallSpec)))
		for _, err := range []error{
			second(conn.Host(background, 0)), second(conn.SpecOf(background, "test")),
			second(conn.Verify(background, "test")), second(conn.VerifyAll(background)),
			second(conn.Apply(background, plan, "test")), second(conn.Restore(background, "test")),
		} {
			if !errors.Is(err, os.ErrClosed) {
				t.Error(err)
			}
		}
		conn.Unlock()
		if err := conn.Lock(background); !errors.Is(err, os.ErrClosed) {
			t.Error(err)
		}
		conn.Unlock()
		conn.Close()
	}
	// The lock went with the connection.
	other := testConn(t)
	if err := other.Lock(within(t, time.Minute)); err != nil {
		t.Error(err)
	}
}

func TestLockKeepsOthersOut(t *testing.T) {
	holder, other := testConn(t), testConn(t)
	if err := holder.Lock(within(t, time.Minute)); err != nil {
		t.Fatal(err)
	}
	for name, conn := range map[string]*Conn{"connection": other, "goroutine": holder} {
		err := conn.Lock(within(t, 100*time.Millisecond))
		wantCode(t, err, ErrBusy)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("of another %s: %v", name, err)
		}
	}
	_, err := other.Restore(within(t, 100*time.Millisecond), "test")
	if failure := wantCode(t, err, ErrBusy); !strings.ContainsAny(failure.Message, "0123456789") {
		t.Errorf("it does not name the process: %v", failure)
	}
	// Without the lock it can still look.
	must[*Report](t)(other.VerifyAll(within(t, time.Minute)))

	ctx, cancel := context.WithCancel(background)
	got := make(chan error)
	go func() { got <- other.Lock(ctx) }()
	cancel()
	if err := <-got; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	go func() { got <- other.Lock(within(t, time.Minute)) }()
	time.Sleep(50 * time.Millisecond)
	holder.Unlock()
	if err := <-got; err != nil {
		t.Error(err)
	}
	holder.Unlock() // not its own: nothing
	wantCode(t, holder.Lock(within(t, 50*time.Millisecond)), ErrBusy)
	other.Unlock()
}

func TestEndedContext(t *testing.T) {
	conn := testConn(t)
	ctx, cancel := context.WithCancel(background)
	cancel()
	plan := must[*Plan](t)(testHost(t).Place(testSpec(t, smallSpec)))
	for _, err := range []error{
		second(conn.Host(ctx, 0)), second(conn.VerifyAll(ctx)), conn.Lock(ctx),
		second(conn.Apply(ctx, plan, "test")), second(conn.Restore(ctx, "test")),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	must[*Host](t)(conn.Host(background, 0))
}

// A call that libvirt does not answer is left alone, and the connection closes after it.
func TestCallIsLeftAlone(t *testing.T) {
	conn := must[*Conn](t)(Open(background, testURI))
	answer := make(chan struct{})
	_, err := read(within(t, 20*time.Millisecond), conn, "waiting",
		func(swig.Vtune_connection) (int, error) { <-answer; return 0, nil })
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	_, err = conn.Host(within(t, 20*time.Millisecond), 0)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	conn.Close()
	if conn.object.pointer == 0 {
		t.Error("it is closed under the call")
	}
	close(answer)
	for try := 0; ; try++ {
		conn.object.lock.Lock()
		open := conn.object.pointer != 0
		conn.object.lock.Unlock()
		if !open {
			return
		}
		if try == 1000 {
			t.Fatal("it is not closed")
		}
		time.Sleep(time.Millisecond)
	}
}

// A panic in the function waits until C has returned.
func TestProgress(t *testing.T) {
	var told int
	l := listen(func(what string, done, all uint64) {
		if what != "moving" || done != 1 || all != 1<<40 {
			t.Errorf("%s, %d of %d", what, done, all)
		}
		told++
		if told == 2 {
			panic("enough")
		}
	})
	for i := 0; i < 3; i++ {
		swig.Tell_progress(uintptr(l.handle), "moving", 1, 1<<40)
	}
	defer func() {
		if reason := recover(); reason != "enough" || told != 2 {
			t.Errorf("after %d calls: %v", told, reason)
		}
	}()
	l.end()
}

func TestManyGoroutinesOnOneConn(t *testing.T) {
	conn, ctx := testConn(t), within(t, time.Minute)
	var group sync.WaitGroup
	var inside int
	for i := 0; i < 8; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for i := 0; i < 5; i++ {
				if err := conn.Lock(ctx); err != nil {
					t.Error(err)
					return
				}
				inside++ // the race detector looks whether the lock is one
				host, err := conn.Host(ctx, 0)
				conn.Unlock()
				if err != nil {
					t.Error(err)
					return
				}
				host.Close()
				if _, err := conn.VerifyAll(ctx); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	group.Wait()
	if inside != 40 {
		t.Errorf("%d were inside", inside)
	}
}
