/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Case i of a seed is always the same pair of documents. */
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "random-cases.h"

/* splitmix64 */
static uint64_t next(struct random_case *r)
{
	uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

unsigned int random_below(struct random_case *r, unsigned int limit)
{
	return limit ? (unsigned int)(next(r) % limit) : 0;
}

bool random_chance(struct random_case *r, unsigned int percent)
{
	return random_below(r, 100) < percent;
}

unsigned int random_weighted(struct random_case *r, const unsigned int *weights,
			     unsigned int count)
{
	unsigned int i, sum = 0, at;

	for (i = 0; i < count; i++)
		sum += weights[i];
	at = random_below(r, sum);
	for (i = 0; at >= weights[i]; i++)
		at -= weights[i];
	return i;
}

void random_add_int(struct json_object *to, const char *key, int64_t value)
{
	json_object_object_add(to, key, json_object_new_int64(value));
}

void random_add_text(struct json_object *to, const char *key, const char *value)
{
	json_object_object_add(to, key, json_object_new_string(value));
}

/* "0-3,8"; valid until the next call. */
const char *random_set_text(const bool *member, unsigned int count)
{
	static char text[4096];
	unsigned int i, last;
	size_t at = 0;

	text[0] = '\0';
	for (i = 0; i < count; i++) {
		if (!member[i])
			continue;
		for (last = i; last + 1 < count && member[last + 1]; last++)
			;
		at += (size_t)snprintf(text + at, sizeof(text) - at, last > i ? "%s%u-%u" : "%s%u",
				       at ? "," : "", i, last);
		i = last;
	}
	return text;
}

static void begin(struct random_case *r, uint64_t seed, uint64_t number,
		  const struct oracle_wishes *wishes)
{
	memset(r, 0, sizeof(*r));
	r->state = seed * UINT64_C(0xd1342543de82ef95) + number;
	r->state = next(r);
	r->wishes = wishes;
	r->roomy = random_chance(r, 45);
	snprintf(r->vm, sizeof(r->vm), "vm%u", (unsigned int)(number % 1000));
}

void oracle_random_case(uint64_t seed, uint64_t number, const struct oracle_wishes *wishes,
			struct json_object **host, struct json_object **spec)
{
	static struct random_case r;

	begin(&r, seed, number, wishes);
	*host = random_host(&r);
	*spec = random_spec(&r);
}

void oracle_random_team(uint64_t seed, uint64_t number, const struct oracle_wishes *wishes,
			unsigned int count, struct json_object **host,
			struct json_object **specs)
{
	static struct random_case r;
	int64_t units;
	unsigned int i;

	begin(&r, seed, number, wishes);
	r.roomy = r.roomy || random_chance(&r, 60);
	r.team = count;
	*host = random_host(&r);
	units = r.units;
	for (i = 0; i < count; i++) {
		/* They are to share what one could have, or a little more. */
		r.units = 1 + random_below(&r, (unsigned int)(random_chance(&r, 70) ? 2 : units));
		snprintf(r.vm, sizeof(r.vm), "team%u", i);
		specs[i] = NULL;
		if (i > 0 && random_chance(&r, 20)) {
			json_object_deep_copy(specs[i - 1], &specs[i], NULL);
			random_add_text(specs[i], "name", r.vm);
			continue;
		}
		specs[i] = random_spec(&r);
	}
}
