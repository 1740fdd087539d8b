// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import (
	"strings"
	"testing"
	"time"
)

const guestXML = `<domain type='test'><name>web</name><memory unit='GiB'>1</memory>
<vcpu>2</vcpu><cputune><vcpupin vcpu='0' cpuset='4'/><vcpupin vcpu='1' cpuset='5'/></cputune>
<os><type>hvm</type></os></domain>`

const guestXML2 = `<domain type='test'><name>two</name><memory unit='GiB'>1</memory>
<vcpu cpuset='6-7'>2</vcpu><os><type>hvm</type></os></domain>`

func quad(t testing.TB) *Host {
	return must[*Host](t)(HostFromSynthetic("numa:2(memory=4GiB) core:4 pu:1"))
}

func TestMigrationXML(t *testing.T) {
	spec := must[*Spec](t)(SpecForMigration(guestXML))
	plan := must[*Plan](t)(quad(t).Place(spec))
	moved := must[string](t)(plan.MigrationXML(guestXML))
	if !strings.Contains(moved, "<vcpupin vcpu='0' cpuset='0'/>") || strings.Contains(moved, "<numa>") {
		t.Error(moved)
	}
	other := must[*Plan](t)(quad(t).Place(testSpec(t, littleSpec)))
	_, err := other.MigrationXML("<domain><name>x</name><memory>4096</memory></domain>")
	wantCode(t, err, ErrInvalid)
	_, err = SpecForMigration("<domain")
	wantCode(t, err, ErrSyntax)
}

func TestWithDomains(t *testing.T) {
	held := must[*Host](t)(quad(t).WithDomains([]string{guestXML}))
	document := must[*HostDocument](t)(held.Document())
	if len(document.Allocations) != 1 || document.Allocations[0].VM != "web" {
		t.Errorf("allocations: %+v", document.Allocations)
	}
	_, err := quad(t).WithDomains([]string{guestXML, "<network/>"})
	wantCode(t, err, ErrDocument)
	must[*Host](t)(quad(t).WithDomains(nil))
}

func TestWithin(t *testing.T) {
	part := must[*Host](t)(quad(t).Within("6-7"))
	plan := must[*Plan](t)(part.Place(testSpec(t, littleSpec)))
	document := must[*PlanDocument](t)(plan.Document())
	if document.HeldCPUs != "6-7" {
		t.Errorf("held: %q", document.HeldCPUs)
	}
	_, err := quad(t).Within("7-8")
	wantCode(t, err, ErrDocument)
	_, err = quad(t).Within("^1")
	wantCode(t, err, ErrSyntax)
}

func TestLiveMigrate(t *testing.T) {
	source, target, ctx := testConn(t), testConn(t), within(t, time.Minute)
	xml := must[string](t)(source.MigratableXML(ctx, "test"))
	// It has more memory than either host.
	spec := must[*Spec](t)(SpecForMigration(xml))
	host := must[*Host](t)(HostFromSynthetic("numa:2(memory=16GiB) core:8 pu:1"))
	plan := must[*Plan](t)(host.Place(spec))
	for _, pair := range [][2]*Conn{{source, target}, {target, source}, {source, source}} {
		_, err := pair[0].Migrate(ctx, plan, "test", pair[1], Persistent(), UndefineSource(),
			PeerToPeer(), MigrateURI("tcp://there"))
		wantCode(t, err, ErrNotValid)
	}
	small := must[*Plan](t)(host.Place(testSpec(t, littleSpec)))
	_, err := source.Migrate(ctx, small, "test", target, MigrateDryRun(), Tunnelled())
	wantCode(t, err, ErrInvalid)
	if err := target.Lock(ctx); err != nil {
		t.Error("a migration that was refused keeps the lock:", err)
	}
	target.Unlock()
}

func TestLiveBaseline(t *testing.T) {
	one, two, ctx := testConn(t), testConn(t), within(t, time.Minute)
	_, err := BaselineCPU(ctx, "qemu", BaselineSpec, two, one, two)
	wantCode(t, err, ErrLibvirt)
	_, err = BaselineCPU(ctx, "qemu", BaselineXML)
	wantCode(t, err, ErrInvalid)
	_, err = BaselineCPU(ctx, "xen", BaselineText, one)
	wantCode(t, err, ErrInvalid)
}
