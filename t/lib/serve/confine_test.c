#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "conf/conf.h"
#include "policy/zone.h"
#include "proc/landlock.h"
#include "proc/watch.h"
#include "serve/confine.h"

/* What sark-policy is given, and what there is beside it. */
static const struct sark_program policy = {
	.name = "sark-policy",
	.needs = SARK_NEEDS_PG | SARK_NEEDS_REDIS | SARK_NEEDS_KEYS |
	    SARK_NEEDS_SPOOL | SARK_NEEDS_POLICY,
};

struct world {
	char *dir;
	struct sark_conf *conf;
};

/* A folder with a file f in it. */
static char *
folder(struct world *world, const char *name)
{
	char *path = sark_format(world->conf, "%s/%s", world->dir, name);
	FILE *file;

	assert_int_equal(mkdir(path, 0700), 0);
	file = fopen(sark_format(path, "%s/f", path), "w");
	assert_non_null(file);
	fclose(file);
	return path;
}

static char *
in(const struct world *world, const char *name)
{
	return sark_format(world->conf, "%s/%s", world->dir, name);
}

static int
set_up(void **state)
{
	static char dir[] = "/tmp/confineXXXXXX";
	struct world *world = sark_new(NULL, struct world);

	world->conf = sark_new(world, struct sark_conf);
	world->dir = mkdtemp(dir);
	assert_non_null(world->dir);
	world->conf->spool_dir = folder(world, "spool");
	world->conf->policy_dir = folder(world, "policy");
	world->conf->key_dir = folder(world, "keys");
	folder(world, "keys/public");
	world->conf->share_dir = folder(world, "share");
	world->conf->redis_password_file =
	    sark_format(world->conf, "%s/f", folder(world, "redis"));
	world->conf->postgresql = sark_format(world->conf,
	    "host=/nowhere passfile=%s/f", folder(world, "postgresql"));
	folder(world, "settings");
	world->conf->sandbox = "on";
	world->conf->connections_max = 10;
	*state = world;
	return 0;
}

static int
tear_down(void **state)
{
	static const char *const names[] = { "spool", "policy", "keys/public",
		"keys", "share", "redis", "postgresql", "settings" };
	struct world *world = *state;
	size_t i;

	unlink(in(world, "spool/new"));
	for (i = 0; i < SARK_COUNT(names); i++) {
		unlink(in(world, sark_format(world, "%s/f", names[i])));
		rmdir(in(world, names[i]));
	}
	rmdir(world->dir);
	talloc_free(world);
	return 0;
}

/* Whether it can be opened; in the sandbox, in a child. */
static int
opens(const struct world *world, int confined, const char *path, int flags)
{
	struct sark_watch *watch = sark_watch_new(world->conf);
	struct sark_err err;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		sark_err_init(&err);
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		if (confined &&
		    sark_confine(&policy, world->conf, watch, &err) == -1)
			_exit(2);
		_exit(open(path, flags, 0600) == -1 ? 1 : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_not_equal(WEXITSTATUS(status), 2);
	return WEXITSTATUS(status) == 0;
}

static void
sark_policy_opens_what_it_works_with(void **state)
{
	const struct world *world = *state;

	assert_true(opens(world, 1, in(world, "policy/f"), O_RDONLY));
	assert_true(
	    opens(world, 1, in(world, "spool/new"), O_WRONLY | O_CREAT));
	assert_true(opens(world, 1, in(world, "keys/public/f"), O_RDONLY));
	assert_true(opens(world, 1, in(world, "redis/f"), O_RDONLY));
	assert_true(opens(world, 1, in(world, "postgresql/f"), O_RDONLY));
	if (access(SARK_ZONE_DIR "/UTC", R_OK) == 0)
		assert_true(opens(world, 1, SARK_ZONE_DIR "/UTC", O_RDONLY));
}

static void
sark_policy_opens_nothing_else(void **state)
{
	const struct world *world = *state;
	const char *others[] = { "/etc/passwd", "/dev/null", "/dev/urandom",
		"/usr/share", "/etc", "/", "/tmp", NULL, NULL, NULL };
	size_t i;

	if (sark_landlock_version() == 0)
		skip();
	others[7] = in(world, "settings/f");
	others[8] = in(world, "share/f");
	others[9] = in(world, "keys/f"); /* a private key */
	for (i = 0; i < SARK_COUNT(others); i++) {
		assert_true(opens(world, 0, others[i], O_RDONLY));
		assert_false(opens(world, 1, others[i], O_RDONLY));
	}
	assert_false(opens(world, 1, in(world, "policy/f"), O_WRONLY));
	assert_false(opens(world, 1, in(world, "keys/public/f"), O_WRONLY));
	assert_false(
	    opens(world, 1, in(world, "settings/new"), O_WRONLY | O_CREAT));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sark_policy_opens_what_it_works_with),
		cmocka_unit_test(sark_policy_opens_nothing_else),
	};

	alarm(60);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
