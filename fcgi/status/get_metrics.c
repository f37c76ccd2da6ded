#include "checks.h"
#include "conf/conf.h"
#include "depth.h"
#include "base/networks.h"
#include "proc/exposition.h"
#include "proc/metrics.h"
#include "routes.h"

/* What is measured when somebody looks, not when it happens. */
static void
measure(struct sark_app *app)
{
	struct depth depth = depth_of_spool(app->conf->spool_dir);
	struct check checks[CHECKS];

	checks_run(app, checks);
	sark_metric_set(
	    sark_metric_of(app->metrics, "sark_spool_files"), depth.files);
	sark_metric_set(
	    sark_metric_of(app->metrics, "sark_spool_bytes"), depth.bytes);
}

int
get_metrics(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const char *client = req->caller->client_ip;
	struct sark_networks *allowed;

	if (sark_networks_make(
		app->mem, app->conf->metrics_allow, &allowed, err) == -1)
		return -1;
	if (!sark_networks_hold(allowed, client))
		return sark_err_set(err, SARK_FORBIDDEN,
		    "this address may not read the metrics");
	measure(app);
	resp->type = SARK_EXPOSITION_TYPE;
	sark_exposition_print(app->metrics, &resp->body);
	return 0;
}
