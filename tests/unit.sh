#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Run a test program and show its results as one TAP stream. cmocka writes a
# plan for every group, and "not ok # SKIP" for what was skipped.
CMOCKA_MESSAGE_OUTPUT=TAP "$top_builddir/run" "$@" | awk '
	/^1\.\.[0-9]+$/ { next }
	/^(not )?ok [0-9]+ / {
		skipped = /# SKIP/
		failed = /^not ok/ && !skipped
		failures += failed
		name = $0
		sub(/^(not )?ok [0-9]+ (- )?/, "", name)
		print (failed ? "not ok " : "ok ") ++n (skipped ? " " : " - ") name
		next
	}
	{ sub(/^#? ?/, "# "); print }
	END { print "1.." n + 0; exit failures > 0 }'
status=("${PIPESTATUS[@]}")
# cmocka exits with the number of failures, which are shown already.
[ "${status[1]}" -eq 0 ] || exit 0
exit "${status[0]}"
