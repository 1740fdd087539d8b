// SPDX-License-Identifier: LGPL-2.1-or-later

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"libvtune/bindings/go/vtune"
)

// A host of two nodes with four GPUs and four virtual functions of a network card each.
func hostOfDevices(t *testing.T) *vtune.Host {
	document := vtune.HostDocument{Nodes: []vtune.Node{
		{ID: 0, CPUs: "0-31", MemoryKiB: 128 << 20}, {ID: 1, CPUs: "32-63", MemoryKiB: 128 << 20},
	}}
	for i := 0; i < 8; i++ {
		node := i / 4
		document.Devices = append(document.Devices, vtune.HostDevice{
			ID: fmt.Sprintf("0000:%d2:00.%d", 4+4*node, i%4), Class: "display", Node: &node,
		}, vtune.HostDevice{
			ID: fmt.Sprintf("0000:%d1:10.%d", 4+4*node, i%4), Class: "network", Node: &node,
			Vendor: "8086", Product: "10ed", PF: fmt.Sprintf("0000:%d1:00.0", 4+4*node),
		})
	}
	host, err := vtune.NewHost(document)
	if err != nil {
		t.Fatal(err)
	}
	return host
}

// account is who holds which device.
type account struct {
	mutex  sync.Mutex
	holder map[string]string
}

func (a *account) take(t *testing.T, devices []vtune.Device, vm string) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	for _, device := range devices {
		if other, twice := a.holder[device.ID]; twice {
			t.Errorf("device %s is given to %s and %s", device.ID, other, vm)
		}
		a.holder[device.ID] = vm
	}
}

// giveBack forgets first what somebody else may have from then on.
func (a *account) giveBack(t *testing.T, url, vm string) {
	a.mutex.Lock()
	for device, holder := range a.holder {
		if holder == vm {
			delete(a.holder, device)
		}
	}
	a.mutex.Unlock()
	got := send(t, http.MethodDelete, url+"/v1/place/"+vm, "")
	if got.status != http.StatusOK {
		t.Errorf("%d %s", got.status, got.text)
	}
}

// Hundreds of clients at once ask for any of eight devices. None is given twice, also when
// some are given back meanwhile, and in the end all can be had.
func TestManyClientsOfDevices(t *testing.T) {
	for name, ask := range map[string]askedDevices{
		"one of all":      {`"class": "display"`, 1, 8},
		"two of all":      {`"vendor": "8086", "product": "10ed"`, 2, 8},
		"of one function": {`"pf": "0000:41:00.0"`, 1, 4},
	} {
		ask := ask
		t.Run(name, func(t *testing.T) {
			url := serverOf(t, newLedger(hostOfDevices(t)))
			held := account{holder: map[string]string{}}
			slots := make(chan struct{}, 64)
			var group sync.WaitGroup
			for i := 0; i < 400; i++ {
				group.Add(1)
				go func(vm string, leaves bool) {
					defer group.Done()
					slots <- struct{}{}
					defer func() { <-slots }()
					if ask.place(t, url, &held, vm) && leaves {
						held.giveBack(t, url, vm)
					}
				}(fmt.Sprintf("vm%d", i), i%3 == 0)
			}
			group.Wait()
			for i := 0; ask.place(t, url, &held, fmt.Sprintf("late%d", i)); i++ {
			}
			if len(held.holder) != ask.most {
				t.Errorf("%d devices are held, of %d: %v", len(held.holder), ask.most, held.holder)
			}
			got := send(t, http.MethodPost, url+"/v1/verify", "{}")
			if got.status != http.StatusOK || !bytes.Contains(got.text, []byte(`"holds":true`)) {
				t.Errorf("%d %s", got.status, got.text)
			}
		})
	}
}

type askedDevices struct {
	any         string
	count, most int
}

// place returns whether the VM got its devices.
func (a askedDevices) place(t *testing.T, url string, held *account, vm string) bool {
	got := send(t, http.MethodPost, url+"/v1/place", fmt.Sprintf(`{ "version": 1, "name": %q,
		"vcpus": 1, "memory": "1GiB", "cpu": { "policy": "shared" },
		"hostdevs": [ { "any": { %s }, "count": %d } ] }`, vm, a.any, a.count))
	if got.status == http.StatusConflict && got.Error.Code == "infeasible" &&
		got.Error.Reasons[0].Code == "devices" {
		return false
	}
	var plan vtune.PlanDocument
	if err := json.Unmarshal(got.text, &plan); err != nil || got.status != http.StatusOK ||
		len(plan.Devices) != a.count {
		t.Errorf("%d %v %s", got.status, err, got.text)
		return false
	}
	held.take(t, plan.Devices, vm)
	return true
}
