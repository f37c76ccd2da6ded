#include "answer.h"

int
answer_tokens(struct sark_resp *resp, int ret, const struct sark_tokens *tokens)
{
	struct sark_jw jw;

	if (ret == -1) {
		if (tokens->mfa_token != NULL) {
			resp->problem_name = "mfa_token";
			resp->problem_value = tokens->mfa_token;
		}
		return -1;
	}
	sark_jw_init(&jw, &resp->body);
	sark_tokens_to_json(&jw, tokens);
	return 0;
}
