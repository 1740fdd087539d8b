/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a placement is set: what differs becomes an ordered list of steps, each with
 * what was there before, which is run as a whole or undone as a whole. */
#ifndef VTUNE_APPLY_H
#define VTUNE_APPLY_H

#include "compare.h"

/* ---- steps-order.c: pure ---- */

enum vtune__mover_kind {
	VTUNE__MOVER_VCPU,
	VTUNE__MOVER_IOTHREAD,
	VTUNE__MOVER_EMULATOR,
};

/* A thread that may have to go elsewhere. Neither set is empty. */
struct vtune__mover {
	enum vtune__mover_kind kind;
	unsigned int id;
	const struct vtune__set *now, *target;
	const struct vtune__set *pin; /* what libvirt believes of now; not used here */
};

struct vtune__move {
	unsigned int mover;
	struct vtune__set cpus, before;
	bool temporary; /* it moves on later */
	int beside;	/* a mover that is on its CPU for a moment more; -1: none */
};

struct vtune__moves {
	struct vtune__move *list;
	unsigned int count;
};

/* In which order they go, so that vCPUs which share no CPU before and afterwards share
 * none on the way, and helpers leave where they can before vCPUs come. Where vCPUs swap
 * their CPUs one waits on a CPU of the first of the spare sets that has one free. */
int vtune__moves_order(struct vtune__moves *moves, const struct vtune__mover *movers,
		       unsigned int count, const struct vtune__set *const *spare,
		       unsigned int nspare, struct vtune_error **err);
void vtune__moves_free(struct vtune__moves *moves);

/* ---- steps.c ---- */

enum vtune__step_kind {
	VTUNE__STEP_DEFINE,
	VTUNE__STEP_ADD_IOTHREAD,
	VTUNE__STEP_PIN_VCPU,
	VTUNE__STEP_PIN_IOTHREAD,
	VTUNE__STEP_PIN_EMULATOR,
	VTUNE__STEP_SCHEDULER,
	VTUNE__STEP_NODES,
	VTUNE__STEP_PLAN,   /* the element in the metadata of the running domain */
	VTUNE__STEP_FORMER, /* likewise */
	VTUNE__STEP_MEMORY,
};

struct vtune__subject;

struct vtune__step {
	enum vtune__step_kind kind;
	struct vtune__subject *subject;
	unsigned int id; /* of a vCPU or I/O thread, or a scheduler parameter */
	struct vtune__set set, set_before;
	int64_t number, number_before;
	char *text, *text_before; /* NULL: the element is not there */
	bool temporary;
	int beside; /* a vCPU; -1: none */
};

struct vtune__steps {
	struct vtune__step *list;
	unsigned int count;
};

struct vtune__step *vtune__steps_add(struct vtune__steps *steps, enum vtune__step_kind kind,
				     struct vtune__subject *subject, struct vtune_error **err);
void vtune__steps_free(struct vtune__steps *steps);
/* The call as people read it: "virDomainPinVcpuFlags(db01, vCPU 3, CPU 5, live)". */
char *vtune__step_text(const struct vtune__step *step, struct vtune_error **err);

/* ---- steps-run.c ---- */

/* One call; back: the call that undoes it. An error names the call and libvirt's reason. */
int vtune__step_run(const struct vtune_connection *connection, const struct vtune__step *step,
		    bool back, const struct vtune_options *options, struct vtune_error **err);

/* ---- subject.c: a domain that is set ---- */

struct vtune__real {
	enum vtune__mover_kind kind;
	unsigned int id;
	struct vtune__set cpus;
};

struct vtune__subject {
	char *name;
	virDomainPtr domain;
	char *live_xml;	  /* as it runs; NULL: it does not */
	char *config_xml; /* as it is defined, with its passwords; NULL: it is transient */
	/* What it becomes; NULL: it stays. */
	char *live_target, *config_target;
	struct vtune__pins live, target; /* of live_xml, of live_target */
	struct vtune__set held;		 /* CPUs, of another running domain */
	struct vtune__real *real;	 /* where the kernel has its threads, where it is known */
	unsigned int nreal;
	/* In the metadata of the target; NULL: none. own_plan keeps it where nobody else does. */
	const struct vtune_plan *live_plan;
	struct vtune_plan *own_plan;
	char *plan_text;     /* of the plan that is set */
	bool sets_scheduler; /* as of the connection */
	bool carries;	     /* the running domain has that plan in its metadata */
	/* In the metadata of the target: NULL: none. keeps_former: what is there stays. */
	char *live_former;
	bool keeps_former;
};

/* The parts of a domain that vtune__domain_lay() may change, NULL at the end. */
extern const char *const vtune__governed[];

/* Takes the reference to the domain, also when it fails. */
struct vtune__subject *vtune__subject_of(const struct vtune_connection *connection,
					 virDomainPtr domain, struct vtune_error **err);
void vtune__subject_free(const struct vtune_connection *connection, struct vtune__subject *subject);
/* Fill in real, for a running domain of this machine. */
int vtune__subject_read_real(const struct vtune_connection *connection,
			     struct vtune__subject *subject, struct vtune_error **err);
/* Where the kernel has a thread; NULL: not known. */
const struct vtune__set *vtune__subject_real(const struct vtune__subject *subject,
					     enum vtune__mover_kind kind, unsigned int id);
/* What there is of the domain now; NULL: it does not run, it is transient. */
int vtune__subject_read_xml(const struct vtune_connection *connection, virDomainPtr domain,
			    const char *name, char **live, char **config, struct vtune_error **err);
/* What a definition is kept as for vtune_domain_restore(): the parts that a plan governs,
 * so no passwords, and the plan that was there. */
char *vtune__former_of(const char *xml, struct vtune_error **err);

/* ---- subject-target.c: what it becomes ---- */

/* Fill in plan_text and carries, once; NULL: nothing. */
int vtune__subject_print_plan(struct vtune__subject *subject, const struct vtune_plan *plan,
			      struct vtune_error **err);
/* As the plan has it, which must live as long as the subject. */
int vtune__subject_aim_live(struct vtune__subject *subject, const struct vtune_plan *plan,
			    struct vtune_error **err);
int vtune__subject_aim_config(struct vtune__subject *subject, const struct vtune_plan *plan,
			      struct vtune_error **err);
/* The same for a domain that gives up CPUs: what it was formerly stays as it is. The
 * subject takes *plan over. */
int vtune__subject_narrow_live(struct vtune__subject *subject, struct vtune_plan **plan,
			       struct vtune_error **err);
int vtune__subject_narrow_config(struct vtune__subject *subject, const struct vtune_plan *plan,
				 struct vtune_error **err);

/* ---- transaction.c: steps that are all run, or none ---- */

struct vtune__transaction {
	struct vtune_connection *connection;
	const struct vtune_options *options;
	unsigned int flags;
	struct vtune_host *host;
	struct vtune__room room; /* for the domain itself */
	struct vtune__set online;
	/* All domains, also those that stay as they are. The domain itself comes last. */
	struct vtune__subject **subjects;
	unsigned int nsubjects;
	struct vtune__steps steps;
	struct vtune_report *report;
	struct vtune_error *error; /* what it ended in */
	bool locked;		   /* by this call */
	/* The domain's own metadata is what a repeated call needs until all is done. */
	bool metadata_last;
};

/* Lock the host, and read it and the domain. flags of enum vtune_apply_flags; known are
 * those that may be set. Errors go to transaction->error. */
int vtune__transaction_begin(struct vtune__transaction *transaction,
			     struct vtune_connection *connection, const char *domain,
			     unsigned int flags, unsigned int known,
			     const struct vtune_options *options);
/* Read when it is asked for. NULL and *err on failure. */
const struct vtune_host *vtune__transaction_host(struct vtune__transaction *transaction,
						 struct vtune_error **err);
int vtune__transaction_add(struct vtune__transaction *transaction, struct vtune__subject *subject,
			   struct vtune_error **err);
struct vtune__subject *vtune__transaction_domain(const struct vtune__transaction *transaction);
/* Run the steps, or only tell of them. err is not NULL. */
int vtune__transaction_run(struct vtune__transaction *transaction, struct vtune_error **err);
/* What the call returns: the report, or NULL and the error. */
struct vtune_report *vtune__transaction_report(struct vtune__transaction *transaction,
					       struct vtune_error **err);
void vtune__transaction_end(struct vtune__transaction *transaction);

/* ---- transaction-others.c ---- */

/* Add all domains of the host but the one itself. err is not NULL. */
int vtune__transaction_read_others(struct vtune__transaction *transaction,
				   struct vtune_error **err);
/* The other running domain that holds the CPU; NULL: none. */
const char *vtune__transaction_holder(const struct vtune__transaction *transaction,
				      unsigned int cpu);

/* ---- transaction-undo.c ---- */

/* Undo the first steps of so many, and see that all is as it was; *err, the error for
 * which that is done, gets to say what could not be undone. */
void vtune__transaction_undo(struct vtune__transaction *transaction, unsigned int nsteps,
			     struct vtune_error **err);

/* ---- transaction-check.c ---- */

/* Is every subject as it was to become? An error says what is not; err is not NULL. */
int vtune__transaction_check(struct vtune__transaction *transaction, struct vtune_error **err);
/* Is the same in the metadata of two domains? */
bool vtune__pins_keep_same(const struct vtune__pins *a, const struct vtune__pins *b);
/* Pins as they hold: without one a thread has every CPU that is online. */
const struct vtune__set *vtune__pin_or(const struct vtune__set *pin,
				       const struct vtune__set *online);
/* Where two pins of a running domain differ, in words; NULL without *err: nowhere. */
char *vtune__pins_difference(const struct vtune__pins *want, const struct vtune__pins *have,
			     const struct vtune__subject *subject, const struct vtune__set *online,
			     struct vtune_error **err);

/* ---- steps-make.c ---- */

/* The steps that bring a subject from where it is to its target. */
int vtune__steps_of_subject(struct vtune__transaction *transaction, struct vtune__subject *subject,
			    struct vtune_error **err);
/* libvirt moves the memory of a running domain only in the mode "restrictive". */
bool vtune__can_set_nodes(const struct vtune__subject *subject);

/* ---- scheduler.c: shares, periods and quotas ---- */

/* libvirt's name of a parameter. */
const char *vtune__scheduler_name(unsigned int parameter);
int vtune__scheduler_add_steps(struct vtune__transaction *transaction,
			       struct vtune__subject *subject, struct vtune_error **err);
/* 0, or 1 when libvirt refused. */
int vtune__scheduler_set(const struct vtune_connection *connection, const struct vtune__step *step,
			 int64_t number);
/* Say where two domains differ. */
void vtune__scheduler_compare(struct vtune__text *text, const struct vtune__pins *want,
			      const struct vtune__pins *have);

/* ---- apply.c ---- */

/* The steps of all subjects, and what is due afterwards. */
int vtune__transaction_make_steps(struct vtune__transaction *transaction, struct vtune_error **err);

/* ---- apply-room.c, apply-others.c, apply-due.c ---- */

/* Has the host still the room that the plan takes? */
int vtune__apply_check_room(struct vtune__transaction *transaction, const struct vtune_plan *plan,
			    struct vtune_error **err);
/* Of it the memory: is what the plan takes free for that VM? Else VTUNE_ERR_NOT_VALID. */
int vtune__apply_check_memory(const struct vtune_host *host, const struct vtune_plan *plan,
			      const char *vm, struct vtune_error **err);
/* All CPUs of a plan, what it holds and where it floats, into an empty set. */
int vtune__apply_find_cpus(const struct vtune_plan *plan, struct vtune__set *cpus,
			   struct vtune_error **err);
/* Add to the subjects the other domains whose floating threads leave the CPUs of the plan,
 * and report those which have threads there that are not ours to move. err is not NULL. */
int vtune__apply_narrow_others(struct vtune__transaction *transaction,
			       const struct vtune_plan *plan, struct vtune_error **err);
/* Report what the running domain gets at its next start only. */
int vtune__apply_report_due(struct vtune__transaction *transaction,
			    const struct vtune__subject *subject, struct vtune_error **err);

#endif
