// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import "encoding/json"

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

// MarshalJSON returns the document with the keys that belong there.
func (r ReportDocument) MarshalJSON() ([]byte, error) {
	// The fields below go before those of the same keys in it.
	type plain ReportDocument
	switch r.Kind {
	case "verify":
		return json.Marshal(struct {
			plain
			VMs    []SeenVM  `json:"vms"`
			Drift  []Finding `json:"drift"`
			Due    []Finding `json:"due"`
			Unseen []Finding `json:"unseen"`
		}{plain(r), orEmpty(r.VMs), orEmpty(r.Drift), orEmpty(r.Due), orEmpty(r.Unseen)})
	case "apply", "migrate":
		return json.Marshal(struct {
			plain
			DryRun   bool      `json:"dry_run"`
			Calls    []Finding `json:"calls"`
			Due      []Finding `json:"due"`
			Overlaps []Finding `json:"overlaps"`
		}{plain(r), r.DryRun, orEmpty(r.Calls), orEmpty(r.Due), orEmpty(r.Overlaps)})
	}
	settings := struct {
		plain
		DryRun bool       `json:"dry_run"`
		Calls  []Finding  `json:"calls"`
		Drift  []Finding  `json:"drift"`
		Due    *[]Finding `json:"due,omitempty"`
	}{plain(r), r.DryRun, orEmpty(r.Calls), orEmpty(r.Drift), nil}
	if r.Kind == "tune" {
		due := orEmpty(r.Due)
		settings.Due = &due
	}
	return json.Marshal(settings)
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
	Where    string  `json:"where,omitempty"` // live, config, thread, ...; of settings: a path
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
