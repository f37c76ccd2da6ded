#include "config.h"

#include "proc/syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define CALL(name) SCMP_SYS(name)
#define END	   __NR_SCMP_ERROR

/* What every program does: serve, ask stores, read files, keep time. */
static const int common[] = {
	/* files and descriptors */
	CALL(read), CALL(readv), CALL(pread64), CALL(write), CALL(writev),
	CALL(lseek), CALL(close), CALL(fstat), CALL(stat), CALL(lstat),
	CALL(newfstatat), CALL(statx), CALL(fstatfs), CALL(statfs),
	CALL(access), CALL(faccessat), CALL(faccessat2), CALL(readlink),
	CALL(readlinkat), CALL(getdents64), CALL(fcntl),
	/* connections */
	CALL(accept4), CALL(connect), CALL(recvfrom), CALL(recvmsg),
	CALL(sendto), CALL(sendmsg), CALL(shutdown), CALL(getsockopt),
	CALL(setsockopt), CALL(getsockname), CALL(getpeername), CALL(poll),
	CALL(ppoll), CALL(select), CALL(pselect6), CALL(epoll_create1),
	CALL(epoll_ctl), CALL(epoll_wait), CALL(epoll_pwait),
	/* memory, signals, threads that wait */
	CALL(brk), CALL(munmap), CALL(mremap), CALL(madvise), CALL(futex),
	CALL(rt_sigaction), CALL(rt_sigprocmask), CALL(rt_sigreturn),
	CALL(sigaltstack), CALL(restart_syscall), CALL(sched_yield),
	/* time, chance, who we are, the end */
	CALL(clock_gettime), CALL(clock_getres), CALL(clock_nanosleep),
	CALL(gettimeofday), CALL(time), CALL(nanosleep), CALL(getrandom),
	CALL(getpid), CALL(gettid), CALL(getppid), CALL(getuid), CALL(geteuid),
	CALL(getgid), CALL(getegid), CALL(uname), CALL(sysinfo), CALL(exit),
	CALL(exit_group), END
};

static const int to_write[] = { CALL(open), CALL(openat), CALL(flock),
	CALL(fsync), CALL(fdatasync), CALL(ftruncate), CALL(fchmod),
	CALL(rename), CALL(renameat), CALL(renameat2), CALL(unlink),
	CALL(unlinkat), END };

static const int to_load[] = { CALL(timer_create), CALL(timer_settime),
	CALL(timer_delete), END };

static const int to_internet[] = { CALL(sendmmsg), CALL(recvmmsg), END };

/* Nothing of ours, no library of ours and no mistake of ours does these. */
static const int intrusions[] = { CALL(execve), CALL(execveat), CALL(ptrace),
	CALL(process_vm_readv), CALL(process_vm_writev), CALL(bpf),
	CALL(perf_event_open), CALL(userfaultfd), CALL(mount), CALL(umount2),
	CALL(pivot_root), CALL(chroot), CALL(setns), CALL(unshare),
	CALL(init_module), CALL(finit_module), CALL(delete_module),
	CALL(kexec_load), CALL(kexec_file_load), CALL(open_by_handle_at),
	CALL(io_uring_setup), END };

/* A call with a condition on one argument: (argument & mask) == value. */
struct conditional {
	int call;
	unsigned int argument;
	uint64_t mask, value;
};

#define ALL	 UINT64_MAX
#define CODE	 ((uint64_t)PROT_EXEC)
#define NEW_CODE ((uint64_t)(PROT_EXEC | PROT_WRITE))
#define CHANGING ((uint64_t)(O_ACCMODE | O_CREAT | O_TRUNC))

/* clang-format off */
static const struct conditional common_when[] = {
	{ CALL(socket),   0, ALL,  AF_UNIX },
	{ CALL(mmap),     2, CODE, 0 },
	{ CALL(mprotect), 2, CODE, 0 },
	{ CALL(ioctl),    1, ALL,  FIONREAD },
	/* libraries ask whether a stream is a terminal */
	{ CALL(ioctl),    1, ALL,  TCGETS },
	{ END }
};

static const struct conditional read_only_when[] = {
	{ CALL(open),   1, CHANGING, O_RDONLY },
	{ CALL(openat), 2, CHANGING, O_RDONLY },
	{ END }
};

/* Code may be mapped, but never where it can be written as well. */
static const struct conditional load_when[] = {
	{ CALL(mmap), 2, NEW_CODE, CODE },
	{ END }
};

static const struct conditional internet_when[] = {
	{ CALL(socket), 0, ALL, AF_INET },
	{ CALL(socket), 0, ALL, AF_INET6 },
	{ END }
};
/* clang-format on */

static int
add(scmp_filter_ctx filter, uint32_t action, const int *calls)
{
	int ret = 0;

	for (; *calls != END && ret == 0; calls++)
		ret = seccomp_rule_add(filter, action, *calls, 0);
	return ret;
}

static int
add_when(scmp_filter_ctx filter, const struct conditional *when)
{
	int ret = 0;

	for (; when->call != END && ret == 0; when++)
		ret = seccomp_rule_add(filter, SCMP_ACT_ALLOW, when->call, 1,
		    SCMP_CMP(when->argument, SCMP_CMP_MASKED_EQ, when->mask,
			when->value));
	return ret;
}

/* abort(3) and raise(3): a signal to oneself, nobody else. */
static int
add_own_signal(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(tgkill), 1,
	    SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
}

/* Limits may be asked for, not set. */
static int
add_own_limits(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(prlimit64), 2,
	    SCMP_A0(SCMP_CMP_EQ, 0), SCMP_A2(SCMP_CMP_EQ, 0));
}

static int
add_allowed(scmp_filter_ctx filter, unsigned int may)
{
	int ret;

	if ((ret = add(filter, SCMP_ACT_ALLOW, common)) != 0 ||
	    (ret = add_when(filter, common_when)) != 0 ||
	    (ret = add_own_signal(filter)) != 0 ||
	    (ret = add_own_limits(filter)) != 0)
		return ret;
	ret = (may & SARK_MAY_WRITE) != 0
	    ? add(filter, SCMP_ACT_ALLOW, to_write)
	    : add_when(filter, read_only_when);
	if (ret == 0 && (may & SARK_MAY_LOAD) != 0)
		ret = add(filter, SCMP_ACT_ALLOW, to_load);
	/* Looking up a name may load a module of nsswitch.conf(5). */
	if (ret == 0 && (may & (SARK_MAY_LOAD | SARK_MAY_INTERNET)) != 0)
		ret = add_when(filter, load_when);
	if (ret == 0 && (may & SARK_MAY_INTERNET) != 0) {
		ret = add(filter, SCMP_ACT_ALLOW, to_internet);
		if (ret == 0)
			ret = add_when(filter, internet_when);
	}
	return ret;
}

static int
build(scmp_filter_ctx filter, const struct sark_sandbox *sandbox)
{
	int ret;

	/* Calls of another architecture's numbering are nobody's here. */
	if ((ret = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH,
		 SCMP_ACT_KILL_PROCESS)) != 0 ||
	    /* A tree instead of a list: each call of ours passes through. */
	    (ret = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2)) != 0)
		return ret;
	if (!sandbox->log_only &&
	    (ret = add(filter, SCMP_ACT_KILL_PROCESS, intrusions)) != 0)
		return ret;
	if ((ret = add_allowed(filter, sandbox->may)) != 0)
		return ret;
	return seccomp_load(filter);
}

int
sark_syscalls_enter(const struct sark_sandbox *sandbox, struct sark_err *err)
{
	scmp_filter_ctx filter;
	int ret = -ENOMEM;

	filter = seccomp_init(
	    sandbox->log_only ? SCMP_ACT_LOG : SCMP_ACT_ERRNO(EPERM));
	if (filter != NULL)
		ret = build(filter, sandbox);
	seccomp_release(filter);
	if (ret == 0)
		return 0;
	return sark_err_set(err, SARK_INTERNAL, "sandbox of %s: seccomp: %s",
	    sandbox->profile, strerror(-ret));
}
