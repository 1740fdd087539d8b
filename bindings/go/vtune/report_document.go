// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

// ReportDocument is what vtune-report(5) describes. Kind is "apply", "verify" or "migrate", or of
// the host's own settings "tune", "undo" or "persist"; the fields of the others are empty.
type ReportDocument struct {
	Version int    `json:"version"`
	Kind    string `json:"kind"`
	Holds   bool   `json:"holds"`

	VM       string    `json:"vm,omitempty"`
	To       string    `json:"to,omitempty"` // the libvirt that it went to
	DryRun   bool      `json:"dry_run,omitempty"`
	Calls    []Finding `json:"calls,omitempty"`    // in the order in which they were made
	Due      []Finding `json:"due,omitempty"`      // what takes effect at the next start
	Overlaps []Finding `json:"overlaps,omitempty"` // other domains on CPUs of the plan

	VMs    []SeenVM  `json:"vms,omitempty"`
	Drift  []Finding `json:"drift,omitempty"`  // what differs from the plan
	Unseen []Finding `json:"unseen,omitempty"` // what could not be looked at, and why
}

// SeenVM is a domain that was compared with its plan.
type SeenVM struct {
	VM      string `json:"vm"`
	Running bool   `json:"running"`
	Text    string `json:"text,omitempty"`
}

// Finding is a call, a difference, or something that could not be seen.
type Finding struct {
	Code     string  `json:"code"`
	VM       string  `json:"vm,omitempty"`
	Where    string  `json:"where,omitempty"` // live, config, thread, cgroup, memory, host
	VCPU     *int    `json:"vcpu,omitempty"`
	IOThread *int    `json:"iothread,omitempty"`
	Cell     *int    `json:"cell,omitempty"`
	Node     *int    `json:"node,omitempty"`
	Want     *string `json:"want,omitempty"`
	Have     *string `json:"have,omitempty"`
	WantKiB  *uint64 `json:"want_kib,omitempty"`
	HaveKiB  *uint64 `json:"have_kib,omitempty"`
	Text     string  `json:"text"`
	Mend     string  `json:"mend,omitempty"`
}
