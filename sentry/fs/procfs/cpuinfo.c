/* /proc/cpuinfo, out of CPUID: the guest's own instructions say the same. */
#include <cpuid.h>

#include "fs/procfs/internal.h"

/* Names of the bits of one register, as Linux has them; "": not shown. */
struct flag_word {
	u32 leaf, subleaf;
	enum { EAX, EBX, ECX, EDX } reg;
	char names[32][20]; /* no pointers: see syscall_desc.h */
};

static const struct flag_word words[] = {
	{1, 0, EDX, {"fpu",  "vme",   "de",   "pse",     "tsc",  "msr", "pae",  "mce",
		     "cx8",  "apic",  "",     "sep",     "mtrr", "pge", "mca",  "cmov",
		     "pat",  "pse36", "pn",   "clflush", "",     "dts", "acpi", "mmx",
		     "fxsr", "sse",   "sse2", "ss",      "ht",   "tm",  "ia64", "pbe"}},
	{0x80000001,
	 0,
	 EDX,
	 {[11] = "syscall",
	  [19] = "mp",
	  [20] = "nx",
	  [22] = "mmxext",
	  [25] = "fxsr_opt",
	  [26] = "pdpe1gb",
	  [27] = "rdtscp",
	  [29] = "lm",
	  [30] = "3dnowext",
	  [31] = "3dnow"}},
	{1, 0, ECX, {"pni",    "pclmulqdq", "dtes64", "monitor", "ds_cpl",
		     "vmx",    "smx",       "est",    "tm2",     "ssse3",
		     "cid",    "sdbg",      "fma",    "cx16",    "xtpr",
		     "pdcm",   "",          "pcid",   "dca",     "sse4_1",
		     "sse4_2", "x2apic",    "movbe",  "popcnt",  "tsc_deadline_timer",
		     "aes",    "xsave",     "",       "avx",     "f16c",
		     "rdrand", "hypervisor"}},
	{0x80000001,
	 0,
	 ECX,
	 {"lahf_lm",
	  "cmp_legacy",
	  "svm",
	  "extapic",
	  "cr8_legacy",
	  "abm",
	  "sse4a",
	  "misalignsse",
	  "3dnowprefetch",
	  "osvw",
	  "ibs",
	  "xop",
	  "skinit",
	  "wdt",
	  "",
	  "lwp",
	  "fma4",
	  "tce",
	  "",
	  "nodeid_msr",
	  "",
	  "tbm",
	  "topoext",
	  "perfctr_core",
	  "perfctr_nb",
	  "",
	  "bpext",
	  "ptsc",
	  "perfctr_llc",
	  "mwaitx"}},
	{7, 0, EBX, {"fsgsbase", "tsc_adjust", "sgx",      "bmi1",       "hle",      "avx2",
		     "",         "smep",       "bmi2",     "erms",       "invpcid",  "rtm",
		     "cqm",      "",           "mpx",      "rdt_a",      "avx512f",  "avx512dq",
		     "rdseed",   "adx",        "smap",     "avx512ifma", "",         "clflushopt",
		     "clwb",     "intel_pt",   "avx512pf", "avx512er",   "avx512cd", "sha_ni",
		     "avx512bw", "avx512vl"}},
	{0xd, 1, EAX, {"xsaveopt", "xsavec", "xgetbv1", "xsaves"}},
	{7, 1, EAX, {[4] = "avx_vnni", [5] = "avx512_bf16"}},
	{7,
	 0,
	 ECX,
	 {[1] = "avx512vbmi",
	  [2] = "umip",
	  [3] = "pku",
	  [4] = "ospke",
	  [5] = "waitpkg",
	  [6] = "avx512_vbmi2",
	  [8] = "gfni",
	  [9] = "vaes",
	  [10] = "vpclmulqdq",
	  [11] = "avx512_vnni",
	  [12] = "avx512_bitalg",
	  [14] = "avx512_vpopcntdq",
	  [16] = "la57",
	  [22] = "rdpid",
	  [25] = "cldemote",
	  [27] = "movdiri",
	  [28] = "movdir64b"}},
	{7,
	 0,
	 EDX,
	 {[2] = "avx512_4vnniw",
	  [3] = "avx512_4fmaps",
	  [4] = "fsrm",
	  [8] = "avx512_vp2intersect",
	  [10] = "md_clear",
	  [14] = "serialize",
	  [22] = "amx_bf16",
	  [23] = "avx512_fp16",
	  [24] = "amx_tile",
	  [25] = "amx_int8",
	  [28] = "flush_l1d",
	  [29] = "arch_capabilities"}},
};

static u32 cpuid_reg(u32 leaf, u32 subleaf, int reg)
{
	u32 r[4] = {0};

	if (!__get_cpuid_count(leaf, subleaf, &r[EAX], &r[EBX], &r[ECX], &r[EDX]))
		return 0;
	return r[reg];
}

static void show_flags(struct seq *s)
{
	seq_puts(s, "flags\t\t:");
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		u32 bits = cpuid_reg(words[i].leaf, words[i].subleaf, (int)words[i].reg);

		for (int bit = 0; bit < 32; bit++) {
			if (bits & 1u << bit && words[i].names[bit][0])
				seq_printf(s, " %s", words[i].names[bit]);
		}
	}
	seq_putc(s, '\n');
}

static void get_vendor(char ret[13])
{
	u32 max, r[3];

	__get_cpuid(0, &max, &r[0], &r[2], &r[1]);
	memcpy(ret, r, 12);
	ret[12] = 0;
}

static void get_model_name(char ret[49])
{
	u32 r[12] = {0};

	for (u32 i = 0; i < 3; i++)
		__get_cpuid(0x80000002 + i, &r[4 * i], &r[4 * i + 1], &r[4 * i + 2], &r[4 * i + 3]);
	memcpy(ret, r, 48);
	ret[48] = 0;
}

static void show_cpu(struct seq *s, unsigned cpu, unsigned nr)
{
	u32 sig = cpuid_reg(1, 0, EAX), sizes = cpuid_reg(0x80000008, 0, EAX);
	u32 family = (sig >> 8 & 15) + ((sig >> 8 & 15) == 15 ? sig >> 20 & 255 : 0);
	u32 model = (sig >> 4 & 15) | (sig >> 12 & 0xf0);
	u32 cache = cpuid_reg(0x80000006, 0, ECX) >> 16;
	char vendor[13], name[49];

	get_vendor(vendor);
	get_model_name(name);
	seq_printf(s,
		   "processor\t: %u\nvendor_id\t: %s\ncpu family\t: %u\nmodel\t\t: %u\n"
		   "model name\t: %s\nstepping\t: %u\n",
		   cpu, vendor, family, model, name[0] ? name : "unknown", sig & 15);
	seq_printf(s,
		   "cache size\t: %u KB\nphysical id\t: 0\nsiblings\t: %u\ncore id\t\t: %u\n"
		   "cpu cores\t: %u\napicid\t\t: %u\ninitial apicid\t: %u\n",
		   cache, nr, cpu, nr, cpu, cpu);
	seq_printf(s, "fpu\t\t: yes\nfpu_exception\t: yes\ncpuid level\t: %u\nwp\t\t: yes\n",
		   cpuid_reg(0, 0, EAX));
	show_flags(s);
	seq_printf(s, "bugs\t\t:\nclflush size\t: %u\ncache_alignment\t: %u\n",
		   (cpuid_reg(1, 0, EBX) >> 8 & 255) * 8, (cpuid_reg(1, 0, EBX) >> 8 & 255) * 8);
	seq_printf(s, "address sizes\t: %u bits physical, %u bits virtual\npower management:\n\n",
		   sizes & 255, sizes >> 8 & 255);
}

int proc_cpuinfo(struct pseudo_file *pf, struct seq *s)
{
	unsigned nr = 0;

	(void)pf;
	for (unsigned i = 0; i < proc_nr_cpus(); i++)
		nr += proc_cpu_online(i);
	for (unsigned i = 0; i < proc_nr_cpus(); i++) {
		if (proc_cpu_online(i))
			show_cpu(s, i, nr);
	}
	return 0;
}
