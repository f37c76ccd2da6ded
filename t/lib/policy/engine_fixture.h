#ifndef SARK_T_ENGINE_FIXTURE_H
#define SARK_T_ENGINE_FIXTURE_H

#include <stdarg.h>
#include <stdbool.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "policy/engine.h"

/* A policy built by sark-policy-build in a folder that goes with the test. */
struct fixture {
	char *dir; /* holds source/ and policy/ */
	char *source, *policy;
	struct sark_err err;
	char output[4096]; /* what the tool said last */
};

struct fixture *fixture_new(void);
void fixture_free(struct fixture *f);
/* A path under the top of the sources. */
char *fixture_path(const struct fixture *f, const char *name);
/* Writes a file of the source folder. */
void fixture_write(struct fixture *f, const char *name, const char *text);
/* Runs sark-policy-build DIR; returns its exit value. */
int fixture_build(struct fixture *f, const char *dir);
/*
 * The same for the source folder, with t/data/engine/NAME.wat as its module
 * and without opa.
 */
int fixture_build_wat(struct fixture *f, const char *name);
/* Opens what is installed; fails the test when it does not load. */
struct sark_engine *fixture_open(
    struct fixture *f, const struct sark_engine_limits *limits);
/* The answer, or NULL with f->err. */
const char *fixture_ask(
    struct fixture *f, struct sark_engine *engine, const char *input);

#endif
