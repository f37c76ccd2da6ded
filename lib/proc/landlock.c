#include "config.h"

#include "proc/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Rights newer than the headers that we may be built with. */
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (UINT64_C(1) << 14)
#endif
#ifndef LANDLOCK_ACCESS_FS_IOCTL_DEV
#define LANDLOCK_ACCESS_FS_IOCTL_DEV (UINT64_C(1) << 15)
#endif

/* The first 13 rights came with the first version. */
#define VERSION_1 ((UINT64_C(1) << 13) - 1)
/* Rights that a rule about a file may have; the others are a folder's. */
#define OF_A_FILE                                                       \
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | \
	    LANDLOCK_ACCESS_FS_TRUNCATE)
#define TO_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define TO_WRITE                                                        \
	(TO_READ | LANDLOCK_ACCESS_FS_WRITE_FILE |                      \
	    LANDLOCK_ACCESS_FS_TRUNCATE | LANDLOCK_ACCESS_FS_MAKE_REG | \
	    LANDLOCK_ACCESS_FS_REMOVE_FILE)

/* The C library has no names for these calls. */
static int
create_ruleset(
    const struct landlock_ruleset_attr *attr, size_t size, uint32_t flags)
{
	return (int)syscall(SYS_landlock_create_ruleset, attr, size, flags);
}

int
sark_landlock_version(void)
{
	int version = create_ruleset(NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return version > 0 ? version : 0;
}

/* All rights that the kernel can take away. */
static uint64_t
known(int version)
{
	uint64_t rights = VERSION_1;

	if (version >= 2)
		rights |= LANDLOCK_ACCESS_FS_REFER;
	if (version >= 3)
		rights |= LANDLOCK_ACCESS_FS_TRUNCATE;
	if (version >= 5)
		rights |= LANDLOCK_ACCESS_FS_IOCTL_DEV;
	return rights;
}

/* Allows rights on a path; one that is not there, or not for us, is passed. */
static int
allow(int ruleset, const char *path, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = rights };
	struct stat st;
	int ret = -1;

	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd == -1)
		return errno == ENOENT || errno == ENOTDIR || errno == EACCES
		    ? 0
		    : -1;
	if (fstat(rule.parent_fd, &st) == -1)
		goto out;
	if (!S_ISDIR(st.st_mode))
		rule.allowed_access &= OF_A_FILE;
	ret = (int)syscall(SYS_landlock_add_rule, ruleset,
	    LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
out:
	close(rule.parent_fd);
	return ret;
}

static int
allow_all(int ruleset, const char *const *paths, uint64_t rights,
    struct sark_err *err)
{
	for (; *paths != NULL; paths++)
		if (allow(ruleset, *paths, rights) == -1)
			return sark_err_set(err, SARK_INTERNAL,
			    "sandbox: %s: %s", *paths, strerror(errno));
	return 0;
}

int
sark_landlock_enter(const struct sark_sandbox *sandbox, struct sark_err *err)
{
	uint64_t rights = known(sark_landlock_version());
	struct landlock_ruleset_attr attr = { .handled_access_fs = rights };
	int ruleset, ret = -1;

	ruleset = create_ruleset(&attr, sizeof(attr), 0);
	if (ruleset == -1)
		return sark_err_set(err, SARK_INTERNAL,
		    "sandbox of %s: Landlock: %s", sandbox->profile,
		    strerror(errno));
	if (allow_all(ruleset, sandbox->readable, TO_READ & rights, err) ==
		-1 ||
	    allow_all(ruleset, sandbox->writable, TO_WRITE & rights, err) == -1)
		goto out;
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) == -1)
		sark_err_set(err, SARK_INTERNAL, "sandbox of %s: Landlock: %s",
		    sandbox->profile, strerror(errno));
	else
		ret = 0;
out:
	close(ruleset);
	return ret;
}
