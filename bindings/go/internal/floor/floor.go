// SPDX-License-Identifier: LGPL-2.1-or-later

// Package floor places VMs in C alone: the measure of what Go adds to it.
package floor

/*
#cgo pkg-config: libvtune
#include <stdlib.h>

#include <libvtune.h>

static int place(const struct vtune_host *host, const struct vtune_spec *spec, int times)
{
	for (int i = 0; i < times; i++) {
		struct vtune_plan *plan = vtune_place(host, spec, NULL, NULL);
		int fits = vtune_plan_fits(plan);

		vtune_plan_free(plan);
		if (!fits)
			return -1;
	}
	return 0;
}

static int place_documents(const char *host_json, const char *spec_json, int times)
{
	struct vtune_host *host = vtune_host_from_json(host_json, NULL);
	struct vtune_spec *spec = vtune_spec_from_json(spec_json, NULL);
	int result = place(host, spec, times);

	vtune_spec_free(spec);
	vtune_host_free(host);
	return result;
}
*/
import "C"

import (
	"errors"
	"unsafe"
)

// Place places the VM of a spec document so many times.
func Place(host, spec string, times int) error {
	hostText, specText := C.CString(host), C.CString(spec)
	defer C.free(unsafe.Pointer(hostText))
	defer C.free(unsafe.Pointer(specText))
	if C.place_documents(hostText, specText, C.int(times)) != 0 {
		return errors.New("the VM does not fit")
	}
	return nil
}
