#include "probe/binary/unpack.h"

#include <limits.h>
#include <stdlib.h>

#include "base/memory.h"

#ifdef BP_HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef BP_HAVE_ZSTD
#include <zstd.h>
#endif

#if defined BP_HAVE_ZLIB || defined BP_HAVE_ZSTD
/* What was read of the data; that the data ends early may be because the rest is not held. */
static void note_taken(const struct bp_cursor *data, size_t taken, size_t held, bool ends_early) {
    bp_cursor_note(data, 0, taken);
    if (ends_early && held < data->size) {
        data->ranges->missed = true;
    }
}
#endif

#ifdef BP_HAVE_ZLIB
static int unpack_zlib(struct bp_cursor data, uint8_t *out, size_t room, size_t *length,
                       struct bp_err *err) {
    z_stream stream = {0};
    if (inflateInit(&stream) != Z_OK) {
        return bp_fail(err, BP_E_SYSTEM, "zlib could not start");
    }
    /* zlib takes a pointer to what it only reads. */
    size_t held = 0;
    union {
        const uint8_t *given;
        Bytef *taken;
    } input = {.given = bp_cursor_run(&data, 0, &held)};
    stream.next_in = input.taken;
    stream.avail_in = held < UINT_MAX ? (uInt)held : UINT_MAX;
    stream.next_out = out;
    stream.avail_out = room < UINT_MAX ? (uInt)room : UINT_MAX;
    int code = Z_OK;
    while (code == Z_OK && stream.avail_out) {
        code = inflate(&stream, Z_SYNC_FLUSH);
    }
    *length = stream.total_out;
    note_taken(&data, stream.total_in, held, code == Z_BUF_ERROR);
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
    size_t held = 0;
    const uint8_t *bytes = bp_cursor_run(&data, 0, &held);
    ZSTD_inBuffer input = {bytes, held, 0};
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
    note_taken(&data, input.pos, held, output.pos < room && code != 0);
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

#ifdef BP_HAVE_ZLIB
uint8_t *bp_pack(const uint8_t *bytes, size_t size, size_t *length) {
    uLongf packed_size = compressBound((uLong)size);
    uint8_t *packed = bp_alloc(packed_size);
    if (compress2(packed, &packed_size, bytes, (uLong)size, Z_BEST_COMPRESSION) != Z_OK) {
        free(packed);
        return NULL;
    }
    *length = packed_size;
    return packed;
}
#else
uint8_t *bp_pack(const uint8_t *bytes, size_t size, size_t *length) {
    (void)bytes, (void)size, (void)length;
    return NULL;
}
#endif

int bp_unpack_head(enum bp_packing packing, struct bp_cursor data, uint8_t *out, size_t room,
                   size_t *length, struct bp_err *err) {
    return packing == BP_PACKED_ZSTD ? unpack_zstd(data, out, room, length, err)
                                     : unpack_zlib(data, out, room, length, err);
}
