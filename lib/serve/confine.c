#include "serve/confine.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "conf/conf.h"
#include "policy/zone.h"
#include "proc/sandbox.h"
#include "proc/watch.h"
#include "store/pg.h"

#define PATHS_MAX   40
#define DESCRIPTORS 64 /* besides connections of the web server */

/* Paths under way; on ctx. */
struct paths {
	void *ctx;
	const char *list[PATHS_MAX + 1];
	size_t n;
};

static void
add(struct paths *paths, const char *path)
{
	if (path != NULL && *path == '/' && paths->n < PATHS_MAX)
		paths->list[paths->n++] = path;
}

static void
add_all(struct paths *paths, const char *const *list)
{
	for (; *list != NULL; list++)
		add(paths, *list);
}

/* libpq's default is a Unix socket; a service file may say anything. */
static bool
is_remote(void *ctx, const char *conninfo)
{
	const char *host = sark_pg_option(ctx, conninfo, "host");

	if (sark_pg_option(ctx, conninfo, "hostaddr") != NULL ||
	    sark_pg_option(ctx, conninfo, "service") != NULL)
		return true;
	/* One of several hosts, or a single one. */
	for (; host != NULL && *host != '\0'; host = strchr(host, ',')) {
		if (*host == ',')
			host++;
		if (*host != '/' && *host != '@' && *host != ',' &&
		    *host != '\0')
			return true;
	}
	return false;
}

/*
 * What libpq reads when it connects as conninfo says, libpq(3).  HOME, as the
 * password file has it, is set so that libpq need not look there.
 */
static void
add_libpq(struct paths *paths, const char *conninfo)
{
	static const char *const named[] = { "passfile", "sslcert", "sslkey",
		"sslrootcert", "sslcrl", "sslcrldir", NULL };
	const struct passwd *pw = getpwuid(geteuid());
	const char *home = pw != NULL ? pw->pw_dir : "/nonexistent";
	void *ctx = paths->ctx;
	size_t i;

	if (setenv("HOME", home, 1) == -1)
		return;
	for (i = 0; named[i] != NULL; i++)
		add(paths, sark_pg_option(ctx, conninfo, named[i]));
	if (sark_pg_option(ctx, conninfo, "passfile") == NULL)
		add(paths, sark_format(ctx, "%s/.pgpass", home));
	if (sark_pg_option(ctx, conninfo, "service") != NULL) {
		add(paths, "/etc/postgresql-common");
		add(paths, sark_format(ctx, "%s/.pg_service.conf", home));
	}
	if (is_remote(ctx, conninfo))
		add(paths, sark_format(ctx, "%s/.postgresql", home));
}

/* Names of hosts, certificates of servers. */
static const char *const internet[] = { "/etc/hosts", "/etc/host.conf",
	"/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/gai.conf",
	"/etc/services", "/etc/ld.so.cache", "/etc/ssl/certs",
	"/etc/ssl/openssl.cnf", "/etc/krb5.conf", "/usr/lib", "/lib", NULL };

#ifdef __SANITIZE_ADDRESS__
#define CHECKERS "/proc" /* a leak checker looks at the process */
#else
#define CHECKERS NULL
#endif

/* What a login through the directory reads, and that it goes elsewhere. */
static void
add_directory(struct sark_sandbox *sandbox, const struct sark_conf *conf,
    struct paths *readable)
{
	if (*conf->ldap_servers == NULL)
		return;
	sandbox->may |= SARK_MAY_INTERNET;
	add(readable, conf->ldap_ca_file);
	add(readable, conf->ldap_password_file);
	add(readable, conf->ldap_map_file);
	add_all(readable, internet);
}

static void
fill(struct sark_sandbox *sandbox, const struct sark_program *program,
    const struct sark_conf *conf, struct paths *readable,
    struct paths *writable)
{
	unsigned int uses = program->needs | program->watches;

	add(readable, CHECKERS);
	/* The one program that shows the description of the interface. */
	if ((uses & SARK_NEEDS_SHARE) != 0)
		add(readable, conf->share_dir);
	if ((uses & SARK_NEEDS_SIGNING) != 0)
		add(readable, conf->key_dir);
	else if ((uses & SARK_NEEDS_KEYS) != 0)
		/* No private key. */
		add(readable,
		    sark_format(readable->ctx, "%s/public", conf->key_dir));
	if ((uses & SARK_NEEDS_PEPPER) != 0)
		add(readable, conf->apikey_pepper_file);
	if ((uses & SARK_NEEDS_POLICY) != 0) {
		sandbox->may |= SARK_MAY_LOAD;
		add(readable, conf->policy_dir);
		/* Rules about time may name any zone. */
		add(readable, SARK_ZONE_DIR);
	}
	if ((uses & SARK_NEEDS_SPOOL) != 0) {
		sandbox->may |= SARK_MAY_WRITE;
		add(writable, conf->spool_dir);
	}
	if ((uses & SARK_NEEDS_REDIS) != 0)
		add(readable, conf->redis_password_file);
	if ((uses & SARK_NEEDS_LDAP) != 0)
		add_directory(sandbox, conf, readable);
	if ((uses & SARK_NEEDS_PG) == 0)
		return;
	add_libpq(readable, conf->postgresql);
	if (is_remote(readable->ctx, conf->postgresql)) {
		sandbox->may |= SARK_MAY_INTERNET;
		add_all(readable, internet);
	}
}

void
sark_confine_tell(const struct sark_conf *conf)
{
	unsigned int barriers = sark_sandbox_barriers();

	if (sark_str_eq(conf->sandbox, "off")) {
		sark_log(SARK_LOG_WARNING, "sandbox_off", NULL);
		return;
	}
	if ((barriers & SARK_BARRIER_FILES) == 0)
		sark_log(SARK_LOG_WARNING, "sandbox_without_landlock", NULL);
	if ((barriers & SARK_BARRIER_CALLS) == 0)
		sark_log(SARK_LOG_WARNING, "sandbox_without_seccomp", NULL);
}

static void
watch_all(struct sark_watch *watch, const struct paths *paths)
{
	size_t i;

	for (i = 0; i < paths->n; i++)
		sark_watch_add(watch, paths->list[i], false);
}

int
sark_confine(const struct sark_program *program, const struct sark_conf *conf,
    struct sark_watch *watch, struct sark_err *err)
{
	void *ctx = talloc_new(NULL);
	struct paths readable = { .ctx = ctx }, writable = { .ctx = ctx };
	struct sark_sandbox sandbox = {
		.profile = program->name,
		.barriers = sark_sandbox_barriers(),
		.readable = readable.list,
		.writable = writable.list,
		.descriptors = (uint64_t)conf->connections_max + DESCRIPTORS,
		.log_only = sark_str_eq(conf->sandbox, "log"),
	};
	int ret = 0;

	/* Read once for syslog(3), which could not do it later. */
	tzset();
	if (!sark_str_eq(conf->sandbox, "off")) {
		fill(&sandbox, program, conf, &readable, &writable);
		/* Before the rules: what changes in between is then seen. */
		watch_all(watch, &readable);
		watch_all(watch, &writable);
		ret = sark_sandbox_enter(&sandbox, err);
	}
	talloc_free(ctx);
	return ret;
}
