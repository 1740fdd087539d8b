/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each check in each of its verdicts, on trees that stand for a machine. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tuning-help.h"

#define POOL(node, size) \
	"/sys/devices/system/node/node" #node "/hugepages/hugepages-" #size "kB/nr_hugepages"
#define PINNED "{ 'vm': 'a', 'cpus': '4-5' }"
#define FLOATING "{ 'vm': 'a', 'shared_vcpus': { '0': 2 } }"
#define HUGE                                                                         \
	"{ 'vm': 'a', 'cpus': '4-5', 'memory': [ { 'node': 1, 'size_kib': 1048576, " \
	"'page_kib': 2048 } ] }"
#define LARGE                                                                        \
	"{ 'vm': 'a', 'cpus': '4-5', 'memory': [ { 'node': 1, 'size_kib': 2097152, " \
	"'page_kib': 1048576 } ] }"

/* One check on the usual tree with some lines more, or without some files. */
struct verdict_case {
	const char *id, *profile, *vms;
	const char *lines[6];
	enum vtune__verdict verdict;
	const char *current, *wanted; /* NULL: none */
	/* What is to be set ("path value") and kept; NULL: whatever, "": nothing. */
	const char *setting, *kept;
	const char *said; /* is in why or how */
};

/* clang-format off */
static const struct verdict_case cases[] = {
	/* H1 */
	{ "H1", "latency", NULL, { NULL }, VTUNE__OK, "200000", "200000 to 1000000", "",
	  "options kvm halt_poll_ns=200000", NULL },
	{ "H1", "latency", NULL, { "sys/module/kvm/parameters/halt_poll_ns=0" }, VTUNE__ADVICE, "0",
	  "200000 to 1000000", "/sys/module/kvm/parameters/halt_poll_ns 500000",
	  "w /sys/module/kvm/parameters/halt_poll_ns - - - - 500000", NULL },
	{ "H1", "density", NULL, { NULL }, VTUNE__ADVICE, "200000", "at most 50000",
	  "/sys/module/kvm/parameters/halt_poll_ns 0", "options kvm halt_poll_ns=0", NULL },
	{ "H1", "latency", NULL, { "sys/module/kvm/parameters/halt_poll_ns" }, VTUNE__UNKNOWN, NULL,
	  NULL, "", "", "There is no /sys/module/kvm/parameters/halt_poll_ns" },
	/* H2 */
	{ "H2", "latency", NULL, { NULL }, VTUNE__OK, "CPUs 0-7", NULL, "", "", "none were named" },
	{ "H2", "latency", FLOATING, { NULL }, VTUNE__OK, "CPUs 0-7", NULL, "", "",
	  "No VM has CPUs of its own" },
	{ "H2", "latency", PINNED, { NULL }, VTUNE__WARN, "CPUs 0-7", "CPUs 0-3,6-7",
	  "/sys/devices/virtual/workqueue/cpumask cf",
	  "w /sys/devices/virtual/workqueue/cpumask - - - - cf", NULL },
	{ "H2", "latency", PINNED, { "sys/devices/virtual/workqueue/cpumask=0000,0000000f" },
	  VTUNE__OK, "CPUs 0-3", NULL, "", "w /sys/devices/virtual/workqueue/cpumask - - - - "
					   "0000,0000000f", NULL },
	{ "H2", "density", PINNED, { NULL }, VTUNE__OK, "CPUs 0-7", NULL, "", "", NULL },
	{ "H2", "latency", "{ 'vm': 'a', 'cpus': '0-7' }", { NULL }, VTUNE__WARN, "CPUs 0-7", NULL,
	  "", "", "leave some to the host" },
	/* None of the mask's CPUs is left: all others. */
	{ "H2", "latency", PINNED, { "sys/devices/virtual/workqueue/cpumask=30" }, VTUNE__WARN,
	  "CPUs 4-5", "CPUs 0-3,6-7", "/sys/devices/virtual/workqueue/cpumask cf", NULL, NULL },
	{ "H2", "latency", PINNED, { "sys/devices/virtual/workqueue/cpumask=0-7" }, VTUNE__UNKNOWN,
	  NULL, NULL, "", "", "not a mask" },
	/* H3 */
	{ "H3", "latency", NULL, { NULL }, VTUNE__OK, "none", NULL, "", "", "none were named" },
	{ "H3", "latency", HUGE, { NULL }, VTUNE__DANGER, "node 1: 0 of 2MiB", "node 1: 512 of 2MiB",
	  POOL(1, 2048) " 512", "w " POOL(1, 2048) " - - - - 512", NULL },
	{ "H3", "latency", HUGE,
	  { "sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages=512",
	    "sys/devices/system/node/node1/hugepages/hugepages-2048kB/free_hugepages=0" },
	  VTUNE__OK, "node 1: 512 of 2MiB (512 in use)", NULL, "",
	  "w " POOL(1, 2048) " - - - - 512", NULL },
	/* Pages that nobody needs; one that somebody else uses stays. */
	{ "H3", "latency", HUGE,
	  { "sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages=600",
	    "sys/devices/system/node/node1/hugepages/hugepages-2048kB/free_hugepages=87" },
	  VTUNE__ADVICE, "node 1: 600 of 2MiB (513 in use)", "node 1: 513 of 2MiB",
	  POOL(1, 2048) " 513", NULL, "no VM needs" },
	{ "H3", "latency", LARGE, { NULL }, VTUNE__DANGER, "node 1: 0 of 1GiB", "node 1: 2 of 1GiB",
	  POOL(1, 1048576) " 2", "hugepagesz=1G hugepages=1:2", NULL },
	/* Before Linux 5.16 pages cannot be put on nodes there. */
	{ "H3", "latency", LARGE, { "proc/sys/kernel/osrelease=5.10.0" }, VTUNE__DANGER,
	  "node 1: 0 of 1GiB", "node 1: 2 of 1GiB", NULL, "hugepagesz=1G hugepages=2", NULL },
	{ "H3", "latency", HUGE,
	  { "sys/devices/system/node/node1/meminfo=Node 1 MemFree: 1000 kB" }, VTUNE__DANGER,
	  "node 1: 0 of 2MiB", "node 1: 512 of 2MiB", POOL(1, 2048) " 512", NULL,
	  "only 1000 KiB free" },
	{ "H3", "latency", "{ 'vm': 'a', 'memory': [ { 'node': 1, 'size_kib': 65536, 'page_kib': "
			   "65536 } ] }",
	  { NULL }, VTUNE__DANGER, "no pages of 64MiB", NULL, "", "", "none of that size" },
	/* H4 */
	{ "H4", "latency", HUGE, { NULL }, VTUNE__OK, "madvise", "madvise or never", "",
	  "w /sys/kernel/mm/transparent_hugepage/enabled - - - - madvise", NULL },
	{ "H4", "latency", HUGE,
	  { "sys/kernel/mm/transparent_hugepage/enabled=[always] madvise never" }, VTUNE__ADVICE,
	  "always", "madvise or never", "/sys/kernel/mm/transparent_hugepage/enabled madvise",
	  NULL, NULL },
	{ "H4", "latency", FLOATING,
	  { "sys/kernel/mm/transparent_hugepage/enabled=[always] madvise never" }, VTUNE__OK,
	  "always", "madvise or always", "", NULL, NULL },
	/* No VM is known: what suits either is good. */
	{ "H4", "latency", NULL,
	  { "sys/kernel/mm/transparent_hugepage/enabled=[always] madvise never" }, VTUNE__OK,
	  "always", "madvise or never with huge-pages; madvise or always with ordinary-pages", "",
	  NULL, NULL },
	/* The first choice is not offered, then nothing is. */
	{ "H4", "latency", HUGE, { "sys/kernel/mm/transparent_hugepage/enabled=[always] never" },
	  VTUNE__ADVICE, "always", "madvise or never",
	  "/sys/kernel/mm/transparent_hugepage/enabled never", NULL, NULL },
	{ "H4", "latency", HUGE, { "sys/kernel/mm/transparent_hugepage/enabled=[always]" },
	  VTUNE__UNKNOWN, "always", "madvise or never", "", "", "offers no more" },
	/* H5 */
	{ "H5a", "latency", NULL, { NULL }, VTUNE__OK, "0", "0 or 2", "", NULL, NULL },
	{ "H5a", "latency", NULL, { "sys/kernel/mm/ksm/run=1" }, VTUNE__ADVICE, "1", "0 or 2",
	  "/sys/kernel/mm/ksm/run 0", "w /sys/kernel/mm/ksm/run - - - - 0", NULL },
	{ "H5a", "density", NULL, { NULL }, VTUNE__ADVICE, "0", "1", "/sys/kernel/mm/ksm/run 1",
	  NULL, NULL },
	{ "H5a", "latency", NULL, { "sys/kernel/mm/ksm/run" }, VTUNE__UNKNOWN, NULL, NULL, "", "",
	  "There is no" },
	{ "H5b", "latency", NULL, { NULL }, VTUNE__OK, "1", NULL, "", "", "does not run" },
	{ "H5b", "density", NULL, { NULL }, VTUNE__WARN, "1", "0",
	  "/sys/kernel/mm/ksm/merge_across_nodes 0", NULL, NULL },
	{ "H5b", "density", NULL, { "sys/kernel/mm/ksm/pages_shared=7", "sys/kernel/mm/ksm/run=1" },
	  VTUNE__WARN, "1", "0", "", NULL, "only when no page is merged" },
	{ "H5b", "density", NULL, { "sys/devices/system/node/online=0" }, VTUNE__OK, "1", NULL, "",
	  "", "only one node" },
	{ "H5b", "density", NULL, { "sys/kernel/mm/ksm/merge_across_nodes=0" }, VTUNE__OK, "0", "0",
	  "", NULL, NULL },
	{ "H5c", "density", NULL, { NULL }, VTUNE__ADVICE, "20", "at least 1000",
	  "/sys/kernel/mm/ksm/sleep_millisecs 1000", NULL, NULL },
	{ "H5c", "density", NULL, { "sys/kernel/mm/ksm/sleep_millisecs=2000" }, VTUNE__OK, "2000",
	  "at least 1000", "", NULL, NULL },
	{ "H5c", "latency", NULL, { NULL }, VTUNE__OK, "20", NULL, "", "", "does not run" },
	{ "H5d", "density", NULL, { NULL }, VTUNE__OK, "100", "100 to 1000", "", NULL, NULL },
	{ "H5d", "density", NULL, { "sys/kernel/mm/ksm/pages_to_scan=5000" }, VTUNE__ADVICE, "5000",
	  "100 to 1000", "/sys/kernel/mm/ksm/pages_to_scan 1000", NULL, NULL },
	/* H6 */
	{ "H6a", "latency", PINNED, { NULL }, VTUNE__ADVICE, "1", "0",
	  "/proc/sys/kernel/numa_balancing 0", "kernel.numa_balancing = 0", NULL },
	{ "H6a", "latency", FLOATING, { NULL }, VTUNE__OK, "1", "1 or 3", "",
	  "kernel.numa_balancing = 1", NULL },
	{ "H6a", "latency", PINNED ", { 'vm': 'b', 'shared_vcpus': { '0': 1 } }",
	  { "proc/sys/kernel/numa_balancing=0" }, VTUNE__ADVICE, "0", "1 or 3",
	  "/proc/sys/kernel/numa_balancing 1", NULL, NULL },
	{ "H6a", "latency", PINNED, { "sys/devices/system/node/online=0" }, VTUNE__OK, "1", NULL,
	  "", "", "only one node" },
	{ "H6a", "latency", PINNED, { "proc/sys/kernel/numa_balancing" }, VTUNE__UNKNOWN, NULL,
	  NULL, "", "", "There is no" },
	{ "H6b", "latency", NULL, { NULL }, VTUNE__UNKNOWN, NULL, NULL, "", "", "There is no" },
	{ "H6b", "latency", NULL,
	  { "proc/sys/kernel/numa_balancing_scan_delay_ms=1000",
	    "proc/sys/kernel/numa_balancing_scan_period_min_ms=1000",
	    "proc/sys/kernel/numa_balancing_scan_period_max_ms=60000",
	    "proc/sys/kernel/numa_balancing_scan_size_mb=256" },
	  VTUNE__OK, "256 MB each 1000 to 60000 ms, after 1000 ms", NULL, "", "", NULL },
	{ "H6b", "latency", NULL,
	  { "sys/kernel/debug/sched/numa_balancing/scan_delay_ms=1",
	    "sys/kernel/debug/sched/numa_balancing/scan_period_min_ms=2",
	    "sys/kernel/debug/sched/numa_balancing/scan_period_max_ms=3",
	    "sys/kernel/debug/sched/numa_balancing/scan_size_mb=4" },
	  VTUNE__OK, "4 MB each 2 to 3 ms, after 1 ms", NULL, "", "", NULL },
	/* H7 */
	{ "H7a", "latency", NULL, { NULL }, VTUNE__OK, "10", "at most 10", "", "vm.swappiness = 10",
	  NULL },
	{ "H7a", "latency", NULL, { "proc/sys/vm/swappiness=60" }, VTUNE__WARN, "60", "at most 10",
	  "/proc/sys/vm/swappiness 10", "vm.swappiness = 10", NULL },
	{ "H7a", "throughput", NULL, { "proc/sys/vm/swappiness=60" }, VTUNE__WARN, "60",
	  "at most 35", "/proc/sys/vm/swappiness 35", NULL, NULL },
	{ "H7a", "latency", NULL, { "proc/sys/vm/swappiness" }, VTUNE__UNKNOWN, NULL, NULL, "", "",
	  "There is no" },
	{ "H7b", "latency", NULL, { NULL }, VTUNE__OK, "8 GiB", NULL, "", "", NULL },
	{ "H7b", "latency", NULL, { "proc/swaps=Filename Type Size Used Priority" }, VTUNE__ADVICE,
	  "none", NULL, "", "", "/etc/fstab" },
	{ "H7b", "latency", NULL, { "proc/swaps" }, VTUNE__UNKNOWN, NULL, NULL, "", "",
	  "There is no" },
	/* H8 */
	{ "H8", "latency", NULL, { NULL }, VTUNE__OK, "1048576", "at least 1048576", "",
	  "fs.aio-max-nr = 1048576", NULL },
	{ "H8", "latency", NULL, { "proc/sys/fs/aio-max-nr=65536" }, VTUNE__ADVICE, "65536",
	  "at least 1048576", "/proc/sys/fs/aio-max-nr 1048576", NULL, NULL },
	{ "H8", "latency", NULL, { "proc/sys/fs/aio-max-nr=65536", "proc/sys/fs/aio-nr=60000" },
	  VTUNE__WARN, "65536", "at least 1048576", "/proc/sys/fs/aio-max-nr 1048576", NULL,
	  "60000 of 65536 are in use" },
	{ "H8", "latency", NULL, { "proc/sys/fs/aio-nr=1048576" }, VTUNE__DANGER, "1048576",
	  "2097152", "/proc/sys/fs/aio-max-nr 2097152", "fs.aio-max-nr = 2097152",
	  "1048576 of 1048576" },
	{ "H8", "latency", NULL, { "proc/sys/fs/aio-max-nr" }, VTUNE__UNKNOWN, NULL, NULL, "", "",
	  "There is no" },
	/* H9 */
	{ "H9", "latency", NULL, { NULL }, VTUNE__OK, "nvme0n1 none, sda mq-deadline", NULL, "",
	  "ACTION==\"add|change\", SUBSYSTEM==\"block\", ENV{DEVTYPE}==\"disk\", "
	  "KERNEL==\"sd*\", ATTR{queue/scheduler}=\"mq-deadline\"", NULL },
	{ "H9", "latency", NULL, { "sys/block/sda/queue/scheduler=mq-deadline kyber [bfq] none" },
	  VTUNE__ADVICE, "nvme0n1 none, sda bfq", "sda mq-deadline",
	  "/sys/block/sda/queue/scheduler mq-deadline",
	  "ACTION==\"add|change\", SUBSYSTEM==\"block\", ENV{DEVTYPE}==\"disk\", "
	  "KERNEL==\"sd*\", ATTR{queue/scheduler}=\"mq-deadline\"", NULL },
	{ "H9", "latency", NULL, { "sys/block/nvme0n1/queue/scheduler=none mq-deadline [kyber]" },
	  VTUNE__ADVICE, "nvme0n1 kyber, sda mq-deadline", "nvme0n1 none",
	  "/sys/block/nvme0n1/queue/scheduler none",
	  "ACTION==\"add|change\", SUBSYSTEM==\"block\", ENV{DEVTYPE}==\"disk\", "
	  "KERNEL==\"nvme*\", ATTR{queue/scheduler}=\"none\"", NULL },
	/* The kernel has none of those that are wanted. */
	{ "H9", "latency", NULL, { "sys/block/sda/queue/scheduler=kyber [bfq]" }, VTUNE__OK,
	  "nvme0n1 none, sda bfq", NULL, "", NULL, NULL },
	{ "H9", "latency", NULL,
	  { "sys/block/sda/queue/scheduler=none", "sys/block/nvme0n1/queue/scheduler" },
	  VTUNE__UNKNOWN, NULL, NULL, "", "", "no disk here" },
	/* H10 */
	{ "H10a", "latency", NULL, { NULL }, VTUNE__OK, "mounted for 2MiB", NULL, "", "", NULL },
	{ "H10a", "latency", NULL, { "proc/mounts=proc /proc proc rw 0 0" }, VTUNE__ADVICE,
	  "not mounted", NULL, "", "", "dev-hugepages.mount" },
	{ "H10a", "latency", HUGE, { "proc/mounts=none /hp hugetlbfs rw 0 0" }, VTUNE__OK,
	  "mounted for 2MiB", NULL, "", "", NULL },
	{ "H10a", "latency", LARGE, { NULL }, VTUNE__DANGER, "mounted for 2MiB", "one for 1GiB", "",
	  "", "pagesize=1048576K" },
	{ "H10a", "latency", LARGE,
	  { "proc/mounts=none /hp hugetlbfs rw,pagesize=1024M 0 0" }, VTUNE__OK,
	  "mounted for 1GiB", NULL, "", "", NULL },
	{ "H10b", "latency", NULL, { NULL }, VTUNE__OK, "/dev/kvm", NULL, "", "", NULL },
	{ "H10b", "latency", NULL, { "dev/kvm" }, VTUNE__DANGER, "no /dev/kvm", NULL, "", "",
	  "kvm_intel" },
	{ "H10b", "latency", NULL, { "dev/kvm", "proc/cpuinfo=processor\t: 0\nflags : fpu" },
	  VTUNE__DANGER, "no /dev/kvm", NULL, "", "", "firmware" },
	{ "H10b", "latency", NULL, { "dev/kvm", "proc/cpuinfo=processor\t: 0\nflags : fpu svm" },
	  VTUNE__DANGER, "no /dev/kvm", NULL, "", "", "kvm_amd" },
	{ "H10c", "latency", NULL, { NULL }, VTUNE__OK, "on", NULL, "", "", NULL },
	{ "H10c", "{\"version\":1,\"name\":\"x\",\"settings\":{\"nested\":\"off\"}}", NULL,
	  { NULL }, VTUNE__ADVICE, "on", "off", "", "options kvm_intel nested=0", "kvm_intel" },
	{ "H10c", "latency", NULL, { "sys/module/kvm_intel/parameters/nested" }, VTUNE__UNKNOWN,
	  NULL, NULL, "", "", "Neither" },
	{ "H10c", "latency", NULL,
	  { "sys/module/kvm_intel/parameters/nested", "sys/module/kvm_amd/parameters/nested=0" },
	  VTUNE__OK, "off", NULL, "", "", NULL },
	{ "H10d", "latency", NULL, { NULL }, VTUNE__OK, "ept on", NULL, "", "", NULL },
	{ "H10d", "latency", NULL, { "sys/module/kvm_intel/parameters/ept=N" }, VTUNE__DANGER,
	  "ept off", "on", "", "options kvm_intel ept=1", "kvm_intel" },
	{ "H10d", "latency", NULL,
	  { "sys/module/kvm_intel/parameters/ept=N", "proc/cpuinfo=x\nflags : vmx" },
	  VTUNE__UNKNOWN, "ept off", NULL, "", "", "does not have it" },
	{ "H10e", "latency", NULL, { NULL }, VTUNE__OK, "on, 1 groups", NULL, "", "", NULL },
	/* H11 */
	{ "H11", "latency", NULL, { NULL }, VTUNE__UNKNOWN, NULL, NULL, "", "", "SR-IOV" },
	{ "H11", "latency", NULL,
	  { "sys/bus/pci/devices/0000:41:00.0/sriov_totalvfs=64",
	    "sys/bus/pci/devices/0000:41:00.0/sriov_numvfs=8",
	    "sys/bus/pci/devices/0000:41:00.0/numa_node=1" },
	  VTUNE__OK, "8 of 64 functions, node 1", NULL, "", "", NULL },
	{ "H11", "latency", NULL,
	  { "sys/bus/pci/devices/0000:41:00.0/sriov_totalvfs=64",
	    "sys/bus/pci/devices/0000:41:00.0/sriov_numvfs=8",
	    "sys/bus/pci/devices/0000:41:00.0/numa_node=-1" },
	  VTUNE__WARN, "8 of 64 functions, no known node", "a node that is known", "", "", "_PXM" },
	{ "H11", "latency", NULL,
	  { "sys/bus/pci/devices/0000:41:00.0/sriov_totalvfs=64",
	    "sys/bus/pci/devices/0000:41:00.0/sriov_numvfs=0" },
	  VTUNE__OK, "0 of 64 functions, no known node", NULL, "", "", "sriov_numvfs" },
	/* H12 */
	{ "H12a", "latency", PINNED, { NULL }, VTUNE__OK, "CPUs none", NULL, "", "", NULL },
	{ "H12a", "realtime", PINNED, { NULL }, VTUNE__WARN, "CPUs none", "CPUs 4-5", "",
	  "isolcpus=managed_irq,domain,4-5", NULL },
	{ "H12a", "realtime", PINNED, { "sys/devices/system/cpu/isolated=4-5" }, VTUNE__OK,
	  "CPUs 4-5", NULL, "", "isolcpus=managed_irq,domain,4-5", NULL },
	{ "H12a", "latency", PINNED, { "sys/devices/system/cpu/isolated=4-6" }, VTUNE__ADVICE,
	  "CPUs 4-6", NULL, "", "", "belong to no VM: 6" },
	{ "H12a", "realtime", "{ 'vm': 'a', 'cpus': '0-7' }", { NULL }, VTUNE__WARN, "CPUs none",
	  NULL, "", "", "leave some to the host" },
	{ "H12a", "realtime", PINNED, { "sys/devices/system/cpu/isolated" }, VTUNE__UNKNOWN, NULL,
	  NULL, "", "", "There is no" },
	{ "H12b", "realtime", PINNED, { NULL }, VTUNE__WARN, "CPUs none", "CPUs 4-5", "",
	  "nohz_full=4-5 rcu_nocbs=4-5", NULL },
	{ "H12b", "realtime", PINNED, { "sys/devices/system/cpu/nohz_full=4-5" }, VTUNE__OK,
	  "CPUs 4-5", NULL, "", NULL, NULL },
	{ "H12b", "realtime", PINNED, { "sys/devices/system/cpu/nohz_full" }, VTUNE__UNKNOWN, NULL,
	  NULL, "", "", "There is no" },
	{ "H12c", "latency", PINNED, { NULL }, VTUNE__WARN, "CPUs 0-7", "CPUs 0-3,6-7",
	  "/proc/irq/default_smp_affinity cf", "w /proc/irq/default_smp_affinity - - - - cf",
	  NULL },
	{ "H12c", "latency", PINNED, { "proc/irq/default_smp_affinity=cf" }, VTUNE__OK,
	  "CPUs 0-3,6-7", NULL, "", NULL, NULL },
	{ "H12d", "latency", PINNED, { NULL }, VTUNE__UNKNOWN, NULL, NULL, "", "",
	  "not installed" },
	{ "H12d", "latency", PINNED, { "usr/sbin/irqbalance=" }, VTUNE__WARN, "no CPU left alone",
	  "CPUs 4-5 left alone", "", "Environment=IRQBALANCE_BANNED_CPULIST=4-5", "restart" },
	{ "H12d", "latency", PINNED,
	  { "usr/sbin/irqbalance=", "sys/devices/system/cpu/isolated=4-5" }, VTUNE__OK,
	  "CPUs 4-5 left alone", NULL, "", NULL, NULL },
	{ "H12d", "latency", PINNED,
	  { "usr/sbin/irqbalance=",
	    "etc/default/irqbalance=#X=1\nIRQBALANCE_BANNED_CPULIST=\"4\"" },
	  VTUNE__WARN, "CPUs 4 left alone", "CPUs 4-5 left alone", "", "",
	  "/etc/default/irqbalance" },
	{ "H12d", "latency", PINNED,
	  { "usr/sbin/irqbalance=", "etc/sysconfig/irqbalance=IRQBALANCE_BANNED_CPUS=00,00000030" },
	  VTUNE__OK, "CPUs 4-5 left alone", NULL, "", "", NULL },
	{ "H12d", "latency", PINNED,
	  { "usr/sbin/irqbalance=",
	    "etc/systemd/system/irqbalance.service.d/90-vtune.conf=[Service]\n"
	    "Environment=IRQBALANCE_BANNED_CPULIST=4-5" },
	  VTUNE__OK, "CPUs 4-5 left alone", NULL, "",
	  "Environment=IRQBALANCE_BANNED_CPULIST=4-5", NULL },
	{ "H12e", "latency", PINNED, { NULL }, VTUNE__OK, "0 on CPUs of VMs", NULL, "", "", NULL },
	{ "H12e", "latency", PINNED,
	  { "proc/irq/25/effective_affinity_list=4", "proc/irq/26/effective_affinity_list=5,7" },
	  VTUNE__ADVICE, "2 on CPUs of VMs", NULL, "", "", "smp_affinity_list" },
	{ "H12e", "latency", PINNED,
	  { "proc/irq/25/effective_affinity_list=4", "sys/kernel/irq/25/actions=\n",
	    "proc/irq/26/effective_affinity_list=5", "sys/kernel/irq/26/actions=eth0\n" },
	  VTUNE__ADVICE, "1 on CPUs of VMs", NULL, "", "", "smp_affinity_list" },
	/* H13 */
	{ "H13a", "latency", NULL, { NULL }, VTUNE__OK, "performance", NULL, "",
	  "w /sys/devices/system/cpu/cpufreq/policy*/scaling_governor - - - - performance", NULL },
	{ "H13a", "latency", NULL,
	  { "sys/devices/system/cpu/cpufreq/policy4/scaling_governor=powersave",
	    "sys/devices/system/cpu/cpufreq/policy4/scaling_available_governors=performance "
	    "powersave" },
	  VTUNE__WARN, "1 performance, 1 powersave", "performance",
	  "/sys/devices/system/cpu/cpufreq/policy4/scaling_governor performance",
	  "w /sys/devices/system/cpu/cpufreq/policy*/scaling_governor - - - - performance", NULL },
	{ "H13a", "latency", NULL,
	  { "sys/devices/system/cpu/cpufreq/policy0/scaling_governor=powersave",
	    "sys/devices/system/cpu/cpufreq/policy0/scaling_available_governors=powersave" },
	  VTUNE__OK, "powersave", NULL, "", "", NULL },
	{ "H13a", "latency", NULL, { "sys/devices/system/cpu/cpufreq/policy0/scaling_governor" },
	  VTUNE__UNKNOWN, NULL, NULL, "", "", "does not govern" },
	{ "H13b", "latency", NULL, { NULL }, VTUNE__OK, "C1, 2 us to wake up", NULL, "", "", NULL },
	{ "H13b", "latency", NULL,
	  { "sys/devices/system/cpu/cpu0/cpuidle/state2/name=C6",
	    "sys/devices/system/cpu/cpu0/cpuidle/state2/latency=133",
	    "sys/devices/system/cpu/cpu0/cpuidle/state2/disable=0" },
	  VTUNE__ADVICE, "C6, 133 us to wake up", "at most 50 us", "", "", "stateN/disable" },
	{ "H13b", "latency", NULL,
	  { "sys/devices/system/cpu/cpu0/cpuidle/state2/name=C6",
	    "sys/devices/system/cpu/cpu0/cpuidle/state2/latency=133",
	    "sys/devices/system/cpu/cpu0/cpuidle/state2/disable=1" },
	  VTUNE__OK, "C1, 2 us to wake up", NULL, "", "", NULL },
	{ "H13b", "latency", NULL, { "sys/devices/system/cpu/cpu0/cpuidle/state1/latency" },
	  VTUNE__UNKNOWN, NULL, NULL, "", "", "does not choose" },
	/* S1 */
	{ "S1a", "latency", NULL, { NULL }, VTUNE__OK,
	  "not open to the network without authentication", NULL, "", "", NULL },
	{ "S1a", "latency", NULL,
	  { "etc/libvirt/libvirtd.conf=listen_tcp = 1\nauth_tcp = \"none\"" }, VTUNE__DANGER,
	  "TCP without authentication", "no TCP, or auth_tcp = \"sasl\", or TLS", "",
	  "/etc/libvirt/libvirtd.conf: auth_tcp = \"sasl\"", "root on the host" },
	{ "S1a", "latency", NULL,
	  { "etc/libvirt/virtproxyd.conf=listen_tcp=1  # yes\n auth_tcp = 'none'" }, VTUNE__DANGER,
	  "TCP without authentication", "no TCP, or auth_tcp = \"sasl\", or TLS", "", NULL, NULL },
	{ "S1a", "latency", NULL, { "etc/libvirt/libvirtd.conf=listen_tcp = 1" }, VTUNE__ADVICE,
	  "TCP with authentication", "TLS", "", "", "encrypted" },
	{ "S1a", "latency", NULL, { "etc/libvirt/libvirtd.conf=auth_tcp = \"none\"" }, VTUNE__OK,
	  "not open to the network without authentication", NULL, "", "", NULL },
	{ "S1a", "latency", NULL, { "etc/libvirt/libvirtd.conf=tls_no_verify_certificate = 1" },
	  VTUNE__DANGER, "TLS with any certificate", "tls_no_verify_certificate = 0", "", NULL,
	  NULL },
	{ "S1a", "latency", NULL, { "etc/libvirt/libvirtd.conf" }, VTUNE__UNKNOWN, NULL, NULL, "",
	  "", "There is no /etc/libvirt/libvirtd.conf" },
	{ "S1b", "latency", NULL, { NULL }, VTUNE__OK, "not open to everybody on this machine", NULL,
	  "", "", NULL },
	{ "S1b", "latency", NULL, { "etc/libvirt/libvirtd.conf=auth_unix_rw = \"none\"" },
	  VTUNE__DANGER, "auth_unix_rw none, unix_sock_rw_perms not set",
	  "auth_unix_rw = \"polkit\", or unix_sock_rw_perms = \"0770\"", "", NULL, NULL },
	{ "S1b", "latency", NULL,
	  { "etc/libvirt/libvirtd.conf=auth_unix_rw = \"none\"\nunix_sock_rw_perms = \"0770\"" },
	  VTUNE__OK, "not open to everybody on this machine", NULL, "", "", NULL },
	/* S2 */
	{ "S2a", "latency", NULL, { NULL }, VTUNE__OK, "not open to the network without TLS", NULL,
	  "", "", NULL },
	{ "S2a", "latency", NULL, { "etc/libvirt/qemu.conf=vnc_listen = \"0.0.0.0\"" },
	  VTUNE__DANGER, "vnc_listen 0.0.0.0, no password, no TLS", "127.0.0.1, or TLS", "",
	  "/etc/libvirt/qemu.conf: vnc_listen = \"127.0.0.1\"", NULL },
	{ "S2a", "latency", NULL,
	  { "etc/libvirt/qemu.conf=spice_listen = \"::\"\nspice_password = \"x\"" }, VTUNE__WARN,
	  "spice_listen ::, a password, no TLS", "127.0.0.1, or TLS", "", NULL, "not encrypted" },
	{ "S2a", "latency", NULL,
	  { "etc/libvirt/qemu.conf=vnc_listen = \"0.0.0.0\"\nvnc_tls = 1" }, VTUNE__OK,
	  "not open to the network without TLS", NULL, "", "", NULL },
	{ "S2a", "latency", NULL, { "etc/libvirt/qemu.conf" }, VTUNE__UNKNOWN, NULL, NULL, "", "",
	  "There is no" },
	{ "S2b", "latency", NULL, { NULL }, VTUNE__UNKNOWN, NULL, NULL, "", "", "No connection" },
	/* S3 */
	{ "S3a", "latency", NULL, { NULL }, VTUNE__OK, "SELinux", NULL, "", "", NULL },
	{ "S3a", "latency", NULL, { "etc/libvirt/qemu.conf=security_driver = [\n  \"none\" ]" },
	  VTUNE__WARN, "security_driver none", "the kernel's, which is the default", "", "", NULL },
	{ "S3a", "latency", NULL, { "etc/libvirt/qemu.conf=security_driver = \"none\"" },
	  VTUNE__WARN, "security_driver none", "the kernel's, which is the default", "", "", NULL },
	{ "S3a", "latency", NULL, { "etc/libvirt/qemu.conf=security_default_confined = 0" },
	  VTUNE__WARN, "security_default_confined 0", "1, which is the default", "", "", NULL },
	{ "S3a", "latency", NULL, { "sys/fs/selinux/enforce=0" }, VTUNE__ADVICE,
	  "SELinux, not enforcing", "SELinux, enforcing", "", "", NULL },
	{ "S3a", "latency", NULL,
	  { "sys/fs/selinux/enforce", "sys/module/apparmor/parameters/enabled=Y" }, VTUNE__OK,
	  "AppArmor", NULL, "", "", NULL },
	{ "S3a", "latency", NULL, { "sys/fs/selinux/enforce" }, VTUNE__ADVICE,
	  "neither SELinux nor AppArmor runs", "one of them", "", "", NULL },
	{ "S3b", "latency", NULL, { NULL }, VTUNE__OK, "the user that libvirt was built for", NULL,
	  "", "", NULL },
	{ "S3b", "latency", NULL, { "etc/libvirt/qemu.conf=user = \"root\"" }, VTUNE__WARN,
	  "user root", "a user of their own", "", "", NULL },
	{ "S3b", "latency", NULL, { "etc/libvirt/qemu.conf=dynamic_ownership = 0" }, VTUNE__ADVICE,
	  "dynamic_ownership 0", "1, or disks that belong to one VM's group each", "", "", NULL },
	{ "S3c", "latency", NULL, { NULL }, VTUNE__UNKNOWN, NULL, NULL, "", "", "No connection" },
	{ "S4", "latency", NULL, { NULL }, VTUNE__UNKNOWN, NULL, NULL, "", "", "No connection" },
	/* S5 */
	{ "S5", "latency", NULL, { NULL }, VTUNE__OK, "KSM does not run", NULL, "", "", NULL },
	{ "S5", "latency", NULL, { "sys/kernel/mm/ksm/run=1" }, VTUNE__WARN, "KSM runs",
	  "off, unless all VMs have one owner", "", "", NULL },
	{ "S5", "latency", NULL, { "sys/kernel/mm/ksm/run" }, VTUNE__UNKNOWN, NULL, NULL, "", "",
	  "There is no" },
};
/* clang-format on */

static void expect_text(const struct verdict_case *c, const char *what, const char *have,
			const char *want)
{
	if (have && want ? strcmp(have, want) != 0 : have != want)
		fail_msg("%s with %s: %s is \"%s\" and not \"%s\"", c->id,
			 c->lines[0] ? c->lines[0] : "the usual", what, have ? have : "(none)",
			 want ? want : "(none)");
}

static void expect_setting(const struct verdict_case *c, const struct vtune__row *row)
{
	char have[512] = "";

	if (row->nsettings)
		snprintf(have, sizeof(have), "%s %s", row->settings[0].path,
			 row->settings[0].wanted);
	expect_text(c, "the setting", have, c->setting);
}

static void check_row(const struct verdict_case *c, const struct vtune__row *row)
{
	const char *how = row->how ? row->how : "";

	expect_text(c, "the verdict", vtune__verdict_names[row->verdict],
		    vtune__verdict_names[c->verdict]);
	expect_text(c, "current", row->current, c->current);
	expect_text(c, "wanted", row->wanted, c->wanted);
	if (c->setting)
		expect_setting(c, row);
	if (c->kept && c->kept[0] && !has_kept(row, c->kept))
		fail_msg("%s: not kept is %s but %s", c->id, c->kept,
			 row->nkept ? row->kept[0].text : "nothing");
	if (c->kept && !c->kept[0] && row->nkept)
		fail_msg("%s: kept is %s", c->id, row->kept[0].text);
	if (c->said && !strstr(vtune__row_why(row), c->said) && !strstr(how, c->said))
		fail_msg("%s says \"%s\" and \"%s\", not \"%s\"", c->id, vtune__row_why(row), how,
			 c->said);
}

static void check_case(const struct verdict_case *c)
{
	struct vtune_tuning_options *options;
	struct vtune_tuning *tuning;

	assert_int_equal(tree_make(NULL), 0);
	tree_usual();
	for (unsigned int i = 0; i < VTUNE__COUNT(c->lines) && c->lines[i]; i++)
		tree_set(c->lines[i]);
	options = options_for(c->profile, c->vms);
	assert_int_equal(vtune_tuning_options_add_only(options, c->id, NULL), 0);
	tuning = tuning_of(options);
	check_row(c, row_of(tuning, c->id));
	assert_int_equal(vtune_tuning_holds(tuning),
			 c->verdict != VTUNE__WARN && c->verdict != VTUNE__DANGER);
	vtune_tuning_free(tuning);
	vtune_tuning_options_free(options);
	tree_remove(NULL);
}

static void test_verdicts(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < VTUNE__COUNT(cases); i++)
		check_case(&cases[i]);
}

/* No check without a case for two of its verdicts, but those that need more. */
static void test_all_are_tested(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < vtune__tune_nchecks; i++) {
		bool seen = false;

		for (unsigned int j = 0; j < VTUNE__COUNT(cases); j++)
			seen = seen || strcmp(cases[j].id, vtune__tune_checks[i].id) == 0;
		if (!seen)
			fail_msg("no case for %s", vtune__tune_checks[i].id);
	}
}

/* ---- what is more than files ---- */

static void test_iommu(void **state)
{
	static const struct {
		const char *vms, *table, *line;
		enum vtune__verdict verdict;
		bool kept;
		const char *how;
	} iommus[] = {
		{ NULL, "DMAR", "quiet", VTUNE__ADVICE, true, NULL },
		{ NULL, "IVRS", "quiet", VTUNE__ADVICE, false, "firmware" },
		{ NULL, "DMAR", "quiet intel_iommu=off", VTUNE__ADVICE, false, "Take what turns" },
		{ NULL, NULL, "quiet", VTUNE__UNKNOWN, false, NULL },
		{ "{ 'vm': 'a', 'devices': [ 'x' ] }", "DMAR", "quiet", VTUNE__DANGER, true, NULL },
		{ "{ 'vm': 'a', 'devices': [ 'x' ] }", NULL, "quiet", VTUNE__DANGER, false,
		  "firmware names none" },
	};

	(void)state;
	for (unsigned int i = 0; i < VTUNE__COUNT(iommus); i++) {
		struct vtune_tuning_options *options;
		struct vtune_tuning *tuning;
		const struct vtune__row *row;
		char path[64];

		assert_int_equal(tree_make(NULL), 0);
		tree_put("proc/cmdline", iommus[i].line);
		if (iommus[i].table) {
			snprintf(path, sizeof(path), "sys/firmware/acpi/tables/%s",
				 iommus[i].table);
			tree_put(path, "x");
		}
		options = options_for("latency", iommus[i].vms);
		assert_int_equal(vtune_tuning_options_add_only(options, "iommu", NULL), 0);
		tuning = tuning_of(options);
		row = row_of(tuning, "H10e");
		assert_int_equal(row->verdict, iommus[i].verdict);
		assert_int_equal(has_kept(row, "intel_iommu=on iommu=pt"), iommus[i].kept);
		if (iommus[i].how)
			assert_non_null(strstr(row->how, iommus[i].how));
		vtune_tuning_free(tuning);
		vtune_tuning_options_free(options);
		tree_remove(NULL);
	}
}

/* systemd listens, whatever the file says. */
static void test_socket(void **state)
{
	struct vtune_tuning_options *options = options_for("latency", NULL);
	struct vtune_tuning *tuning;

	(void)state;
	tree_usual();
	tree_put("etc/libvirt/libvirtd.conf", "auth_tcp = \"none\"\n");
	tree_put("etc/systemd/system/sockets.target.wants/x", "");
	assert_int_equal(symlink("/usr/lib/systemd/system/libvirtd-tcp.socket",
				 tree_path("etc/systemd/system/sockets.target.wants/"
					   "libvirtd-tcp.socket")),
			 0);
	tuning = tuning_of(options);
	assert_int_equal(row_of(tuning, "S1a")->verdict, VTUNE__DANGER);
	vtune_tuning_free(tuning);
	vtune_tuning_options_free(options);
}

/* What not even root may write is left to the next start. */
static void test_fixed(void **state)
{
	struct vtune_tuning_options *options = options_for("density", NULL);
	struct vtune_tuning *tuning;
	const struct vtune__row *row;

	(void)state;
	tree_usual();
	assert_int_equal(chmod(tree_path("sys/module/kvm/parameters/halt_poll_ns"), 0444), 0);
	tuning = tuning_of(options);
	row = row_of(tuning, "H1");
	assert_int_equal(row->verdict, VTUNE__ADVICE);
	assert_int_equal(row->nsettings, 0);
	assert_true(row->reboot);
	assert_true(has_kept(row, "options kvm halt_poll_ns=0"));
	assert_non_null(strstr(row->how, "does not let"));
	vtune_tuning_free(tuning);
	vtune_tuning_options_free(options);
}

/* Each check is in the manual, with its id and its name. */
static void test_manual(void **state)
{
	const char *srcdir = getenv("srcdir") ? getenv("srcdir") : ".";
	struct vtune__text path = { 0 };
	char *page;

	(void)state;
	vtune__text_addf(&path, "%s/../man/vtune-tuning.5", srcdir);
	page = vtune__file_read(path.data, NULL);
	assert_non_null(page);
	for (unsigned int i = 0; i < vtune__tune_nchecks; i++) {
		const struct vtune__tune_check *check = &vtune__tune_checks[i];
		struct vtune__text line = { 0 };

		vtune__text_addf(&line, "\n.It %s %s\n", check->id, check->name);
		if (!strstr(page, line.data))
			fail_msg("vtune-tuning(5) has no%s", line.data);
		vtune__text_free(&line);
	}
	vtune__text_free(&path);
	free(page);
}

/* A planned VM adds its pages to those that run; one of the same name replaces it. */
static void test_planned_pages(void **state)
{
	static const char *const runs =
		"{ 'vm': 'run', 'memory': [ { 'node': 0, 'size_kib': 204800, 'page_kib': 2048 } ] },"
		"{ 'vm': 'db', 'memory': [ { 'node': 0, 'size_kib': 409600, 'page_kib': 2048 } ] }";
	static const char *const spec =
		"{ 'version': 1, 'name': 'db', 'vcpus': 1, 'memory': '64MiB', 'hugepages': '2MiB', "
		"'numa': { 'nodes': '0' } }";
	struct vtune_tuning_options *options = options_for("latency", runs);
	struct vtune_host *host = host_with(runs);
	char *json = quoted(spec);
	struct vtune_spec *parsed = vtune_spec_from_json(json, NULL);
	struct vtune_plan *plan = vtune_place(host, parsed, NULL, NULL);
	struct vtune_tuning *tuning;
	const struct vtune__row *row;

	(void)state;
	assert_true(vtune_plan_fits(plan));
	tree_usual();
	/* 100 of run, 200 of db that will go, 7 of somebody else. */
	tree_put("sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages", "400");
	tree_put("sys/devices/system/node/node0/hugepages/hugepages-2048kB/free_hugepages", "93");
	assert_int_equal(vtune_tuning_options_add_plan(options, plan, NULL), 0);
	tuning = tuning_of(options);
	row = row_of(tuning, "H3");
	/* 100 + 7 + 32 are needed, but 307 are in use as long as the old db runs. */
	assert_int_equal(row->verdict, VTUNE__ADVICE);
	assert_true(has_setting(row, POOL(0, 2048), "307"));
	assert_int_equal(tuning->vms.count, 2);
	vtune_tuning_free(tuning);

	tree_put("sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages", "100");
	tree_put("sys/devices/system/node/node0/hugepages/hugepages-2048kB/free_hugepages", "0");
	tuning = tuning_of(options);
	row = row_of(tuning, "H3");
	assert_int_equal(row->verdict, VTUNE__DANGER);
	assert_true(has_setting(row, POOL(0, 2048), "132"));
	vtune_tuning_free(tuning);

	vtune_plan_free(plan);
	vtune_spec_free(parsed);
	vtune_host_free(host);
	vtune_tuning_options_free(options);
	free(json);
}

/* What is too little is not kept beside what is enough; names with more behind them are no
 * pools, for they become part of a line. */
static void test_kept_lines(void **state)
{
	struct vtune_tuning_options *options = options_for("latency", NULL);
	struct vtune_tuning *tuning;

	(void)state;
	tree_usual();
	tree_put("proc/sys/fs/aio-nr", "1048576");
	tree_put("sys/devices/system/node/node0/hugepages/hugepages-2048kB x/nr_hugepages", "7");
	tuning = tuning_of(options);
	assert_int_equal(row_of(tuning, "H8")->nkept, 1);
	assert_string_equal(row_of(tuning, "H8")->kept[0].text, "fs.aio-max-nr = 2097152");
	assert_null(strstr(row_of(tuning, "H3")->current, "7"));
	vtune_tuning_free(tuning);
	vtune_tuning_options_free(options);
}

/* ---- the root ---- */

static void test_links_stay_inside(void **state)
{
	char *text = NULL;

	(void)state;
	tree_put("secret", "inside");
	tree_put("a/b/file", "here");
	assert_int_equal(symlink("/secret", tree_path("a/absolute")), 0);
	assert_int_equal(symlink("../../../../../../../../secret", tree_path("a/b/up")), 0);
	assert_int_equal(symlink("b", tree_path("a/c")), 0);
	assert_int_equal(symlink("loop", tree_path("a/loop")), 0);
	assert_int_equal(vtune__root_read(tree, "/a/absolute", &text, NULL), 1);
	assert_string_equal(text, "inside");
	assert_int_equal(vtune__root_read(tree, "/a/b/up", &text, NULL), 1);
	assert_string_equal(text, "inside");
	assert_int_equal(vtune__root_read(tree, "/a/c/../c/file", &text, NULL), 1);
	assert_string_equal(text, "here");
	assert_int_equal(vtune__root_read(tree, "/../../secret", &text, NULL), 1);
	assert_string_equal(text, "inside");
	assert_int_equal(vtune__root_read(tree, "/a/loop", &text, NULL), 0);
	assert_int_equal(vtune__root_read(tree, "/a/b", &text, NULL), 0);
	assert_int_equal(vtune__root_read(tree, "/nothing", &text, NULL), 0);
	free(text);
}

static void test_masks(void **state)
{
	struct vtune__set set = { 0 };
	bool no_memory;
	char *text;

	(void)state;
	assert_true(vtune__mask_parse(&set, "80000000,00000000,0000000f", &no_memory));
	assert_set(&set, "0-3,95");
	text = vtune__mask_print(&set, NULL);
	assert_string_equal(text, "80000000,00000000,0000000f");
	free(text);
	vtune__set_clear(&set);
	text = vtune__mask_print(&set, NULL);
	assert_string_equal(text, "0");
	free(text);
	assert_false(vtune__mask_parse(&set, "", &no_memory));
	assert_false(vtune__mask_parse(&set, "0x1", &no_memory));
	vtune__set_free(&set);
	assert_true(vtune__same_value("00000000,0000000f", "f"));
	assert_true(vtune__same_value("F", "0f"));
	assert_true(vtune__same_value("0", "000"));
	assert_false(vtune__same_value("f0", "f"));
	assert_false(vtune__same_value("", "0"));
	assert_false(vtune__same_value("always", "never"));
}

/* ---- the calls ---- */

static void test_ids(void **state)
{
	struct vtune_tuning_options *options = options_for("latency", NULL);
	struct vtune_error *err = NULL;
	struct vtune_tuning *tuning;

	(void)state;
	tree_usual();
	assert_int_equal(vtune_tuning_options_add_only(options, "H5", NULL), 0);
	assert_int_equal(vtune_tuning_options_add_only(options, "swap", NULL), 0);
	assert_int_equal(vtune_tuning_options_add_only(options, "h1", NULL), 0);
	assert_int_equal(vtune_tuning_options_add_skip(options, "ksm-pages", NULL), 0);
	tuning = tuning_of(options);
	assert_int_equal(tuning->nrows, 5);
	assert_string_equal(tuning->rows[0].check->id, "H1");
	assert_string_equal(tuning->rows[3].check->id, "H5c");
	assert_string_equal(tuning->rows[4].check->id, "H7b");
	vtune_tuning_free(tuning);
	assert_int_equal(vtune_tuning_options_add_skip(options, "H99", &err), -1);
	assert_error(&err, VTUNE_ERR_INVALID, "", "H5a (ksm)");
	assert_int_equal(vtune_tuning_options_add_only(options, "H", &err), -1);
	assert_error(&err, VTUNE_ERR_INVALID, "", "There is no check \"H\"");
	vtune_tuning_options_free(options);
}

static void test_bad_calls(void **state)
{
	struct vtune_tuning_options *options = vtune_tuning_options_new();
	struct vtune_error *err = NULL;

	(void)state;
	assert_int_equal(vtune_tuning_options_set_sysroot(NULL, "x", &err), -1);
	assert_error(&err, VTUNE_ERR_INVALID, "", "vtune_tuning_options_set_sysroot");
	assert_int_equal(vtune_tuning_options_set_profile(options, "fast", &err), -1);
	assert_error(&err, VTUNE_ERR_INVALID, "", "there are latency, throughput");
	assert_int_equal(vtune_tuning_options_set_sysroot(options, "", &err), -1);
	assert_error(&err, VTUNE_ERR_INVALID, "", "not empty");
	assert_int_equal(vtune_tuning_options_set_sysroot(options, tree_path("none"), NULL), 0);
	assert_null(vtune_tuning_check(options, NULL, &err));
	assert_error(&err, VTUNE_ERR_SYSTEM, tree_path("none"), "Cannot look into the sysroot");
	assert_null(vtune_tuning_to_json(NULL, &err));
	vtune_error_free(err);
	err = NULL;
	assert_null(vtune_tuning_apply(NULL, 0, &err));
	vtune_error_free(err);
	err = NULL;
	assert_null(vtune_tuning_undo(options, 64, &err));
	assert_error(&err, VTUNE_ERR_INVALID, "", "0x40");
	assert_int_equal(vtune_tuning_holds(NULL), 0);
	vtune_tuning_free(NULL);
	vtune_tuning_options_free(NULL);
	vtune_tuning_options_free(options);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_all_are_tested),
		cmocka_unit_test(test_iommu),
		cmocka_unit_test_setup_teardown(test_socket, tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(test_planned_pages, tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(test_links_stay_inside, tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(test_kept_lines, tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(test_fixed, tree_make, tree_remove),
		cmocka_unit_test(test_manual),
		cmocka_unit_test(test_masks),
		cmocka_unit_test_setup_teardown(test_ids, tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(test_bad_calls, tree_make, tree_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
