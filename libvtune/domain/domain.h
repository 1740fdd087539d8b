/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plan as libvirt domain XML: each function lays one part of the plan into the
 * tree of a domain, whether that is new or somebody's own. What is there already
 * and right is left alone. */
#ifndef VTUNE_DOMAIN_H
#define VTUNE_DOMAIN_H

#include "../base/base.h"
#include "../plan/plan.h"

struct _xmlNode;

/* ---- lay.c ---- */

/* All that a plan governs. */
int vtune__domain_lay(struct _xmlNode *domain, const struct vtune_plan *plan,
		      struct vtune_error **err);
/* The element of the domain of that name, made at its place when it is missing. */
struct _xmlNode *vtune__domain_ensure(struct _xmlNode *domain, const char *name,
				      struct vtune_error **err);
/* The set 0 .. count - 1. */
int vtune__domain_first(struct vtune__set *set, unsigned int count, struct vtune_error **err);

/* ---- emit.c ---- */

/* VTUNE_ERR_INVALID for a plan that says that it does not fit. */
int vtune__plan_check_fits(const struct vtune_plan *plan, struct vtune_error **err);

/* ---- size.c ---- */

/* A size in libvirt's form: a number in an attribute, or with NULL in the text,
 * with the unit in the attribute "unit", KiB by default. false: it is none. */
bool vtune__domain_size(struct _xmlNode *node, const char *attribute, uint64_t *kib);
/* Makes it so many KiB, unless it says as much already. */
int vtune__domain_set_size(struct _xmlNode *node, const char *attribute, uint64_t kib,
			   struct vtune_error **err);
/* The text as a number; false: it is none. */
bool vtune__domain_number(struct _xmlNode *node, uint64_t *number);
int vtune__domain_set_number(struct _xmlNode *node, uint64_t number, struct vtune_error **err);

/* ---- memory.c: memory, currentMemory, memoryBacking ---- */

int vtune__domain_lay_memory(struct _xmlNode *domain, const struct vtune_plan *plan,
			     struct vtune_error **err);
/* Of it the kind of pages only. */
int vtune__domain_lay_pages(struct _xmlNode *domain, const struct vtune_plan *plan,
			    struct vtune_error **err);

/* ---- vcpus.c: vcpu, vcpus ---- */

int vtune__domain_lay_vcpus(struct _xmlNode *domain, const struct vtune_plan *plan,
			    struct vtune_error **err);

/* ---- iothreads.c: iothreads, iothreadids ---- */

/* ids becomes all that the domain has then: the plan's, and those beyond that
 * its disks and controllers use. */
int vtune__domain_lay_iothreads(struct _xmlNode *domain, const struct vtune_plan *plan,
				struct vtune__set *ids, struct vtune_error **err);

/* ---- cputune.c ---- */

/* The elements in it as libvirt writes them, NULL at the end. */
extern const char *const vtune__cputune_order[];

int vtune__domain_lay_cputune(struct _xmlNode *domain, const struct vtune_plan *plan,
			      const struct vtune__set *iothreads, struct vtune_error **err);

/* ---- narrow.c: what names vCPUs or I/O threads that are gone ---- */

/* A set in libvirt's form: blanks and "^" are allowed. Returns -1 with *err when
 * out of memory, 1 when it is a set, 0 when it is none. */
int vtune__domain_parse_set(const char *text, struct vtune__set *set, struct vtune_error **err);
/* Leave in cputune only what is in these. */
int vtune__domain_narrow(struct _xmlNode *cputune, const struct vtune__set *vcpus,
			 const struct vtune__set *iothreads, struct vtune_error **err);

/* Take these out of the set in an attribute, and the element away when none is left. */
int vtune__domain_take_out(struct _xmlNode *node, const char *attribute,
			   const struct vtune__set *taken, struct vtune_error **err);

/* ---- numatune.c ---- */

int vtune__domain_lay_numatune(struct _xmlNode *domain, const struct vtune_plan *plan,
			       struct vtune_error **err);
/* The same; by_cell: with a node for each guest cell, which the domain must have. */
int vtune__domain_lay_nodes(struct _xmlNode *domain, const struct vtune_plan *plan, bool by_cell,
			    struct vtune_error **err);
/* Add the nodes to which the XML binds a cell. */
int vtune__domain_add_nodes(const struct vtune_plan *plan, const struct vtune__plan_cell *cell,
			    struct vtune__set *nodes, struct vtune_error **err);

/* ---- host-side.c: what may change when a domain goes to another host ---- */

/* Lay where threads and memory go on the host, and nothing that the guest sees.
 * VTUNE_ERR_INVALID where the plan is for another guest. */
int vtune__domain_lay_host_side(struct _xmlNode *domain, const struct vtune_plan *plan,
				struct vtune_error **err);

/* ---- same-guest.c ---- */

struct vtune__pins;
/* Is the plan for the guest that these pins are of? Else VTUNE_ERR_INVALID says what
 * differs. */
int vtune__domain_check_guest(const struct vtune__pins *pins, const struct vtune_plan *plan,
			      struct vtune_error **err);

/* ---- cpu.c: cpu and the topology in it ---- */

/* The elements in it as libvirt writes them, which matters to the eye alone. */
extern const char *const vtune__cpu_order[];

int vtune__domain_lay_cpu(struct _xmlNode *domain, const struct vtune_plan *plan,
			  struct vtune_error **err);
struct vtune__arch;
/* That of the domain, else of the plan; NULL: not known. */
const struct vtune__arch *vtune__domain_arch(struct _xmlNode *domain,
					     const struct vtune_plan *plan);
/* The word of the mode, also where it is implied; NULL: none. */
const char *vtune__domain_cpu_mode(struct _xmlNode *cpu);

/* ---- cpu-features.c: cache and feature of cpu, once its mode is there ---- */

int vtune__domain_lay_cache(struct _xmlNode *cpu, const struct vtune_plan *plan,
			    const struct vtune__arch *arch, bool is_kvm, struct vtune_error **err);
int vtune__domain_lay_features(struct _xmlNode *cpu, const struct vtune_plan *plan, bool is_kvm,
			       struct vtune_error **err);

/* ---- cells.c: the guest's NUMA cells ---- */

/* Can the guest have any? */
bool vtune__domain_has_cells(struct _xmlNode *domain, const struct vtune_plan *plan);

int vtune__domain_lay_cells(struct _xmlNode *domain, struct _xmlNode *cpu,
			    const struct vtune_plan *plan, struct vtune_error **err);

/* ---- backing.c: what memoryBacking has besides huge pages, and memtune ---- */

/* The elements in memoryBacking as libvirt writes them, NULL at the end. */
extern const char *const vtune__backing_order[];
int vtune__domain_lay_backing(struct _xmlNode *domain, const struct vtune_plan *plan,
			      struct vtune_error **err);

/* ---- schedule.c: needs the I/O threads ---- */

/* What cputune says of it; what libvirt would refuse, and 0, are as nothing. */
void vtune__domain_read_bandwidth(struct _xmlNode *cputune,
				  struct vtune__bandwidth bandwidth[VTUNE__BANDWIDTHS]);

int vtune__domain_lay_schedule(struct _xmlNode *domain, const struct vtune_plan *plan,
			       struct vtune_error **err);

/* ---- disk-new.c ---- */

/* As libvirt writes what is in <devices>, as far as is laid here; NULL at the end. */
extern const char *const vtune__device_order[];
/* A <disk> of its own for one that the domain lacks. *made stays NULL where the plan
 * does not say enough of it. */
int vtune__domain_make_disk(struct _xmlNode *domain, const struct vtune__disk_spec *disk,
			    struct _xmlNode **made, struct vtune_error **err);

/* ---- controllers.c ---- */

/* The SCSI controller that the <disk> is on. */
unsigned int vtune__domain_controller_of(struct _xmlNode *disk, const char *target);
struct _xmlNode *vtune__domain_find_controller(struct _xmlNode *devices, unsigned int index);
/* Is it of a model that has I/O threads and queues? */
bool vtune__domain_is_virtio_scsi(struct _xmlNode *controller);
/* Queues and I/O threads of the controller of a scsi disk that is in the domain. */
int vtune__domain_lay_controller(struct _xmlNode *devices, struct _xmlNode *node,
				 const struct vtune__disk_spec *disk, struct vtune_error **err);

/* ---- disks.c ---- */

/* The I/O threads, by their ids, into a <driver>; none: those that are there go. */
int vtune__domain_lay_driver_iothreads(struct _xmlNode *driver, const struct vtune__set *ids,
				       struct vtune_error **err);

int vtune__domain_lay_disks(struct _xmlNode *domain, const struct vtune_plan *plan,
			    struct vtune_error **err);

/* ---- interfaces.c ---- */

int vtune__domain_lay_interfaces(struct _xmlNode *domain, const struct vtune_plan *plan,
				 struct vtune_error **err);
/* Of an <interface>: enum vtune__interface_type, -1 for one that a plan does not know. */
int vtune__domain_interface_type(struct _xmlNode *node);
/* The network, bridge, device or path, owned by the document; NULL: none. */
const char *vtune__domain_interface_source(struct _xmlNode *node, enum vtune__interface_type type);

/* ---- interface-lay.c ---- */

/* The attribute of <source> that names it; NULL: the type has none. */
const char *vtune__domain_source_attribute(enum vtune__interface_type type);
int vtune__domain_lay_interface(struct _xmlNode *node, const struct vtune__plan_interface *it,
				struct vtune_error **err);
/* node is empty. */
int vtune__domain_lay_new_interface(struct _xmlNode *node, const struct vtune__plan_interface *it,
				    struct vtune_error **err);

/* ---- sharing.c: needs the cells and interfaces in the domain ---- */

int vtune__domain_lay_sharing(struct _xmlNode *domain, const struct vtune_plan *plan,
			      struct vtune_error **err);

/* ---- hostdevs.c ---- */

int vtune__domain_lay_hostdevs(struct _xmlNode *domain, const struct vtune_plan *plan,
			       struct vtune_error **err);

/* ---- pcie.c ---- */

int vtune__domain_lay_pcie(struct _xmlNode *domain, const struct vtune_plan *plan,
			   struct vtune_error **err);

/* ---- pins.c: where a domain's XML puts it now, whoever wrote that ---- */

struct vtune__pinned_iothread {
	unsigned int id;
	struct vtune__set cpus; /* empty: not pinned */
};

struct vtune__pinned_cell {
	struct vtune__set vcpus;
	uint64_t memory_kib;	 /* without memory modules */
	uint64_t modules_kib;	 /* of the modules that are plugged into it */
	uint64_t page_kib;	 /* 0: ordinary pages, or: */
	bool default_page;	 /* huge pages of the host's default size, whatever it is */
	struct vtune__set nodes; /* memnode, else the nodeset of all; empty: any */
	int mode;		 /* enum vtune__memory_mode; -1: none said */
};

struct vtune__pins {
	char *name;	     /* "" where it has none */
	uint64_t memory_kib; /* <memory>: with memory modules; 0 where it is missing */
	unsigned int nvcpus; /* the most it can have */
	/* By vCPU: its pin, else <vcpu cpuset>; empty: none. So it is with the emulator and
	 * the I/O threads, to which libvirt gives that set too. */
	struct vtune__set *vcpus;
	struct vtune__set emulator;
	struct vtune__pinned_iothread *iothreads; /* by id, ascending */
	unsigned int niothreads;
	struct vtune__pinned_cell *cells; /* one of the whole domain unless they are listed */
	unsigned int ncells;
	bool listed;		 /* <cpu><numa> has cells */
	struct vtune__set nodes; /* numatune/memory nodeset; empty: none */
	int mode;		 /* of numatune/memory; -1: none */
	bool mode_auto;		 /* placement='auto': numad decides */
	bool has_shares;
	uint64_t shares;
	struct vtune__bandwidth bandwidth[VTUNE__BANDWIDTHS];
	char **devices; /* addresses of PCI devices passed through, as 0000:41:00.0 */
	unsigned int ndevices;
	struct vtune__set plugged; /* the vCPUs that it has now */
	char *plan, *former;	   /* what the metadata keeps, see metadata.c; NULL: nothing */
};

/* where names the domain or file in errors; NULL: not. *pins need not be set before, and
 * on failure there is nothing in it to free. */
int vtune__pins_read(struct vtune__pins *pins, const char *xml, const char *where,
		     struct vtune_error **err);
/* The same of a document that is open. */
int vtune__pins_of(struct vtune__pins *pins, struct _xmlNode *domain, const char *where,
		   struct vtune_error **err);
void vtune__pins_free(struct vtune__pins *pins); /* the contents */
/* The metadata does not matter, nor which vCPUs are plugged in. */
bool vtune__pins_equal(const struct vtune__pins *a, const struct vtune__pins *b);
/* The set in an attribute; *set stays empty when that is missing or blank. */
int vtune__pins_read_set(struct _xmlNode *node, const char *attribute, unsigned int max,
			 struct vtune__set *set, struct vtune_error **err);

/* ---- pins-memory.c: memory, cells, pages and nodes; needs nvcpus ---- */

int vtune__pins_read_memory(struct vtune__pins *pins, struct _xmlNode *domain,
			    struct vtune_error **err);

/* ---- pins-devices.c ---- */

/* An <address> of a PCI device as 0000:41:00.0, libvirt's numbers in any form; false: it
 * is none. */
bool vtune__domain_pci_address(struct _xmlNode *address, char out[16]);
/* Is it the address of that device, in any case of its digits? */
bool vtune__domain_is_at(struct _xmlNode *address, const char *id);
/* Makes it that, unless it is so in another form. */
int vtune__domain_set_pci_address(struct _xmlNode *address, const char *id,
				  struct vtune_error **err);
/* The address of what a device of the domain passes through; NULL: nothing, or no PCI
 * device. */
struct _xmlNode *vtune__domain_passed_through(struct _xmlNode *device);
int vtune__pins_read_devices(struct vtune__pins *pins, struct _xmlNode *domain,
			     struct vtune_error **err);

/* ---- metadata.c: what libvtune keeps in a domain ---- */

/* <vtune:plan xmlns:vtune="urn:libvtune:plan:1">: the plan document, compact. */
#define VTUNE__PLAN_URI "urn:libvtune:plan:1"
/* <vtune:former xmlns:vtune="urn:libvtune:former:1">: the definition that was there
 * before the last apply, as text. */
#define VTUNE__FORMER_URI "urn:libvtune:former:1"
#define VTUNE__METADATA_PREFIX "vtune"

/* The plan that the domain carries: NULL without *err when it carries none, with *err
 * when what it carries is no sound plan. */
struct vtune_plan *vtune__metadata_plan(const char *xml, struct vtune_error **err);
/* The former definition; NULL without *err when there is none. */
char *vtune__metadata_former(const char *xml, struct vtune_error **err);
/* The texts of both elements into what is NULL before; it stays so when one is not there.
 * The caller frees what there is, also when it fails. */
int vtune__metadata_read(struct _xmlNode *domain, char **plan, char **former,
			 struct vtune_error **err);
/* The plan of such a text, which may be NULL: as vtune__metadata_plan(). */
struct vtune_plan *vtune__metadata_plan_of(const char *text, struct vtune_error **err);
/* A plan that cannot be read is as none, unless for want of memory: -1 with *err. Frees
 * unsound, which may be NULL. */
int vtune__metadata_forgive(struct vtune_error *unsound, struct vtune_error **err);
/* Do the two texts say the same plan? ours is of vtune__plan_to_compact_json(), theirs may be
 * NULL. 1, 0, -1 with *err. */
int vtune__metadata_same_plan(const char *ours, const char *theirs, struct vtune_error **err);
/* An element for virDomainSetMetadata, which puts it into the namespace by itself. name:
 * "plan" or "former". NULL and *err on failure. */
char *vtune__metadata_element(const char *name, const char *text, struct vtune_error **err);
/* The XML with plan and former definition in its metadata; NULL for plan or former
 * takes that element out. Everything else stays as it is. A former definition in the former
 * one is taken out of it first. */
char *vtune__metadata_put(const char *xml, const struct vtune_plan *plan, const char *former,
			  struct vtune_error **err);
/* The same with the plan as text. */
char *vtune__metadata_put_text(const char *xml, const char *plan, const char *former,
			       struct vtune_error **err);
/* Take out of the metadata all but the plan. */
void vtune__metadata_keep_plan(struct _xmlNode *domain);

/* ---- spec.c: the spec of what a domain is; spec-*.c fill parts of it ---- */

struct vtune_spec;

/* ---- spec-memory.c: memory, cells, pages, mode ---- */

int vtune__spec_of_memory(struct vtune_spec *spec, const struct vtune__pins *pins,
			  struct vtune_error **err);

/* ---- spec-policy.c: which vCPUs are dedicated, how helpers run; plan may be NULL ---- */

int vtune__spec_of_policy(struct vtune_spec *spec, const struct vtune__pins *pins,
			  const struct vtune_plan *plan, struct vtune_error **err);

/* ---- spec-iothreads.c: once the disks are there ---- */

int vtune__spec_of_iothreads(struct vtune_spec *spec, const struct vtune__pins *pins,
			     const struct vtune_plan *plan, struct _xmlNode *domain,
			     struct vtune_error **err);

/* ---- spec-disks.c; plan may be NULL ---- */

int vtune__spec_of_disks(struct vtune_spec *spec, struct _xmlNode *domain,
			 const struct vtune_plan *plan, struct vtune_error **err);

/* ---- spec-interfaces.c; plan may be NULL ---- */

int vtune__spec_of_interfaces(struct vtune_spec *spec, struct _xmlNode *domain,
			      const struct vtune_plan *plan, struct vtune_error **err);
/* Is the host device that of an interface, and so none of the spec's host devices? */
bool vtune__spec_is_of_interface(const struct vtune_spec *spec, const char *id);

/* ---- spec-cpu.c; plan may be NULL ---- */

int vtune__spec_of_cpu(struct vtune_spec *spec, struct _xmlNode *domain,
		       const struct vtune_plan *plan, struct vtune_error **err);

/* ---- spec-schedule.c: needs the policy; plan may be NULL ---- */

int vtune__spec_of_schedule(struct vtune_spec *spec, struct _xmlNode *domain,
			    const struct vtune_plan *plan, struct vtune_error **err);

/* ---- spec-advice.c ---- */

void vtune__spec_of_advice(struct vtune_spec *spec, struct _xmlNode *domain);

/* ---- spec-backing.c: needs the memory ---- */

void vtune__spec_of_backing(struct vtune_spec *spec, struct _xmlNode *domain);

/* ---- spec-pcie.c ---- */

void vtune__spec_of_pcie(struct vtune_spec *spec, struct _xmlNode *domain);

#endif
