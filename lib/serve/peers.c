#include "config.h"

#include "serve/peers.h"

#include <pwd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "proc/metrics.h"

#define QUIET_NS (INT64_C(60) * 1000000000)

struct refused {
	struct sark_metric *count;
	int64_t quiet_until_ns;
};

static void
refused(void *arg, uid_t uid)
{
	struct refused *refused = arg;
	int64_t now = sark_clock_mono_ns();
	struct sark_err err;

	sark_metric_add(refused->count, 1);
	if (now < refused->quiet_until_ns)
		return;
	refused->quiet_until_ns = now + QUIET_NS;
	sark_err_init(&err);
	sark_err_set(&err, SARK_FORBIDDEN,
	    "a process of uid %lu may not connect: setting peer_users",
	    (unsigned long)uid);
	sark_log_err(SARK_LOG_WARNING, "peer_refused", &err);
}

static struct refused *
refused_new(struct sark_app *app)
{
	struct refused *refused = sark_new(app, struct refused);
	char *name = sark_format(
	    refused, "sark_peers_refused_total{program=\"%s\"}", app->program);

	refused->count = sark_metric_of(app->metrics, name);
	talloc_free(name);
	return refused;
}

int
sark_peers_open(struct sark_app *app, const struct sark_peers **peers_r,
    struct sark_err *err)
{
	const char *const *names = app->conf->peer_users;
	struct sark_peers *peers;
	const struct passwd *pw;
	uid_t *uids;
	size_t i, n = 0;

	*peers_r = NULL;
	while (names[n] != NULL)
		n++;
	if (n == 0)
		return 0;
	peers = sark_new(app, struct sark_peers);
	uids = sark_new_array(peers, uid_t, n);
	for (i = 0; i < n; i++) {
		if ((pw = getpwnam(names[i])) == NULL)
			return sark_err_set(err, SARK_CONFIG,
			    "peer_users: no such user '%s'", names[i]);
		uids[i] = pw->pw_uid;
	}
	*peers = (struct sark_peers){ uids, n, refused, refused_new(app) };
	*peers_r = peers;
	return 0;
}
