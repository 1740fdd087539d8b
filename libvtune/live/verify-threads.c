/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The threads of the process: where the kernel lets them run, and what their cpusets say. */
#include "verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct scene {
	struct vtune__look *check;
	const char *root;
	const struct vtune__thread_list *threads;
	struct vtune__set helpers; /* the CPUs of the plan's emulator and I/O threads */
	/* Workers have the CPUs of the thread that made them: these, and where such a thread
	 * is itself somewhere else, what it has. */
	struct vtune__set allowed;
};

/* The plan does not know I/O threads that are there for a device alone: they float where
 * the emulator does. */
static const struct vtune__set *iothread_cpus(const struct vtune_plan *plan, unsigned int id)
{
	for (unsigned int i = 0; i < plan->niothreads; i++) {
		if (plan->iothreads[i].id == id)
			return &plan->iothreads[i].cpus;
	}
	return &plan->emulator;
}

/* NULL: the plan says nothing about it. */
static const struct vtune__set *planned_cpus(const struct scene *scene,
					     const struct vtune__thread *thread)
{
	const struct vtune_plan *plan = scene->check->plan;

	switch (thread->kind) {
	case VTUNE__THREAD_VCPU:
		return thread->id < plan->nvcpus ? &plan->vcpus[thread->id].cpus : NULL;
	case VTUNE__THREAD_IOTHREAD:
		return iothread_cpus(plan, thread->id);
	case VTUNE__THREAD_MAIN:
		return &plan->emulator;
	case VTUNE__THREAD_OTHER:
		break;
	}
	return &scene->helpers;
}

static void describe(const struct vtune__thread *thread, struct vtune__finding *finding,
		     char who[64])
{
	finding->code = "emulator_pin";
	switch (thread->kind) {
	case VTUNE__THREAD_VCPU:
		finding->code = "vcpu_pin";
		finding->vcpu = (int)thread->id;
		snprintf(who, 64, "vCPU %u", thread->id);
		return;
	case VTUNE__THREAD_IOTHREAD:
		finding->code = "iothread_pin";
		finding->iothread = (int)thread->id;
		snprintf(who, 64, "I/O thread %u", thread->id);
		return;
	case VTUNE__THREAD_OTHER:
		finding->code = "worker_pin";
		snprintf(who, 64, "The thread %d (%s) of QEMU", thread->tid, thread->name);
		return;
	case VTUNE__THREAD_MAIN:
		snprintf(who, 64, "The emulator");
		return;
	}
}

/* ---- threads ---- */

/* Its cgroup is set with the thread that made it; without one it has to be set by hand. */
static int mend_worker(struct scene *scene, const struct vtune__thread *thread,
		       struct vtune__text *mend)
{
	if (vtune__thread_has_folder(thread)) {
		vtune__text_addf(mend, "vtune-place apply %s", scene->check->vm);
	} else {
		vtune__text_add(mend, "taskset -cp ");
		vtune__text_add_set(mend, &scene->check->plan->emulator);
		vtune__text_addf(mend, " %d", thread->tid);
	}
	return mend->failed ? vtune__fail_memory(scene->check->err) : 0;
}

static int check_worker(struct scene *scene, const struct vtune__thread *thread,
			struct vtune__finding *finding, const char *who)
{
	struct vtune__text mend VTUNE__CLEANUP(vtune__text_free) = { 0 };

	if (vtune__set_is_subset(&thread->cpus, &scene->allowed))
		return 0;
	if (mend_worker(scene, thread, &mend) < 0)
		return -1;
	finding->mend = mend.data;
	return vtune__compare_cpus(scene->check, finding, who, &scene->helpers, &thread->cpus);
}

static int check_affinity(struct scene *scene, const struct vtune__thread *thread,
			  const struct vtune__set *want)
{
	struct vtune__set online VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct vtune__finding finding = { VTUNE__FINDING, .where = "thread" };
	char who[64] = "";

	describe(thread, &finding, who);
	if (thread->kind == VTUNE__THREAD_OTHER)
		return check_worker(scene, thread, &finding, who);
	if (vtune__only_online(scene->check, want, &online) < 0)
		return -1;
	/* When all its CPUs went offline the kernel puts it anywhere: that they did is said
	 * elsewhere. */
	if (vtune__set_is_empty(&online))
		return 0;
	return vtune__compare_cpus(scene->check, &finding, who, &online, &thread->cpus);
}

/* ---- cpusets ---- */

static int check_cpuset(struct scene *scene, const struct vtune__thread *thread,
			const struct vtune__set *want)
{
	struct vtune__set cpus VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct vtune__set online VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct vtune__finding finding = { VTUNE__FINDING, .where = "cgroup" };
	struct vtune_error *reason = NULL;
	char who[64] = "";

	if (vtune__cgroup_read(scene->root, thread->cgroup, "cpus", &cpus, &reason) < 0)
		return vtune__say_unseen_for(scene->check, "cgroup", "its cpusets", reason);
	if (vtune__only_online(scene->check, want, &online) < 0)
		return -1;
	/* A folder that others share may well allow more. */
	if (vtune__set_is_empty(&cpus) || vtune__set_is_empty(&online) ||
	    (!vtune__thread_has_folder(thread) && vtune__set_is_subset(&online, &cpus)))
		return 0;
	describe(thread, &finding, who);
	return vtune__compare_cpus(scene->check, &finding, who, &online, &cpus);
}

static int planned_nodes(const struct vtune__look *check, struct vtune__set *nodes)
{
	for (unsigned int i = 0; i < check->plan->ncells; i++) {
		const struct vtune__plan_cell *cell = &check->plan->cells[i];

		for (unsigned int k = 0; k < cell->nmemory; k++) {
			if (vtune__set_add(nodes, cell->memory[k].node) < 0)
				return vtune__fail_memory(check->err);
		}
	}
	return 0;
}

static int lack_nodes(struct scene *scene, const struct vtune__set *nodes,
		      const struct vtune__set *allowed)
{
	struct vtune__finding finding = { VTUNE__FINDING, .code = "memory_allowed",
					  .where = "cgroup" };
	char *mend VTUNE__CLEANUP(vtune__free_string) =
		vtune__say_mend(scene->check, "--move-memory ");
	char *want VTUNE__CLEANUP(vtune__free_string) = vtune__set_print(nodes);
	char *have VTUNE__CLEANUP(vtune__free_string) = vtune__set_print(allowed);

	if (!mend || !want || !have)
		return vtune__fail_memory(scene->check->err);
	finding.mend = mend;
	finding.want = want;
	finding.have = have;
	return vtune__say_drift(scene->check, &finding,
				"New memory may come from node%s %s alone, should come from %s",
				vtune__set_count(allowed) == 1 ? "" : "s", have, want);
}

/* The memory of the guest is bound by its own policy, but only within what the cpuset of
 * the thread that touches it allows; that of the process as a whole is told by its first. */
static int check_mems(struct scene *scene, const struct vtune__thread *thread)
{
	struct vtune__set allowed VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct vtune__set nodes VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct vtune_error *reason = NULL;

	if (vtune__cgroup_read(scene->root, thread->cgroup, "mems", &allowed, &reason) < 0)
		return vtune__say_unseen_for(scene->check, "cgroup", "its cpusets", reason);
	if (planned_nodes(scene->check, &nodes) < 0)
		return -1;
	if (vtune__set_is_empty(&allowed) || vtune__set_is_subset(&nodes, &allowed))
		return 0;
	return lack_nodes(scene, &nodes, &allowed);
}

static int check_cgroup(struct scene *scene, const struct vtune__thread *thread,
			const struct vtune__set *want)
{
	/* Workers share the folder of the thread that made them. */
	if (!thread->cgroup || thread->kind == VTUNE__THREAD_OTHER)
		return 0;
	if (check_cpuset(scene, thread, want) < 0)
		return -1;
	return thread->kind == VTUNE__THREAD_MAIN ? check_mems(scene, thread) : 0;
}

/* ---- all ---- */

static int collect_helpers(struct scene *scene)
{
	const struct vtune_plan *plan = scene->check->plan;

	if (vtune__set_copy(&scene->helpers, &plan->emulator) < 0)
		return vtune__fail_memory(scene->check->err);
	for (unsigned int i = 0; i < plan->niothreads; i++) {
		if (vtune__set_or(&scene->helpers, &plan->iothreads[i].cpus) < 0)
			return vtune__fail_memory(scene->check->err);
	}
	if (vtune__set_copy(&scene->allowed, &scene->helpers) < 0)
		return vtune__fail_memory(scene->check->err);
	for (unsigned int i = 0; i < scene->threads->count; i++) {
		const struct vtune__thread *thread = &scene->threads->items[i];

		if ((thread->kind == VTUNE__THREAD_MAIN ||
		     thread->kind == VTUNE__THREAD_IOTHREAD) &&
		    vtune__set_or(&scene->allowed, &thread->cpus) < 0)
			return vtune__fail_memory(scene->check->err);
	}
	return 0;
}

static int check_threads(struct scene *scene)
{
	bool any_vcpu = false;

	for (unsigned int i = 0; i < scene->threads->count; i++) {
		const struct vtune__thread *thread = &scene->threads->items[i];
		const struct vtune__set *want = planned_cpus(scene, thread);

		any_vcpu = any_vcpu || thread->kind == VTUNE__THREAD_VCPU;
		if (want && (check_affinity(scene, thread, want) < 0 ||
			     check_cgroup(scene, thread, want) < 0))
			return -1;
	}
	if (any_vcpu)
		return 0;
	return vtune__say_unseen(scene->check, "unnamed", "thread",
				 "which of its threads are vCPUs: they have no names");
}

int vtune__verify_threads(struct vtune__look *check, const char *root, int pid)
{
	struct vtune__thread_list threads VTUNE__CLEANUP(vtune__threads_free) = { 0 };
	struct scene scene = { .check = check, .root = root, .threads = &threads };
	struct vtune_error *reason = NULL;
	int result;

	if (vtune__threads_read(&threads, root, pid, &reason) < 0)
		return vtune__say_unseen_for(check, "thread", "the CPUs of its threads", reason);
	result = collect_helpers(&scene) < 0 ? -1 : check_threads(&scene);
	vtune__set_free(&scene.helpers);
	vtune__set_free(&scene.allowed);
	return result;
}
