/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt tells where it has put threads. Somebody may have moved them behind its back,
 * as taskset does, and then only the kernel knows. */
#include "apply.h"
#include "process.h"

static int add_real(struct vtune__subject *subject, enum vtune__mover_kind kind,
		    const struct vtune__thread *thread, struct vtune_error **err)
{
	struct vtune__real *real =
		vtune__grow((void **)&subject->real, &subject->nreal, sizeof(*real), err);

	if (!real)
		return -1;
	real->kind = kind;
	real->id = kind == VTUNE__MOVER_EMULATOR ? 0 : thread->id;
	return vtune__set_copy(&real->cpus, &thread->cpus) < 0 ? vtune__fail_memory(err) : 0;
}

static int take_thread(struct vtune__subject *subject, const struct vtune__thread *thread,
		       struct vtune_error **err)
{
	switch (thread->kind) {
	case VTUNE__THREAD_VCPU:
		return add_real(subject, VTUNE__MOVER_VCPU, thread, err);
	case VTUNE__THREAD_IOTHREAD:
		return add_real(subject, VTUNE__MOVER_IOTHREAD, thread, err);
	case VTUNE__THREAD_MAIN:
		return add_real(subject, VTUNE__MOVER_EMULATOR, thread, err);
	case VTUNE__THREAD_OTHER:
		break;
	}
	return 0;
}

int vtune__subject_read_real(const struct vtune_connection *connection,
			     struct vtune__subject *subject, struct vtune_error **err)
{
	struct vtune__thread_list threads VTUNE__CLEANUP(vtune__threads_free) = { 0 };
	int pid = connection->is_local ? vtune__process_of_domain(connection, subject->domain) : 0;

	/* Without the rights to look, libvirt is believed. */
	if (pid == 0 || vtune__threads_read(&threads, "", pid, NULL) < 0)
		return 0;
	for (unsigned int i = 0; i < threads.count; i++) {
		if (take_thread(subject, &threads.items[i], err) < 0)
			return -1;
	}
	return 0;
}

const struct vtune__set *vtune__subject_real(const struct vtune__subject *subject,
					     enum vtune__mover_kind kind, unsigned int id)
{
	for (unsigned int i = 0; i < subject->nreal; i++) {
		if (subject->real[i].kind == kind && subject->real[i].id == id)
			return &subject->real[i].cpus;
	}
	return NULL;
}
