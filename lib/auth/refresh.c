#include "auth/refresh.h"

#include <stddef.h>
#include <string.h>

#include "base/b64.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "crypto/seal.h"
#include "crypto/secret.h"
#include "json/writer.h"
#include "store/sessions.h"

#define PREFIX	     "srt_"
#define PREFIX_BYTES (sizeof(PREFIX) - 1)
#define PURPOSE	     "refresh_token"
#define ID_BYTES     16
#define SECRET_BYTES 32

/* A token as it is before base64url. */
struct raw {
	unsigned char session_id[ID_BYTES];
	unsigned char token_id[ID_BYTES];
	unsigned char secret[SECRET_BYTES];
	unsigned char mark[SARK_SEAL_MARK_BYTES];
};

#define TEXT_BYTES (PREFIX_BYTES + SARK_B64URL_TEXT(sizeof(struct raw)))
_Static_assert(TEXT_BYTES <= SARK_REFRESH_TEXT, "a token fits into its text");

/* The 16 bytes of a UUID; zeros, no session's, for what came garbled. */
static void
id_bytes(unsigned char out[ID_BYTES], const char *uuid)
{
	static const char digits[] = "0123456789abcdef";
	size_t i = 0;

	memset(out, 0, ID_BYTES);
	if (!sark_uuid_valid(uuid))
		return;
	for (; *uuid != '\0' && i < ID_BYTES; uuid += 2) {
		if (*uuid == '-')
			uuid++;
		out[i++] =
		    (unsigned char)((strchr(digits, uuid[0]) - digits) << 4 |
			(strchr(digits, uuid[1]) - digits));
	}
}

static void
id_text(char out[SARK_UUID_TEXT], const unsigned char id[ID_BYTES])
{
	static const size_t groups[] = { 4, 2, 2, 2, 6 };
	size_t i;

	for (i = 0; i < SARK_COUNT(groups); i++) {
		sark_str_hex(out, id, groups[i]);
		out += 2 * groups[i];
		id += groups[i];
		*out++ = '-';
	}
	out[-1] = '\0';
}

static void
set_mark(const struct sark_seal *seal, const struct raw *raw,
    unsigned char mark[SARK_SEAL_MARK_BYTES])
{
	sark_seal_mark(seal, PURPOSE, raw, offsetof(struct raw, mark), mark);
}

void
sark_refresh_make(void *ctx, const struct sark_seal *seal,
    const char *session_id, struct sark_refresh *refresh_r)
{
	char text[TEXT_BYTES];
	struct raw raw;

	(void)sark_str_copy(
	    refresh_r->session_id, sizeof(refresh_r->session_id), session_id);
	sark_uuid_make(refresh_r->token_id);
	id_bytes(raw.session_id, session_id);
	id_bytes(raw.token_id, refresh_r->token_id);
	sark_random(raw.secret, sizeof(raw.secret));
	set_mark(seal, &raw, raw.mark);
	sark_sha256_hex(refresh_r->secret_hash, raw.secret, sizeof(raw.secret));
	memcpy(text, PREFIX, PREFIX_BYTES);
	sark_b64url_encode(text + PREFIX_BYTES, &raw, sizeof(raw));
	refresh_r->text = sark_secret_dup(ctx, text, strlen(text));
	sark_secret_wipe(text, sizeof(text));
	sark_secret_wipe(&raw, sizeof(raw));
}

int
sark_refresh_read(void *ctx, const struct sark_seal *seal, const char *text,
    struct sark_refresh *refresh_r)
{
	unsigned char mark[SARK_SEAL_MARK_BYTES];
	struct raw raw;
	int found = 0;
	size_t n;

	if (strlen(text) != TEXT_BYTES - 1 || !sark_str_starts(text, PREFIX) ||
	    sark_b64url_decode(&raw, &n, text + PREFIX_BYTES,
		TEXT_BYTES - 1 - PREFIX_BYTES) == -1 ||
	    n != sizeof(raw))
		goto out;
	set_mark(seal, &raw, mark);
	if (!sark_secret_eq(mark, raw.mark, sizeof(mark)))
		goto out;
	id_text(refresh_r->session_id, raw.session_id);
	id_text(refresh_r->token_id, raw.token_id);
	sark_sha256_hex(refresh_r->secret_hash, raw.secret, sizeof(raw.secret));
	refresh_r->text = sark_secret_dup(ctx, text, strlen(text));
	found = 1;
out:
	sark_secret_wipe(&raw, sizeof(raw));
	return found;
}

static void
write_record(struct sark_jw *jw, const struct sark_refresh_record *record)
{
	const struct sark_caller *who = record->who;

	sark_jw_open(jw, NULL, '{');
	sark_jw_str(jw, "token_id", record->refresh->token_id);
	sark_jw_str(jw, "secret_hash", record->refresh->secret_hash);
	sark_jw_str(jw, "session_id", who->session_id);
	sark_jw_str(jw, "user_id", who->user_id);
	sark_jw_str(jw, "username", who->username);
	sark_jw_str(jw, "email", who->email);
	sark_jw_str(jw, "name", who->name);
	sark_jw_str(jw, "provider", who->provider);
	sark_jw_list(jw, "roles", who->roles);
	sark_jw_list(jw, "teams", who->teams);
	sark_jw_list(jw, "amr", record->proof->methods);
	sark_jw_time(jw, "auth_time", record->proof->time_ms);
	sark_jw_int(jw, "mfa_time", who->mfa_time);
	sark_jw_str(jw, "client_ip", who->client_ip);
	sark_jw_str(jw, "user_agent", who->user_agent);
	sark_jw_time(jw, "created_at", record->created_ms);
	sark_jw_time(jw, "last_used_at", record->used_ms);
	sark_jw_close(jw);
}

int
sark_refresh_keep(struct sark_app *app,
    const struct sark_refresh_record *record, struct sark_err *err)
{
	const char *user_id = record->who->user_id, *former = NULL;
	const char *key =
	    sark_sessions_key(app->mem, user_id, record->refresh->token_id);
	struct sark_buf text;
	struct sark_jw jw;
	char *sealed;

	if (record->former_id != NULL)
		former =
		    sark_sessions_key(app->mem, user_id, record->former_id);
	sark_buf_init(&text, app->mem);
	sark_jw_init(&jw, &text);
	write_record(&jw, record);
	sealed = sark_seal_close(app->seal, app->mem, text.data, text.len, key);
	return sark_sessions_put(
	    app->redis, key, sealed, record->ttl_s, former, err);
}

int
sark_refresh_keep_successor(struct sark_app *app,
    const struct sark_refresh *refresh, int64_t ttl_s, struct sark_err *err)
{
	const char *key =
	    sark_sessions_successor_key(app->mem, refresh->token_id);

	return sark_sessions_put(app->redis, key,
	    sark_seal_close(
		app->seal, app->mem, refresh->text, strlen(refresh->text), key),
	    ttl_s, NULL, err);
}

int
sark_refresh_successor(struct sark_app *app, const char *token_id,
    const char *secret_hash, struct sark_refresh *refresh_r,
    struct sark_err *err)
{
	const char *key = sark_sessions_successor_key(app->mem, token_id);
	const char *sealed;
	char *text;
	size_t len;
	int found;

	found = sark_sessions_get(app->redis, app->mem, key, &sealed, err);
	if (found != 1)
		return found;
	if (sark_seal_unseal(app->seal, app->mem, sealed, key, &text, &len) !=
	    1)
		return 0;
	found = sark_refresh_read(app->mem, app->seal, text, refresh_r);
	sark_secret_wipe(text, len);
	/* PostgreSQL says which token is the live one, not Redis. */
	return found == 1 && sark_str_eq(refresh_r->token_id, token_id) &&
	    sark_secret_eq(
		refresh_r->secret_hash, secret_hash, SARK_SHA256_TEXT);
}
