/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public headers are C++ with C linkage. */
#include <libvtune.h>
#include <libvtune-hwloc.h>

#include <cstdio>

int main()
{
	struct vtune_error *err = nullptr;
	struct vtune_spec *spec = vtune_spec_from_json("[", &err);
	bool right = !spec && vtune_error_get_code(err) == VTUNE_ERR_SYNTAX;

	vtune_error_free(err);
	vtune_spec_free(spec);
	std::printf("1..1\n%s 1 - an error from C++\n", right ? "ok" : "not ok");
	return right ? 0 : 1;
}
