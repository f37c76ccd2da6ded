#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "proc/lock.h"

static char folder[] = "/tmp/sark-lock-XXXXXX";

static int
set_up(void **state)
{
	(void)state;
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
	char *path = sark_format(NULL, "%s/loader.lock", folder);

	(void)state;
	unlink(path);
	talloc_free(path);
	return rmdir(folder);
}

/* The code of an attempt to take the lock. */
static enum sark_code
attempt(struct sark_lock **lock_r)
{
	struct sark_err err;

	sark_err_init(&err);
	if (sark_lock_take(NULL, folder, "loader", lock_r, &err) == 0)
		return SARK_OK;
	return err.code;
}

static void
one_holds_it(void **state)
{
	struct sark_lock *lock, *second;

	(void)state;
	assert_int_equal(attempt(&lock), SARK_OK);
	assert_int_equal(attempt(&second), SARK_LOCKED);
	talloc_free(lock);
	assert_int_equal(attempt(&second), SARK_OK);
	talloc_free(second);
}

static void
it_goes_with_its_process(void **state)
{
	struct sark_lock *lock;
	int ready[2], status;
	pid_t child;
	char byte;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	if ((child = fork()) == 0) {
		if (attempt(&lock) != SARK_OK || write(ready[1], "x", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(attempt(&lock), SARK_LOCKED);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(attempt(&lock), SARK_OK);
	talloc_free(lock);
}

static void
a_missing_folder_is_a_wrong_setting(void **state)
{
	struct sark_lock *lock;
	struct sark_err err;

	(void)state;
	sark_err_init(&err);
	assert_int_equal(
	    sark_lock_take(NULL, "/nonexistent", "loader", &lock, &err), -1);
	assert_int_equal(err.code, SARK_CONFIG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_holds_it),
		cmocka_unit_test(it_goes_with_its_process),
		cmocka_unit_test(a_missing_folder_is_a_wrong_setting),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
