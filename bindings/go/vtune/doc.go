// SPDX-License-Identifier: LGPL-2.1-or-later

// Package vtune decides where a KVM virtual machine runs inside its host.
//
// A [Host] is read from one of several sources, a [Spec] says what a VM asks for, and
// [Host.Place] returns the [Plan]: on which host CPUs its vCPUs, I/O threads and
// emulator run, on which NUMA nodes its memory lies, in pages of which size. A [Conn]
// reads hosts from libvirt, and sets plans on domains and checks them.
//
// [Conn.Migrate] sends a running domain to where a plan for another host puts it, and
// [BaselineCPU] finds the CPU that guests of several hosts can have. [CheckTuning] looks at
// the settings of the host itself, which [Tuning.Apply] sets and [UndoTuning] puts back.
//
// Hosts, specs, plans, reports and tunings are immutable, and any number of goroutines may use
// the same one at once; so they may a connection, whose calls then wait for each other.
// They lie in memory of the C library, of which the garbage collector knows nothing:
// call Close when you no longer need one, as soon as there are many. What is forgotten is
// freed some time after it is out of reach. A call on what is closed is an error, for
// which errors.Is(err, os.ErrClosed) is true.
//
// Errors are *[Error], which has a [Code] that errors.Is takes as a target. A VM that
// does not fit is an *[InfeasibleError] with the reasons.
//
// The documents are described in vtune-host(5), vtune-spec(5), vtune-plan(5),
// vtune-report(5), vtune-tuning(5) and vtune-profile(5). Sizes are in KiB, and sets of CPUs
// and nodes are strings such as "0-3,8".
package vtune

import "libvtune/bindings/go/internal/swig"

// Version returns the version of the C library that is used, such as "0.1.0".
func Version() string {
	return swig.Vtune_version()
}
