#include "config.h"

#include "proc/privs.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whom to become. */
struct identity {
	const char *user;
	uid_t uid;
	gid_t gid;
};

static int
look_up(const char *user, const char *group, struct identity *identity,
    struct sark_err *err)
{
	const struct passwd *pw;
	const struct group *gr;

	if (*user == '\0')
		return sark_err_set(err, SARK_CONFIG,
		    "running as root: the setting \"user\" must say whom to "
		    "become");
	if ((pw = getpwnam(user)) == NULL)
		return sark_err_set(
		    err, SARK_CONFIG, "user: no such user '%s'", user);
	identity->user = user;
	identity->uid = pw->pw_uid;
	identity->gid = pw->pw_gid;
	if (*group != '\0') {
		if ((gr = getgrnam(group)) == NULL)
			return sark_err_set(err, SARK_CONFIG,
			    "group: no such group '%s'", group);
		identity->gid = gr->gr_gid;
	}
	if (identity->uid == 0 || identity->gid == 0)
		return sark_err_set(
		    err, SARK_CONFIG, "user, group: root is not somebody else");
	return 0;
}

/* Groups first: without root they could not be changed any more. */
static int
become(const struct identity *identity, struct sark_err *err)
{
	uid_t uid = identity->uid;
	gid_t gid = identity->gid;

	if (initgroups(identity->user, gid) == -1 ||
	    setresgid(gid, gid, gid) == -1 || setresuid(uid, uid, uid) == -1)
		return sark_err_set(err, SARK_INTERNAL,
		    "cannot become user '%s': %s", identity->user,
		    strerror(errno));
	if (setresuid((uid_t)-1, 0, (uid_t)-1) == 0 || geteuid() != uid ||
	    getegid() != gid)
		return sark_err_set(err, SARK_INTERNAL,
		    "user '%s' could become root again", identity->user);
	return 0;
}

int
sark_privs_drop(const char *user, const char *group, struct sark_err *err)
{
	struct identity identity = { "", 0, 0 };

	if (getuid() != 0 && geteuid() != 0)
		return 0;
	if (look_up(user, group, &identity, err) == -1)
		return -1;
	return become(&identity, err);
}

int
sark_privs_harden(struct sark_err *err)
{
	const struct rlimit none = { 0, 0 };

	umask(027);
	if (setrlimit(RLIMIT_CORE, &none) == -1 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return sark_err_set(err, SARK_INTERNAL,
		    "cannot give up privileges: %s", strerror(errno));
	return 0;
}

void
sark_privs_scrub(void)
{
	/* Both fail for lack of memory only, and then nothing is set. */
	if (clearenv() == 0 && setenv("PATH", "/usr/bin:/bin", 1) != 0)
		return;
}
