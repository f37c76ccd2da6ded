#include "auth/lockout.h"

#include <string.h>

#include "audit/event.h"
#include "auth/username.h"
#include "base/buf.h"
#include "conf/conf.h"
#include "json/writer.h"

void
sark_lockout_attempt(struct sark_app *app, const struct sark_caller *caller,
    const char *username, struct sark_attempt *attempt_r)
{
	const char *name = sark_username_normal(app->mem, username);

	if (name == NULL)
		name = username;
	sark_sha256_hex(attempt_r->account, name, strlen(name));
	attempt_r->client_ip = caller->client_ip;
}

static const char *
detail_of(struct sark_app *app, const char *client_ip,
    const struct sark_attempt_lock *lock)
{
	struct sark_buf buf;
	struct sark_jw jw;

	sark_buf_init(&buf, app->mem);
	sark_jw_init(&jw, &buf);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_str(&jw, "network", lock->everywhere ? "unknown" : client_ip);
	sark_jw_int(&jw, "failures", lock->failures);
	sark_jw_int(&jw, "seconds", lock->seconds);
	sark_jw_close(&jw);
	return buf.data;
}

int
sark_lockout_failed(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_attempt *attempt, const char *username,
    const char *user_id, struct sark_err *err)
{
	const struct sark_attempt_limits limits = {
		.network_after = app->conf->login_delay_after,
		.account_after = app->conf->login_account_delay_after,
		.max_s = app->conf->login_delay_max_s,
	};
	struct sark_attempt_lock locks[2];
	struct sark_event event;
	int i, n = sark_attempts_failed(app->pg, attempt, &limits, locks, err);

	for (i = 0; i < n; i++) {
		sark_event_init(&event, caller, "account_locked");
		event.severity = SARK_SEVERITY_HIGH;
		event.action = "login:lock";
		event.actor_name = username;
		event.resource = user_id;
		event.detail = detail_of(app, attempt->client_ip, &locks[i]);
		if (sark_audit_spool(app, &event, err) == -1)
			return -1;
	}
	return n == -1 ? -1 : 0;
}
