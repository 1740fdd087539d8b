/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vtune-place: plan virtual machines on a host. */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "cli.h"

static const char help[] =
	"Usage: vtune-place [plan] [OPTION...] SPEC [SPEC...]\n"
	"       vtune-place host [OPTION...]\n"
	"       vtune-place apply [OPTION...] DOMAIN [SPEC]\n"
	"       vtune-place verify [OPTION...] [DOMAIN...]\n"
	"       vtune-place migrate [OPTION...] --to URI | --host SOURCE DOMAIN\n"
	"       vtune-place baseline [OPTION...] URI...\n"
	"       vtune-place tune [OPTION...] [--for SPEC [SPEC...]]\n"
	"\n"
	"Decide where virtual machines run inside a host: on which CPUs, with which\n"
	"memory. 'plan' (the default) plans the VM that SPEC, a JSON file, describes;\n"
	"several VMs in the order given. 'host' shows the host. 'apply' places the libvirt\n"
	"domain DOMAIN, as SPEC or else as it is already, and sets it, all or nothing.\n"
	"'verify' says whether domains still stand where their plans put them: those\n"
	"named, or all running ones that have a plan. 'migrate' places a domain for\n"
	"another host, where its guest sees what it sees now, and with --run sends it there.\n"
	"'baseline' names the CPU that guests of all these hosts can have. 'tune' checks the\n"
	"host's own settings: huge page pools, kernel threads, interrupts, libvirt's\n"
	"configuration.\n"
	"\n"
	"The host and libvirt:\n"
	"  --host SOURCE      the host to plan on (plan, host, migrate):\n"
	"                       system               this machine (the default)\n"
	"                       libvirt[:URI]        a libvirt host with its domains\n"
	"                       hwloc:FILE           hwloc XML (lstopo FILE.xml)\n"
	"                       capabilities:FILE    virsh capabilities\n"
	"                       json:FILE            a host document\n"
	"                       synthetic:STRING     numa:2(memory=8GiB) core:8 pu:2\n"
	"  --connect URI      the libvirt connection, and without --host the host\n"
	"  --defined          domains that do not run hold what they ask for, too\n"
	"  --running          they hold nothing, not even where vtune-place placed them\n"
	"  --state FILE       lay reserved and shared CPUs, overcommit and the VMs that\n"
	"                     are there already (JSON) over the host, in place of\n"
	"                     /etc/vtune/host-state.json\n"
	"  --domains DIR      the VMs that are there are those of the libvirt domain XML or\n"
	"                     status files DIR/*.xml, as in /run/libvirt/qemu\n"
	"\n"
	"Planning:\n"
	"  --domain-name NAME plan what this libvirt domain is already, without a SPEC\n"
	"  --domain FILE      lay the plan into this libvirt domain XML\n"
	"  --virt-type TYPE   the type of the domain that is written: kvm (the default)\n"
	"                     or qemu\n"
	"  --explain          say also why each node and core that was left out was\n"
	"  --together         plan all SPECs in one solve, not one after another\n"
	"  --all              with --together: all of them, or none\n"
	"  --capacity         say how many VMs like SPEC fit, and what runs out first\n"
	"\n"
	"Setting a domain (apply):\n"
	"  --live             set the running domain\n"
	"  --config           set its definition, for the next start (without either:\n"
	"                     the definition, and the domain if it runs)\n"
	"  --dry-run          set nothing: print each call that would be made, in order\n"
	"  --move-memory      move the memory of the running domain, too\n"
	"  --plan FILE        set this plan, and plan nothing; for verify, compare with it\n"
	"  --undo             bring back what the domain was before\n"
	"  --lock-timeout SECONDS\n"
	"                     how long to wait while another one sets a domain of this\n"
	"                     host (30)\n"
	"\n"
	"Migrating a domain (migrate):\n"
	"  --to URI           the libvirt that it goes to\n"
	"  --run              send it there; without this it is only shown what it becomes\n"
	"  --peer2peer        the two libvirts talk to each other themselves\n"
	"  --tunnelled        likewise, with the guest's memory, too\n"
	"  --persistent       define it there, too\n"
	"  --undefine-source  take its definition away here\n"
	"  --migrate-uri URI  where its memory is sent, as tcp://server\n"
	"\n"
	"Checking and setting the host (tune); without --apply nothing is changed:\n"
	"  --profile NAME     what the host is for: throughput (the default), latency,\n"
	"                     density, realtime, or a FILE, see vtune-tuning(5)\n"
	"  --for SPEC...      make room for these VMs, too: CPUs and huge pages\n"
	"  --only ID[,ID...]  these checks, and no others\n"
	"  --skip ID[,ID...]  all checks but these\n"
	"  --apply            set what can be set now; --undo brings it back\n"
	"  --persist DIR      write the files that make it hold after the next start, with\n"
	"                     DIR as the root folder (/ is this machine's)\n"
	"  --sysroot DIR      look at the files of a machine that were saved in DIR\n"
	"  --undo-file FILE   where --apply keeps what was, in place of\n"
	"                     /var/lib/vtune/tuning-undo.json\n"
	"\n"
	"  --format FORMAT    text (the default) or json; for a plan and a host also svg;\n"
	"                     for a plan also xml, which is a libvirt domain\n"
	"  -o, --output FILE  write there and not to standard output\n"
	"  -v, --verbose      say what is done\n"
	"  -q, --quiet        say less: the status tells the answer\n"
	"  -h, --help         show this help\n"
	"  -V, --version      show the version\n"
	"\n"
	"FILE or SPEC '-' is standard input.\n"
	"Status: 0 done, 1 a VM does not fit, a domain has drifted or the host is not\n"
	"tuned, 2 bad usage or input, 3 the system or libvirt failed, and nothing was left half done.\n";

static enum status show(const struct options *options, const char *what)
{
	struct text text = { 0 };
	enum status status;

	status = text_add(&text, what) ? output_write(options, &text) : say_memory();
	text_free(&text);
	return status;
}

static enum status show_version(const struct options *options)
{
	struct text text = { 0 };
	enum status status;

	if (text_add(&text, "vtune-place ") && text_add(&text, vtune_version()) &&
	    text_add(&text, "\n"))
		status = output_write(options, &text);
	else
		status = say_memory();
	text_free(&text);
	return status;
}

/* A file that is opened must not become standard output or standard error
 * because the caller closed them. Opened the wrong way round, so that using
 * them is still an error. */
static void hold_standard_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0)
			(void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
	}
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	enum status status;

	hold_standard_files();
	/* Then writing fails with EPIPE or EFBIG, and that is said and cleaned up. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	status = options_parse(argc, argv, &options);
	if (status != STATUS_DONE)
		return (int)status;
	switch (options.action) {
	case ACTION_HELP:
		return (int)show(&options, help);
	case ACTION_VERSION:
		return (int)show_version(&options);
	case ACTION_HOST:
		return (int)command_host(&options);
	case ACTION_APPLY:
		return (int)command_apply(&options);
	case ACTION_VERIFY:
		return (int)command_verify(&options);
	case ACTION_MIGRATE:
		return (int)command_migrate(&options);
	case ACTION_BASELINE:
		return (int)command_baseline(&options);
	case ACTION_TUNE:
		return (int)command_tune(&options);
	case ACTION_PLAN:
		break;
	}
	return (int)command_plan(&options);
}
