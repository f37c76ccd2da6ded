#include "base/mem.h"
#include "store/redis.h"

int
sark_redis_ping(struct sark_redis *redis, struct sark_err *err)
{
	static const char *const argv[] = { "PING" };
	static const struct sark_redis_cmd ping = { 1, argv, NULL };
	const struct sark_reply *reply;
	void *mem = talloc_new(redis);
	int ret;

	sark_mem_check(mem);
	ret = sark_redis_pipeline(redis, mem, &ping, 1, &reply, err);
	if (ret == 0 && reply->type != SARK_REPLY_STATUS)
		ret = sark_err_set(err, SARK_UNAVAILABLE, "redis: %s",
		    reply->type == SARK_REPLY_ERROR ? reply->str
						    : "no PONG to a PING");
	talloc_free(mem);
	return ret;
}
