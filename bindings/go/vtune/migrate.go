// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import (
	"context"
	"sort"
	"unsafe"

	"libvtune/bindings/go/internal/swig"
)

// MigrationXML returns what a domain becomes on another host to which it goes while it runs:
// what the guest sees stays as it is. The error is an [ErrInvalid] when the plan does not
// fit, or is for another guest. See [SpecForMigration].
func (p *Plan) MigrationXML(domainXML string) (string, error) {
	if err := checkText("XML", domainXML); err != nil {
		return "", err
	}
	return p.text(func(plan swig.Vtune_plan, failure *uintptr) string {
		return swig.Vtune_plan_to_migration_xml(plan, domainXML, failure)
	})
}

// WithDomains returns the same host with these domains on it, in place of the VMs that it
// has. Each is domain XML, or a file that libvirt keeps of a running domain in
// /run/libvirt/qemu. The error is an [ErrDocument] when one of them is no domain.
func (h *Host) WithDomains(xml []string) (*Host, error) {
	host, err := h.hold()
	if err != nil {
		return nil, err
	}
	defer h.object.release()
	texts := swig.Texts_new(uint(len(xml)))
	if texts.Swigcptr() == 0 {
		return nil, &Error{Code: ErrNoMemory, Message: "Out of memory"}
	}
	defer swig.Texts_free(texts)
	for i, document := range xml {
		if err := checkText("XML", document); err != nil {
			return nil, err
		}
		if swig.Texts_set(texts, uint(i), document) == 0 {
			return nil, &Error{Code: ErrNoMemory, Message: "Out of memory"}
		}
	}
	return newHost(func(failure *uintptr) swig.Vtune_host {
		return swig.Texts_on_host(host, texts, failure)
	})
}

// Within returns the same host, of which only these CPUs are to be used, as in a container:
// a set such as "4-7,12". The error is an [ErrDocument] when the host has not all of them.
func (h *Host) Within(cpus string) (*Host, error) {
	if err := checkText("set of CPUs", cpus); err != nil {
		return nil, err
	}
	host, err := h.hold()
	if err != nil {
		return nil, err
	}
	defer h.object.release()
	return newHost(func(failure *uintptr) swig.Vtune_host {
		return swig.Vtune_host_within(host, cpus, failure)
	})
}

// MigratableXML returns a domain as libvirt sends it to another host, without passwords.
func (c *Conn) MigratableXML(ctx context.Context, domain string) (string, error) {
	if err := checkDomain(domain); err != nil {
		return "", err
	}
	return read(ctx, c, "reading the domain", func(raw swig.Vtune_connection) (string, error) {
		return text(func(failure *uintptr) string {
			return swig.Vtune_domain_to_migratable_xml(raw, domain, failure)
		})
	})
}

// A MigrateOption is a knob of [Conn.Migrate].
type MigrateOption func(*migrateOptions)

type migrateOptions struct {
	flags uint
	uri   string
}

const (
	migratePeer2Peer      = 1
	migrateTunnelled      = 2
	migratePersistent     = 4
	migrateUndefineSource = 8
	migrateDryRun         = 16
)

func migrateFlag(flag uint) MigrateOption {
	return func(o *migrateOptions) { o.flags |= flag }
}

// PeerToPeer has the two libvirt daemons talk to each other; the source finds the
// destination by the URI of its connection.
func PeerToPeer() MigrateOption { return migrateFlag(migratePeer2Peer) }

// Tunnelled is as [PeerToPeer], and the guest's memory goes the same way.
func Tunnelled() MigrateOption { return migrateFlag(migrateTunnelled) }

// Persistent defines the domain on the destination, placed there.
func Persistent() MigrateOption { return migrateFlag(migratePersistent) }

// UndefineSource takes the definition of the domain away from where it was.
func UndefineSource() MigrateOption { return migrateFlag(migrateUndefineSource) }

// MigrateDryRun does nothing: the report names the call that would be made.
func MigrateDryRun() MigrateOption { return migrateFlag(migrateDryRun) }

// MigrateURI says where the guest's memory is sent, as "tcp://host".
func MigrateURI(uri string) MigrateOption {
	return func(o *migrateOptions) { o.uri = uri }
}

// Migrate sends a running domain to the host of another connection, where it starts as the
// plan has it, which is for that host and of a spec of [SpecForMigration]. It waits for the
// lock of the destination until ctx ends, and holds it as long as the migration takes, which
// the end of ctx does not stop. The report is of the kind "migrate".
//
// When it fails, all is as it was. The error is an [ErrNotValid] when the destination has not
// the room, or the domain does not run; an [ErrInvalid] when the plan does not fit, or is for
// another guest; an [ErrLibvirt] when libvirt refuses.
func (c *Conn) Migrate(ctx context.Context, plan *Plan, domain string, destination *Conn,
	options ...MigrateOption) (*Report, error) {
	if err := checkDomain(domain); err != nil {
		return nil, err
	}
	var o migrateOptions
	for _, option := range options {
		option(&o)
	}
	if err := checkText("URI", o.uri); err != nil {
		return nil, err
	}
	raw, err := plan.hold()
	if err != nil {
		return nil, err
	}
	defer plan.object.release()
	source, target, leave, err := c.enterWith(ctx, destination)
	if err != nil {
		return nil, err
	}
	defer leave()
	return newReport(func(failure *uintptr) swig.Vtune_report {
		return swig.Vtune_plan_migrate(raw, source, domain, target, o.uri, o.flags, nil, failure)
	})
}

// address orders connections, so that callers who need several take them alike and none
// waits for another one for ever.
func (c *Conn) address() uintptr { return uintptr(unsafe.Pointer(c)) }

// enterWith is enter, and enterLocked of the destination.
func (c *Conn) enterWith(ctx context.Context, destination *Conn) (source,
	target swig.Vtune_connection, leave func(), err error) {
	if c == destination {
		target, took, err := c.enterLocked(ctx)
		return target, target, func() { destination.leaveLocked(target, took) }, err
	}
	if c.address() < destination.address() {
		if source, err = c.enter(ctx); err != nil {
			return nil, nil, nil, err
		}
		target, took, err := destination.enterLocked(ctx)
		if err != nil {
			c.leave()
			return nil, nil, nil, err
		}
		return source, target, func() { destination.leaveLocked(target, took); c.leave() }, nil
	}
	target, took, err := destination.enterLocked(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	if source, err = c.enter(ctx); err != nil {
		destination.leaveLocked(target, took)
		return nil, nil, nil, err
	}
	return source, target, func() { c.leave(); destination.leaveLocked(target, took) }, nil
}

func (c *Conn) leaveLocked(raw swig.Vtune_connection, took bool) {
	if took {
		c.unlock(raw)
	}
	c.leave()
}

// BaselineForm says how [BaselineCPU] tells what it found.
type BaselineForm int

const (
	// BaselineSpec is a JSON object with the key "cpu" of vtune-spec(5).
	BaselineSpec BaselineForm = 0
	// BaselineXML is libvirt's <cpu> element.
	BaselineXML BaselineForm = 1
	// BaselineText is in sentences.
	BaselineText BaselineForm = 2
)

// BaselineCPU returns the best CPU that guests of the domain type, "kvm" or "qemu", can have
// on the hosts of all these connections. Decoded into a [SpecDocument] that is there, the form
// [BaselineSpec] lays it over that.
//
// The error is an [ErrUnsupported] when a host does not tell, or is of another architecture;
// an [ErrLibvirt] when libvirt does not answer, or finds no CPU; an [ErrInvalid] when there
// are no connections, or the type is not known.
func BaselineCPU(ctx context.Context, domainType string, form BaselineForm,
	conns ...*Conn) (string, error) {
	if err := checkText("domain type", domainType); err != nil {
		return "", err
	}
	list := swig.Connections_new(uint(len(conns)))
	if list.Swigcptr() == 0 {
		return "", &Error{Code: ErrNoMemory, Message: "Out of memory"}
	}
	defer swig.Connections_free(list)
	ordered := make([]int, len(conns))
	for i := range conns {
		ordered[i] = i
	}
	sort.Slice(ordered, func(a, b int) bool {
		return conns[ordered[a]].address() < conns[ordered[b]].address()
	})
	entered := map[*Conn]swig.Vtune_connection{}
	for _, i := range ordered {
		raw, there := entered[conns[i]]
		if !there {
			var err error
			if raw, err = conns[i].enter(ctx); err != nil {
				return "", err
			}
			defer conns[i].leave()
			entered[conns[i]] = raw
		}
		swig.Connections_set(list, uint(i), raw)
	}
	var answer string
	err := withOptions(func(options swig.Vtune_options) error {
		return check(func(failure *uintptr) int {
			return swig.Vtune_options_set_domain_type(options, domainType, failure)
		})
	}, func(options swig.Vtune_options) (err error) {
		answer, err = text(func(failure *uintptr) string {
			return swig.Connections_baseline(list, int(form), options, failure)
		})
		return err
	})
	return answer, err
}
