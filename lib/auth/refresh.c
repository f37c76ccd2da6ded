#include "auth/refresh.h"

#include <stddef.h>
#include <string.h>

#include "base/b64.h"
#include "base/buf.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "crypto/seal.h"
#include "crypto/secret.h"
#include "json/writer.h"
#include "store/sessions.h"

#define PREFIX	     "srt_"
#define ID_BYTES     16
#define SECRET_BYTES 32
#define TOKEN_BYTES  (2 * ID_BYTES + SECRET_BYTES)

/* The 16 bytes of a valid UUID's text. */
static void
id_bytes(unsigned char out[ID_BYTES], const char *uuid)
{
	static const char digits[] = "0123456789abcdef";
	size_t i = 0;

	for (; *uuid != '\0' && i < ID_BYTES; uuid += 2) {
		if (*uuid == '-')
			uuid++;
		out[i++] =
		    (unsigned char)((strchr(digits, uuid[0]) - digits) << 4 |
			(strchr(digits, uuid[1]) - digits));
	}
}

void
sark_refresh_make(
    void *ctx, const char *user_id, struct sark_refresh *refresh_r)
{
	char text[sizeof(PREFIX) - 1 + SARK_B64URL_TEXT(TOKEN_BYTES)];
	unsigned char token[TOKEN_BYTES];
	unsigned char *secret = token + 2 * ID_BYTES;

	sark_uuid_make(refresh_r->token_id);
	id_bytes(token, user_id);
	id_bytes(token + ID_BYTES, refresh_r->token_id);
	sark_random(secret, SECRET_BYTES);
	sark_sha256_hex(refresh_r->secret_hash, secret, SECRET_BYTES);
	memcpy(text, PREFIX, sizeof(PREFIX));
	sark_b64url_encode(text + sizeof(PREFIX) - 1, token, sizeof(token));
	refresh_r->text = sark_secret_dup(ctx, text, strlen(text));
	sark_secret_wipe(text, sizeof(text));
	sark_secret_wipe(token, sizeof(token));
}

static void
write_record(struct sark_jw *jw, const struct sark_refresh *refresh,
    const struct sark_caller *who, const struct sark_proof *proof)
{
	sark_jw_open(jw, NULL, '{');
	sark_jw_str(jw, "token_id", refresh->token_id);
	sark_jw_str(jw, "secret_hash", refresh->secret_hash);
	sark_jw_str(jw, "session_id", who->session_id);
	sark_jw_str(jw, "user_id", who->user_id);
	sark_jw_str(jw, "username", who->username);
	sark_jw_str(jw, "email", who->email);
	sark_jw_str(jw, "name", who->name);
	sark_jw_str(jw, "provider", who->provider);
	sark_jw_list(jw, "roles", who->roles);
	sark_jw_list(jw, "teams", who->teams);
	sark_jw_list(jw, "amr", proof->methods);
	sark_jw_time(jw, "auth_time", proof->time_ms);
	sark_jw_int(jw, "mfa_time", who->mfa_time);
	sark_jw_str(jw, "client_ip", who->client_ip);
	sark_jw_str(jw, "user_agent", who->user_agent);
	sark_jw_time(jw, "created_at", proof->time_ms);
	sark_jw_time(jw, "last_used_at", proof->time_ms);
	sark_jw_close(jw);
}

int
sark_refresh_keep(struct sark_app *app, const struct sark_refresh *refresh,
    const struct sark_caller *who, const struct sark_proof *proof,
    struct sark_err *err)
{
	const char *key =
	    sark_sessions_key(app->mem, who->user_id, refresh->token_id);
	struct sark_buf record;
	struct sark_jw jw;
	char *sealed;

	sark_buf_init(&record, app->mem);
	sark_jw_init(&jw, &record);
	write_record(&jw, refresh, who, proof);
	sealed =
	    sark_seal_close(app->seal, app->mem, record.data, record.len, key);
	return sark_sessions_put(
	    app->redis, key, sealed, app->conf->refresh_token_ttl_s, err);
}
