#include "json/writer.h"
#include "routes.h"

void
success_to_json(struct sark_resp *resp)
{
	struct sark_jw jw;

	sark_jw_init(&jw, &resp->body);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_bool(&jw, "success", true);
	sark_jw_close(&jw);
}
