/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ctrl-C while a domain or the host is being set: that is finished, or undone, first. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static const int stops[] = { SIGINT, SIGTERM, SIGHUP };
#define NSTOPS (sizeof(stops) / sizeof(stops[0]))

static volatile sig_atomic_t arrived;
static const char *words = "";

/* The next one ends the process at once: SA_RESETHAND. */
static void remember(int number)
{
	int before = errno;

	arrived = number;
	(void)!write(STDERR_FILENO, words, strlen(words));
	errno = before;
}

/* A handler and not a mask: libvirt's threads would take what is blocked here only. */
void signals_defer(bool is_domain)
{
	static const char domain[] =
		"\nvtune-place: ending as soon as the domain is whole; once more: at once\n";
	static const char host[] =
		"\nvtune-place: ending as soon as the host is set; once more: at once\n";
	struct sigaction action = { .sa_handler = remember, .sa_flags = SA_RESETHAND | SA_RESTART };

	words = is_domain ? domain : host;
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < NSTOPS; i++) {
		struct sigaction before;

		/* nohup means it */
		if (sigaction(stops[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			sigaction(stops[i], &action, NULL);
	}
}

void signals_deliver(void)
{
	if (!arrived)
		return;
	signal(arrived, SIG_DFL);
	raise(arrived);
}
