#include "config.h"

#include "serve/settings.h"

#include <stddef.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "conf/conf.h"
#include "proc/privs.h"
#include "serve/confine.h"

/* Copies the environment, which sark_privs_scrub empties. */
static char **
environment_of(void *ctx)
{
	size_t i, n = 0;
	char **copy;

	while (environ != NULL && environ[n] != NULL)
		n++;
	copy = sark_new_array(ctx, char *, n + 1);
	for (i = 0; i < n; i++)
		copy[i] = sark_strdup(copy, environ[i]);
	return copy;
}

void
sark_settings_init(struct sark_settings *settings, void *ctx,
    const struct sark_program *program, const char *path)
{
	*settings = (struct sark_settings){
		.ctx = ctx,
		.path = path,
		.environment = environment_of(ctx),
		.now = { .program = program, .tell = -1 },
	};
}

/* On *mem_r, of its own. */
static int
read_file(const struct sark_settings *settings, void **mem_r,
    struct sark_conf **conf_r, struct sark_err *err)
{
	void *mem = sark_mem_check(talloc_new(settings->ctx));
	int ret;

	environ = settings->environment;
	ret = sark_conf_read(mem, settings->path, conf_r, err);
	sark_privs_scrub();
	if (ret == -1)
		talloc_free(mem);
	else
		*mem_r = mem;
	return ret;
}

int
sark_settings_read(struct sark_settings *settings, struct sark_err *err)
{
	struct sark_conf *conf;

	if (read_file(settings, &settings->mem, &conf, err) == -1)
		return -1;
	settings->now.conf = conf;
	return 0;
}

static int
index_in(const char *const *names, const char *name)
{
	int i = 0;

	while (names[i] != NULL && !sark_str_eq(names[i], name))
		i++;
	return i;
}

/* The settings' words in the order of the enumerations in log.h. */
void
sark_settings_open_log(const struct sark_settings *settings)
{
	static const char *const levels[] = { "error", "warning", "info",
		"debug", NULL };
	const struct sark_conf *conf = settings->now.conf;

	sark_log_open(settings->now.program->name,
	    (enum sark_log_level)index_in(levels, conf->log_level),
	    sark_str_eq(conf->log_format, "json") ? SARK_LOG_JSON : SARK_LOG_KV,
	    sark_str_eq(conf->log_target, "syslog") ? SARK_LOG_SYSLOG
						    : SARK_LOG_STDERR);
}

static int
rehearse(const struct sark_worker *now, struct sark_worker *next,
    struct sark_err *err)
{
	if (sark_worker_rehearse(next, err) == -1)
		return -1;
	/* A server that is away now has not got another schema by that. */
	if (now->schema_seen &&
	    sark_str_eq(now->conf->postgresql, next->conf->postgresql))
		next->schema_seen = true;
	return 0;
}

/* What is to come, on *mem_r if it was read anew. */
static int
prepare(const struct sark_settings *settings, bool anew, void **mem_r,
    struct sark_worker *next, struct sark_err *err)
{
	struct sark_conf *conf;
	void *mem = NULL;

	*next = settings->now;
	if (anew) {
		if (read_file(settings, &mem, &conf, err) == -1)
			return -1;
		sark_conf_keep_fixed(settings->now.conf, conf);
		next->conf = conf;
		next->schema_seen = false;
	}
	if (rehearse(&settings->now, next, err) == -1) {
		talloc_free(mem);
		return -1;
	}
	*mem_r = anew ? mem : settings->mem;
	return 0;
}

int
sark_settings_renew(void *arg, bool asked)
{
	struct sark_settings *settings = arg;
	struct sark_worker next;
	struct sark_err err;
	void *mem;

	sark_err_init(&err);
	if (prepare(settings, asked, &mem, &next, &err) == -1) {
		sark_log_err(SARK_LOG_ERROR,
		    asked ? "settings_not_reloaded" : "workers_not_renewed",
		    &err);
		return -1;
	}
	settings->then = settings->now;
	settings->then_mem = settings->mem;
	settings->now = next;
	settings->mem = mem;
	settings->asked = asked;
	sark_settings_open_log(settings);
	if (asked)
		sark_confine_tell(next.conf);
	return 0;
}

void
sark_settings_settle(void *arg, const char *how)
{
	struct sark_settings *settings = arg;
	bool asked = settings->asked;
	void *left = settings->then_mem;

	if (how == NULL) {
		sark_log(SARK_LOG_INFO,
		    asked ? "settings_reloaded" : "workers_renewed", NULL);
	} else {
		left = settings->mem;
		settings->now = settings->then;
		settings->mem = settings->then_mem;
		sark_settings_open_log(settings);
		sark_log(SARK_LOG_ERROR,
		    asked ? "settings_not_reloaded" : "workers_not_renewed",
		    "text", "the first worker with them ended", "how", how,
		    NULL);
	}
	if (left != settings->mem)
		talloc_free(left);
}
