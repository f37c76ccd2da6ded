#ifndef SARK_PROC_CLI_H
#define SARK_PROC_CLI_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

#define SARK_WORKERS_MAX 64

/* What the command line of a FastCGI program said. */
struct sark_cli {
	const char *config; /* --config, $SARK_CONF or the default */
	int64_t workers;    /* 1..SARK_WORKERS_MAX */
	bool check_config;
	bool dump_config;
};

/* What is true without a command line. */
void sark_cli_init(struct sark_cli *cli) SARK_NONNULL(1);
/*
 * Reads the command line of the program called name; summary is its line in
 * --help.  Returns 1 to go on, 0 when all is said (--help, --version), -1
 * for a wrong one, which it has explained on standard error (exit 64).
 */
int sark_cli_parse(struct sark_cli *cli, const char *summary, int argc,
    char **argv) SARK_NONNULL(1, 2, 4) SARK_CHECKED;

#endif
