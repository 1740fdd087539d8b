/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host and good plans on it, made by hand. */
#ifndef VTUNE_TESTS_VALIDATE_SCENARIOS_H
#define VTUNE_TESTS_VALIDATE_SCENARIOS_H

/* JSON is written with ' for ", and plans as in plan-edit.h. */

/* To be given away: 2-6, 10-14, 16-19. Node 3 has no CPUs, node 4 no memory. */
static const char host_text[] =
	"{ 'version': 1, 'name': 'h', 'nodes': ["
	"  { 'id': 0, 'cpus': '0-7', 'memory_kib': 16777216, 'free_kib': 8388608,"
	"    'pages': [ { 'size_kib': 2048, 'total': 1024, 'free': 24 } ],"
	"    'distances': { '0': 10, '1': 21, '3': 17, '4': 31 } },"
	"  { 'id': 1, 'cpus': '8-15', 'memory_kib': 16777216, 'free_kib': 8388608,"
	"    'pages': [ { 'size_kib': 2048, 'total': 1024 } ],"
	"    'distances': { '0': 21, '1': 10, '3': 28, '4': 12 } },"
	"  { 'id': 3, 'cpus': '', 'memory_kib': 4194304, 'kind': 'hbm',"
	"    'distances': { '0': 17, '1': 28, '3': 10, '4': 38 } },"
	"  { 'id': 4, 'cpus': '16-19', 'memory_kib': 0,"
	"    'distances': { '0': 31, '1': 12, '3': 38, '4': 10 } } ],"
	"  'cores': [ '0-1', '2-3', '4-5', '6-7', '8-9', '10-11', '12-13',"
	"    '14-15', '16-17', '18-19' ],"
	"  'caches': [ { 'level': 3, 'cpus': '0-3' }, { 'level': 3, 'cpus': '4-7' },"
	"    { 'level': 3, 'cpus': '8-15' }, { 'level': 3, 'cpus': '16-19' } ],"
	"  'devices': [ { 'id': '0000:01:00.0', 'class': 'network', 'node': 0 },"
	"    { 'id': '0000:02:00.0', 'class': 'storage', 'node': 1 },"
	"    { 'id': '0000:03:00.0', 'class': 'display' },"
	"    { 'id': '0000:04:00.0', 'class': 'network', 'node': 0 } ],"
	"  'reserved_cpus': '0,8', 'shared_cpus': '0-1,8-9', 'offline_cpus': '7',"
	"  'overcommit': 2.0,"
	"  'allocations': [ { 'vm': 'other', 'cpus': '15', 'shared_vcpus': { '1': 2 },"
	"    'devices': [ '0000:04:00.0' ], 'memory': [] } ] }";

enum { PLAIN, HUGE, SHARED, MIXED, INTERLEAVE, PREFERRED, MEMORYLESS, EXPLICIT };

static const struct scenario {
	const char *spec, *plan;
	const char *host_from, *host_to;
} scenarios[] = {
	[PLAIN] = {
		.spec = "{ 'version': 1, 'vcpus': 4, 'memory': '1GiB', 'numa': { 'cells': 1 },"
			"  'disks': ["
			"    { 'target': 'vda', 'bus': 'virtio', 'source': '0000:02:00.0' },"
			"    { 'target': 'sda', 'bus': 'scsi' }, { 'target': 'hda', 'bus': 'ide' },"
			"    { 'target': 'vdb', 'bus': 'virtio', 'source': '/dev/null' },"
			"    { 'target': 'sdb', 'bus': 'scsi' } ],"
			"  'hostdevs': [ { 'id': '0000:01:00.0', 'affinity': 'require' } ] }",
		.plan = "cell/0=0-3@0:1048576/4 vcpu/0=2@0 vcpu/1=3@0 vcpu/2=4@0 vcpu/3=5@0 "
			"emulator=0-1 iothread/0=0-1:vda iothread/1=0-1:sda,sdb "
			"iothread/2=0-1:vdb held=2-5 guest=1,1,2,2 device/0=0000:01:00.0;0;0;10 "
			"cost=0,0,0,11,2,0,1,1",
	},
	[HUGE] = {
		.spec = "{ 'version': 1, 'vcpus': 3, 'memory': '64MiB', 'hugepages': '2MiB',"
			"  'cpu': { 'threads': 'require' }, 'emulator': { 'policy': 'isolate' },"
			"  'iothreads': { 'count': 1, 'policy': 'isolate' },"
			"  'numa': { 'cells': 2, 'nodes': '0-1,99', 'max_distance': 21 } }",
		.plan = "huge=1 threads=1 cell/0=0-1@0:45056/2048 cell/1=2@1:20480/2048 vcpu/0=2@0 "
			"vcpu/1=3@0 vcpu/2=10@1 emulator=4,12 iothread/0=13: held=2-4,10-13 "
			"guest=1,1,3,1 distances=10,21,21,10 cost=0,21,0,0,2,2,3,3",
	},
	[SHARED] = {
		.spec = "{ 'version': 1, 'vcpus': 2, 'memory': '1GiB',"
			"  'emulator': { 'policy': 'float' },"
			"  'cpu': { 'policy': 'shared', 'mode': 'host-model', 'shares': 512 } }",
		.plan = "cell/0=0-1@1:1048576/4 vcpu/0=~8-9@0 vcpu/1=~8-9@0 emulator=8-9 "
			"guest=1,1,2,1 cpu_mode=1 shares=512 cost=0,0,0,0,0,0,5,0",
	},
	/* Here the shared pool is what the VM leaves of 1-6, 9-14 and 16-19. */
	[MIXED] = {
		.spec = "{ 'version': 1, 'vcpus': 3, 'memory': '1GiB', 'strategy': 'spread',"
			"  'cpu': { 'policy': 'mixed', 'dedicated': '0', 'threads': 'isolate' },"
			"  'iothreads': { 'count': 1 } }",
		.plan = "threads=2 cell/0=0-2@0:1048576/4 vcpu/0=2@0 vcpu/1=~1,4-6@0 vcpu/2=~1,4-6@0 "
			"emulator=1,4-6 iothread/0=1,4-6: held=2-3 guest=1,1,3,1 "
			"cost=0,0,0,0,1,1,-4,-1",
		.host_from = "'shared_cpus': '0-1,8-9', ",
		.host_to = "",
	},
	[INTERLEAVE] = {
		.spec = "{ 'version': 1, 'vcpus': 2, 'memory': 18, 'numa': { 'cells': 2,"
			"  'mode': 'interleave' } }",
		.plan = "mode=3 cell/0=0@0:12/4 cell/0/memory=0:8,1:4 cell/1=1@1:8/4 "
			"cell/1/memory=0:4,1:4 vcpu/0=4@0 vcpu/1=10@1 emulator=0-1,8-9 held=4,10 "
			"guest=2,1,1,1 cost=88,21,0,0,2,2,8,6",
	},
	[PREFERRED] = {
		.spec = "{ 'version': 1, 'vcpus': 1, 'memory': '10GiB',"
			"  'numa': { 'mode': 'preferred',  'nodes': '0,3' } }",
		.plan = "mode=2 cell/0=0@0:10485760/4 cell/0/memory=0:8388608,3:2097152 "
			"vcpu/0=6@0 emulator=0-1 held=6 guest=1,1,1,1 "
			"cost=14680064,0,0,0,1,0,4,2",
	},
	[MEMORYLESS] = {
		.spec = "{ 'version': 1, 'vcpus': 1, 'memory': '1GiB', "
			"'numa': { 'max_distance': 12 },"
			"  'hostdevs': [ { 'id': '0000:02:00.0', 'affinity': 'prefer' },"
			"    { 'id': '0000:03:00.0', 'affinity': 'prefer' },"
			"    { 'id': '0000:01:00.0', 'affinity': 'none' } ] }",
		.plan = "cell/0=0@4:1048576/4 cell/0/memory=1:1048576 vcpu/0=16@0 "
			"emulator=8-9,16 held=16 guest=1,1,1,1 device/0=0000:02:00.0;1;0;12 "
			"device/1=0000:03:00.0;-1;-1;0 device/2=0000:01:00.0;0;0;31 "
			"cost=2097152,0,2,0,1,1,3,3",
	},
	[EXPLICIT] = {
		.spec = "{ 'version': 1, 'vcpus': 3, 'memory': '64MiB', 'strategy': 'spread',"
			"  'hugepages': 'any',"
			"  'numa': { 'cells': [ { 'vcpus': '0,2', 'memory': '16MiB' },"
			"    { 'vcpus': '1', 'memory': '48MiB' } ] } }",
		.plan = "huge=1 cell/0=0,2@0:16384/2048 cell/1=1@1:49152/2048 vcpu/0=2@0 "
			"vcpu/1=14@1 vcpu/2=3@0 emulator=0-1,8-9 held=2-3,14 guest=3,1,1,1 "
			"cost=0,21,0,0,2,2,-7,-4",
	},
};

#endif
