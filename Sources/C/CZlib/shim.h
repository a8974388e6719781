#pragma once
#include <zlib.h>

// Macros with sizeof. Negative window bits: DEFLATE alone, without a header (RFC 1951).

static inline int zlib_begin_deflate(z_stream *stream) {
    return deflateInit2(stream, Z_BEST_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
}
static inline int zlib_begin_inflate(z_stream *stream) { return inflateInit2(stream, -15); }
