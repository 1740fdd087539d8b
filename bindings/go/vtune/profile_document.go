// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import (
	"bytes"
	"encoding/json"
)

// ProfileDocument is what vtune-profile(5) describes: what is wanted of the settings of a
// host. As JSON it is a Profile of [TuneOptions].
type ProfileDocument struct {
	Version  int             `json:"version"`
	Name     string          `json:"name"`
	Title    string          `json:"title,omitempty"`
	Settings ProfileSettings `json:"settings"`
}

// ProfileSettings has what is wanted, by the names of the checks; nil: nothing.
type ProfileSettings struct {
	HaltPoll      *NumberWish    `json:"halt-poll,omitempty"`
	KWorkers      WordWish       `json:"kworkers,omitempty"` // clear
	THP           *THPWish       `json:"thp,omitempty"`
	KSM           *NumberWish    `json:"ksm,omitempty"`
	KSMNodes      *NumberWish    `json:"ksm-nodes,omitempty"`
	KSMSleep      *NumberWish    `json:"ksm-sleep,omitempty"`
	KSMPages      *NumberWish    `json:"ksm-pages,omitempty"`
	NUMABalancing *BalancingWish `json:"numa-balancing,omitempty"`
	Swappiness    *NumberWish    `json:"swappiness,omitempty"`
	AIOMaxNr      *NumberWish    `json:"aio-max-nr,omitempty"`
	IOScheduler   *SchedulerWish `json:"io-scheduler,omitempty"`
	Nested        WordWish       `json:"nested,omitempty"`         // on, off
	IsolatedCPUs  WordWish       `json:"isolated-cpus,omitempty"`  // held
	NoHzFull      WordWish       `json:"nohz-full,omitempty"`      // held
	Interrupts    WordWish       `json:"interrupts,omitempty"`     // clear
	IRQBalance    WordWish       `json:"irqbalance,omitempty"`     // clear
	InterruptsNow WordWish       `json:"interrupts-now,omitempty"` // clear
	Governor      WordWish       `json:"governor,omitempty"`       // performance, powersave, ...
	IdleStates    *NumberWish    `json:"idle-states,omitempty"`
}

// WordWish has words, each of which stays; anything else becomes the first.
type WordWish []string

// MarshalJSON writes one word, or a list of several.
func (w WordWish) MarshalJSON() ([]byte, error) {
	if len(w) == 1 {
		return json.Marshal(w[0])
	}
	return json.Marshal([]string(w))
}

// UnmarshalJSON takes a word or a list.
func (w *WordWish) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*w = WordWish{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(w))
}

// NumberWish has numbers, each of which stays; anything else becomes the first. With Range
// it is that.
type NumberWish struct {
	OneOf []uint32
	Range *NumberRange
}

// NumberRange lets stay what is from Min to Max; anything else becomes Set.
type NumberRange struct {
	Min *uint32 `json:"min,omitempty"` // nil: 0
	Max *uint32 `json:"max,omitempty"` // nil: no bound
	Set uint32  `json:"set"`
}

// MarshalJSON writes a range, a number, or a list of several.
func (n NumberWish) MarshalJSON() ([]byte, error) {
	switch {
	case n.Range != nil:
		return json.Marshal(n.Range)
	case len(n.OneOf) == 1:
		return json.Marshal(n.OneOf[0])
	}
	return json.Marshal(n.OneOf)
}

// UnmarshalJSON takes a range, a number or a list.
func (n *NumberWish) UnmarshalJSON(data []byte) error {
	var one uint32
	*n = NumberWish{}
	switch {
	case isObject(data):
		return json.Unmarshal(data, &n.Range)
	case json.Unmarshal(data, &one) == nil:
		n.OneOf = []uint32{one}
		return nil
	}
	return json.Unmarshal(data, &n.OneOf)
}

func isObject(data []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) }

// THPWish is what is wanted of transparent huge pages: always, madvise, never. Either Any,
// or the other two.
type THPWish struct {
	Any           WordWish `json:"-"`
	HugePages     WordWish `json:"huge-pages,omitempty"`     // where any VM has huge pages
	OrdinaryPages WordWish `json:"ordinary-pages,omitempty"` // where none has
}

// MarshalJSON writes Any, or an object.
func (t THPWish) MarshalJSON() ([]byte, error) {
	type cases THPWish
	if t.Any != nil {
		return json.Marshal(t.Any)
	}
	return json.Marshal(cases(t))
}

// UnmarshalJSON takes a word, a list or an object.
func (t *THPWish) UnmarshalJSON(data []byte) error {
	type cases THPWish
	*t = THPWish{}
	if !isObject(data) {
		return json.Unmarshal(data, &t.Any)
	}
	return json.Unmarshal(data, (*cases)(t))
}

// SchedulerWish is what is wanted of the schedulers of disks: none, mq-deadline, kyber, bfq.
// Either Any, or the other two.
type SchedulerWish struct {
	Any   WordWish `json:"-"`
	NVMe  WordWish `json:"nvme,omitempty"`
	Other WordWish `json:"other,omitempty"`
}

// MarshalJSON writes Any, or an object.
func (s SchedulerWish) MarshalJSON() ([]byte, error) {
	type cases SchedulerWish
	if s.Any != nil {
		return json.Marshal(s.Any)
	}
	return json.Marshal(cases(s))
}

// UnmarshalJSON takes a word, a list or an object.
func (s *SchedulerWish) UnmarshalJSON(data []byte) error {
	type cases SchedulerWish
	*s = SchedulerWish{}
	if !isObject(data) {
		return json.Unmarshal(data, &s.Any)
	}
	return json.Unmarshal(data, (*cases)(s))
}

// BalancingWish is what is wanted of automatic NUMA balancing. Either Any, or the other two.
type BalancingWish struct {
	Any      *NumberWish `json:"-"`
	Pinned   *NumberWish `json:"pinned,omitempty"`   // where every VM is pinned
	Floating *NumberWish `json:"floating,omitempty"` // where any floats
}

// MarshalJSON writes Any, or an object.
func (b BalancingWish) MarshalJSON() ([]byte, error) {
	type cases BalancingWish
	if b.Any != nil {
		return json.Marshal(b.Any)
	}
	return json.Marshal(cases(b))
}

// UnmarshalJSON takes what a number can be, or an object of cases.
func (b *BalancingWish) UnmarshalJSON(data []byte) error {
	type cases BalancingWish
	var found struct {
		Set *uint32 `json:"set"`
	}
	*b = BalancingWish{}
	if !isObject(data) || json.Unmarshal(data, &found) == nil && found.Set != nil {
		return json.Unmarshal(data, &b.Any)
	}
	return json.Unmarshal(data, (*cases)(b))
}
