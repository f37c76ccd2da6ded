#ifndef SARK_SERVE_SERVE_H
#define SARK_SERVE_SERVE_H

#include "base/attr.h"
#include "http/route.h"

/* What a program holds open besides settings, log and metrics. */
#define SARK_NEEDS_PG	   (1u << 0)
#define SARK_NEEDS_REDIS   (1u << 1)
#define SARK_NEEDS_KEYS	   (1u << 2) /* to verify tokens */
#define SARK_NEEDS_SIGNING (1u << 3) /* to sign them */
#define SARK_NEEDS_SEAL	   (1u << 4)
#define SARK_NEEDS_SPOOL   (1u << 5)
#define SARK_NEEDS_POLICY  (1u << 6)
#define SARK_NEEDS_SHARE   (1u << 7)  /* reads files of share_dir */
#define SARK_NEEDS_PEPPER  (1u << 8)  /* to verify API keys */
#define SARK_NEEDS_LDAP	   (1u << 9)  /* where a directory is set */
#define SARK_NEEDS_HASHES  (1u << 10) /* judges and hashes passwords */

/* A program is its name and its routes. */
struct sark_program {
	const char *name;		 /* "sark-policy" */
	const char *summary;		 /* one line for --help */
	const struct sark_route *routes; /* ended by { 0 } */
	unsigned int needs;
	/*
	 * SARK_NEEDS_ bits of what it only looks at: opened where that is
	 * possible, else NULL in struct sark_app and tried again once a
	 * second; never keeps the program from starting or answering.
	 */
	unsigned int watches;
};

/*
 * The whole life of a FastCGI program: command line (--config, --workers,
 * --check-config, --dump-config, --version, --help), settings, privileges,
 * what it needs, workers on descriptor 0 (or one plain CGI request), until
 * SIGTERM.  Returns the exit value (sysexits(3)): EX_USAGE for a command
 * line, EX_CONFIG for a setting, key, policy or schema that is wrong, with
 * one line on standard error that says what and where.
 *
 * A PostgreSQL or Redis that is away keeps no program from starting.  Who
 * needs PostgreSQL answers 503 until its schema has been seen to fit.
 */
int sark_serve(const struct sark_program *program, int argc, char **argv)
    SARK_NONNULL(1, 3) SARK_CHECKED;

#endif
