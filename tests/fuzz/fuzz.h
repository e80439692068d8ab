/* What the fuzz targets share.
 *
 * A target is one function, LLVMFuzzerTestOneInput(), that takes any bytes and aborts when a law is
 * broken.  libFuzzer calls it with bytes of its own making (meson -Dfuzz=true, ./check --long);
 * without libFuzzer replay.c calls it with the files of the target's corpus (./check).  [main] */
#pragma once

#include "safi.h"

#include <glib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Says what is wrong and aborts, unless the law holds. */
void fuzz_hold(bool law, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* A path under which these bytes can be read, until the next call; it is always the same one. */
const char *fuzz_file(safi_bytes bytes);

/* Takes the first byte as a number from 0 to n - 1: so texts and digits in a corpus choose too. */
uint32_t fuzz_choice(safi_bytes *bytes, uint32_t n);

/* Splits off what stands behind the first form feed, one word a line, such as those of --set.  Free
 * with g_strfreev(). */
char **fuzz_words(safi_bytes *bytes);
