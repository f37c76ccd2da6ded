#include "api_key_answer.h"

#include "auth/apikey.h"
#include "http/etag.h"
#include "json/writer.h"

int
api_key_shown(struct sark_resp *resp, const struct sark_apikey *key,
    const struct sark_key_text *text, void *mem, struct sark_err *err)
{
	char version[SARK_VERSION_TEXT];
	struct sark_jw jw;

	sark_jw_init(&jw, &resp->body);
	sark_jw_open(&jw, NULL, '{');
	sark_apikey_to_json(&jw, "api_key", key);
	sark_jw_str(&jw, "key", text->text);
	sark_jw_close(&jw);
	sark_apikey_version(mem, key, version);
	return sark_etag_add_version(resp, version, err);
}
