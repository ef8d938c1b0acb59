/*
 * Whole programs.  Each becomes two rows: NAME, run again and again inside one
 * sandbox, which is what the target speaks of; and NAME+start, once, with the
 * sandbox made for it and gone again.  Servers and their clients run in one sandbox
 * and print what one request takes.
 *
 * They see this machine's files read-only and write to names that begin with {tmp}.
 */
#include <string.h>

#include "lib/alloc.h"
#include "runtime/bench/internal.h"

#define INSIDE  "programs, inside one sandbox"
#define OUTSIDE "programs, start of the sandbox included"
#define SERVERS "servers and clients in one sandbox, time of a request"

struct program {
	const char *name, *what, *command;
	bool shell; /* the command is a script */
	const char *needs, *setup;
	unsigned nominal_ms; /* of one run */
	bool slow;
};

/* Small files in many directories, once for all rows that want them. */
#define MANY_FILES                                                                         \
	"test -d {work}/many || { mkdir {work}/many; cd {work}/many; for d in $(seq 40); " \
	"do mkdir $d; for f in $(seq 25); do seq $d $((d * f)) >$d/file$f.txt; done; done; }\n"

/* A package is an archive of its modules and a description of it. */
#define MAKE_WHEEL                                                                       \
	"cd {work} && /usr/bin/python3 - <<'END'\n"                                      \
	"import zipfile\n"                                                               \
	"z = zipfile.ZipFile('many-1-py3-none-any.whl', 'w')\n"                          \
	"for i in range(100):\n"                                                         \
	"    z.writestr(f'many/m{i}.py', ''.join(f'def f{j}(): return {i * j}\\n' "      \
	"for j in range(50)))\n"                                                         \
	"z.writestr('many-1.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: many\\n" \
	"Version: 1\\n')\n"                                                              \
	"z.writestr('many-1.dist-info/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: "   \
	"true\\nTag: py3-none-any\\n')\n"                                                \
	"z.writestr('many-1.dist-info/RECORD', '')\n"                                    \
	"z.close()\n"                                                                    \
	"END\n"

static const struct program programs[] = {
	{
		.name = "python",
		.what = "Python starts and ends",
		.command = "/usr/bin/python3 -c pass",
		.needs = "/usr/bin/python3",
		.nominal_ms = 15,
	},
	{
		.name = "python-test",
		.what = "a module of Python's own test suite (test_list)",
		.command = "/usr/bin/python3 -m unittest -q test.test_list",
		.needs = "/usr/bin/python3 /usr/lib/python3.11/test/test_list.py",
		.nominal_ms = 110,
		.slow = true,
	},
	{
		.name = "compileall",
		.what = "Python compiles a package of its library",
		.command = "rm -rf {tmp}-pyc; exec /usr/bin/python3 -X pycache_prefix={tmp}-pyc "
			   "-m compileall -q -f /usr/lib/python3.11/email",
		.shell = true,
		.needs = "/usr/bin/python3 /usr/lib/python3.11/email",
		.nominal_ms = 250,
		.slow = true,
	},
	{
		.name = "cc",
		.what = "gcc compiles a C file",
		.command = "/usr/bin/gcc -O1 -c {work}/one.c -o {tmp}-one.o",
		.needs = "/usr/bin/gcc",
		.setup = "printf '#include <stdio.h>\\n#include <stdlib.h>\\n#include "
			 "<string.h>\\n' "
			 ">{work}/one.c; for i in $(seq 60); do echo \"int f$i(const char *s) { "
			 "return (int)strlen(s) * $i + printf(s, $i); }\"; done >>{work}/one.c",
		.nominal_ms = 60,
	},
	{
		.name = "git-status",
		.what = "git status in a repository of 1000 files",
		.command = "/usr/bin/git --no-optional-locks -C {work}/many status --short",
		.needs = "/usr/bin/git",
		.setup = MANY_FILES "cd {work}/many; test -d .git || { git init -q .; git add .; "
				    "git -c user.name=b -c user.email=b@b commit -q -m all; }",
		.nominal_ms = 8,
	},
	{
		.name = "find",
		.what = "find over /usr/lib and /usr/include",
		.command = "/usr/bin/find /usr/lib /usr/include -name nothing.like.it",
		.needs = "/usr/bin/find",
		.nominal_ms = 300,
		.slow = true,
	},
	{
		.name = "grep",
		.what = "grep through /usr/include",
		/* Nothing is found, as with output to /dev/null it would stop at the first. */
		.command = "grep -r nothing.like.it /usr/include || [ $? = 1 ]",
		.shell = true,
		.needs = "/usr/include/linux",
		.nominal_ms = 300,
		.slow = true,
	},
	{
		.name = "tar",
		.what = "tar of 1000 small files",
		.command = "/bin/tar cf {tmp}-many.tar -C {work} many",
		.needs = "/bin/tar",
		.setup = MANY_FILES,
		.nominal_ms = 40,
	},
	{
		.name = "sort",
		.what = "a pipeline of cat, tr, sort, uniq, sort and head",
		.command = "cat {work}/words | tr a-f A-F | sort | uniq -c | sort -rn | head -5",
		.shell = true,
		.setup = "find /usr/lib | tr / '\\n' | head -150000 >{work}/words",
		.nominal_ms = 250,
		.slow = true,
	},
	{
		.name = "sh-loop",
		.what = "a shell runs 400 short processes",
		.command = "i=0; while [ $i -lt 400 ]; do /bin/true; i=$((i + 1)); done",
		.shell = true,
		.nominal_ms = 300,
		.slow = true,
	},
	{
		.name = "sqlite",
		.what = "sqlite3 inserts, 100 transactions of 50 rows, no fsync",
		.command = "rm -f {tmp}-db; exec sqlite3 {tmp}-db <{work}/inserts.sql",
		.shell = true,
		.needs = "sqlite3",
		.setup = "{ echo 'pragma synchronous=off; create table t(a integer primary key, b "
			 "text);'; for i in $(seq "
			 "100); do "
			 "echo 'begin;'; for j in $(seq 50); do "
			 "echo \"insert into t(b) values('row $i of $j');\"; done; echo 'commit;'; "
			 "done; } "
			 ">{work}/inserts.sql",
		.nominal_ms = 120,
	},
	{
		.name = "pip-install",
		.what = "pip installs a package of 100 modules from a file",
		.command = "rm -rf {tmp}-pip; exec /usr/bin/python3 -m pip -q "
			   "--disable-pip-version-check "
			   "install --no-index --no-deps --no-cache-dir --target {tmp}-pip "
			   "{work}/many-1-py3-none-any.whl",
		.shell = true,
		.needs = "/usr/bin/python3 /usr/lib/python3/dist-packages/pip",
		.setup = MAKE_WHEEL,
		.nominal_ms = 900,
		.slow = true,
	},
	{
		.name = "node",
		.what = "node starts and ends",
		.command = "/usr/bin/node -e 0",
		.needs = "/usr/bin/node",
		.nominal_ms = 50,
	},
	{
		.name = "java",
		.what = "javac compiles a class, java runs it",
		.command = "mkdir -p {tmp}-java && javac -d {tmp}-java {work}/Hello.java && "
			   "exec java -cp {tmp}-java Hello",
		.shell = true,
		.needs = "javac java",
		.setup = "echo 'class Hello { public static void main(String[] a) { "
			 "System.out.println(42); } }' >{work}/Hello.java",
		.nominal_ms = 900,
		.slow = true,
	},
	{
		.name = "rustc",
		.what = "rustc compiles a program",
		.command = "exec rustc -o {tmp}-rust {work}/hello.rs",
		.shell = true,
		.needs = "rustc",
		.setup = "echo 'fn main() { println!(\"{}\", 42); }' >{work}/hello.rs",
		.nominal_ms = 250,
		.slow = true,
	},
};

/* Until a redis server answers, then a benchmark of its own; the last line is ns a request. */
#define REDIS(test, clients, requests)                                                           \
	"redis-server --port {port} --save '' --appendonly no --dir /tmp >/dev/null & s=$!\n"    \
	"for i in $(seq 200); do redis-cli -p {port} ping >/dev/null 2>&1 && break; sleep .05; " \
	"done\n"                                                                                 \
	"redis-benchmark -p {port} -t " test " -c " clients " -n " requests " --csv |\n"         \
	"  tr -d '\"' | awk -F, '$2 + 0 > 0 { v = 1e9 / $2 } END { print v }'\n"                 \
	"kill $s; wait $s\n"                                                                     \
	"exit 0\n"

#define NGINX                                                                                      \
	"d={tmp}-nginx; rm -rf $d; mkdir -p $d/html; echo hello >$d/html/index.html\n"             \
	"cat >$d/conf <<END\n"                                                                     \
	"daemon off; worker_processes 1; pid $d/pid; error_log $d/errors;\n"                       \
	"events { worker_connections 64; }\n"                                                      \
	"http { access_log off; client_body_temp_path $d/a; proxy_temp_path $d/b;\n"               \
	"fastcgi_temp_path $d/c; uwsgi_temp_path $d/d; scgi_temp_path $d/e;\n"                     \
	"server { listen 127.0.0.1:{port}; root $d/html; } }\n"                                    \
	"END\n"                                                                                    \
	"nginx -p $d -c $d/conf -g 'user root;' 2>$d/start & s=$!\n"                               \
	"for i in $(seq 200); do [ -s $d/pid ] && break; sleep .05; done; sleep .1\n"              \
	"wrk -t1 -c10 -d1s http://127.0.0.1:{port}/ |\n"                                           \
	"  awk '/^Requests.sec/ && $2 > 0 { v = 1e9 / $2 } /Non-2xx/ { v = 0 } END { print v }'\n" \
	"kill $s; wait $s\n"                                                                       \
	"exit 0\n"

static const struct bench_row servers[] = {
	{
		.name = "redis-ping",
		.group = SERVERS,
		.what = "Redis PING, one client",
		.kind = ROW_SCRIPT,
		.command = REDIS("ping_mbulk", "1", "6000"),
		.needs = "redis-server redis-cli redis-benchmark",
		.target_kind = TARGET_RATIO,
		.target = 0.5,
		.nominal_ms = 500,
	},
	{
		.name = "redis-get",
		.group = SERVERS,
		.what = "Redis GET, 20 clients",
		.kind = ROW_SCRIPT,
		.command = REDIS("get", "20", "15000"),
		.needs = "redis-server redis-cli redis-benchmark",
		.target_kind = TARGET_RATIO,
		.target = 0.83,
		.nominal_ms = 700,
	},
	{
		.name = "nginx-wrk",
		.group = SERVERS,
		.what = "nginx serves a small file to wrk, 10 connections",
		.kind = ROW_SCRIPT,
		.command = NGINX,
		.needs = "nginx wrk",
		.target_kind = TARGET_RATIO,
		.target = 0.83,
		.nominal_ms = 1300,
	},
};

static struct bench_row inside_row(const struct program *p)
{
	return (struct bench_row){
		.name = p->name,
		.group = INSIDE,
		.what = p->what,
		.kind = ROW_INSIDE,
		.command = p->command,
		.shell = p->shell,
		.needs = p->needs,
		.setup = p->setup,
		.target_kind = TARGET_RATIO,
		.target = 1.2,
		/* The runner makes at least three runs. */
		.nominal_ms = max(p->nominal_ms * 3, 400u),
		.slow = p->slow,
	};
}

static struct bench_row outside_row(const struct program *p)
{
	struct bench_row row = inside_row(p);

	row.name = words_memory(kasprintf("%s+start", p->name));
	row.group = OUTSIDE;
	row.kind = ROW_OUTSIDE;
	row.target_kind = TARGET_NONE;
	row.nominal_ms = p->nominal_ms;
	row.slow = true;
	return row;
}

struct bench_row *rows_programs(size_t *ret_nr)
{
	size_t n = ARRAY_SIZE(programs), m = ARRAY_SIZE(servers);
	struct bench_row *rows = words_memory(kcalloc(n * 2 + m, sizeof(*rows)));

	for (size_t i = 0; i < n; i++) {
		rows[i] = inside_row(&programs[i]);
		rows[n + m + i] = outside_row(&programs[i]);
	}
	memcpy(rows + n, servers, sizeof(servers));
	*ret_nr = n * 2 + m;
	return rows;
}
