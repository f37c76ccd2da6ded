#include "session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "json/reader.h"
#include "json/writer.h"

#define SESSION_MAX 65536

const char *
session_path(void *ctx)
{
	const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (base != NULL && base[0] == '/')
		return sark_format(ctx, "%s/sark/session.json", base);
	return sark_format(ctx, "%s/.config/sark/session.json",
	    home != NULL ? home : "/nonexistent");
}

static const char *
member(const struct sark_json *value, const char *name)
{
	const char *text = sark_json_str(sark_json_get(value, name));

	return text != NULL ? text : "";
}

int
session_read(void *ctx, const char *path, struct session *session_r,
    struct sark_err *err)
{
	const struct sark_json *value;
	char *text;
	size_t len;

	if (access(path, F_OK) == -1 && errno == ENOENT)
		return sark_err_set(err, SARK_UNAUTHENTICATED,
		    "nobody is logged in: sarkctl login");
	if (sark_file_read_secret(ctx, path, SESSION_MAX, &text, &len, err) ==
	    -1)
		return -1;
	if (sark_json_parse(ctx, text, len, &value, err) == -1)
		return -1;
	session_r->url = member(value, "url");
	session_r->access_token = member(value, "access_token");
	session_r->refresh_token = member(value, "refresh_token");
	return 0;
}

/* The folder and the ones above it, as mkdir -p does. */
static int
make_folder(char *path)
{
	char *slash;

	for (slash = strchr(path + 1, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0700) == -1 && errno != EEXIST)
			return -1;
		*slash = '/';
	}
	return 0;
}

int
session_write(void *ctx, const char *path, const struct session *session,
    struct sark_err *err)
{
	struct sark_buf buf;
	struct sark_jw jw;

	if (make_folder(sark_strdup(ctx, path)) == -1)
		return sark_err_set(
		    err, SARK_CONFIG, "%s: %s", path, strerror(errno));
	sark_buf_init(&buf, ctx);
	sark_jw_init(&jw, &buf);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_str(&jw, "url", session->url);
	sark_jw_str(&jw, "access_token", session->access_token);
	sark_jw_str(&jw, "refresh_token", session->refresh_token);
	sark_jw_close(&jw);
	sark_buf_char(&buf, '\n');
	return sark_file_replace(path, buf.data, buf.len, 0600, err);
}
