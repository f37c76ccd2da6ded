#include "store/logon.h"

#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "crypto/secret.h"

#define PASSWORD_MAX 1024

struct sark_logon {
	const char *path;
	char *user;
	char *password; /* as read last */
	const char *argv[3];
	struct sark_redis_cmd cmd;
};

static int
read_password(struct sark_logon *logon, struct sark_err *err)
{
	char *text;
	size_t len;

	if (sark_file_read_secret(
		logon, logon->path, PASSWORD_MAX, &text, &len, err) == -1)
		return -1;
	talloc_free(logon->password);
	logon->password = sark_secret_dup(logon, text, strcspn(text, "\r\n"));
	sark_secret_wipe(text, len);
	talloc_free(text);
	return 0;
}

int
sark_logon_open(void *ctx, const char *user, const char *password_file,
    struct sark_logon **logon_r, struct sark_err *err)
{
	struct sark_logon *logon = sark_new(ctx, struct sark_logon);

	logon->path = sark_strdup(logon, password_file);
	logon->user = sark_strdup(logon, user);
	if (read_password(logon, err) == -1) {
		talloc_free(logon);
		return -1;
	}
	*logon_r = logon;
	return 0;
}

const struct sark_redis_cmd *
sark_logon_command(struct sark_logon *logon)
{
	struct sark_err kept;
	int n = 0;

	sark_err_init(&kept);
	if (read_password(logon, &kept) == -1)
		sark_err_init(&kept); /* told when the next worker starts */
	logon->argv[n++] = "AUTH";
	if (*logon->user != '\0')
		logon->argv[n++] = logon->user;
	logon->argv[n++] = logon->password;
	logon->cmd = (struct sark_redis_cmd){ n, logon->argv, NULL };
	return &logon->cmd;
}
