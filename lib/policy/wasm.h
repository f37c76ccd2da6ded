#ifndef SARK_POLICY_WASM_H
#define SARK_POLICY_WASM_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/*
 * Pages of 64 KiB that a WebAssembly module (core specification 1.0,
 * binary format, section 2) asks of the memory that it imports; the one
 * thing that wasm2c leaves to the host.
 * Errors: CONFIG it is no module, or imports no memory.
 */
int sark_wasm_pages(const void *module, size_t len, uint32_t *pages_r,
    struct sark_err *err) SARK_NONNULL(1, 3, 4) SARK_CHECKED;

#endif
