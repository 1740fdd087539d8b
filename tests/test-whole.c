/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Specs that ask for all parts of a domain at once, at random: through every document
 * there and back, into a domain, and out of it again. */
#include "xml-help.h"

#include "domain/domain.h"
#include "random-help.h"
#include "spec-help.h"

enum { SEED = 7213, CASES = 2000 };

static uint64_t random_state;

static unsigned int below(unsigned int limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (unsigned int)(random_state % limit);
}

static bool chance(unsigned int percent)
{
	return below(100) < percent;
}

/* One of them, each between bars. */
static void add_one(struct vtune__text *text, const char *key, const char *words)
{
	unsigned int number = 1;

	for (const char *p = words; *p; p++)
		number += *p == '|';
	for (number = below(number); number > 0; number--)
		words = strchr(words, '|') + 1;
	vtune__text_addf(text, ",\"%s\":%.*s", key, (int)strcspn(words, "|"), words);
}

/* With that many chances in a hundred. */
static void may_add(struct vtune__text *text, unsigned int percent, const char *key,
		    const char *words)
{
	if (chance(percent))
		add_one(text, key, words);
}

/* ---- parts ---- */

static void add_disk(struct vtune__text *text, unsigned int i)
{
	static const char *const prefixes[] = { "vd", "vd", "vd", "sd", "sd", "hd" };
	unsigned int prefix = below(VTUNE__COUNT(prefixes));

	vtune__text_addf(text, "%s{\"target\":\"%s%c\"", i ? "," : "", prefixes[prefix],
			 (int)('a' + i));
	may_add(text, 90, "type",
		"\"file\"|\"block\"|\"block\"|\"network\"|\"vhostuser\"|\"nvme\"");
	may_add(text, 80, "source", "\"/dev/sda\"|\"/a b/c.img\"|\"0000:00:00.0\"");
	may_add(text, 30, "format", "\"raw\"|\"qcow2\"");
	may_add(text, 15, "device", "\"cdrom\"|\"lun\"");
	may_add(text, 25, "cache", "\"none\"|\"directsync\"|\"writeback\"|\"unsafe\"");
	may_add(text, 25, "io", "\"native\"|\"threads\"|\"io_uring\"");
	may_add(text, 20, "discard", "\"unmap\"|\"ignore\"");
	may_add(text, 20, "detect_zeroes", "\"on\"|\"off\"|\"unmap\"");
	may_add(text, 30, "queues", "1|2|5");
	may_add(text, 10, "queue_size", "64|1024");
	may_add(text, 30, "iothread", "1|3|9");
	may_add(text, 20, "iothreads", "2|3|0");
	may_add(text, 20, "controller", "0|1|2");
	may_add(text, 10, "readonly", "true");
	vtune__text_add(text, "}");
}

static void add_interface(struct vtune__text *text, unsigned int i)
{
	static const char *const types[] = {
		"\"type\":\"network\",\"source\":\"n\"",
		"\"type\":\"bridge\",\"source\":\"b\"",
		"\"type\":\"direct\",\"source\":\"eth0\"",
		"\"type\":\"user\"",
		"\"type\":\"vhostuser\",\"source\":\"/s\",\"mode\":\"client\"",
		"\"type\":\"vdpa\",\"source\":\"/dev/vhost-vdpa-0\"",
		("\"type\":\"hostdev\",\"device\":{\"affinity\":\"prefer\",\"any\":"
		 "{\"class\":\"network\"}}"),
	};

	vtune__text_addf(text, "%s{\"mac\":\"52:54:00:00:00:%02x\",%s", i ? "," : "", i,
			 types[below(VTUNE__COUNT(types))]);
	may_add(text, 30, "model", "\"virtio\"|\"e1000e\"");
	may_add(text, 20, "driver", "\"vhost\"|\"qemu\"");
	may_add(text, 30, "queues", "1|3|8");
	may_add(text, 20, "rx_queue_size", "256|1024");
	may_add(text, 10, "tx_queue_size", "1024");
	may_add(text, 15, "mtu", "9000");
	may_add(text, 15, "vlan", "7");
	vtune__text_add(text, "}");
}

static char *make_list(void (*add)(struct vtune__text *, unsigned int), unsigned int count)
{
	struct vtune__text text = { 0 };

	vtune__text_add(&text, "[");
	for (unsigned int i = 0; i < count; i++)
		add(&text, i);
	vtune__text_add(&text, "]");
	return vtune__text_take(&text, NULL);
}

/* The keys that follow a first one. */
static const struct {
	const char *part, *first;
	const char *const keys[14];
} objects[] = {
	{ "iothreads",
	  "\"policy\":\"share\"",
	  { "policy", "\"isolate\"|\"share\"", "count", "0|1|4", "ids", "\"2\"|\"1,7\"", "poll",
	    "{\"max\":32768,\"grow\":2}|{\"max\":0}", "thread_pool", "{\"min\":1,\"max\":8}" } },
	{ "realtime",
	  "\"vcpus\":\"1\"",
	  { "scheduler", "\"rr\"", "priority", "2|99", "emulator", "1", "iothreads", "3",
	    "lock_memory", "false" } },
	{ "bandwidth",
	  "\"vcpu\":{\"quota\":50000}",
	  { "emulator", "{\"period\":20000,\"quota\":10000}", "iothread", "{\"quota\":-1}",
	    "global", "{\"period\":100000}" } },
	{ "memory_backing",
	  "\"locked\":\"auto\"",
	  { "locked", "true|false", "nosharepages", "true", "shared", "true|false", "source",
	    "\"memfd\"|\"file\"|\"anonymous\"", "allocation", "\"immediate\"|\"ondemand\"",
	    "allocation_threads", "4" } },
	{ "hotplug", "\"max_memory\":\"64GiB\"", { "slots", "1|32" } },
	{ "memtune",
	  "\"soft_limit\":\"1MiB\"",
	  { "hard_limit", "\"64GiB\"|\"128GiB\"", "swap_hard_limit", "\"256GiB\"" } },
	{ "pcie",
	  "\"expanders\":\"auto\"",
	  { "spare_ports", "1|5", "spare_ports_per_expander", "1|2" } },
	{ "pcie", "\"expanders\":\"none\"", { "spare_ports", "1|5" } },
};

static char *make_object(size_t i)
{
	struct vtune__text text = { 0 };

	vtune__text_addf(&text, "{%s", objects[i].first);
	for (const char *const *key = objects[i].keys; *key; key += 2)
		may_add(&text, 40, key[0], key[1]);
	vtune__text_add(&text, "}");
	return vtune__text_take(&text, NULL);
}

static bool is_sound(struct json_object *spec)
{
	struct vtune_spec *read = vtune_spec_from_json(json_text(spec), NULL);

	vtune_spec_free(read);
	return read != NULL;
}

/* Unless that contradicts what is there; takes the text. */
static bool put(struct json_object *spec, const char *key, char *text)
{
	struct json_object *value = json_tokener_parse(text), *before;

	if (!value)
		fail_msg("%s", text);
	free(text);
	json_object_object_get_ex(spec, key, &before);
	before = json_object_get(before);
	json_object_object_add(spec, key, value);
	if (is_sound(spec)) {
		json_object_put(before);
		return true;
	}
	if (before)
		json_object_object_add(spec, key, before);
	else
		json_object_object_del(spec, key);
	return false;
}

/* Tried a few times, since some of what is made is refused. */
static void put_list(struct json_object *spec, const char *key,
		     void (*add)(struct vtune__text *, unsigned int))
{
	for (unsigned int i = 0; i < 8; i++)
		if (put(spec, key, make_list(add, 1 + below(4))))
			return;
}

static void add_cpu(struct json_object *spec)
{
	static const char *const rows[] = {
		"\"mode\":\"host-passthrough\",\"cache\":\"emulate\"",
		"\"mode\":\"host-model\",\"features\":{\"invtsc\":\"require\"}",
		"\"mode\":\"maximum\"",
		"\"mode\":\"custom\",\"model\":\"EPYC\",\"features\":{\"svm\":\"disable\"}",
		"\"shares\":512",
		"\"shares\":2048,\"cache\":\"disable\"",
	};
	struct json_object *cpu;
	struct vtune__text text = { 0 };
	const char *now;

	json_object_object_get_ex(spec, "cpu", &cpu);
	now = json_text(cpu);
	vtune__text_addf(&text, "{%s%s%s", rows[below(VTUNE__COUNT(rows))],
			 strcmp(now, "{}") == 0 ? "" : ",", now + 1);
	put(spec, "cpu", vtune__text_take(&text, NULL));
}

static void add_parts(struct json_object *host, struct json_object *spec)
{
	static const char *const archs[] = { "x86_64", "x86_64", "aarch64", "ppc64le", "s390x" };

	if (chance(75))
		json_object_object_add(host, "arch",
				       json_object_new_string(archs[below(VTUNE__COUNT(archs))]));
	if (chance(50))
		json_object_object_add(host, "hypervisor",
				       json_tokener_parse("{\"type\":\"qemu\",\"version\":"
							  "\"10.1.0\",\"libvirt\":\"11.4.0\"}"));
	json_object_object_del(spec, "iothreads");
	json_object_object_del(spec, "disks");
	if (chance(70))
		put_list(spec, "disks", add_disk);
	if (chance(60))
		put_list(spec, "interfaces", add_interface);
	if (chance(50))
		add_cpu(spec);
	if (chance(20))
		put(spec, "machine", strdup(chance(50) ? "\"pc-q35-7.2\"" : "\"pc\""));
	for (size_t i = 0; i < VTUNE__COUNT(objects); i++)
		if (chance(40))
			put(spec, objects[i].part, make_object(i));
}

/* ---- what must hold ---- */

static void same(const char *a, const char *b, const char *what, unsigned int number)
{
	size_t at = 0;

	while (a[at] && a[at] == b[at])
		at++;
	if (a[at] != b[at])
		fail_msg("case %u: %s, from byte %zu on\n%.400s\nand\n%.400s", number, what, at,
			 a + (at < 150 ? 0 : at - 150), b + (at < 150 ? 0 : at - 150));
}

static char *xml_of(const struct vtune_plan *plan)
{
	struct vtune_error *err = NULL;
	char *xml = vtune_plan_to_xml(plan, NULL, &err);

	if (!xml)
		fail_msg("%s: %s", vtune_error_get_where(err), vtune_error_get_message(err));
	return xml;
}

static void check_spec(const struct vtune_spec *spec, unsigned int number)
{
	char *text = help_spec_text(spec), *again;
	struct vtune_spec *read = help_spec(text);

	again = help_spec_text(read);
	same(text, again, "spec", number);
	vtune_spec_free(read);
	free(again);
	free(text);
}

/* What the plan's document gives is what the plan gives, and once is as good as twice. */
static void check_plan(const struct answer *a, const char *xml, unsigned int number)
{
	struct vtune_error *err = NULL;
	struct vtune_plan *read = vtune_plan_from_json(a->text, &err);
	char *text, *again, *twice;

	if (!read || vtune_plan_validate(read, a->host, a->spec, &err) < 0)
		fail_msg("case %u: %s: %s in %s", number, vtune_error_get_where(err),
			 vtune_error_get_message(err), a->text);
	text = vtune_plan_to_json(read, NULL);
	same(a->text, text, "plan", number);
	again = xml_of(read);
	same(xml, again, "XML of the plan that was read", number);
	twice = help_patch(read, again);
	same(xml, twice, "laid twice", number);
	free(twice);
	free(again);
	free(text);
	vtune_plan_free(read);
}

static void copy_key(struct json_object *to, struct json_object *from, const char *key)
{
	struct json_object *value;

	if (json_object_object_get_ex(from, key, &value))
		json_object_object_add(to, key, json_object_get(value));
	else
		json_object_object_del(to, key);
}

static void copy_inner(struct json_object *to, struct json_object *from, const char *object,
		       const char *key)
{
	struct json_object *outer, *inner;

	if (!json_object_object_get_ex(from, object, &outer) ||
	    !json_object_object_get_ex(outer, key, &inner))
		return;
	if (!json_object_object_get_ex(to, object, &outer)) {
		outer = json_object_new_object();
		json_object_object_add(to, object, outer);
	}
	json_object_object_add(outer, key, json_object_get(inner));
}

/* What no domain tells comes from the spec of the beginning. */
static struct json_object *spec_of_domain(const char *xml, struct json_object *asked,
					  unsigned int number)
{
	struct vtune_error *err = NULL;
	struct vtune_spec *spec = vtune_spec_from_domain_xml(xml, &err);
	struct json_object *json;
	char *text;

	if (!spec)
		fail_msg("case %u: %s: %s in %s", number, vtune_error_get_where(err),
			 vtune_error_get_message(err), xml);
	help_spec_is_sound(spec);
	text = help_spec_text(spec);
	json = json_tokener_parse(text);
	copy_key(json, asked, "strategy");
	copy_key(json, asked, "hostdevs");
	copy_key(json, asked, "emulator");
	copy_inner(json, asked, "numa", "nodes");
	copy_inner(json, asked, "numa", "max_distance");
	/* A guest without cells; what is copied may name those that it would have had. */
	if (!strstr(xml, "<numa>"))
		copy_key(json, asked, "numa");
	/* libvirt has given it no addresses yet. */
	copy_inner(json, asked, "pcie", "expanders");
	free(text);
	vtune_spec_free(spec);
	return json;
}

/* The domain, placed anew, is as it was. */
static void check_domain(const struct answer *a, const char *xml, struct json_object *host,
			 struct json_object *asked, unsigned int number)
{
	char *placed = vtune__metadata_put(xml, a->plan, xml, NULL), *again;
	struct json_object *spec = spec_of_domain(placed, asked, number);
	struct answer b = answer_of(host, spec);

	if (!answer_fits(&b))
		fail_msg("case %u: no longer fits\n%s\n%s", number, json_text(spec), b.text);
	again = help_patch(b.plan, placed);
	same(placed, again, "placed anew", number);
	free(again);
	answer_free(&b);
	json_object_put(spec);
	free(placed);
}

/* Nobody's plan is in it: what is chosen may be another, and stays. */
static void check_bare_domain(const char *xml, struct json_object *host, struct json_object *asked,
			      unsigned int number)
{
	struct json_object *spec = spec_of_domain(xml, asked, number);
	struct answer b = answer_of(host, spec);

	if (answer_fits(&b)) {
		char *once = help_patch(b.plan, xml), *twice = help_patch(b.plan, once);

		same(once, twice, "laid into a domain twice", number);
		free(twice);
		free(once);
	}
	answer_free(&b);
	json_object_put(spec);
}

/* A destination changes where it runs, and nothing of what it is. */
static void check_migration(const struct answer *a, const char *xml, unsigned int number)
{
	bool fits;
	static const char *const parts[] = { "<devices>", "<cpu ", "<maxMemory", "<memory " };
	struct vtune_error *err = NULL;
	struct vtune_spec *spec = vtune_spec_for_migration(xml, &err);
	struct vtune_plan *plan = spec ? vtune_place(a->host, spec, NULL, &err) : NULL;
	char *there;

	if (!plan)
		fail_msg("case %u: %s in %s", number, vtune_error_get_message(err), xml);
	vtune_spec_free(spec);
	/* It asks for more than at first where the guest sees no cells. */
	there = plan->fits ? vtune_plan_to_migration_xml(plan, xml, &err) : NULL;
	fits = plan->fits;
	vtune_plan_free(plan);
	if (!fits)
		return;
	if (!there)
		fail_msg("case %u: %s in %s", number, vtune_error_get_message(err), xml);
	for (size_t i = 0; i < VTUNE__COUNT(parts); i++) {
		const char *from = strstr(xml, parts[i]), *to = strstr(there, parts[i]);
		const char *end = from ? strchr(from + 1, parts[i][1] == 'd' ? '\0' : '\n') : NULL;

		if (!from)
			continue;
		if (parts[i][1] == 'c')
			end = strstr(from, "</cpu>");
		if (!to || strncmp(from, to, (size_t)(end - from)) != 0)
			fail_msg("case %u: %s differs\n%s\n%s", number, parts[i], xml, there);
	}
	free(there);
}

static void test_all_parts(void **state)
{
	static const struct oracle_wishes wishes = { 0 };
	unsigned int fits = 0;

	(void)state;
	for (unsigned int number = 0; number < CASES; number++) {
		struct json_object *host, *spec;
		struct answer a;

		random_state = (SEED + number) * UINT64_C(0x9e3779b97f4a7c15);
		oracle_random_case(SEED, number, &wishes, &host, &spec);
		add_parts(host, spec);
		a = answer_of(host, spec);
		check_spec(a.spec, number);
		if (answer_fits(&a)) {
			char *xml = xml_of(a.plan);

			check_plan(&a, xml, number);
			check_domain(&a, xml, host, spec, number);
			check_bare_domain(xml, host, spec, number);
			check_migration(&a, xml, number);
			free(xml);
			fits++;
		}
		answer_free(&a);
		json_object_put(host);
		json_object_put(spec);
	}
	assert_true(fits > CASES / 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
