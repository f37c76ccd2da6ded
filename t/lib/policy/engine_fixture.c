#include "config.h"

#include "engine_fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "crypto/digest.h"

static const char *
top(const char *variable)
{
	const char *dir = getenv(variable);

	return dir != NULL ? dir : ".";
}

char *
fixture_path(const struct fixture *f, const char *name)
{
	return sark_format(f, "%s/%s", top("top_srcdir"), name);
}

struct fixture *
fixture_new(void)
{
	struct fixture *f = sark_new(NULL, struct fixture);

	f->dir = sark_strdup(f, "/tmp/sark-engine-test.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	f->source = sark_format(f, "%s/source", f->dir);
	f->policy = sark_format(f, "%s/policy", f->dir);
	assert_int_equal(mkdir(f->source, 0755), 0);
	return f;
}

static void
remove_dir(const char *path)
{
	struct dirent *entry;
	DIR *dir = opendir(path);

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_type != DT_DIR)
			unlinkat(dirfd(dir), entry->d_name, 0);
	closedir(dir);
	rmdir(path);
}

void
fixture_free(struct fixture *f)
{
	remove_dir(f->source);
	remove_dir(f->policy);
	remove_dir(sark_format(f, "%s/bin", f->dir));
	remove_dir(f->dir);
	talloc_free(f);
}

void
fixture_write(struct fixture *f, const char *name, const char *text)
{
	char *path = sark_format(f, "%s/%s", f->source, name);

	assert_int_equal(
	    sark_file_replace(path, text, strlen(text), 0644, &f->err), 0);
}

static int
run(struct fixture *f, char *const *argv, char *const *env)
{
	posix_spawn_file_actions_t actions;
	char *log = sark_format(f, "%s/output", f->dir), *text;
	int status;
	size_t len;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(
	    &actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	posix_spawn_file_actions_adddup2(
	    &actions, STDOUT_FILENO, STDERR_FILENO);
	assert_int_equal(
	    posix_spawnp(&pid, argv[0], &actions, NULL, argv, env), 0);
	posix_spawn_file_actions_destroy(&actions);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(
	    sark_file_read(f, log, sizeof(f->output) - 1, &text, &len, &f->err),
	    0);
	memcpy(f->output, text, len + 1);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static int
build(struct fixture *f, const char *source, char *const *env)
{
	char *argv[] = { sark_format(f, "%s/bin/sark-policy-build",
			     top("top_builddir")),
		sark_strdup(f, "--output"), f->policy, sark_strdup(f, source),
		NULL };

	return run(f, argv, env);
}

int
fixture_build(struct fixture *f, const char *source)
{
	return build(f, source, environ);
}

/* A PATH with what translates and compiles, and nothing else. */
static char *
path_without_opa(struct fixture *f)
{
	static const char *const tools[] = { "cc", "as", "ld", "wasm2c" };
	char *dir = sark_format(f, "%s/bin", f->dir);
	size_t i;

	if (mkdir(dir, 0755) == 0)
		for (i = 0; i < SARK_COUNT(tools); i++)
			assert_int_equal(
			    symlink(sark_format(f, "/usr/bin/%s", tools[i]),
				sark_format(f, "%s/%s", dir, tools[i])),
			    0);
	return sark_format(f, "PATH=%s", dir);
}

static char *
hash_line(struct fixture *f, const char *name)
{
	char hex[SARK_SHA256_TEXT], *data;
	size_t len;

	assert_int_equal(
	    sark_file_read(f, sark_format(f, "%s/%s", f->source, name), 1 << 20,
		&data, &len, &f->err),
	    0);
	sark_sha256_hex(hex, data, len);
	return sark_format(f, "%s  %s\n", hex, name);
}

int
fixture_build_wat(struct fixture *f, const char *name)
{
	char *argv[] = { sark_strdup(f, "wat2wasm"),
		fixture_path(f, sark_format(f, "t/data/engine/%s.wat", name)),
		sark_strdup(f, "-o"),
		sark_format(f, "%s/policy.wasm", f->source), NULL };
	char *env[] = { path_without_opa(f), NULL };

	if (run(f, argv, environ) != 0)
		fail_msg("%s", f->output);
	fixture_write(f, "policy.rego", "package sark\n");
	fixture_write(f, "policy.wasm.sources",
	    sark_format(f, "%s%s", hash_line(f, "policy.rego"),
		hash_line(f, "policy.wasm")));
	return build(f, f->source, env);
}

struct sark_engine *
fixture_open(struct fixture *f, const struct sark_engine_limits *limits)
{
	static const struct sark_engine_limits usual = { .deadline_ms = 2000,
		.memory_bytes = 16 << 20 };
	struct sark_engine *engine;

	sark_err_init(&f->err);
	if (sark_engine_open(f, f->policy, limits != NULL ? limits : &usual,
		&engine, &f->err) == -1)
		fail_msg("%s", f->err.text);
	return engine;
}

const char *
fixture_ask(struct fixture *f, struct sark_engine *engine, const char *json)
{
	const struct sark_engine_input input = {
		.json = json, .len = strlen(json), .now_ns = sark_clock_ns()
	};
	const char *answer;
	size_t len;

	sark_err_init(&f->err);
	if (sark_engine_eval(engine, f, &input, &answer, &len, &f->err) == -1)
		return NULL;
	assert_int_equal(strlen(answer), len);
	return answer;
}
