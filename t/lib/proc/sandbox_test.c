#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "proc/privs.h"
#include "proc/sandbox.h"

#define REFUSED 1 /* the call failed by EPERM or EACCES */
#define KILLED	(128 + SIGSYS)

/* Two folders of the test's own: one to read, one to write. */
static char readable[] = "/tmp/sark-sandbox-r-XXXXXX";
static char writable[] = "/tmp/sark-sandbox-w-XXXXXX";

static int
result(bool done)
{
	if (done)
		return 0;
	return errno == EPERM || errno == EACCES ? REFUSED : 2;
}

static int
open_in(const char *dir, const char *name, int flags)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return open(path, flags, 0600);
}

/* ---- what is tried; each returns 0, REFUSED or 2 */

static int
run_program(void)
{
	char *const argv[] = { (char[]){ "true" }, NULL };

	execve("/bin/true", argv, argv + 1);
	return result(false);
}

static int
trace(void)
{
	return result(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0);
}

static int
read_passwd(void)
{
	return result(open("/etc/passwd", O_RDONLY) != -1);
}

static int
read_named(void)
{
	return result(open_in(readable, "file", O_RDONLY) != -1);
}

static int
write_readable(void)
{
	return result(open_in(readable, "file", O_WRONLY) != -1);
}

static int
make_file(void)
{
	char from[128], to[128];

	if (open_in(writable, "a", O_WRONLY | O_CREAT) == -1)
		return result(false);
	snprintf(from, sizeof(from), "%s/a", writable);
	snprintf(to, sizeof(to), "%s/b", writable);
	return result(rename(from, to) == 0 && unlink(to) == 0);
}

static int
internet(void)
{
	return result(socket(AF_INET, SOCK_STREAM, 0) != -1);
}

static int
listening(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s/socket", writable);
	if (fd == -1 || bind(fd, (struct sockaddr *)&at, sizeof(at)) == -1 ||
	    listen(fd, 1) == -1)
		return result(false);
	return result(unlink(at.sun_path) == 0);
}

static int
unix_socket(void)
{
	return result(socket(AF_UNIX, SOCK_STREAM, 0) != -1);
}

static int
another_process(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return result(pid != -1 && waitpid(pid, NULL, 0) == pid);
}

static int
signal_to_parent(void)
{
	return result(kill(getppid(), 0) == 0);
}

static void *
map(int protection)
{
	return mmap(NULL, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static int
new_code(void)
{
	return result(map(PROT_READ | PROT_WRITE | PROT_EXEC) != MAP_FAILED);
}

static int
code(void)
{
	return result(map(PROT_READ | PROT_EXEC) != MAP_FAILED);
}

static int
memory(void)
{
	void *volatile block = malloc(1 << 20);

	free(block);
	return result(block != NULL && map(PROT_READ) != MAP_FAILED);
}

static int
timer(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_NONE };
	timer_t made;

	return result(timer_create(CLOCK_MONOTONIC, &event, &made) == 0);
}

/* ---- in a process of its own */

static int
in_sandbox(
    unsigned int barriers, unsigned int may, bool log_only, int (*try)(void))
{
	const char *const reads[] = { readable, "/no/such/path", NULL };
	const char *const writes[] = { writable, NULL };
	const struct sark_sandbox sandbox = {
		.profile = "test",
		.barriers = barriers,
		.may = may,
		.readable = reads,
		.writable = writes,
		.descriptors = 64,
		.log_only = log_only,
	};
	struct sark_err err;
	pid_t pid;
	int status;

	if ((pid = fork()) == 0) {
		sark_err_init(&err);
		if (sark_privs_harden(&err) == -1 ||
		    (barriers != 0 && sark_sandbox_enter(&sandbox, &err) == -1))
			_exit(3);
		_exit(try());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

/* With all that the machine has; the control is without any. */
#define ALL_MAY (SARK_MAY_WRITE | SARK_MAY_LOAD | SARK_MAY_INTERNET)

static void
refused(unsigned int barriers, unsigned int may, int how, int (*try)(void))
{
	assert_int_equal(in_sandbox(barriers, may, false, try), how);
	/* The control: it is the sandbox that refuses. */
	assert_int_equal(in_sandbox(0, 0, false, try), 0);
}

static void
calls_of_an_intruder_end_the_process(void **state)
{
	(void)state;
	refused(SARK_BARRIER_CALLS, ALL_MAY, KILLED, run_program);
	refused(SARK_BARRIER_CALLS, ALL_MAY, KILLED, trace);
}

static void
unlisted_calls_are_refused(void **state)
{
	const unsigned int calls = SARK_BARRIER_CALLS;

	(void)state;
	refused(calls, ALL_MAY, REFUSED, listening);
	refused(calls, ALL_MAY, REFUSED, another_process);
	refused(calls, ALL_MAY, REFUSED, signal_to_parent);
	refused(calls, ALL_MAY, REFUSED, new_code);
	refused(calls, 0, REFUSED, internet);
	refused(calls, 0, REFUSED, code);
	refused(calls, 0, REFUSED, timer);
	refused(calls, 0, REFUSED, make_file);
}

static void
calls_of_the_profile_succeed(void **state)
{
	const unsigned int calls = SARK_BARRIER_CALLS;

	(void)state;
	assert_int_equal(in_sandbox(calls, 0, false, memory), 0);
	assert_int_equal(in_sandbox(calls, 0, false, unix_socket), 0);
	assert_int_equal(in_sandbox(calls, 0, false, read_named), 0);
	assert_int_equal(
	    in_sandbox(calls, SARK_MAY_INTERNET, false, internet), 0);
	assert_int_equal(in_sandbox(calls, SARK_MAY_LOAD, false, code), 0);
	assert_int_equal(in_sandbox(calls, SARK_MAY_LOAD, false, timer), 0);
	assert_int_equal(
	    in_sandbox(calls, SARK_MAY_WRITE, false, make_file), 0);
}

static void
files_that_are_not_named_stay_closed(void **state)
{
	const unsigned int files = SARK_BARRIER_FILES;

	(void)state;
	refused(files, 0, REFUSED, read_passwd);
	refused(files, 0, REFUSED, write_readable);
	refused(files, 0, REFUSED, run_program);
	assert_int_equal(in_sandbox(files, 0, false, read_named), 0);
	assert_int_equal(in_sandbox(files, 0, false, make_file), 0);
}

static void
both_together(void **state)
{
	const unsigned int both = SARK_BARRIER_FILES | SARK_BARRIER_CALLS;

	(void)state;
	refused(both, ALL_MAY, REFUSED, read_passwd);
	refused(both, ALL_MAY, KILLED, run_program);
	assert_int_equal(in_sandbox(both, 0, false, read_named), 0);
	assert_int_equal(in_sandbox(both, SARK_MAY_WRITE, false, make_file), 0);
}

static void
the_log_refuses_nothing(void **state)
{
	unsigned int all = sark_sandbox_barriers();

	(void)state;
	assert_int_equal(in_sandbox(all, 0, true, run_program), 0);
	assert_int_equal(in_sandbox(all, 0, true, read_passwd), 0);
	assert_int_equal(in_sandbox(all, 0, true, internet), 0);
}

static int
make_folders(void **state)
{
	(void)state;
	if (mkdtemp(readable) == NULL || mkdtemp(writable) == NULL)
		return -1;
	return open_in(readable, "file", O_WRONLY | O_CREAT) == -1 ? -1 : 0;
}

static int
remove_folders(void **state)
{
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/file", readable);
	return unlink(path) == -1 || rmdir(readable) == -1 ||
		rmdir(writable) == -1
	    ? -1
	    : 0;
}

/* A test, and the barriers without which it says nothing. */
static const struct {
	struct CMUnitTest test;
	unsigned int barriers;
} all[] = {
	{ cmocka_unit_test(calls_of_an_intruder_end_the_process),
	    SARK_BARRIER_CALLS },
	{ cmocka_unit_test(unlisted_calls_are_refused), SARK_BARRIER_CALLS },
	{ cmocka_unit_test(calls_of_the_profile_succeed), SARK_BARRIER_CALLS },
	{ cmocka_unit_test(files_that_are_not_named_stay_closed),
	    SARK_BARRIER_FILES },
	{ cmocka_unit_test(both_together),
	    SARK_BARRIER_FILES | SARK_BARRIER_CALLS },
	{ cmocka_unit_test(the_log_refuses_nothing), 0 },
};

/*
 * cmocka's skip() counts as a failure in TAP, so what cannot be tested is
 * left out, aloud.  Sanitizers need calls that the sandbox refuses.
 */
static size_t
possible(struct CMUnitTest tests[SARK_COUNT(all)])
{
	unsigned int barriers = sark_sandbox_barriers();
	size_t i, n = 0;

	for (i = 0; i < SARK_COUNT(all); i++) {
		if ((barriers & all[i].barriers) == all[i].barriers)
			tests[n++] = all[i].test;
		else
			print_message("# left out, not possible here: %s\n",
			    all[i].test.name);
	}
	return n;
}

int
main(void)
{
	struct CMUnitTest tests[SARK_COUNT(all)];
	size_t n = possible(tests);

#ifndef __SANITIZE_ADDRESS__
	if (n < SARK_COUNT(all) && getenv("SARK_SKIPS_FAIL") != NULL)
		return 1;
#endif
	return _cmocka_run_group_tests(
	    "tests", tests, n, make_folders, remove_folders);
}
