#include "store/info.h"

#include <string.h>

int
sark_info_run(const struct sark_reply *info, char run[SARK_REDIS_RUN],
    struct sark_err *err)
{
	static const char name[] = "\nrun_id:";
	const char *at = NULL;
	size_t n;

	if (info->type == SARK_REPLY_STRING)
		at = strstr(info->str, name);
	n = at != NULL ? strcspn(at + sizeof(name) - 1, "\r\n") : 0;
	if (n == 0 || n >= SARK_REDIS_RUN)
		return sark_err_set(
		    err, SARK_UNAVAILABLE, "redis: INFO without a run_id");
	memcpy(run, at + sizeof(name) - 1, n);
	run[n] = '\0';
	return 0;
}
