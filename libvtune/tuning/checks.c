/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All checks. One that compares a file with what a profile wants needs no more than its
 * lines here, and one in the profiles. Sources: OE, OG, SU are guides on virtualization by
 * openEuler and SUSE, "general" is what is known of the kernel, see vtune-tuning(5).
 */
#include "tuning.h"

#include <ctype.h>
#include <string.h>

const char *const vtune__topic_names[] = { "cpu", "memory", "disks", "devices", "security", NULL };

static const char *const thp_words[] = { "always", "madvise", "never", NULL };
static const char *const scheduler_words[] = { "none", "mq-deadline", "kyber", "bfq", NULL };
static const char *const governor_words[] = { "performance",  "powersave", "schedutil",
					      "conservative", "ondemand",  NULL };
static const char *const switch_words[] = { "on", "off", NULL };
static const char *const clear_words[] = { "clear", NULL };
static const char *const held_words[] = { "held", NULL };

/* Cases "huge-pages" and "ordinary-pages". */
static int which_pages(const struct vtune__checking *checking)
{
	if (checking->vms.count == 0)
		return -1;
	return checking->vms.huge_pages ? 0 : 1;
}

/* Cases "pinned" and "floating". */
static int which_pins(const struct vtune__checking *checking)
{
	if (checking->vms.count == 0)
		return -1;
	return checking->vms.npinned == checking->vms.count ? 0 : 1;
}

const struct vtune__tune_check vtune__tune_checks[] = {
	{
		.id = "H1",
		.name = "halt-poll",
		.title = "How long KVM polls before a vCPU that halts gives its CPU away",
		.topic = VTUNE__TOPIC_CPU,
		.source = "OE, OG 3.7.1.1",
		.why = "A longer poll wakes a vCPU sooner where CPUs are to spare; where they are "
		       "shared it takes the time of others.",
		.otherwise = VTUNE__ADVICE,
		.run = vtune__tune_value,
		.path = "/sys/module/kvm/parameters/halt_poll_ns",
		.kind = VTUNE__NUMBER,
		.max = UINT32_MAX,
	},
	{
		.id = "H2",
		.name = "kworkers",
		.title = "CPUs of the kernel's unbound work queues",
		.topic = VTUNE__TOPIC_CPU,
		.source = "OE, OG 3.7.1.4",
		.why = "Work of the kernel on a CPU that belongs to a VM stops its vCPU.",
		.otherwise = VTUNE__WARN,
		.run = vtune__tune_kworkers,
		.path = "/sys/devices/virtual/workqueue/cpumask",
		.kind = VTUNE__WORD,
		.words = clear_words,
	},
	{
		.id = "H3",
		.name = "huge-pages",
		.title = "Huge pages on each node, and what VMs need there",
		.topic = VTUNE__TOPIC_MEMORY,
		.source = "OE, SU 4.1.1",
		.why = "A VM whose huge pages are not there does not start.",
		.otherwise = VTUNE__DANGER,
		.run = vtune__tune_huge_pages,
	},
	{
		.id = "H4",
		.name = "thp",
		.title = "Transparent huge pages",
		.topic = VTUNE__TOPIC_MEMORY,
		.source = "OE, SU 4.1.2",
		.why = "With pages of the pools they only cost the host time; without, they spare "
		       "VMs most of the page table walks.",
		.otherwise = VTUNE__ADVICE,
		.run = vtune__tune_value,
		.path = "/sys/kernel/mm/transparent_hugepage/enabled",
		.kind = VTUNE__WORD,
		.words = thp_words,
		.cases = { "huge-pages", "ordinary-pages" },
		.which = which_pages,
	},
	{
		.id = "H5a",
		.name = "ksm",
		.title = "KSM, the merging of equal pages",
		.topic = VTUNE__TOPIC_MEMORY,
		.source = "SU 4.1.4",
		.why = "It saves memory where guests are alike, and takes a CPU's time and makes "
		       "writes to merged pages slow.",
		.otherwise = VTUNE__ADVICE,
		.run = vtune__tune_value,
		.path = "/sys/kernel/mm/ksm/run",
		.kind = VTUNE__NUMBER,
		.max = 2,
	},
	{
		.id = "H5b",
		.name = "ksm-nodes",
		.title = "KSM across nodes",
		.topic = VTUNE__TOPIC_MEMORY,
		.source = "SU 4.1.4",
		.why = "A page that is merged with one on another node is far away for one of the "
		       "VMs.",
		.otherwise = VTUNE__WARN,
		.run = vtune__tune_ksm_nodes,
		.path = "/sys/kernel/mm/ksm/merge_across_nodes",
		.kind = VTUNE__NUMBER,
		.max = 1,
	},
	{
		.id = "H5c",
		.name = "ksm-sleep",
		.title = "How long KSM rests between two scans, in ms",
		.topic = VTUNE__TOPIC_MEMORY,
		.source = "SU 4.1.4",
		.why = "A low value takes CPU time that could be used for VMs.",
		.otherwise = VTUNE__ADVICE,
		.run = vtune__tune_ksm_value,
		.path = "/sys/kernel/mm/ksm/sleep_millisecs",
		.kind = VTUNE__NUMBER,
		.max = UINT32_MAX,
	},
	{
		.id = "H5d",
		.name = "ksm-pages",
		.title = "How many pages KSM looks at in a scan",
		.topic = VTUNE__TOPIC_MEMORY,
		.source = "SU 4.1.4",
		.why = "A high value takes CPU time that could be used for VMs.",
		.otherwise = VTUNE__ADVICE,
		.run = vtune__tune_ksm_value,
		.path = "/sys/kernel/mm/ksm/pages_to_scan",
		.kind = VTUNE__NUMBER,
		.max = UINT32_MAX,
	},
	{
		.id = "H6a",
		.name = "numa-balancing",
		.title = "Automatic NUMA balancing",
		.topic = VTUNE__TOPIC_MEMORY,
		.source = "SU 4.6.1",
		.why = "It brings memory to VMs that float; where every VM is pinned it only takes "
		       "time with page faults.",
		.otherwise = VTUNE__ADVICE,
		.run = vtune__tune_balancing,
		.path = "/proc/sys/kernel/numa_balancing",
		.kind = VTUNE__NUMBER,
		.max = 3,
		.cases = { "pinned", "floating" },
		.which = which_pins,
	},
	{
		.id = "H6b",
		.name = "numa-balancing-scan",
		.title = "How NUMA balancing scans memory",
		.topic = VTUNE__TOPIC_MEMORY,
		.source = "SU 4.6.1",
		.why = "A higher rate moves memory sooner, and costs more page faults.",
		.otherwise = VTUNE__OK,
		.run = vtune__tune_balancing_scan,
	},
	{
		.id = "H7a",
		.name = "swappiness",
		.title = "How readily the kernel swaps",
		.topic = VTUNE__TOPIC_MEMORY,
		.source = "SU 4.2.1",
		.why = "Memory of a guest that was swapped out is slow when the guest needs it.",
		.otherwise = VTUNE__WARN,
		.run = vtune__tune_value,
		.path = "/proc/sys/vm/swappiness",
		.kind = VTUNE__NUMBER,
		.max = 200,
	},
	{
		.id = "H7b",
		.name = "swap",
		.title = "Swap",
		.topic = VTUNE__TOPIC_MEMORY,
		.source = "SU 4.2",
		.why = "Without any, the kernel kills a VM when memory runs out.",
		.otherwise = VTUNE__ADVICE,
		.run = vtune__tune_swap,
	},
	{
		.id = "H8",
		.name = "aio-max-nr",
		.title = "Requests of asynchronous I/O, all VMs together",
		.topic = VTUNE__TOPIC_DISKS,
		.source = "SU 4.3.2",
		.why = "Each disk with io=native takes its share of them; hundreds of VMs use "
		       "65536 up.",
		.otherwise = VTUNE__ADVICE,
		.run = vtune__tune_aio,
		.path = "/proc/sys/fs/aio-max-nr",
		.kind = VTUNE__NUMBER,
		/* As large as the kernel's own limit on 32 bits; far beyond any use. */
		.max = INT32_MAX,
	},
	{
		.id = "H9",
		.name = "io-scheduler",
		.title = "Block schedulers",
		.topic = VTUNE__TOPIC_DISKS,
		.source = "SU 4.3.1",
		.why = "Guests sort their requests already; bfq costs the host time for each.",
		.otherwise = VTUNE__ADVICE,
		.run = vtune__tune_scheduler,
		.kind = VTUNE__WORD,
		.words = scheduler_words,
		.cases = { "nvme", "other" },
	},
	{
		.id = "H10a",
		.name = "hugetlbfs",
		.title = "hugetlbfs",
		.topic = VTUNE__TOPIC_MEMORY,
		.source = "OE",
		.why = "VMs with huge pages do not start when it was not mounted before libvirtd "
		       "started.",
		.otherwise = VTUNE__ADVICE,
		.run = vtune__tune_hugetlbfs,
	},
	{
		.id = "H10b",
		.name = "kvm",
		.title = "KVM",
		.topic = VTUNE__TOPIC_CPU,
		.source = "OG 2.2.2",
		.why = "Without it VMs are emulated, many times slower.",
		.otherwise = VTUNE__DANGER,
		.run = vtune__tune_kvm,
	},
	{
		.id = "H10c",
		.name = "nested",
		.title = "VMs inside VMs",
		.topic = VTUNE__TOPIC_CPU,
		.source = "OG 2.2.2",
		.why = "Guests can run VMs of their own only when it is on.",
		.otherwise = VTUNE__ADVICE,
		.run = vtune__tune_nested,
		.kind = VTUNE__WORD,
		.words = switch_words,
	},
	{
		.id = "H10d",
		.name = "ept",
		.title = "Page tables of guests in hardware (EPT, NPT)",
		.topic = VTUNE__TOPIC_CPU,
		.source = "OG 2.2.2",
		.why = "Without it every change of a guest's page tables stops the guest.",
		.otherwise = VTUNE__DANGER,
		.run = vtune__tune_ept,
	},
	{
		.id = "H10e",
		.name = "iommu",
		.title = "IOMMU",
		.topic = VTUNE__TOPIC_DEVICES,
		.source = "OG 3.6.5",
		.why = "A VM to which a device is passed through does not start without.",
		.otherwise = VTUNE__ADVICE,
		.run = vtune__tune_iommu,
	},
	{
		.id = "H11",
		.name = "sriov",
		.title = "Functions of SR-IOV",
		.topic = VTUNE__TOPIC_DEVICES,
		.source = "OG 3.6.5.2",
		.why = "A VM can be put near a device only when the device's node is known.",
		.otherwise = VTUNE__WARN,
		.run = vtune__tune_sriov,
	},
	{
		.id = "H12a",
		.name = "isolated-cpus",
		.title = "CPUs that the scheduler leaves alone (isolcpus)",
		.topic = VTUNE__TOPIC_CPU,
		.source = "OE, general",
		.why = "Nothing else is scheduled on isolated CPUs; ones that belong to no VM are "
		       "idle.",
		.otherwise = VTUNE__WARN,
		.run = vtune__tune_isolated,
		.path = "/sys/devices/system/cpu/isolated",
		.kind = VTUNE__WORD,
		.words = held_words,
	},
	{
		.id = "H12b",
		.name = "nohz-full",
		.title = "CPUs without a timer tick (nohz_full)",
		.topic = VTUNE__TOPIC_CPU,
		.source = "general",
		.why = "The tick stops a vCPU many times a second.",
		.otherwise = VTUNE__WARN,
		.run = vtune__tune_nohz_full,
		.path = "/sys/devices/system/cpu/nohz_full",
		.kind = VTUNE__WORD,
		.words = held_words,
	},
	{
		.id = "H12c",
		.name = "interrupts",
		.title = "CPUs of new interrupts",
		.topic = VTUNE__TOPIC_CPU,
		.source = "general",
		.why = "An interrupt of the host on a CPU that belongs to a VM stops its vCPU.",
		.otherwise = VTUNE__WARN,
		.run = vtune__tune_interrupts,
		.path = "/proc/irq/default_smp_affinity",
		.kind = VTUNE__WORD,
		.words = clear_words,
	},
	{
		.id = "H12d",
		.name = "irqbalance",
		.title = "CPUs that irqbalance leaves alone",
		.topic = VTUNE__TOPIC_CPU,
		.source = "general",
		.why = "It moves interrupts to CPUs that belong to VMs, unless it is told not to.",
		.otherwise = VTUNE__WARN,
		.run = vtune__tune_irqbalance,
		.kind = VTUNE__WORD,
		.words = clear_words,
	},
	{
		.id = "H12e",
		.name = "interrupts-now",
		.title = "Interrupts on CPUs of VMs",
		.topic = VTUNE__TOPIC_CPU,
		.source = "general",
		.why = "An interrupt of the host on a CPU that belongs to a VM stops its vCPU.",
		.otherwise = VTUNE__ADVICE,
		.run = vtune__tune_interrupts_now,
		.kind = VTUNE__WORD,
		.words = clear_words,
	},
	{
		.id = "H13a",
		.name = "governor",
		.title = "CPU frequency",
		.topic = VTUNE__TOPIC_CPU,
		.source = "general",
		.why = "A CPU that has slowed down is slow to answer a vCPU that wakes up.",
		.otherwise = VTUNE__WARN,
		.run = vtune__tune_governor,
		.kind = VTUNE__WORD,
		.words = governor_words,
	},
	{
		.id = "H13b",
		.name = "idle-states",
		.title = "The deepest idle state of CPUs",
		.topic = VTUNE__TOPIC_CPU,
		.source = "general",
		.why = "The deeper a CPU sleeps, the longer it takes to wake up.",
		.otherwise = VTUNE__ADVICE,
		.run = vtune__tune_idle_states,
		.kind = VTUNE__NUMBER,
		.max = UINT32_MAX,
	},
	{
		.id = "S1a",
		.name = "libvirt-network",
		.title = "libvirt on the network",
		.topic = VTUNE__TOPIC_SECURITY,
		.source = "OE, OG 3.7.2.1",
		.why = "Whoever reaches the port of libvirt starts, stops and reads every VM, and "
		       "with that is root on the host.",
		.otherwise = VTUNE__DANGER,
		.run = vtune__tune_libvirt_tcp,
	},
	{
		.id = "S1b",
		.name = "libvirt-socket",
		.title = "libvirt's socket",
		.topic = VTUNE__TOPIC_SECURITY,
		.source = "OE, OG 3.7.2.1",
		.why = "Every user of this machine starts, stops and reads every VM, and with that "
		       "is root.",
		.otherwise = VTUNE__DANGER,
		.run = vtune__tune_libvirt_socket,
	},
	{
		.id = "S2a",
		.name = "screens",
		.title = "Screens of VMs, as qemu.conf has them",
		.topic = VTUNE__TOPIC_SECURITY,
		.source = "OG 3.3.4",
		.why = "Whoever reaches the port sees the screen of a VM, and types there.",
		.otherwise = VTUNE__DANGER,
		.run = vtune__tune_vnc_listen,
	},
	{
		.id = "S2b",
		.name = "screens-of-vms",
		.title = "Screens of VMs, as each has its own",
		.topic = VTUNE__TOPIC_SECURITY,
		.source = "OG 3.3.4",
		.why = "Whoever reaches the port sees the screen of the VM, and types there.",
		.otherwise = VTUNE__DANGER,
		.run = vtune__tune_graphics,
	},
	{
		.id = "S3a",
		.name = "svirt",
		.title = "What confines VMs (sVirt)",
		.topic = VTUNE__TOPIC_SECURITY,
		.source = "OE, OG 3.7.2.3",
		.why = "A guest that breaks out of QEMU reaches the disks and memory of others.",
		.otherwise = VTUNE__WARN,
		.run = vtune__tune_security_driver,
	},
	{
		.id = "S3b",
		.name = "vm-user",
		.title = "The user that VMs run as",
		.topic = VTUNE__TOPIC_SECURITY,
		.source = "OG 3.7.2.3",
		.why = "A guest that breaks out of QEMU has the rights of that user.",
		.otherwise = VTUNE__WARN,
		.run = vtune__tune_ownership,
	},
	{
		.id = "S3c",
		.name = "labels",
		.title = "Security labels of VMs",
		.topic = VTUNE__TOPIC_SECURITY,
		.source = "OE, OG 3.7.2.3",
		.why = "Nothing confines the VM: if it breaks out of QEMU it reaches the disks and "
		       "memory of others.",
		.otherwise = VTUNE__WARN,
		.run = vtune__tune_seclabel,
	},
	{
		.id = "S4",
		.name = "guest-agent",
		.title = "Guest agents",
		.topic = VTUNE__TOPIC_SECURITY,
		.source = "OE, OG 3.7.2.2",
		.why = "Whoever controls the VM from the host can run commands and read files in "
		       "the guest, and the host reads what the guest answers.",
		.otherwise = VTUNE__ADVICE,
		.run = vtune__tune_guest_agent,
	},
	{
		.id = "S5",
		.name = "ksm-owners",
		.title = "Pages that VMs share",
		.topic = VTUNE__TOPIC_SECURITY,
		.source = "SU 4.1.4",
		.why = "By the time that a write takes, a guest finds out what is in the memory of "
		       "another.",
		.otherwise = VTUNE__WARN,
		.run = vtune__tune_ksm_owners,
	},
};
const unsigned int vtune__tune_nchecks = VTUNE__COUNT(vtune__tune_checks);

/* "H5" is the row of H5a, H5b, ...; H1 is not the row of H10a. */
bool vtune__tune_check_matches(const struct vtune__tune_check *check, const char *called)
{
	size_t length = strlen(called);

	if (strcmp(check->name, called) == 0 || strcasecmp(check->id, called) == 0)
		return true;
	return length > 1 && strncasecmp(check->id, called, length) == 0 &&
	       isalpha((unsigned char)check->id[length]) && check->id[length + 1] == '\0';
}

bool vtune__tune_check_is_named(const char *called)
{
	for (unsigned int i = 0; i < vtune__tune_nchecks; i++)
		if (vtune__tune_check_matches(&vtune__tune_checks[i], called))
			return true;
	return false;
}

int vtune__tune_fail_unknown(const char *called, struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__text_free) struct vtune__text known = { 0 };

	for (unsigned int i = 0; i < vtune__tune_nchecks; i++)
		vtune__text_addf(&known, "%s%s (%s)", i ? ", " : "", vtune__tune_checks[i].id,
				 vtune__tune_checks[i].name);
	if (known.failed)
		return vtune__fail_memory(err);
	return vtune__fail(err, VTUNE_ERR_INVALID, NULL, "There is no check \"%s\"; there are %s",
			   called, known.data);
}

const struct vtune__tune_check *vtune__tune_check_by_name(const char *name)
{
	for (unsigned int i = 0; i < vtune__tune_nchecks; i++)
		if (strcmp(vtune__tune_checks[i].name, name) == 0)
			return &vtune__tune_checks[i];
	return NULL;
}
