#include "auth/token.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "conf/conf.h"
#include "crypto/jwt.h"
#include "json/writer.h"

static void
write_claims(struct sark_jw *jw, const struct sark_conf *conf,
    const struct sark_caller *who, const struct sark_proof *proof,
    int64_t until_ms)
{
	int64_t now_s = sark_clock_s();
	int64_t end_s = now_s + conf->access_token_ttl_s;
	int64_t until_s = until_ms / 1000;
	char jti[SARK_UUID_TEXT];

	sark_uuid_make(jti);
	sark_jw_open(jw, NULL, '{');
	sark_jw_str(jw, "iss", conf->issuer);
	sark_jw_str(jw, "sub", who->user_id);
	sark_jw_str(jw, "aud", conf->audience);
	sark_jw_int(jw, "exp", end_s < until_s ? end_s : until_s);
	sark_jw_int(jw, "iat", now_s);
	sark_jw_int(jw, "nbf", now_s);
	sark_jw_str(jw, "jti", jti);
	sark_jw_str(jw, "sid", who->session_id);
	sark_jw_str(jw, "username", who->username);
	sark_jw_str(jw, "email", who->email);
	sark_jw_str(jw, "name", who->name);
	sark_jw_str(jw, "provider", who->provider);
	sark_jw_list(jw, "roles", who->roles);
	sark_jw_list(jw, "teams", who->teams);
	sark_jw_list(jw, "managed_teams", who->managed_teams);
	sark_jw_list(jw, "amr", proof->methods);
	sark_jw_int(jw, "auth_time", proof->time_ms / 1000);
	if (who->agent)
		sark_jw_bool(jw, "agent", true);
	if (who->mfa)
		sark_jw_int(jw, "mfa_time", who->mfa_time);
	sark_jw_close(jw);
}

int
sark_token_issue(struct sark_app *app, const struct sark_caller *who,
    const struct sark_proof *proof, int64_t until_ms, char **token_r,
    struct sark_err *err)
{
	struct sark_buf claims;
	struct sark_jw jw;

	sark_buf_init(&claims, app->mem);
	sark_jw_init(&jw, &claims);
	write_claims(&jw, app->conf, who, proof, until_ms);
	return sark_jwt_sign(
	    app->keys, app->mem, "at+jwt", claims.data, token_r, err);
}
