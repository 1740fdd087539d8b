/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the disks are driven. */
#include <inttypes.h>

#include "sentences.h"

/* More disks of one kind are counted. */
#define MOST_DISKS 8

static bool is_alike(const struct vtune__disk_spec *a, const struct vtune__disk_spec *b)
{
	return a->cache == b->cache && a->io == b->io && a->discard == b->discard &&
	       a->zeroes == b->zeroes && a->queues == b->queues && a->queue_size == b->queue_size;
}

static void add_io(const struct vtune__disk_spec *disk, struct vtune__parts *parts)
{
	static const char *const words[] = {
		[VTUNE__IO_NATIVE] = "native I/O",
		[VTUNE__IO_THREADS] = "I/O by threads",
		[VTUNE__IO_URING] = "I/O by io_uring",
	};

	if (disk->cache != VTUNE__CACHE_AUTO)
		vtune__parts_add(parts, "cache %s", vtune__disk_caches[disk->cache]);
	if (disk->io != VTUNE__IO_AUTO)
		vtune__parts_add(parts, "%s", words[disk->io]);
	if (disk->discard != VTUNE__DISCARD_AUTO)
		vtune__parts_add(parts, "discard %s", vtune__disk_discards[disk->discard]);
	if (disk->zeroes != VTUNE__ZEROES_AUTO)
		vtune__parts_add(parts, "detect_zeroes %s", vtune__zeroes_words[disk->zeroes]);
}

static void add_queues(const struct vtune__disk_spec *disk, struct vtune__parts *parts)
{
	if (disk->queues > 0 && disk->queue_size > 0)
		vtune__parts_add(parts, "%u queue%s of %u", disk->queues,
				 disk->queues == 1 ? "" : "s", disk->queue_size);
	else if (disk->queues > 0)
		vtune__text_add_count(vtune__parts_next(parts), disk->queues, "queue");
	else if (disk->queue_size > 0)
		vtune__parts_add(parts, "queues of %u", disk->queue_size);
}

/* "vda (I/O thread 1)": which of the I/O threads that were told of before. */
static void add_name(const struct vtune_plan *plan, const struct vtune__disk_spec *disk,
		     struct vtune__text *text)
{
	vtune__text_add_plain(text, disk->target);
	if (plan->niothreads < 2 || vtune__set_is_empty(&disk->iothread))
		return;
	vtune__text_add(text, " (");
	vtune__text_add_set_of(text, "I/O thread", &disk->iothread);
	vtune__text_add(text, ")");
}

static void say_disks(const struct vtune_plan *plan, unsigned int first, unsigned int count,
		      struct vtune__sentences *out)
{
	const struct vtune__disk_spec *disk = &plan->disks[first];
	struct vtune__parts names = { 0 }, settings = { 0 };
	struct vtune__text text = { 0 };

	add_io(disk, &settings);
	add_queues(disk, &settings);
	if (settings.count == 0)
		return;
	if (count > MOST_DISKS) {
		vtune__text_add_count(&text, count, "disk");
	} else {
		for (unsigned int i = first; i < first + count; i++)
			add_name(plan, &plan->disks[i], vtune__parts_next(&names));
		vtune__text_add(&text, count == 1 ? "Disk " : "Disks ");
		vtune__parts_join(&names, &text);
	}
	vtune__text_add(&text, count == 1 ? " has " : " have ");
	vtune__parts_join(&settings, &text);
	vtune__text_add(&text, ".");
	vtune__sentences_take(out, VTUNE__SAYS_PLACE, &text);
}

static void say_polling(const struct vtune__iothread_tuning *tuning, struct vtune__sentences *out)
{
	bool least = tuning->said & 1u << VTUNE__POOL_MIN;
	bool most = tuning->said & 1u << VTUNE__POOL_MAX;
	struct vtune__parts parts = { 0 };
	struct vtune__text text = { 0 };

	if (tuning->said & 1u << VTUNE__POLL_MAX)
		vtune__parts_add(&parts, "poll for up to %" PRId64 " ns",
				 tuning->value[VTUNE__POLL_MAX]);
	if (least && most)
		vtune__parts_add(&parts, "have pools of %" PRId64 " to %" PRId64 " threads",
				 tuning->value[VTUNE__POOL_MIN], tuning->value[VTUNE__POOL_MAX]);
	else if (least || most)
		vtune__parts_add(&parts, "have pools of at %s %" PRId64 " threads",
				 least ? "least" : "most",
				 tuning->value[least ? VTUNE__POOL_MIN : VTUNE__POOL_MAX]);
	if (parts.count == 0)
		return;
	vtune__text_add(&text, "The I/O threads ");
	vtune__parts_join(&parts, &text);
	vtune__text_add(&text, ".");
	vtune__sentences_take(out, VTUNE__SAYS_PLACE, &text);
}

void vtune__sentences_add_disks(const struct vtune_plan *plan, struct vtune__sentences *out)
{
	unsigned int count;

	for (unsigned int first = 0; first < plan->ndisks; first += count) {
		count = 1;
		while (first + count < plan->ndisks &&
		       is_alike(&plan->disks[first], &plan->disks[first + count]))
			count++;
		say_disks(plan, first, count, out);
	}
	if (plan->niothreads > 0)
		say_polling(&plan->iothreads[0].tuning, out);
}
