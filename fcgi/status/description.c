#include "description.h"

#include "base/file.h"
#include "base/mem.h"
#include "conf/conf.h"

/* Our own file, but a broken one must not take the memory. */
#define DESCRIPTION_MAX (4 << 20)

int
description_read(
    struct sark_app *app, struct description *description, struct sark_err *err)
{
	char *path =
	    sark_format(app->mem, "%s/openapi.json", app->conf->share_dir);

	return sark_file_read(app->mem, path, DESCRIPTION_MAX,
	    &description->text, &description->len, err);
}
