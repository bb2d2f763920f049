#include "probe/binary/unpack.h"

#include <limits.h>

#ifdef BP_HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef BP_HAVE_ZSTD
#include <zstd.h>
#endif

#ifdef BP_HAVE_ZLIB
static int unpack_zlib(struct bp_cursor data, uint8_t *out, size_t room, size_t *length,
                       struct bp_err *err) {
    z_stream stream = {0};
    if (inflateInit(&stream) != Z_OK) {
        return bp_fail(err, BP_E_SYSTEM, "zlib could not start");
    }
    /* zlib takes a pointer to what it only reads. */
    union {
        const uint8_t *given;
        Bytef *taken;
    } input = {.given = data.data};
    stream.next_in = input.taken;
    stream.avail_in = data.size < UINT_MAX ? (uInt)data.size : UINT_MAX;
    stream.next_out = out;
    stream.avail_out = room < UINT_MAX ? (uInt)room : UINT_MAX;
    int code = Z_OK;
    while (code == Z_OK && stream.avail_out) {
        code = inflate(&stream, Z_SYNC_FLUSH);
    }
    *length = stream.total_out;
    inflateEnd(&stream);
    if (code == Z_BUF_ERROR) {
        return bp_fail(err, BP_E_FORMAT, "its zlib data ends early");
    }
    if (code != Z_OK && code != Z_STREAM_END) {
        return bp_fail(err, BP_E_FORMAT, "its zlib data is damaged");
    }
    return 0;
}
#else
static int unpack_zlib(struct bp_cursor data, uint8_t *out, size_t room, size_t *length,
                       struct bp_err *err) {
    (void)data, (void)out, (void)room;
    *length = 0;
    return bp_fail(err, BP_E_ABSENT, "this program was built without zlib");
}
#endif

#ifdef BP_HAVE_ZSTD
static int unpack_zstd(struct bp_cursor data, uint8_t *out, size_t room, size_t *length,
                       struct bp_err *err) {
    ZSTD_DStream *stream = ZSTD_createDStream();
    if (!stream) {
        return bp_fail(err, BP_E_SYSTEM, "libzstd could not start");
    }
    ZSTD_inBuffer input = {data.data, data.size, 0};
    ZSTD_outBuffer output = {out, room, 0};
    size_t code = 1;
    /* Ends when there is room no more, at the frame's end (0), or where nothing moves on. */
    while (output.pos < room && code != 0 && !ZSTD_isError(code)) {
        size_t before = input.pos + output.pos;
        code = ZSTD_decompressStream(stream, &output, &input);
        if (!ZSTD_isError(code) && input.pos + output.pos == before) {
            break;
        }
    }
    *length = output.pos;
    ZSTD_freeDStream(stream);
    if (ZSTD_isError(code)) {
        return bp_fail(err, BP_E_FORMAT, "its zstd data cannot be unpacked: %s",
                       ZSTD_getErrorName(code));
    }
    if (output.pos < room && code != 0) {
        return bp_fail(err, BP_E_FORMAT, "its zstd data ends early");
    }
    return 0;
}
#else
static int unpack_zstd(struct bp_cursor data, uint8_t *out, size_t room, size_t *length,
                       struct bp_err *err) {
    (void)data, (void)out, (void)room;
    *length = 0;
    return bp_fail(err, BP_E_ABSENT, "this program was built without libzstd");
}
#endif

int bp_unpack_head(enum bp_packing packing, struct bp_cursor data, uint8_t *out, size_t room,
                   size_t *length, struct bp_err *err) {
    return packing == BP_PACKED_ZSTD ? unpack_zstd(data, out, room, length, err)
                                     : unpack_zlib(data, out, room, length, err);
}
