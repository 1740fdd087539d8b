#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# vtune-place plans small VMs on every saved host there is: the status says whether
# they fit, and what it writes is sound in every format.
# VTUNE_SHARED: a folder with more hosts. VTUNE_PLACE: the command, if not in PATH.
export LC_ALL=C
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
program=${VTUNE_PLACE:-vtune-place}
python=/usr/bin/python3
domain_schema=/usr/share/libvirt/schemas/domain.rng
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0 hosts=0 fits=0 refused=0 specs=

complain() {
	echo "FAILED: $*"
	failures=$((failures + 1))
}

spec() { # NAME VCPUS CELLS [KEYS]
	specs="$specs $1"
	echo "{ \"version\": 1, \"name\": \"$1\", \"vcpus\": $2, \"memory\": \"1GiB\"," \
		"\"numa\": { \"cells\": $3 }${4:+, $4} }" > "$work/$1.spec"
}

spec one-cell 2 1
spec two-cells 4 2
spec eight-cells 8 8
spec isolated 2 1 '"cpu": { "threads": "isolate" }, "emulator": { "policy": "isolate" }'
spec huge-pages 2 1 '"hugepages": "any"'

# plan HOST SPEC FORMAT: sets $status and $out.
plan() {
	status=0 out=$work/$(printf '%s' "${1##*/}" | tr -c 'A-Za-z0-9._-' _ | cut -c1-60).$hosts.$2.$3
	"$program" plan --host "$1" --format "$3" "$work/$2.spec" > "$out" 2> "$work/err" || status=$?
}

# The same answer in a second format.
again() { # HOST SPEC FORMAT
	plan "$@"
	[ "$status" -eq "$expected" ] || complain "$*: status $status, and $expected with json"
	[ -s "$out" ] || complain "$*: nothing comes out"
}

try_host() { # HOST
	local spec expected format
	hosts=$((hosts + 1))
	for spec in $specs; do
		plan "$1" "$spec" json
		expected=$status
		case $status in
		0)
			fits=$((fits + 1))
			for format in xml text svg; do
				again "$1" "$spec" "$format"
			done
			;;
		1)
			refused=$((refused + 1))
			mv "$out" "${out%.json}.refused"
			again "$1" "$spec" text
			;;
		*)
			complain "$1 $spec: status $status: $(head -n 1 "$work/err")"
			rm "$out"
			;;
		esac
	done
}

try_files() { # SOURCE FILE...
	local source=$1 file
	shift
	for file; do
		[ -f "$file" ] || complain "$file: there are no such files"
		try_host "$source:$file"
	done
}

try_files json "$top_srcdir"/tests/data/hosts/*.json
try_files hwloc "$top_srcdir"/tests/data/hwloc/*.xml
try_host 'synthetic:Package:2 Group:4 [NUMANode(memory=8GiB)] L3Cache:1 Core:4 PU:2'
if [ -d "${VTUNE_SHARED-}/topologies" ]; then
	try_files hwloc "$VTUNE_SHARED"/topologies/*.xml
	try_files capabilities "$VTUNE_SHARED"/domains/vircaps*.xml
	while IFS='|' read -r _ description; do
		try_host "synthetic:$description"
	done < "$VTUNE_SHARED/topologies/synthetic.txt"
else
	echo 'VTUNE_SHARED has no topologies: only the hosts of this project are tried'
fi

for name in $specs; do
	compgen -G "$work/*.$name.xml" > "$work/err" || complain "$name fits nowhere"
done
compgen -G "$work/*.eight-cells.refused" > "$work/err" || complain 'eight cells fit everywhere'
if command -v xmllint > "$work/err"; then
	xmllint --noout "$work"/*.svg || complain 'an SVG picture is not XML'
else
	echo 'the SVG is not checked: xmllint is missing'
fi
if ! command -v xmllint > "$work/err" || [ ! -f "$domain_schema" ]; then
	echo "the domain XML is not checked: xmllint or $domain_schema is missing"
elif ! xmllint --noout --relaxng "$domain_schema" "$work"/*.xml > "$work/err" 2>&1; then
	complain 'a domain XML is not as libvirt wants it'
	grep -v ' validates$' "$work/err" | head -n 20
fi
if ! "$python" -c 'from jsonschema import Draft202012Validator' 2> "$work/err"; then
	echo 'the JSON is not checked: python3 with jsonschema 4 is missing'
elif ! "$python" - "$top_srcdir/data/schema/vtune-plan-1.schema.json" "$work" << 'EOF'
import json
import pathlib
import sys

from jsonschema import Draft202012Validator

validator = Draft202012Validator(json.loads(pathlib.Path(sys.argv[1]).read_text()))
complaints = []
for path in sorted(pathlib.Path(sys.argv[2]).iterdir()):
    if path.suffix not in (".json", ".refused"):
        continue
    document = json.loads(path.read_text())
    for error in validator.iter_errors(document):
        complaints.append(f"{path.name}: {error.json_path}: {error.message[:200]}")
    if document.get("fits") != (path.suffix == ".json"):
        complaints.append(f"{path.name}: the status is not what the JSON says")
    if path.suffix == ".json":
        continue
    codes = {reason.get("code") for reason in document.get("reasons", [])}
    if not codes:
        complaints.append(f"{path.name}: there is no reason")
    # What these ask for is little, but for the number of cells and their CPUs.
    if ".eight-cells." in path.name and not codes & {"nodes", "cpus"}:
        complaints.append(f"{path.name}: the reasons are {sorted(codes)}")
for complaint in complaints[:20]:
    print(complaint)
sys.exit(bool(complaints))
EOF
then
	complain 'a JSON document is not as it should be'
fi

echo "$hosts hosts: $fits plans fit, $refused do not, $failures complaints"
[ "$failures" -eq 0 ]
