/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's own settings: read through a root, compared with a profile and with what
 * the VMs hold, set, and set back. */
#ifndef VTUNE_TUNING_H
#define VTUNE_TUNING_H

#include <sys/types.h>

#include "../base/base.h"
#include "../base/json.h"
#include "../host/host.h"
#include "../plan/plan.h"

struct vtune__tune_check;
struct vtune__profile;

/* ---- options.c ---- */

struct vtune_tuning_options {
	char *sysroot;			/* NULL: this machine */
	char *undo_file;		/* NULL: the usual one, in the sysroot */
	struct vtune__profile *profile; /* NULL: VTUNE__DEFAULT_PROFILE */
	struct vtune_host *host;	/* NULL: no running VMs are known */
	struct vtune_plan **plans;
	unsigned int nplans;
	struct vtune__names only, skip; /* as vtune__tune_check_matches() takes them */
};
bool vtune__options_want(const struct vtune_tuning_options *options,
			 const struct vtune__tune_check *check);

/* ---- root.c: files below a root ("" for this machine), never outside it ---- */

/* Where a path (from "/") leads below the root, with all links followed as they would be
 * if the root were "/". NULL and *err untouched when it leads nowhere. */
char *vtune__root_resolve(const char *root, const char *path, struct vtune_error **err);
/* The same of what need not be there yet; NULL with *err. */
char *vtune__root_place(const char *root, const char *path, struct vtune_error **err);
/* The whole of a file, *text (freed before, so NULL at first) is a new string: 1; 0 when
 * there is none or it cannot be read, with the reason in errno; -1 when out of memory. */
int vtune__root_read(const char *root, const char *path, char **text, struct vtune_error **err);
/* The same without the blanks at both ends: what a setting is. */
int vtune__root_read_word(const char *root, const char *path, char **text,
			  struct vtune_error **err);
/* 0 also when it is not one number. */
int vtune__root_read_number(const char *root, const char *path, uint64_t *number,
			    struct vtune_error **err);
/* A list of CPUs or nodes; 0 also when it is none. */
int vtune__root_read_set(const char *root, const char *path, struct vtune__set *set,
			 struct vtune_error **err);
/* 1: it is there; 0: it is not; -1: out of memory. */
int vtune__root_has(const char *root, const char *path, struct vtune_error **err);
/* The names in a folder that begin with prefix, sorted ("sda9" before "sda10"); none when
 * there is no such folder. */
int vtune__root_list(const char *root, const char *folder, const char *prefix,
		     struct vtune__names *names, struct vtune_error **err);
/* The last part of what a symbolic link holds; as vtune__root_read(). */
int vtune__root_link_name(const char *root, const char *path, char **name,
			  struct vtune_error **err);

/* ---- words.c: how the kernel writes settings ---- */

/* Of "always [madvise] never" the chosen word, of anything else the text; changes text. */
const char *vtune__chosen(char *text);
/* Is the word in such a list, chosen or not? */
bool vtune__offers(const char *text, const char *word);
/* Do two texts mean the same, as "00000000,0000000f" and "f", or "007" and "7"? */
bool vtune__same_value(const char *a, const char *b);
bool vtune__is_number(const char *text, uint64_t *number);
/* "ff,ffffffff" to a set and back, as the kernel writes masks. */
bool vtune__mask_parse(struct vtune__set *set, const char *text, bool *no_memory);
char *vtune__mask_print(const struct vtune__set *set, struct vtune_error **err);
/* The value of KEY=value or of a bare KEY ("") on a kernel command line or in a file of
 * shell assignments, as a new string without quotes: 1, 0, -1 as above. The last one wins. */
int vtune__assigned(const char *text, const char *key, char **value, struct vtune_error **err);

/* ---- profile.c, profile-read.c: what a host is for ---- */

/* What is wanted of one setting: any of values, or a number in a range. */
struct vtune__tune_wish {
	char **values;
	unsigned int nvalues; /* 0: a range */
	uint64_t min, max;
	char *set; /* what to set when it is something else */
};

/* What is wanted of a setting always, or in one of two cases (see vtune__tune_check.cases). */
struct vtune__preference {
	const struct vtune__tune_check *check;
	bool by_case;
	struct vtune__tune_wish wishes[2]; /* by_case: one each; else the first */
	bool has[2];			   /* false: no matter */
};

struct vtune__profile {
	char *name;
	char *title; /* NULL: none */
	struct vtune__preference *preferences;
	unsigned int npreferences;
};
#define VTUNE__DEFAULT_PROFILE "throughput"

/* A built-in profile by its name, or one from its document. */
struct vtune__profile *vtune__profile_of(const char *name_or_document, struct vtune_error **err);
struct vtune__profile *vtune__profile_from_json(const char *json, struct vtune_error **err);
void vtune__profile_free(struct vtune__profile *profile);
/* NULL when the profile does not mind. */
const struct vtune__preference *vtune__profile_find(const struct vtune__profile *profile,
						    const struct vtune__tune_check *check);
/* In one of the cases, 0 or 1; -1: neither is known, so what suits either is good. */
bool vtune__preference_likes(const struct vtune__preference *preference, int which,
			     const char *value);
/* What to set in that case; NULL: no matter. */
const char *vtune__preference_set(const struct vtune__preference *preference, int which);
/* "200000 to 500000", "never or madvise": for people, added to text. */
void vtune__tune_wish_describe(const struct vtune__tune_wish *wish, struct vtune__text *text);
void vtune__preference_describe(const struct vtune__preference *preference, int which,
				struct vtune__text *text);

/* ---- profiles-data.c: data/profiles, made by the Makefile ---- */

extern const char *const vtune__profile_documents[]; /* NULL at the end */

/* ---- vms.c: what the VMs hold and need ---- */

struct vtune__pages_needed {
	unsigned int node;
	uint64_t size_kib;
	/* Pages that running VMs hold, those of them that a planned VM takes over, and
	 * that planned VMs need. */
	uint64_t running, replaced, planned;
};

struct vtune__vms {
	struct vtune__names names; /* sorted, each once */
	struct vtune__set held;	   /* CPUs that belong to a VM alone */
	unsigned int npinned;	   /* VMs of which every vCPU has its own CPU */
	bool huge_pages;	   /* any of them has them */
	unsigned int ndevices;	   /* passed through to them */
	struct vtune__pages_needed *pages;
	unsigned int npages;
};
int vtune__vms_read(const struct vtune_tuning_options *options, const struct vtune_host *running,
		    struct vtune__vms *vms, struct vtune_error **err);
void vtune__vms_free(struct vtune__vms *vms);

/* ---- machine.c: what several checks need to know of the machine ---- */

struct vtune__machine {
	struct vtune__set online, possible, isolated, nohz_full; /* CPUs */
	struct vtune__set nodes;				 /* that are online */
	char *command_line;					 /* the kernel's; "" unknown */
	unsigned int kernel;					 /* 5016 for 5.16; 0 unknown */
	/* What /proc/cpuinfo says of virtualization; all false where it tells nothing. */
	bool is_x86, has_vmx, has_svm;
};
int vtune__machine_read(const char *root, struct vtune__machine *machine, struct vtune_error **err);
void vtune__machine_free(struct vtune__machine *machine);

/* ---- ../live/tuning-domains.c: through the door to libvirt ---- */

struct vtune__tuning_domain {
	char *name, *xml;
	bool is_running;
};
struct vtune__tuning_domains {
	struct vtune__tuning_domain *items; /* sorted by name */
	unsigned int count;
};
int vtune__tuning_domains_read(const struct vtune_connection *connection,
			       struct vtune__tuning_domains *domains, struct vtune_error **err);
void vtune__tuning_domains_free(struct vtune__tuning_domains *domains);
/* Is the host of the connection another machine than this one? */
bool vtune__tuning_is_remote(const struct vtune_connection *connection);

/* ---- tuning.c: the object ---- */

enum vtune__verdict {
	VTUNE__OK,
	VTUNE__ADVICE,
	VTUNE__WARN,
	VTUNE__DANGER,
	VTUNE__UNKNOWN, /* not here, or not to be read */
};
extern const char *const vtune__verdict_names[];

/* How a setting is kept over a start of the host. */
enum vtune__keep {
	VTUNE__SYSCTL,	   /* a line of sysctl.d */
	VTUNE__TMPFILES,   /* a line of tmpfiles.d */
	VTUNE__MODPROBE,   /* a line of modprobe.d */
	VTUNE__UDEV,	   /* a rule */
	VTUNE__KERNEL,	   /* words for the kernel's command line */
	VTUNE__IRQBALANCE, /* a line of a drop-in for its service */
	VTUNE__LIBVIRT,	   /* advice on a file of libvirt's configuration */
	VTUNE__KEEPS
};
extern const char *const vtune__keep_names[];

/* One file of /sys or /proc that is to have another value. */
struct vtune__setting {
	char *path;
	char *current, *wanted;
	/* As much as there is will do, so less than wanted is reported, and kept. */
	bool is_count;
};

struct vtune__keep_line {
	enum vtune__keep keep;
	char *text; /* a line without its end */
};

struct vtune__row {
	const struct vtune__tune_check *check;
	enum vtune__verdict verdict;
	char *where;		/* a disk, a VM; NULL: the host as a whole */
	char *current, *wanted; /* in words; NULL: none */
	char *why;		/* NULL: as the check has it */
	char *how;		/* what to do by hand, a sentence; NULL: nothing */
	bool reboot;		/* it takes one */
	struct vtune__setting *settings;
	unsigned int nsettings;
	struct vtune__keep_line *kept;
	unsigned int nkept;
};

struct vtune_tuning {
	char *root;	 /* "" for this machine */
	char *undo_file; /* where it really is */
	char *profile;	 /* its name */
	bool has_vms;	 /* it was told of VMs, maybe of none */
	bool has_domains;
	struct vtune__names vms;
	struct vtune__set held;
	struct vtune__row *rows;
	unsigned int nrows;
};

struct vtune_tuning *vtune__tuning_new(const struct vtune_tuning_options *options,
				       struct vtune_error **err);
/* The path of a root (NULL: this machine) without slashes at its end, so that paths can be
 * put behind it; a new string. */
char *vtune__root_of(const char *path, struct vtune_error **err);
const char *vtune__row_why(const struct vtune__row *row);

/* ---- checking.c: what a check is given, and how it says what it found ---- */

struct vtune__checking {
	const char *root;
	const struct vtune__profile *profile;
	const struct vtune__tune_check *check; /* the one that runs now */
	struct vtune__vms vms;
	bool has_vms;
	struct vtune__machine machine;
	const struct vtune__tuning_domains *domains; /* NULL: no connection */
	struct vtune_tuning *tuning;
	struct vtune_error **err;
};

/* A new row of the check that runs now; valid until the next one is added. */
struct vtune__row *vtune__row_new(struct vtune__checking *checking, enum vtune__verdict verdict);
/* Set one of the strings of a row. */
int vtune__row_say(struct vtune__checking *checking, char **place, const char *format, ...)
	VTUNE__PRINTF(3, 4);
/* A file that is to be written; where the kernel does not let it, a start of the host is
 * what the row needs instead. */
int vtune__row_set(struct vtune__checking *checking, struct vtune__row *row, const char *path,
		   const char *current, const char *wanted);
int vtune__row_keep(struct vtune__checking *checking, struct vtune__row *row, enum vtune__keep keep,
		    const char *format, ...) VTUNE__PRINTF(4, 5);
/* Take back all that it was to keep. */
void vtune__row_keep_nothing(struct vtune__row *row);
/* Keep what is to be written to path, in the way that suits the path. */
int vtune__row_keep_path(struct vtune__checking *checking, struct vtune__row *row, const char *path,
			 const char *wanted);
/* A row of verdict unknown: what is missing, as a sentence. */
int vtune__row_missing(struct vtune__checking *checking, const char *format, ...)
	VTUNE__PRINTF(2, 3);
/* The same for a file that vtune__root_read() could not read, from errno. */
int vtune__row_unread(struct vtune__checking *checking, const char *path, int number);
/* What the profile wants of the check that runs now, or NULL. */
const struct vtune__preference *vtune__wanted(const struct vtune__checking *checking);

/* ---- checks.c: the table ---- */

enum vtune__topic {
	VTUNE__TOPIC_CPU,
	VTUNE__TOPIC_MEMORY,
	VTUNE__TOPIC_DISKS,
	VTUNE__TOPIC_DEVICES,
	VTUNE__TOPIC_SECURITY,
};
extern const char *const vtune__topic_names[];

/* What a profile may say of a check. */
enum vtune__kind {
	VTUNE__NO_WISH,
	VTUNE__NUMBER,
	VTUNE__WORD,
};

/* Whether case 0 or 1 is given; -1: not known. */
typedef int vtune__case_function(const struct vtune__checking *checking);

struct vtune__tune_check {
	const char *id, *name, *title;
	enum vtune__topic topic;
	const char *source;
	const char *why; /* a sentence */
	/* The verdict when a setting is not as it should be. */
	enum vtune__verdict otherwise;
	/* Adds its rows; vtune__tune_value() needs no more than the path. */
	int (*run)(struct vtune__checking *checking);
	const char *path;
	enum vtune__kind kind;
	uint64_t max;		  /* VTUNE__NUMBER: the kernel takes no more */
	const char *const *words; /* VTUNE__WORD: those it may be, NULL at the end */
	/* Names of two cases in which a profile may want different things. */
	const char *cases[2];
	vtune__case_function *which;
};
extern const struct vtune__tune_check vtune__tune_checks[];
extern const unsigned int vtune__tune_nchecks;

/* ---- checks-find.c ---- */

/* Is it called that: id, row or name? */
bool vtune__tune_check_matches(const struct vtune__tune_check *check, const char *called);
bool vtune__tune_check_is_named(const char *called);
int vtune__tune_fail_unknown(const char *called, struct vtune_error **err);
const struct vtune__tune_check *vtune__tune_check_by_name(const char *name);

/* ---- check-*.c ---- */

int vtune__tune_value(struct vtune__checking *checking);
int vtune__tune_kworkers(struct vtune__checking *checking);
int vtune__tune_interrupts(struct vtune__checking *checking);
int vtune__tune_interrupts_now(struct vtune__checking *checking);
int vtune__tune_isolated(struct vtune__checking *checking);
int vtune__tune_nohz_full(struct vtune__checking *checking);
int vtune__tune_irqbalance(struct vtune__checking *checking);
int vtune__tune_huge_pages(struct vtune__checking *checking);
int vtune__tune_ksm_value(struct vtune__checking *checking);
int vtune__tune_ksm_nodes(struct vtune__checking *checking);
int vtune__tune_balancing(struct vtune__checking *checking);
int vtune__tune_balancing_scan(struct vtune__checking *checking);
int vtune__tune_swap(struct vtune__checking *checking);
int vtune__tune_aio(struct vtune__checking *checking);
int vtune__tune_scheduler(struct vtune__checking *checking);
int vtune__tune_hugetlbfs(struct vtune__checking *checking);
int vtune__tune_kvm(struct vtune__checking *checking);
int vtune__tune_nested(struct vtune__checking *checking);
int vtune__tune_ept(struct vtune__checking *checking);
int vtune__tune_iommu(struct vtune__checking *checking);
int vtune__tune_sriov(struct vtune__checking *checking);
int vtune__tune_governor(struct vtune__checking *checking);
int vtune__tune_idle_states(struct vtune__checking *checking);
int vtune__tune_libvirt_tcp(struct vtune__checking *checking);
int vtune__tune_libvirt_socket(struct vtune__checking *checking);
int vtune__tune_vnc_listen(struct vtune__checking *checking);
int vtune__tune_graphics(struct vtune__checking *checking);
int vtune__tune_security_driver(struct vtune__checking *checking);
int vtune__tune_ownership(struct vtune__checking *checking);
int vtune__tune_seclabel(struct vtune__checking *checking);
int vtune__tune_guest_agent(struct vtune__checking *checking);
int vtune__tune_ksm_owners(struct vtune__checking *checking);

/* ---- conf.c: files of libvirt's configuration ---- */

/* What a key is set to in such a file, as a new string without quotes and brackets, lists
 * with blanks between: 1; 0 when it is not set; -1. */
int vtune__conf_get(const char *conf, const char *key, char **value, struct vtune_error **err);
/* Is it set to this? 1, 0, -1. */
int vtune__conf_is(const char *conf, const char *key, const char *value, struct vtune_error **err);
/* Is "vnc_tls" or the like set to something that counts? */
int vtune__conf_has(const char *conf, const char *protocol, const char *key,
		    struct vtune_error **err);
/* An address, which may be NULL, that stands for all of the host's. */
bool vtune__is_everywhere(const char *address);
#define VTUNE__QEMU_CONF "/etc/libvirt/qemu.conf"

/* ---- files.c: what makes settings hold after the next start ---- */

struct vtune__file {
	const char *path; /* from the root, without "/" at the front */
	char *text;	  /* NULL: there is nothing to be written, so no such file */
};
struct vtune__files {
	struct vtune__file items[VTUNE__KEEPS];
	unsigned int count;
};
int vtune__files_make(const struct vtune_tuning *tuning, struct vtune__files *files,
		      struct vtune_error **err);
void vtune__files_free(struct vtune__files *files);

/* ---- door.c: everything that is written, so that tests can put failures and ends of
 * the process in its place ---- */

struct vtune__door {
	/* Write a value to a file that exists; 0 or an errno. */
	int (*write)(const struct vtune__door *door, const char *path, const char *value);
	/* Put a whole file in its place, durably: 0 or an errno. The folder is made. */
	int (*replace)(const struct vtune__door *door, const char *path, const char *text);
	int (*remove)(const struct vtune__door *door, const char *path);
};
extern const struct vtune__door vtune__real_door;

/* ---- undo-record.c ---- */

struct vtune__change {
	char *check; /* its id */
	char *path;  /* from the root */
	char *was, *set;
	/* What the kernel made of it, or what an earlier apply had set; NULL: as set. */
	char *took;
	bool is_count;
	uint64_t when; /* seconds since 1970 */
};
struct vtune__record {
	struct vtune__change *changes; /* in the order in which they were made */
	unsigned int count;
	int lock; /* the folder, open and locked; -1: not */
};
/* What there is; an empty record when there is no such file. */
int vtune__record_read(const char *file, struct vtune__record *record, struct vtune_error **err);
/* The folder is made if create; without it and without a folder nothing is locked. */
int vtune__record_lock(const char *file, bool create, struct vtune__record *record,
		       struct vtune_error **err);
/* An empty record removes the file. */
int vtune__record_write(const struct vtune__door *door, const char *file,
			const struct vtune__record *record, struct vtune_error **err);
struct vtune__change *vtune__record_find(const struct vtune__record *record, const char *path);
/* Strings are copied. */
struct vtune__change *vtune__record_add(struct vtune__record *record, const char *check,
					const char *path, const char *was, const char *set,
					struct vtune_error **err);
/* Is this value one that we have left there? Between what a count was and what it was to
 * become, too: the kernel grants pages one by one. */
bool vtune__change_is_ours(const struct vtune__change *change, const char *value);
void vtune__record_drop(struct vtune__record *record, unsigned int index);
void vtune__record_free(struct vtune__record *record);

/* ---- apply.c, undo.c, persist.c, setting.c ---- */

struct vtune_report *vtune__tuning_apply(const struct vtune_tuning *tuning, unsigned int flags,
					 const struct vtune__door *door, struct vtune_error **err);
struct vtune_report *vtune__tuning_undo(const struct vtune_tuning_options *options,
					unsigned int flags, const struct vtune__door *door,
					struct vtune_error **err);
struct vtune_report *vtune__tuning_persist(const struct vtune_tuning *tuning, const char *directory,
					   unsigned int flags, const struct vtune__door *door,
					   struct vtune_error **err);
/* One line of a report of these, whose list is of enum vtune__report_list. have and want
 * may be NULL. */
int vtune__tuning_report(struct vtune_report *report, unsigned int list, const char *check,
			 const char *path, const char *have, const char *want,
			 struct vtune_error **err, const char *format, ...) VTUNE__PRINTF(8, 9);
char *vtune__errno_words(int number, struct vtune_error **err);
/* The flags of these three. */
int vtune__tuning_flags(unsigned int flags, const char *function, struct vtune_error **err);
/* A setting as it is now, below the root: 1, 0 with errno, -1. */
int vtune__setting_read(const char *root, const char *path, char **value, struct vtune_error **err);
/* Write it: 0, an errno, or -1 when out of memory. */
int vtune__setting_write(const struct vtune__door *door, const char *root, const char *path,
			 const char *value, struct vtune_error **err);

#endif
