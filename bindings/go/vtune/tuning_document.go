// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

// TuningDocument is what vtune-tuning(5) describes.
type TuningDocument struct {
	Version  int           `json:"version"`
	Profile  string        `json:"profile"`
	Holds    bool          `json:"holds"`
	Sysroot  string        `json:"sysroot,omitempty"`
	UndoFile string        `json:"undo_file"`
	VMs      []string      `json:"vms,omitempty"`       // that run, or are to
	HeldCPUs string        `json:"held_cpus,omitempty"` // theirs alone
	Checks   []TuningCheck `json:"checks"`
	Files    []TuningFile  `json:"files"` // what makes the settings last
}

// TuningCheck is what a check found.
type TuningCheck struct {
	ID       string          `json:"id"`
	Name     string          `json:"name"`
	Topic    string          `json:"topic"` // cpu, memory, disks, devices, security
	Title    string          `json:"title"`
	Where    string          `json:"where,omitempty"` // a disk, a VM
	Verdict  string          `json:"verdict"`         // ok, advice, warn, danger, unknown
	Current  string          `json:"current,omitempty"`
	Wanted   string          `json:"wanted,omitempty"`
	Why      string          `json:"why"`
	Source   string          `json:"source"`
	How      string          `json:"how,omitempty"` // by hand
	Reboot   bool            `json:"reboot"`
	Settings []TuningSetting `json:"settings"` // what Apply would set
	Persist  []TuningLine    `json:"persist"`
	Profiles ProfileWords    `json:"profiles"` // what each wants
}

// ProfileWords says what each profile of the library wants of a setting, in words.
type ProfileWords struct {
	Density    string `json:"density,omitempty"`
	Latency    string `json:"latency,omitempty"`
	Realtime   string `json:"realtime,omitempty"`
	Throughput string `json:"throughput,omitempty"`
}

// TuningSetting is a file of /sys or /proc that is to have another value.
type TuningSetting struct {
	Path    string `json:"path"`
	Current string `json:"current"`
	Wanted  string `json:"wanted"`
}

// TuningLine is a line that keeps a setting over a start of the host.
type TuningLine struct {
	Kind string `json:"kind"` // sysctl, tmpfiles, modprobe, udev, kernel, irqbalance, libvirt
	Text string `json:"text"`
}

// TuningFile is a file of such lines; its path has no "/" at the front.
type TuningFile struct {
	Path string `json:"path"`
	Text string `json:"text"`
}
