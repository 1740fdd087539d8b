/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file libvtune.h
 * @brief Decide where a KVM virtual machine runs inside its host.
 *
 * A host is read from one of several sources, a VM is described by a spec, and
 * vtune_place() returns the plan: on which host CPUs the vCPUs, I/O threads and
 * the emulator run, on which NUMA nodes the memory lies, in pages of which size.
 * The documents are JSON, described in vtune-host(5), vtune-spec(5) and
 * vtune-plan(5).
 *
 * Ownership. A function named _from_, _with_, _without or _new, and
 * vtune_place(), returns a new object, which the caller frees with the _free
 * function of its type. A "char *" that is returned is new, and is freed with
 * free(3). A "const char *" that is returned belongs to the object, and is valid
 * as long as it is. Every _free function accepts NULL. Objects copy what they
 * are given: no object keeps a pointer to a caller's data.
 *
 * Errors. The last parameter "err" may be NULL. On failure a pointer function
 * returns NULL, an int function -1, and *err is set to a new object for the
 * caller to free with vtune_error_free(); on success *err is left alone. The
 * caller sets *err to NULL beforehand.
 *
 * Threads. Hosts, specs, plans, tunings and options that are no longer being set are
 * immutable: any number of threads may read the same object. The library keeps
 * no state of its own, prints nothing, and never ends the process.
 */
#ifndef LIBVTUNE_H
#define LIBVTUNE_H

#include <stddef.h>
#include <stdint.h>

#include <libvtune-version.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A failed call: what went wrong, and where in the input. */
struct vtune_error;
/** A host, and what the VMs on it already hold. Immutable. */
struct vtune_host;
/** What one VM asks for. Immutable. */
struct vtune_spec;
/** Where one VM goes, or why it cannot. Immutable. */
struct vtune_plan;
/** Knobs of vtune_place(), of the XML that is written, and of live calls. */
struct vtune_options;
/** A connection to libvirt. One thread at a time may use it. */
struct vtune_connection;
/** What vtune_plan_apply() did, or what vtune_plan_verify() found; likewise of
 *  vtune_tuning_apply() and the calls beside it. Immutable. */
struct vtune_report;
/** How a host's own settings are checked, and for which VMs. */
struct vtune_tuning_options;
/** A host's own settings: what they are, and what they should be. Immutable. */
struct vtune_tuning;

/**
 * @brief What kind of failure an error is.
 *
 * Values are never changed or removed; accept ones that you do not know.
 */
enum vtune_error_code {
	/** A required argument was NULL, or a value is out of its range. */
	VTUNE_ERR_INVALID = 1,
	/** The text is not JSON or XML at all. */
	VTUNE_ERR_SYNTAX = 2,
	/** Well-formed, but not a sound document: unknown key, wrong type,
	 *  value out of range, or parts that contradict each other. */
	VTUNE_ERR_DOCUMENT = 3,
	/** Sound, but this version of the library does not do it. */
	VTUNE_ERR_UNSUPPORTED = 4,
	/** A file could not be read, or the system did not answer. */
	VTUNE_ERR_SYSTEM = 5,
	/** Out of memory. */
	VTUNE_ERR_NO_MEMORY = 6,
	/** The work limit was reached before any answer was found. */
	VTUNE_ERR_LIMIT = 7,
	/** A plan does not hold on the host or for the spec it is checked with. */
	VTUNE_ERR_NOT_VALID = 8,
	/** A mistake in the library itself; please report it. */
	VTUNE_ERR_INTERNAL = 9,
	/** libvirt refused, or did not answer. */
	VTUNE_ERR_LIBVIRT = 10,
	/** The time limit passed while someone else held the lock of the host. */
	VTUNE_ERR_BUSY = 11
};

/** @brief The version of the library at run time, as "0.1.0". Never fails. */
const char *vtune_version(void);

/** @brief One of enum vtune_error_code; 0 when @p error is NULL. */
int vtune_error_get_code(const struct vtune_error *error);
/** @brief A sentence without newline; "" when @p error is NULL. */
const char *vtune_error_get_message(const struct vtune_error *error);
/**
 * @brief Where in the input: a JSON path such as "/numa/cells/1/vcpus", a
 * place in an XML document, or a file name; "" where there is none.
 */
const char *vtune_error_get_where(const struct vtune_error *error);
/** @brief The errno behind a VTUNE_ERR_SYSTEM error, else 0. */
int vtune_error_get_errno(const struct vtune_error *error);
/** @brief Free an error. NULL is ignored. */
void vtune_error_free(struct vtune_error *error);

/**
 * @brief New options: no work limit but the library's own, domain type kvm.
 * @return new options, or NULL when out of memory.
 */
struct vtune_options *vtune_options_new(void);
/** @brief Free options. NULL is ignored. */
void vtune_options_free(struct vtune_options *options);
/**
 * @brief Bound the search of one vtune_place() call.
 * @param steps search steps (a step takes roughly a microsecond); 0 is the
 *        library's own limit. When the limit is hit, the best plan found is
 *        returned with "optimal": false.
 */
int vtune_options_set_work_limit(struct vtune_options *options, uint64_t steps,
				 struct vtune_error **err);
/**
 * @brief The hypervisor type that vtune_plan_to_xml() writes.
 * @param type "kvm" (the default) or "qemu" (software emulation).
 */
int vtune_options_set_domain_type(struct vtune_options *options, const char *type,
				  struct vtune_error **err);
/**
 * @brief Be told how far a long live call is: the moving of memory.
 * @param progress called with what is going on, in words, and how much of how
 *        much (KiB) is done; from within the call, in its thread. NULL: none.
 * @param data handed to @p progress.
 */
int vtune_options_set_progress(struct vtune_options *options,
			       void (*progress)(void *data, const char *what, uint64_t done,
						uint64_t all),
			       void *data, struct vtune_error **err);
/**
 * @brief How long a live call waits for the lock of the host.
 * @param milliseconds 0: not at all. The default is 30000.
 */
int vtune_options_set_lock_timeout(struct vtune_options *options, unsigned int milliseconds,
				   struct vtune_error **err);

/**
 * @brief The machine this runs on, with what is free on it now.
 *
 * Topology, devices, memory and huge page pools are read through hwloc and
 * /sys. Free is what no one uses and what is inactive file cache, which the kernel
 * gives up. CPUs that this process may not use count as offline.
 */
struct vtune_host *vtune_host_from_system(struct vtune_error **err);
/**
 * @brief A host from the text of an hwloc XML topology (lstopo file.xml).
 *
 * Such a file holds no free memory: all memory outside the huge page pools
 * counts as free, and all huge pages.
 */
struct vtune_host *vtune_host_from_hwloc_xml(const char *xml, struct vtune_error **err);
/** @brief As vtune_host_from_hwloc_xml(), from a file. */
struct vtune_host *vtune_host_from_hwloc_file(const char *path, struct vtune_error **err);
/** @brief A host from an hwloc synthetic description, see hwloc(7) and lstopo(1). */
struct vtune_host *vtune_host_from_synthetic(const char *description,
					     struct vtune_error **err);
/**
 * @brief A host from libvirt capabilities XML (virsh capabilities).
 *
 * Capabilities hold no free memory: all counts as free, as with hwloc XML.
 */
struct vtune_host *vtune_host_from_capabilities(const char *xml, struct vtune_error **err);
/** @brief A host from a host document, see vtune-host(5). */
struct vtune_host *vtune_host_from_json(const char *json, struct vtune_error **err);
/**
 * @brief A host with other reserved and shared CPUs, overcommit or allocations.
 * @param json an object with any of the keys reserved_cpus, shared_cpus,
 *        overcommit and allocations of vtune-host(5); each replaces what
 *        @p host says, keys that are missing leave it as it is.
 * @return a new host; @p host is unchanged.
 */
struct vtune_host *vtune_host_with_state(const struct vtune_host *host, const char *json,
					 struct vtune_error **err);
/**
 * @brief A host on which a plan has been carried out.
 *
 * What @p plan holds becomes an allocation in the name of its VM, in place of
 * any that the VM had, and its memory is taken from what is free. The topology
 * is shared with @p host, not copied.
 * @param plan a plan that fits.
 * @return a new host; @p host is unchanged.
 */
struct vtune_host *vtune_host_with_plan(const struct vtune_host *host,
					const struct vtune_plan *plan, struct vtune_error **err);
/**
 * @brief A host from which a VM is gone, with all that it held free again.
 * @return a new host, also when @p host has no allocation of that name.
 */
struct vtune_host *vtune_host_without(const struct vtune_host *host, const char *vm,
				      struct vtune_error **err);
/**
 * @brief The same host, of which only these CPUs are to be used, as in a container.
 *
 * The others are like the host's own, and no VM is given any of them. Memory is as before.
 * @param cpus a set, as "4-7,12".
 * @return a new host; @p host is unchanged.
 */
struct vtune_host *vtune_host_within(const struct vtune_host *host, const char *cpus,
				     struct vtune_error **err);
/** @brief Free a host. NULL is ignored. */
void vtune_host_free(struct vtune_host *host);
/** @brief The host's name, "" where it has none. */
const char *vtune_host_get_name(const struct vtune_host *host);
/**
 * @brief What the owner of the host should know, as two VMs that hold the same CPU.
 * @param index 0, 1, ...
 * @return a sentence; NULL when there are no more.
 */
const char *vtune_host_get_warning(const struct vtune_host *host, unsigned int index);
/** @brief The host document; read again it gives an equal host. */
char *vtune_host_to_json(const struct vtune_host *host, struct vtune_error **err);
/** @brief A picture of the host in text, at most @p columns wide (0: 100). */
char *vtune_host_to_text(const struct vtune_host *host, unsigned int columns,
			 struct vtune_error **err);
/** @brief A picture of the host as an SVG document. */
char *vtune_host_to_svg(const struct vtune_host *host, struct vtune_error **err);

/** @brief A spec from its document, see vtune-spec(5). */
struct vtune_spec *vtune_spec_from_json(const char *json, struct vtune_error **err);
/**
 * @brief A spec for what a libvirt domain XML describes already.
 *
 * Its vCPUs, memory, guest cells, CPU, machine, huge pages, memory mode, disks and host
 * devices.
 * What the XML does not tell is as in a spec that leaves it out. vCPUs that the
 * domain lets run on several CPUs are shared; those with a CPU of their own, and
 * those without a pin, are dedicated. Of a domain that libvtune placed, dedicated
 * vCPUs, emulator, I/O threads, thread policy, CPU and machine are as in the plan that it
 * carries.
 */
struct vtune_spec *vtune_spec_from_domain_xml(const char *xml, struct vtune_error **err);
/**
 * @brief A spec for a domain that goes to another host and keeps what its guest sees.
 *
 * As vtune_spec_from_domain_xml(); a guest that sees no NUMA cells stays one of a single
 * cell, whatever the other host has. See vtune_plan_to_migration_xml().
 */
struct vtune_spec *vtune_spec_for_migration(const char *domain_xml, struct vtune_error **err);
/** @brief The spec document, see vtune-spec(5); read again it gives an equal spec. */
char *vtune_spec_to_json(const struct vtune_spec *spec, struct vtune_error **err);
/**
 * @brief The same spec for a VM of another name.
 * @return a new spec; @p spec is unchanged.
 */
struct vtune_spec *vtune_spec_with_name(const struct vtune_spec *spec, const char *name,
					struct vtune_error **err);
/** @brief Free a spec. NULL is ignored. */
void vtune_spec_free(struct vtune_spec *spec);
/** @brief The VM's name; "vm" where the spec has none. */
const char *vtune_spec_get_name(const struct vtune_spec *spec);

/**
 * @brief Compute the best placement of a VM on a host.
 *
 * Pure: it reads nothing but its arguments, and the same arguments give the
 * same plan to the byte.
 * @param options NULL for the defaults.
 * @return a new plan, also when the VM does not fit: ask vtune_plan_fits().
 *         NULL only on an error (VTUNE_ERR_LIMIT, VTUNE_ERR_NO_MEMORY, ...).
 */
struct vtune_plan *vtune_place(const struct vtune_host *host, const struct vtune_spec *spec,
			       const struct vtune_options *options, struct vtune_error **err);

/** @brief What vtune_place_together() does when not all VMs fit. */
enum vtune_together {
	/** As many as can be: the first goes before the second, and so on. */
	VTUNE_TOGETHER_MOST = 0,
	/** All of them, or none. */
	VTUNE_TOGETHER_ALL = 1
};

/**
 * @brief Place several VMs on one host, together.
 *
 * Every plan holds on the host on which the plans before it, in the order of
 * @p specs, have been carried out with vtune_host_with_plan(); its costs are those
 * on that host. Which VMs are placed is decided first: each is, if it can be
 * together with those before it that are. Then the costs are the least there are,
 * compared in this order: the number of cells, summed over the VMs; the sums of
 * remote, spread, devices and helpers, one after the other; the page sizes of the
 * VMs in their order, larger first; the sums of caches, split_cores, leftover and
 * leftover_caches. What the VMs hold on the host already counts as free, for all of
 * them: the host is as vtune_host_without() makes it.
 *
 * The search is bounded. When it is completed, all of this is proven and every plan
 * says "optimal": true. When it is not, the VMs and the costs are at least as good as
 * those of placing one after another, and every plan says "optimal": false; it may
 * then also be that a VM that was refused could be placed.
 * @param specs @p nspecs specs of VMs with different names.
 * @param options NULL for the defaults; the work limit bounds each placement of one
 *        VM, and once more all the rest of the call.
 * @param plans set to @p nspecs new plans, in the order of @p specs; on failure
 *        nothing is set. A plan that does not fit says why: with
 *        VTUNE_TOGETHER_MOST it does not fit beside the plans before it; with
 *        VTUNE_TOGETHER_ALL none fits, the first VM that is in the way says why, and
 *        the plans of the others name it and repeat its reasons.
 * @return 0, or -1 with *err: VTUNE_ERR_LIMIT as from vtune_place().
 */
int vtune_place_together(const struct vtune_host *host, const struct vtune_spec *const *specs,
			 unsigned int nspecs, enum vtune_together together,
			 const struct vtune_options *options, struct vtune_plan **plans,
			 struct vtune_error **err);

/**
 * @brief How many more VMs like this one fit, placed one after another.
 * @param count set to the number; at most 65536 are counted.
 * @return the plan of the first one that no longer fits: its reasons say what runs
 *         out first. A plan that fits when the count ended at its limit.
 */
struct vtune_plan *vtune_capacity(const struct vtune_host *host, const struct vtune_spec *spec,
				  const struct vtune_options *options, unsigned int *count,
				  struct vtune_error **err);

/** @brief Free a plan. NULL is ignored. */
void vtune_plan_free(struct vtune_plan *plan);
/** @brief 1 when the VM fits, 0 when it does not (or @p plan is NULL). */
int vtune_plan_fits(const struct vtune_plan *plan);
/**
 * @brief 1 when the plan is proven to be the best one, else 0.
 *
 * One of several plans of vtune_place_together() is the best one together with the
 * others: the VM alone could have less cost.
 */
int vtune_plan_is_optimal(const struct vtune_plan *plan);
/** @brief The VM's name. */
const char *vtune_plan_get_vm(const struct vtune_plan *plan);
/** @brief A plan from its document, see vtune-plan(5). */
struct vtune_plan *vtune_plan_from_json(const char *json, struct vtune_error **err);
/** @brief The plan document, see vtune-plan(5). */
char *vtune_plan_to_json(const struct vtune_plan *plan, struct vtune_error **err);
/**
 * @brief The plan as a libvirt domain: what placement governs, nothing else.
 * @param options NULL for the defaults.
 * @return a new string; NULL and VTUNE_ERR_INVALID for a plan that does not fit.
 */
char *vtune_plan_to_xml(const struct vtune_plan *plan, const struct vtune_options *options,
			struct vtune_error **err);
/**
 * @brief Lay the plan into an existing domain XML.
 *
 * What the plan governs is replaced; everything else, unknown elements, order
 * and comments stay as they are. Doing it twice changes nothing.
 * @return a new string.
 */
char *vtune_plan_patch_domain_xml(const struct vtune_plan *plan, const char *domain_xml,
				  struct vtune_error **err);
/**
 * @brief What a domain becomes on another host, to which it goes while it runs.
 *
 * Replaced is what the host has of it: pins, numatune, huge pages and the nodes of memory
 * modules. What the guest sees stays as it is: vCPUs, memory, cells, CPU, devices. The
 * plan is in the metadata then, and nothing of what the domain was before. Cells that are
 * bound to nodes one by one nowhere yet are bound all together, unless the machine is
 * known to be of QEMU 5.1 or newer, where QEMU sends the memory alike in both cases. Use
 * it for the destination's XML of virDomainMigrate3(), and in a libvirt hook.
 * @param plan of a spec of vtune_spec_for_migration(), on the other host.
 * @param domain_xml the domain as it runs; best as libvirt writes it for a migration.
 * @return a new string; NULL and VTUNE_ERR_INVALID when the plan is for another guest:
 *         the message says what differs.
 */
char *vtune_plan_to_migration_xml(const struct vtune_plan *plan, const char *domain_xml,
				  struct vtune_error **err);
/**
 * @brief The plan for people: sentences, and a picture of the host with the VM.
 * @param host the host that the plan was made on.
 * @param columns the width, 0 for 100.
 */
char *vtune_plan_to_text(const struct vtune_plan *plan, const struct vtune_host *host,
			 unsigned int columns, struct vtune_error **err);
/** @brief The picture of the host with the VM as an SVG document. */
char *vtune_plan_to_svg(const struct vtune_plan *plan, const struct vtune_host *host,
			struct vtune_error **err);
/**
 * @brief Why the plan is as it is, for people.
 *
 * For each node, page size and core that was left out: the first cost term in
 * which a placement with it would be worse, or the constraint that rules it out.
 * Each is solved for, so this takes many times as long as vtune_place().
 * @param host,spec,options what the plan was made with.
 * @return a new text; NULL and VTUNE_ERR_INVALID for a plan that does not fit,
 *         VTUNE_ERR_NOT_VALID when host and spec give another plan.
 */
char *vtune_plan_explain(const struct vtune_plan *plan, const struct vtune_host *host,
			 const struct vtune_spec *spec, const struct vtune_options *options,
			 struct vtune_error **err);
/**
 * @brief Check a plan against a host and a spec, from first principles.
 *
 * vtune_place() does this with every plan before it returns it. Call it again
 * when the host may have changed since.
 * @return 0 when the plan holds; -1 and VTUNE_ERR_NOT_VALID, with what is wrong,
 *         when it does not.
 */
int vtune_plan_validate(const struct vtune_plan *plan, const struct vtune_host *host,
			const struct vtune_spec *spec, struct vtune_error **err);

/* ---- live: hosts and domains of a running libvirt ---- */

/**
 * @brief Open a connection to libvirt.
 * @param uri a libvirt connection URI, as "qemu:///system"; NULL: libvirt's default.
 * @return a new connection, which asks for no passwords. Its failures are told by
 *         errors alone; only when it cannot be opened does libvirt print a line,
 *         unless the process has a virSetErrorFunc(). With libvtune-libvirt.h a
 *         connection can be had of a virConnectPtr.
 */
struct vtune_connection *vtune_connection_open(const char *uri, struct vtune_error **err);
/** @brief Close a connection, and give up its lock. NULL is ignored. */
void vtune_connection_free(struct vtune_connection *connection);
/**
 * @brief Lock the host, so that nobody else plans or applies on it meanwhile.
 *
 * Hold the lock from reading the host until the plan is applied: then two callers
 * never give the same CPU or page twice. All callers on this machine that use this
 * library wait for each other; the lock ends with the process that holds it. A
 * remote host is locked among the callers on this machine. A live call takes the lock
 * by itself when the connection does not hold it.
 * @param options NULL for the defaults; see vtune_options_set_lock_timeout().
 * @return 0; -1 and VTUNE_ERR_BUSY, which names the holder, when the time is over.
 */
int vtune_connection_lock(struct vtune_connection *connection,
			  const struct vtune_options *options, struct vtune_error **err);
/** @brief Give up the lock. */
void vtune_connection_unlock(struct vtune_connection *connection);

/** @brief Flags of vtune_host_from_connection(). */
enum vtune_host_flags {
	/** Domains that are defined and do not run hold what they ask for, too. */
	VTUNE_HOST_DEFINED = 1,
	/** Of those, only the ones that carry a plan by which libvtune placed them: they
	 *  are to stand there when they start. */
	VTUNE_HOST_PLACED = 2
};
/**
 * @brief The host of a connection, with what is free now and what its domains hold.
 *
 * A domain that carries the plan by which libvtune placed it holds what that says.
 * Of others it is inferred: a vCPU that is pinned alone to one CPU holds it, one that
 * may run on several is shared. Where domains hold the same CPU, the first by name
 * has it, and the host's warnings tell of the clash.
 * @param flags of enum vtune_host_flags.
 */
struct vtune_host *vtune_host_from_connection(struct vtune_connection *connection,
					      unsigned int flags, struct vtune_error **err);
/**
 * @brief The same host with these domains on it, in place of the VMs that it has.
 *
 * For who cannot ask libvirt, as a hook of its daemon. What each holds is told from its
 * plan or its pins as vtune_host_from_connection() does it, in the order given.
 * @param xml @p count documents: domain XML, or the status files that libvirt keeps of
 *        running domains in /run/libvirt/qemu, in which their process is named: what
 *        that has already of its memory is looked up, and taken for the rest only.
 * @return a new host; @p host is unchanged.
 */
struct vtune_host *vtune_host_with_domains(const struct vtune_host *host, const char *const *xml,
					   unsigned int count, struct vtune_error **err);
/**
 * @brief A spec for what a domain is already: see vtune_spec_from_domain_xml().
 * @param domain its name.
 */
struct vtune_spec *vtune_spec_from_domain(struct vtune_connection *connection, const char *domain,
					  struct vtune_error **err);
/**
 * @brief The plan that a domain carries in its metadata (urn:libvtune:plan:1).
 * @return a new plan; NULL and VTUNE_ERR_DOCUMENT when it carries none.
 */
struct vtune_plan *vtune_plan_from_domain(struct vtune_connection *connection, const char *domain,
					  struct vtune_error **err);

/** @brief Flags of vtune_plan_apply() and vtune_domain_restore(). */
enum vtune_apply_flags {
	/** Set the running domain. */
	VTUNE_APPLY_LIVE = 1,
	/** Set the domain's definition, which holds from its next start.
	 *  Neither of both: the definition, and the running domain if it runs. */
	VTUNE_APPLY_CONFIG = 2,
	/** Set nothing: report the calls that would be made, in order. */
	VTUNE_APPLY_DRY_RUN = 4,
	/** Move the memory of the running domain to the nodes of the plan, too.
	 *  Only on this machine. */
	VTUNE_APPLY_MOVE_MEMORY = 8
};
/**
 * @brief Set a plan on a domain, all of it or nothing.
 *
 * The definition is replaced in one call by what vtune_plan_patch_domain_xml() makes
 * of it. On a running domain pins, scheduler parameters and I/O threads are set, and
 * numatune where libvirt allows it; what cannot change while it runs is reported as
 * due at the next start. The domain carries the plan in its metadata from then on,
 * and what it was before, for vtune_domain_restore().
 *
 * CPUs that the plan holds leave the sets in which other domains float, if libvtune
 * placed those; for others the report names the overlap. No CPU carries two
 * dedicated vCPUs on the way. When a step fails all are undone, in the other domains
 * as well, and the error names the step and libvirt's reason. If the caller is
 * killed on the way, applying again completes it.
 * @param domain its name.
 * @param flags of enum vtune_apply_flags.
 * @param options NULL for the defaults.
 * @return a new report. NULL and VTUNE_ERR_NOT_VALID when the host has no longer the
 *         room that the plan takes.
 */
struct vtune_report *vtune_plan_apply(const struct vtune_plan *plan,
				      struct vtune_connection *connection, const char *domain,
				      unsigned int flags, const struct vtune_options *options,
				      struct vtune_error **err);
/**
 * @brief Make a domain again what it was before vtune_plan_apply().
 * @param flags as of vtune_plan_apply(), without VTUNE_APPLY_MOVE_MEMORY.
 * @return a new report. NULL and VTUNE_ERR_NOT_VALID when the domain carries
 *         nothing to restore.
 */
struct vtune_report *vtune_domain_restore(struct vtune_connection *connection, const char *domain,
					  unsigned int flags, const struct vtune_options *options,
					  struct vtune_error **err);
/**
 * @brief Does a domain still stand where its plan puts it?
 *
 * Compared are the pins in its XML, live and defined; the real CPUs of its threads,
 * its cgroups, and where its memory lies in pages of which size, as far as it runs on
 * this machine and the caller may look; CPUs that are offline, and other domains on
 * its CPUs. What could not be seen is reported; and what is due at the next start, which
 * only that can change and for which the definition is as planned.
 * @param plan NULL: the plan that the domain carries.
 * @param domain its name; NULL: every running domain that carries a plan (then
 *        @p plan must be NULL).
 * @return a new report; ask vtune_report_holds().
 */
struct vtune_report *vtune_plan_verify(const struct vtune_plan *plan,
				       struct vtune_connection *connection, const char *domain,
				       struct vtune_error **err);

/** @brief How vtune_baseline_cpu() says what it found. */
enum vtune_baseline {
	/** A JSON object with the key "cpu" of vtune-spec(5): lay it over a spec. */
	VTUNE_BASELINE_SPEC = 0,
	/** libvirt's \<cpu> element. */
	VTUNE_BASELINE_XML = 1,
	/** Sentences. */
	VTUNE_BASELINE_TEXT = 2
};
/**
 * @brief The best CPU that guests can have on all of these hosts.
 *
 * Of what libvirt offers guests on each host (the CPU of its mode host-model), the
 * first host's libvirt computes what is common to all. A guest with it can be migrated
 * between them.
 * @param connections @p count connections, to hosts of one architecture.
 * @param options NULL for the defaults; for guests of the domain type that
 *        vtune_options_set_domain_type() set.
 * @return a new string; NULL and VTUNE_ERR_UNSUPPORTED when a host does not tell, or is of
 *         another architecture.
 */
char *vtune_baseline_cpu(struct vtune_connection *const *connections, unsigned int count,
			 enum vtune_baseline form, const struct vtune_options *options,
			 struct vtune_error **err);

/**
 * @brief A domain as libvirt sends it to another host, without passwords.
 *
 * For vtune_spec_for_migration() and vtune_plan_to_migration_xml().
 * @param domain its name.
 * @return a new string.
 */
char *vtune_domain_to_migratable_xml(struct vtune_connection *connection, const char *domain,
				     struct vtune_error **err);
/** @brief Flags of vtune_plan_migrate(). */
enum vtune_migrate_flags {
	/** The source's libvirt talks to the destination's itself, and finds it by the URI of
	 *  the destination's connection. */
	VTUNE_MIGRATE_PEER2PEER = 1,
	/** The guest's memory goes through the connection of the two, too. With it they talk
	 *  to each other themselves. */
	VTUNE_MIGRATE_TUNNELLED = 2,
	/** Define the domain on the destination, placed there. */
	VTUNE_MIGRATE_PERSIST = 4,
	/** Take the definition away from the source when the domain has gone. */
	VTUNE_MIGRATE_UNDEFINE_SOURCE = 8,
	/** Do nothing but report the call. */
	VTUNE_MIGRATE_DRY_RUN = 16
};
/**
 * @brief Migrate a running domain, and place it on its new host on the way.
 *
 * The destination is given what vtune_plan_to_migration_xml() makes of the domain: it starts
 * there where the plan puts it. Afterwards CPUs that the plan holds leave the sets in
 * which other domains of the destination float, as with vtune_plan_apply(); where that
 * fails the domain has gone all the same, and the report names it as due. Before
 * that, a failure leaves everything as it was. Lock the destination from reading its host
 * to the end of this call, which takes as long as the migration.
 * @param plan for the host of @p destination, of a spec of vtune_spec_for_migration().
 * @param domain its name, on @p source.
 * @param uri where the source sends the guest's memory, as "tcp://host"; NULL: where the
 *        destination's libvirt says.
 * @param flags of enum vtune_migrate_flags.
 * @param options NULL for the defaults; see vtune_options_set_lock_timeout().
 * @return a new report. NULL and VTUNE_ERR_NOT_VALID when the destination has no longer
 *         the room that the plan takes, or the domain does not run.
 */
struct vtune_report *vtune_plan_migrate(const struct vtune_plan *plan,
					struct vtune_connection *source, const char *domain,
					struct vtune_connection *destination, const char *uri,
					unsigned int flags, const struct vtune_options *options,
					struct vtune_error **err);

/** @brief Free a report. NULL is ignored. */
void vtune_report_free(struct vtune_report *report);
/**
 * @brief Of vtune_plan_verify(): 1 when nothing has drifted, also when something is due
 * at the next start. Of vtune_plan_apply(): 1 when all is in effect, 0 when something is
 * due at the next start. Of vtune_plan_migrate(): 1 when nothing is left to do. Of
 * vtune_tuning_apply(), vtune_tuning_undo() and vtune_tuning_persist(): 1 when every
 * setting is what it was to become. 0 for NULL.
 */
int vtune_report_holds(const struct vtune_report *report);
/** @brief The report document, see vtune-report(5). */
char *vtune_report_to_json(const struct vtune_report *report, struct vtune_error **err);
/** @brief The report for people. */
char *vtune_report_to_text(const struct vtune_report *report, struct vtune_error **err);

/* ---- tuning: the host's own settings ---- */

/**
 * @brief New options: this machine, the profile "throughput", no VMs, all checks.
 * @return new options, or NULL when out of memory.
 */
struct vtune_tuning_options *vtune_tuning_options_new(void);
/** @brief Free options. NULL is ignored. */
void vtune_tuning_options_free(struct vtune_tuning_options *options);
/**
 * @brief Look at a tree of files in the place of this machine.
 * @param path a folder with proc, sys, etc and dev, as far as they were saved; what is
 *        not there is "unknown". Its symbolic links are followed inside it alone. NULL:
 *        this machine.
 */
int vtune_tuning_options_set_sysroot(struct vtune_tuning_options *options, const char *path,
				     struct vtune_error **err);
/**
 * @brief What the host is for.
 * @param profile the name of a profile of the library (latency, throughput, density or
 *        realtime), or a profile document, see vtune-profile(5).
 */
int vtune_tuning_options_set_profile(struct vtune_tuning_options *options, const char *profile,
				     struct vtune_error **err);
/**
 * @brief The VMs that run: what the allocations of a host hold.
 *
 * Without it, vtune_tuning_check() reads them from its connection, if it has one.
 * @param host NULL: none. Its topology does not matter; it is shared, not copied.
 */
int vtune_tuning_options_set_host(struct vtune_tuning_options *options,
				  const struct vtune_host *host, struct vtune_error **err);
/**
 * @brief Add a VM that is to run, too: what its plan holds and needs.
 * @param plan a plan that fits. It takes the place of what a running VM of its name
 *        holds.
 */
int vtune_tuning_options_add_plan(struct vtune_tuning_options *options,
				  const struct vtune_plan *plan, struct vtune_error **err);
/**
 * @brief Add VMs that are to run, too, before there is any plan of them.
 *
 * They are placed on the host one after another. For one that asks for huge pages and does
 * not fit, as many are counted as can be made of the free memory: how many it then needs on
 * each node is what the check of the pools proposes.
 * @param host the host that is tuned; it should have what runs there.
 * @return 0; -1 and VTUNE_ERR_NOT_VALID when one does not fit all the same, with the name of
 *         the VM and why. Then none of them is added.
 */
int vtune_tuning_options_add_specs(struct vtune_tuning_options *options,
				   const struct vtune_host *host,
				   const struct vtune_spec *const *specs, unsigned int nspecs,
				   struct vtune_error **err);
/**
 * @brief Check this one, and no others but those that are named in the same way.
 * @param check an id, as "H5a"; a row of them, as "H5" for H5a, H5b and so on; or a
 *        name, as "ksm".
 */
int vtune_tuning_options_add_only(struct vtune_tuning_options *options, const char *check,
				  struct vtune_error **err);
/** @brief Leave this one out; @p check as of vtune_tuning_options_add_only(). */
int vtune_tuning_options_add_skip(struct vtune_tuning_options *options, const char *check,
				  struct vtune_error **err);
/**
 * @brief Where vtune_tuning_apply() keeps what it has changed, for vtune_tuning_undo().
 * @param path a file, whose folder is made when it is missing. NULL:
 *        /var/lib/vtune/tuning-undo.json in the sysroot.
 */
int vtune_tuning_options_set_undo_file(struct vtune_tuning_options *options, const char *path,
				       struct vtune_error **err);
/**
 * @brief The document of a profile that the library has, to use or to start from.
 * @param index 0, 1, ...
 * @return a profile document, see vtune-profile(5), of static storage; NULL when there
 *         are no more.
 */
const char *vtune_tuning_get_profile(unsigned int index);

/**
 * @brief Check the host's own settings: nothing is changed.
 *
 * Every setting is read, and compared with what the profile wants and with what the VMs
 * hold: CPUs of their own, and huge pages on each node. A setting that the kernel or the
 * hardware does not have is never proposed. Files that the caller may not read are told
 * as unknown.
 * @param options NULL for the defaults.
 * @param connection the domains whose security is looked at, and that run; NULL: none.
 *        It is of this machine, or else options name the sysroot.
 * @return a new tuning.
 */
struct vtune_tuning *vtune_tuning_check(const struct vtune_tuning_options *options,
					struct vtune_connection *connection,
					struct vtune_error **err);
/** @brief Free a tuning. NULL is ignored. */
void vtune_tuning_free(struct vtune_tuning *tuning);
/** @brief 1 when no check has the verdict warn or danger, else 0; 0 for NULL. */
int vtune_tuning_holds(const struct vtune_tuning *tuning);
/** @brief The tuning document, see vtune-tuning(5). */
char *vtune_tuning_to_json(const struct vtune_tuning *tuning, struct vtune_error **err);
/** @brief The tuning for people, what matters most first; @p columns wide (0: 100). */
char *vtune_tuning_to_text(const struct vtune_tuning *tuning, unsigned int columns,
			   struct vtune_error **err);

/**
 * @brief Set what is to be set and can be while the host runs.
 *
 * What each setting was is written to the undo file before the first one is changed.
 * Every setting is read back. One that cannot be written, or that the kernel did not
 * take over whole, is reported, and the rest is set. A setting that is no longer what the
 * check saw is left alone and reported.
 * @param flags 0 or VTUNE_APPLY_DRY_RUN.
 * @return a new report of the kind "tune"; NULL and VTUNE_ERR_BUSY when somebody else
 *         is about it.
 */
struct vtune_report *vtune_tuning_apply(const struct vtune_tuning *tuning, unsigned int flags,
					struct vtune_error **err);
/**
 * @brief Make every setting again what it was before vtune_tuning_apply().
 *
 * Also when that was killed on the way, and for several calls of it. What somebody else
 * has changed since is left alone and reported. The undo file is removed when nothing is
 * left to do.
 * @param options the sysroot and the undo file count; NULL for the defaults.
 * @param flags 0 or VTUNE_APPLY_DRY_RUN.
 * @return a new report of the kind "undo", with nothing in it when there is no undo file.
 */
struct vtune_report *vtune_tuning_undo(const struct vtune_tuning_options *options,
				       unsigned int flags, struct vtune_error **err);
/**
 * @brief Write the files that make what is to be set hold after the next start.
 *
 * For sysctl.d, tmpfiles.d, modprobe.d and udev, and as text what belongs on the kernel's
 * command line and in libvirt's configuration. They are in the tuning document as well.
 * @param directory the root under which they go: "/" for this machine. Each file is
 *        replaced by rename.
 * @param flags 0 or VTUNE_APPLY_DRY_RUN.
 * @return a new report of the kind "persist".
 */
struct vtune_report *vtune_tuning_persist(const struct vtune_tuning *tuning,
					  const char *directory, unsigned int flags,
					  struct vtune_error **err);

#ifdef __cplusplus
}
#endif

#endif
