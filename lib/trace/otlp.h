#ifndef SARK_TRACE_OTLP_H
#define SARK_TRACE_OTLP_H

#include "base/attr.h"
#include "base/buf.h"
#include "json/reader.h"
#include "trace/queue.h"

/*
 * A batch as the body of an OTLP/HTTP request: an ExportTraceServiceRequest
 * of opentelemetry-proto 1 in its JSON encoding (OTLP specification 1,
 * section "JSON Protobuf Encoding": ids in hex, 64-bit integers as text,
 * enumerations as numbers).  One resource a program; names of attributes are
 * those of the semantic conventions of OpenTelemetry 1.38, what is ours
 * begins with "sark.".
 */
void sark_otlp_write(struct sark_buf *out, const struct sark_trace_batch *batch,
    const char *version) SARK_NONNULL(1, 2, 3);
/*
 * How many spans the answer (an ExportTraceServiceResponse) says were not
 * taken, 0 unless it says so; *message_r is why, lent by answer, or "".
 */
size_t sark_otlp_rejected(
    const struct sark_json *answer, const char **message_r) SARK_NONNULL(2);

#endif
